//! Tables of text in all the forms that tools write: with and without a header, with several, with rows
//! that are longer than it, and divided by blanks.

use std::fmt::Write as _;
use std::fs;
use std::ops::ControlFlow;

use octomix::address::{AddressSet, dotted};
use octomix::input::{Capture, FileAccount, InputError, Options, PRESETS, Preset, Roles, read};
use proptest::prelude::*;

fn attempt(content: impl AsRef<[u8]>, options: &Options) -> Result<Capture, InputError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    fs::write(&path, content).unwrap();
    read(&[path], options, &mut |_| ControlFlow::Continue(()))
}

fn capture_with(content: impl AsRef<[u8]>, options: &Options) -> Capture {
    attempt(content, options).unwrap()
}

fn capture(content: impl AsRef<[u8]>) -> Capture {
    capture_with(content, &Options::default())
}

/// The message of the error, from the word after the file's name on.
fn error_with(content: impl AsRef<[u8]>, options: &Options) -> String {
    let told = attempt(content, options).unwrap_err().to_string();
    told.split_once("x' ").map_or(told.clone(), |(_, told)| told.to_owned())
}

fn columns(source: &str, destination: &str) -> Options {
    let named = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    Options {
        source_column: named(source),
        destination_column: named(destination),
        ..Options::default()
    }
}

fn shown(set: &AddressSet) -> String {
    let addresses = set.addresses().iter().map(|&address| dotted(address).to_string());
    addresses.collect::<Vec<_>>().join(" ")
}

/// The sources and the destinations.
fn sides(found: &Capture) -> (String, String) {
    (shown(&found.sets.source), shown(&found.sets.destination))
}

fn pair(source: &str, destination: &str) -> (String, String) {
    (source.to_owned(), destination.to_owned())
}

fn file(found: &Capture) -> &FileAccount {
    &found.account.files[0]
}

fn warnings(found: &Capture) -> Vec<String> {
    file(found).warnings.iter().map(ToString::to_string).collect()
}

fn places(found: &Capture) -> Vec<String> {
    file(found).malformed.iter().map(ToString::to_string).collect()
}

// Rows with more cells than the header

#[test]
fn a_cell_of_several_values_is_not_read_by_position() {
    let found =
        capture("ip.src,ip.dst\n10.0.0.1,172.20.0.1,10.0.0.2,172.30.0.1\n10.0.0.1,10.0.0.3\n");
    assert_eq!(sides(&found), pair("10.0.0.1", "10.0.0.3"));
    assert_eq!(places(&found), ["line 2, column 'ip.dst': '172.20.0.1,10.0.0.2,172.30.0.1'"]);
    assert_eq!((file(&found).irregular.ragged, file(&found).irregular.overlong), (1, 1));
    assert_eq!(
        warnings(&found),
        [
            "rows have more cells than the header (1 of them), so what could not be told apart is left out; \
          have TShark write one value a cell with -E occurrence=f"
        ]
    );
}

#[test]
fn what_is_certain_in_a_long_row_is_read() {
    let found = capture(
        "note,src,dst,packets\nhello, world,10.0.0.1,10.0.0.2,7\n\"a, b\",10.0.0.3,10.0.0.4,5\n",
    );
    assert_eq!(sides(&found), pair("10.0.0.1 10.0.0.3", "10.0.0.2 10.0.0.4"));
    assert_eq!(found.sets.source.weights(), [7, 5]);
    assert!(warnings(&found)[0].ends_with("quote cells that hold the separator"));
    // Which of the two cells behind the addresses are the packets cannot be told.
    let found = capture("src,dst,note,packets\n10.0.0.1,10.0.0.2,hello, world,7\n");
    assert_eq!(found.sets.source.weights(), [1]);
}

#[test]
fn separators_at_the_end_of_rows_are_no_cells() {
    for content in [
        "src,dst\n10.0.0.1,10.0.0.2,\n10.0.0.1,10.0.0.2,,,\n",
        "#separator \\x09\n#fields\tid.orig_h\tid.resp_h\n10.0.0.1\t10.0.0.2\t\n",
        "sIP|dIP|\n10.0.0.1|10.0.0.2|\n",
    ] {
        let found = capture(content);
        assert_eq!(sides(&found), pair("10.0.0.1", "10.0.0.2"));
        assert_eq!((file(&found).irregular.ragged, warnings(&found).len()), (0, 0), "{content}");
    }
}

// Headers further down

#[test]
fn a_header_further_down_names_the_columns_anew() {
    let found = capture(
        "src_ip,dst_ip\n10.0.0.1,10.9.0.1\nsrc_ip,dst_ip\n10.0.0.2,10.9.0.2\n\
         time,dst_ip,bytes,src_ip\n1,10.9.0.3,x,10.0.0.3\nsrc_ip,dst_ip\n10.0.0.4,10.9.0.4\nx,y\n",
    );
    assert_eq!(
        sides(&found),
        pair("10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4", "10.9.0.1 10.9.0.2 10.9.0.3 10.9.0.4")
    );
    let irregular = file(&found).irregular;
    assert_eq!((irregular.headers, irregular.changes, file(&found).records), (3, 2, 5));
    // Places are counted through.
    assert_eq!(places(&found), ["line 9, column 'src_ip': 'x'", "line 9, column 'dst_ip': 'y'"]);
    assert_eq!(file(&found).malformed[0].offset, 143);
}

#[test]
fn a_header_further_down_may_be_divided_otherwise() {
    let found = capture(
        "src,dst\n10.0.0.1,10.9.0.1\ntime;destination;source\n1;10.9.0.2;10.0.0.2\n\
         \"src\"\t\"dst\"\n10.0.0.3\t10.9.0.3\nsrcaddr dstaddr action\n10.0.0.4 10.9.0.4 OK\n\
         src,dst\n10.0.0.5,10.9.0.5\n",
    );
    assert_eq!(
        sides(&found),
        pair(
            "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5",
            "10.9.0.1 10.9.0.2 10.9.0.3 10.9.0.4 10.9.0.5"
        )
    );
}

#[test]
fn named_columns_are_found_in_every_header() {
    let found = capture_with(
        "from,to,n\n10.0.0.1,10.9.0.1,1\nn,to,from\n1,10.9.0.2,10.0.0.2\n",
        &columns("from", "to"),
    );
    assert_eq!(sides(&found), pair("10.0.0.1 10.0.0.2", "10.9.0.1 10.9.0.2"));
}

#[test]
fn host_names_are_no_headers() {
    let found = capture("src,dst,note\n10.0.0.1,10.9.0.1,a\nsource,web,1\nfw,ip,b\n,port,c\n");
    assert_eq!((file(&found).irregular.headers, file(&found).records), (0, 4));
    assert_eq!(file(&found).source.malformed, 2);
}

#[test]
fn headers_that_change_apply_to_all_blocks_that_follow() {
    let mut text = "src,dst\n".to_owned();
    let mut expected = [Vec::new(), Vec::new()];
    for row in 0..200_000u32 {
        if row % 70_000 == 40_000 {
            text += "dst,note,src\n";
        } else if row % 70_000 == 69_999 {
            text += "src,dst\n";
        }
        let is_turned = (40_000..69_999).contains(&(row % 70_000));
        let (source, destination) = (0x0a00_0000 + row, 0x1400_0000 + row);
        expected[0].push(source);
        expected[1].push(destination);
        let (source, destination) = (dotted(source), dotted(destination));
        if is_turned {
            writeln!(text, "{destination},\"a,b\",{source}").unwrap();
        } else {
            writeln!(text, "{source},{destination}").unwrap();
        }
    }
    for threads in [1, 4] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let found = pool.install(|| capture(&text));
        assert_eq!(found.sets.source.addresses(), expected[0]);
        assert_eq!(found.sets.destination.addresses(), expected[1]);
        assert_eq!((file(&found).irregular.headers, file(&found).irregular.changes), (5, 5));
        assert_eq!((file(&found).source.malformed, file(&found).irregular.ragged), (0, 0));
    }
}

#[test]
fn countless_headers_take_no_time_and_no_memory() {
    let turns = "src,dst\n10.0.0.1,10.0.0.2\ndst,src\n10.0.0.2,10.0.0.1\n".repeat(20_000);
    let found = capture(&turns);
    assert_eq!(sides(&found), pair("10.0.0.1", "10.0.0.2"));
    assert_eq!(file(&found).irregular.headers, 39_999);
    let mut others = "src,dst\n10.0.0.1,10.0.0.2\n".to_owned();
    for at in 0..20_000 {
        writeln!(others, "dst,src,c{at}x").unwrap();
    }
    assert_eq!(file(&capture(&others)).irregular.headers, 20_000);
}

// Where the header stands

#[test]
fn a_header_may_stand_in_a_comment() {
    let rows = "10.0.0.1,10.9.0.1,6\n";
    for header in
        ["# src,dst,proto\n", "#src,dst,proto\n", "# made today\n#\n# src, dst, proto\n#\n"]
    {
        let found = capture(format!("{header}{rows}"));
        assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"), "{header}");
        assert_eq!((file(&found).records, warnings(&found).len()), (1, 0));
    }
    let found = capture("# src dst\n10.0.0.1 10.9.0.1\n");
    assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"));
    // A comment of a list that speaks of sources is none.
    let found = capture("# source, destination\n10.0.0.1\n");
    assert_eq!(file(&found).format.name, "list");
}

#[test]
fn lines_above_the_header_are_passed_over_and_told() {
    let found = capture("Report of today, by us\nRange: 24 h\n\nsrc,dst\n10.0.0.1,10.9.0.1\nx,y\n");
    assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"));
    assert_eq!(
        warnings(&found),
        [
            "lines above the column names are passed over (2 of them, the first 'Report of today, by us')"
        ]
    );
    assert_eq!(places(&found)[0], "line 6, column 'src': 'x'");
    // The rest of a row that a rotation has cut.
    let found = capture(".0.0.7,10.9.0.7,6\nsrc,dst,proto\n10.0.0.1,10.9.0.1,6\n");
    assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"));
    // A table as PostgreSQL and MariaDB print it.
    let found = capture(
        "+-----+-----+\n| src | dst |\n+-----+-----+\n| 10.0.0.1 | 10.9.0.1 |\n+---+---+\n",
    );
    assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"));
}

#[test]
fn zeros_before_the_header_are_passed_over_and_told() {
    for header in
        ["src,dst\n", "#separator \\x2c\n#fields,id.orig_h,id.resp_h\n", "#Fields: c-ip,s-ip\n"]
    {
        let found = capture(format!("{}{header}10.0.0.1,10.9.0.1\n", "\0".repeat(4096)));
        assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"), "{header}");
        assert_eq!(
            warnings(&found),
            ["the file begins with 4096 zero bytes, which are passed over; see how it is rotated"]
        );
    }
}

#[test]
fn the_separator_that_excel_is_told_is_used() {
    for declared in ["sep=;", "SEP=;", "\"sep=;\""] {
        let found = capture(format!("\u{feff}{declared}\r\nsrc;\"dst\"\r\n10.0.0.1;10.9.0.1\r\n"));
        assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"));
    }
    let found = capture("sep=\t\nsrc,a\tdst\n10.0.0.1\t10.9.0.1\n");
    assert_eq!(shown(&found.sets.destination), "10.9.0.1");
}

// Blanks

#[test]
fn cells_may_be_divided_by_blanks() {
    for content in [
        "src dst\n10.0.0.1 10.9.0.1\n",
        "src       dst        proto\n10.0.0.1  10.9.0.1   tcp\n",
        "  SrcAddr   DstAddr  TotPkts  \n  10.0.0.1   10.9.0.1   1  \n",
        "time src dst\n\"1 Jan 2026\" 10.0.0.1 10.9.0.1\n",
    ] {
        let found = capture(content);
        assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"), "{content}");
        assert_eq!((file(&found).irregular.ragged, file(&found).records), (0, 1), "{content}");
    }
}

#[test]
fn a_sentence_is_no_header() {
    let found = capture("the source of this list\n10.0.0.1\n");
    assert_eq!(file(&found).format.name, "list");
}

// Without a header

#[test]
fn columns_may_be_named_by_their_numbers() {
    for content in [
        "10.0.0.1,4000,10.9.0.1,6\n::1,4000,10.9.0.1,6\n",
        "10.0.0.1 4000 10.9.0.1 6\n::1 4000  10.9.0.1 6\n",
        "10.0.0.1\t4000\t10.9.0.1\t6\n",
        "\"10.0.0.1\"|4000|10.9.0.1|6\n",
        "from,port,to,proto\n10.0.0.1,4000,10.9.0.1,6\n",
    ] {
        let found = capture_with(content, &columns("1", "3"));
        assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"), "{content}");
        assert_eq!(warnings(&found).len(), 0);
    }
    // A name goes before a number.
    let found = capture_with("3,2,1\n10.0.0.3,10.0.0.2,10.0.0.1\n", &columns("1", "3"));
    assert_eq!(sides(&found), pair("10.0.0.1", "10.0.0.3"));
}

#[test]
fn the_error_of_a_table_without_a_header_numbers_its_cells() {
    assert_eq!(
        error_with("1,10.0.0.1,tcp,10.9.0.1\n", &Options::default()),
        "holds data rather than column names: 1 '1', 2 '10.0.0.1', 3 'tcp', 4 '10.9.0.1'; \
         name the columns with --src-column 2 --dst-column 4, or add a header line, e.g. src,dst"
    );
    assert!(
        error_with("10.0.0.1 10.9.0.1\n", &Options::default())
            .contains("--src-column 1 --dst-column 2")
    );
    let told = error_with("1,10.0.0.1\n", &columns("1", "7"));
    assert!(told.contains("has no column '7'") || told.starts_with("has no column"), "{told}");
}

#[test]
fn presets_name_the_columns() {
    let with = |name| Options { layout: Preset::named(name), ..Options::default() };
    let row = "10.0.0.1,4000,10.9.0.1,53,udp,CON,0.001,132,164\n";
    let found = capture_with(row, &with("unsw-nb15"));
    assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"));
    let row = "1700000000.5\tC0\t10.0.0.1\t4000\t10.9.0.1\t443\ttcp\n";
    let found = capture_with(row, &with("zeek-conn"));
    assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"));
    let row = "1,2026/01/01 00:00:00,0009,TRAFFIC,end,2304,2026/01/01 00:00:00,10.0.0.1,10.9.0.1,\
               0.0.0.0,0.0.0.0,r,,,ssl,vsys1,in,out,a,b,l,,1,1,4000,443,0,0,0x0,tcp,allow,600,300,300,12\n";
    let found = capture_with(row, &with("paloalto-traffic"));
    assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"));
    assert_eq!(found.sets.source.weights(), [12]);
    assert!(PRESETS.len() >= 5);
}

#[test]
fn vpc_flow_logs_are_known_without_their_header() {
    let row = "2 123 eni-0a 10.0.0.1 10.9.0.1 4000 443 6 20 4249 1700000000 1700000060 ACCEPT OK\n";
    let no_data = "2 123 eni-0a - - - - - - - 1700000000 1700000060 - NODATA\n";
    for content in [
        format!("{row}{no_data}"),
        format!("{no_data}{row}"),
        format!("2026-01-01T00:00:00.000Z {row}2026-01-01T00:00:00.000Z {no_data}"),
    ] {
        let found = capture(&content);
        assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"));
        assert_eq!((file(&found).format.name, file(&found).records), ("vpc", 2));
        assert_eq!(found.sets.source.weights(), [20]);
    }
}

// W3C

#[test]
fn w3c_logs_are_read() {
    let iis = "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n\
               #Date: 2026-01-01 00:00:00\r\n#Fields: date time s-ip cs-method c-ip sc-status\r\n\
               2026-01-01 00:00:00 10.9.0.1 GET 10.0.0.1 200\r\n\
               #Fields: date time c-ip s-ip\r\n2026-01-01 00:00:00 10.0.0.2 10.9.0.1\r\n";
    let found = capture(iis);
    assert_eq!(sides(&found), pair("10.0.0.1 10.0.0.2", "10.9.0.1"));
    assert_eq!((file(&found).format.name, file(&found).records), ("w3c", 2));
    let front = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method\n\
                 2026-01-01\t00:00:00\tFRA2\t500\t10.0.0.1\tGET\n";
    let found = capture(front);
    assert_eq!(sides(&found), pair("10.0.0.1", ""));
    assert_eq!(warnings(&found).len(), 0);
    let exchange = "#Software: Microsoft Exchange Server\n#Fields: date-time,client-ip,client-hostname,server-ip,subject\n\
                    2026-01-01T00:00:00.000Z,10.0.0.1,a,10.9.0.1,\"b, c\"\n";
    assert_eq!(sides(&capture(exchange)), pair("10.0.0.1", "10.9.0.1"));
    let proxy =
        "#Fields: date c-ip cs-categories s-ip\n2026-01-01 10.0.0.1 \"News Media\" 10.9.0.1\n";
    assert_eq!(sides(&capture(proxy)), pair("10.0.0.1", "10.9.0.1"));
}

#[test]
fn lines_of_names_are_no_records() {
    let exchange = "#Fields: date-time,client-ip,server-ip\n2026-01-01,10.0.0.1,10.9.0.1\n";
    let found = capture(exchange.repeat(3));
    assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"));
    assert_eq!((file(&found).records, file(&found).irregular.ragged), (3, 0));
}

#[test]
fn names_of_rows_need_no_name() {
    for table in [
        "src_ip dst_ip\n0 10.0.0.1 10.9.0.1\n1 10.0.0.2 10.9.0.2\n",
        "\"src_ip\" \"dst_ip\"\n\"1\" \"10.0.0.1\" \"10.9.0.1\"\n\"2\" \"10.0.0.2\" \"10.9.0.2\"\n",
        "src_ip,dst_ip\na,10.0.0.1,10.9.0.1\nb,10.0.0.2,10.9.0.2\n",
    ] {
        let found = capture(table);
        assert_eq!(sides(&found), pair("10.0.0.1 10.0.0.2", "10.9.0.1 10.9.0.2"), "{table}");
        assert_eq!(warnings(&found).len(), 0, "{table}");
    }
}

#[test]
fn rows_without_their_name_are_not_read_by_position() {
    let named = |octet: u8| format!("{octet},10.0.0.{octet},10.9.0.{octet},7\n");
    let rows: String = (1..=9).map(named).collect();
    let found = capture(format!("src,dst,packets\n{rows}10.0.0.77,10.9.0.77,7\n"));
    let (sources, destinations) = sides(&found);
    assert!(!sources.contains("77") && !destinations.contains("77"), "{sources} {destinations}");
    assert_eq!((file(&found).source.malformed, file(&found).irregular.ragged), (1, 1));
}

#[test]
fn rows_with_several_values_have_no_names() {
    // In each row one header is inside another.
    let rows = "1,10.0.0.1,10.8.8.8,10.9.0.1\n".repeat(5);
    let found = capture(format!("frame.number,ip.src,ip.dst\n{rows}6,10.0.0.6,10.9.0.6\n"));
    assert_eq!(sides(&found), pair("10.0.0.6", "10.9.0.6"));
    assert_eq!(file(&found).irregular.overlong, 5);
}

#[test]
fn a_column_may_hold_the_lines_of_a_log() {
    let found = capture(
        "@timestamp,@message\n\
         1,2 123 eni-1 10.0.0.1 10.9.0.1 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n\
         2,\"2 123 eni-1 - - - - - - - 1431280876 1431280934 - NODATA\"\n",
    );
    assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"));
    assert_eq!((file(&found).records, file(&found).packets), (2, Some(20)));
    let found = capture(
        "time,message\n1,\"Jan  1 00:00:00 h sshd[1]: Invalid user a, b from 10.0.0.1 port 22\"\n",
    );
    assert_eq!(sides(&found), pair("10.0.0.1", ""));
    // The quotes of the cell are none of the value's.
    let options = Options { filter: Some("dport=22".parse().unwrap()), ..Options::default() };
    let found =
        capture_with("time,message\n1,\"x SRC=10.0.0.1 DST=10.9.0.1 SPT=1 DPT=22\"\n", &options);
    assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"));
}

#[test]
fn numbers_of_packets_that_cannot_be_read_are_told() {
    let found = capture(
        "src,dst,packets\n10.0.0.1,10.9.0.1,1.2K\n10.0.0.1,10.9.0.1,7\n10.0.0.1,10.9.0.1,-\n",
    );
    assert_eq!(file(&found).packets, Some(7));
    let told: Vec<String> = file(&found).warnings.iter().map(ToString::to_string).collect();
    assert!(told[0].contains("(1 of them)") && told[0].contains("'packets': '1.2K'"), "{told:?}");
}

#[test]
fn a_quote_that_nothing_closes_cuts_the_table() {
    let found =
        capture("src,dst,note\n10.0.0.1,10.9.0.1,a\n10.0.0.2,10.9.0.2,\"b\n10.0.0.3,10.9.0.3,c\n");
    assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"));
    assert!(file(&found).warnings.iter().any(|warning| warning.is_loss()));
}

#[test]
fn logs_of_zeek_are_known_by_their_fields() {
    let names = "#fields\tts\tid.orig_h\tid.resp_h\n";
    let row = "1\t10.0.0.1\t10.9.0.1\n";
    for content in [
        format!("{names}{row}"),
        format!("#set_separator\t,\n#path\tconn\n{names}{row}"),
        format!("10.0.0.7\t10.9.0.7\n#close\t2026\n{names}{row}"),
        format!("#fields,ts,id.orig_h,id.resp_h\n{}", row.replace('\t', ",")),
    ] {
        let found = capture(&content);
        assert_eq!(sides(&found), pair("10.0.0.1", "10.9.0.1"), "{content}");
        assert_eq!(file(&found).format.name, "zeek");
    }
}

// Which columns

#[test]
fn names_of_hosts_do_not_hide_addresses() {
    let found = capture(
        "source,destination,SourceIP,DestIP\nfw,web,10.0.0.1,10.9.0.1\nfw,db,10.0.0.2,10.9.0.2\n",
    );
    assert_eq!(sides(&found), pair("10.0.0.1 10.0.0.2", "10.9.0.1 10.9.0.2"));
    assert_eq!(warnings(&found).len(), 0);
    let found = capture("source,src_ip,dest_ip\n/var/log,10.0.0.1,10.9.0.1\n");
    assert_eq!((sides(&found), warnings(&found).len()), (pair("10.0.0.1", "10.9.0.1"), 0));
}

#[test]
fn a_table_of_one_address_a_row_is_a_list() {
    let found = capture("network,country\n10.0.0.0/30,DE\n10.0.1.1,FR\nx,IT\n");
    assert_eq!(shown(&found.sets.source), "10.0.0.0 10.0.0.1 10.0.0.2 10.0.0.3 10.0.1.1");
    assert_eq!((file(&found).networks, file(&found).source.malformed), (1, 1));
    assert!(!file(&found).format.has_roles && warnings(&found).is_empty());
    let options = Options { roles: Some(Roles::Destination), ..Options::default() };
    let found = capture_with("first_seen,ip\n1,10.0.0.1\n", &options);
    assert_eq!(sides(&found), pair("", "10.0.0.1"));
}

// Damage

/// Files of all the kinds above, a few rows each.
fn small() -> impl Strategy<Value = String> {
    let form = prop::sample::select(vec![
        ("src,dst\n", ',', "dst,note,src\n"),
        ("Title\nsrc;dst\n", ';', "src;dst\n"),
        ("# src\tdst\n", '\t', "src\tdst\n"),
        ("src dst\n", ' ', "src dst\n"),
        ("#Fields: c-ip s-ip\n", ' ', "#Fields: c-ip s-ip\n"),
        ("#fields,id.orig_h,id.resp_h\n", ',', "#fields,id.orig_h,id.resp_h\n"),
        ("srcaddr dstaddr\n", ' ', "srcaddr dstaddr\n"),
        ("sep=|\nsrc|dst\n", '|', "src|dst\n"),
    ]);
    (form, 1u8..40, any::<bool>()).prop_map(|((header, separator, again), rows, is_repeated)| {
        let mut text = header.to_owned();
        for row in 0..rows {
            if is_repeated && row == rows / 2 && !again.contains("note") {
                text += again;
            }
            writeln!(text, "10.0.0.{row}{separator}10.0.1.{row}").unwrap();
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn cut_anywhere_only_the_end_is_lost(text in small(), cut in any::<prop::sample::Index>()) {
        let whole = capture(&text).sets.source.addresses().to_vec();
        if let Ok(found) = attempt(&text[..cut.index(text.len())], &Options::default()) {
            let found = found.sets.source.addresses();
            let sure = found.len().saturating_sub(1);
            prop_assert!(whole.starts_with(&found[..sure]));
        }
    }

    #[test]
    fn no_flipped_byte_is_fatal(
        text in small(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..4),
    ) {
        let mut bytes = text.into_bytes();
        for (at, bits) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= bits;
        }
        let _ = attempt(bytes, &Options::default());
    }
}

// Names that are alike

#[test]
fn names_that_fold_alike_keep_their_sides() {
    let filtered = |condition: &str| Options {
        filter: Some(condition.parse().unwrap()),
        ..Options::default()
    };
    let silk = "sIP,dIP,sPort,dPort\n10.0.0.1,192.0.2.1,40000,443\n";
    assert_eq!(sides(&capture_with(silk, &filtered("dport=443"))), pair("10.0.0.1", "192.0.2.1"));
    assert!(attempt(silk, &filtered("sport=443")).is_err());
    assert_eq!(sides(&capture("sIP,packets\n10.0.0.1,5\n")), pair("10.0.0.1", ""));
    let server = "#Fields: date time s-ip cs-method\n2026-01-01 00:00:00 10.9.0.1 GET\n";
    assert_eq!(sides(&capture(server)), pair("", "10.9.0.1"));
    let named = capture_with(server, &columns("s-ip", ""));
    assert_eq!(shown(&named.sets.source), "10.9.0.1");
}

#[test]
fn counts_are_read_as_spreadsheets_write_them() {
    let found =
        capture("src,dst,packets\n10.0.0.1,10.0.0.2,\"1,234\"\n'10.0.0.1', \"10.0.0.2\",1\n");
    assert_eq!(found.sets.source.weights(), [1235]);
    assert_eq!(found.sets.destination.weights(), [1235]);
}

#[test]
fn more_headers_than_are_remembered_are_obeyed_on_any_number_of_threads() {
    let mut text = String::new();
    for at in 0..200 {
        let order = if at % 2 == 0 { "src,dst" } else { "dst,src" };
        let _ = writeln!(text, "{order},note{at}");
        let row = if at % 2 == 0 { "10.0.0.1,192.0.2.1,x\n" } else { "192.0.2.1,10.0.0.1,x\n" };
        text += &row.repeat(600);
    }
    let found = capture(&text);
    assert_eq!(sides(&found), pair("10.0.0.1", "192.0.2.1"));
    assert_eq!((file(&found).records, file(&found).irregular.headers), (120_000, 199));
}
