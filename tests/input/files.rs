//! Reading captures from files through the public interface.

use std::fmt::Write as _;
use std::fs;
use std::net::Ipv4Addr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use octomix::address::{AddressSet, dotted};
use octomix::input::{
    Capture, FileAccount, Format, InputError, MalformedCell, Options, Progress, RecordNumber, Role,
    Roles, Tally, parse_ipv4, read,
};
use proptest::prelude::*;
use tempfile::TempDir;

/// Files in a folder of their own, whose name is cut from messages.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn message(&self, error: &InputError) -> String {
        let folder = format!("{}/", self.0.path().display());
        error.to_string().replace(&folder, "")
    }
}

fn quietly(paths: &[PathBuf], options: &Options) -> Result<Capture, InputError> {
    read(paths, options, &mut |_| ControlFlow::Continue(()))
}

fn capture_with(content: impl AsRef<[u8]>, options: &Options) -> Capture {
    let files = Files::new();
    quietly(&[files.write("x.csv", content)], options).unwrap()
}

fn capture(content: impl AsRef<[u8]>) -> Capture {
    capture_with(content, &Options::default())
}

/// The message of the error that reading `content` as the file `x.csv` ends in.
fn error_with(content: impl AsRef<[u8]>, options: &Options) -> String {
    let files = Files::new();
    let path = files.write("x.csv", content);
    files.message(&quietly(&[path], options).unwrap_err())
}

fn error(content: impl AsRef<[u8]>) -> String {
    error_with(content, &Options::default())
}

fn roles(roles: Roles) -> Options {
    Options { roles: Some(roles), ..Options::default() }
}

fn columns(source: Option<&str>, destination: Option<&str>) -> Options {
    Options {
        source_column: source.map(str::to_owned),
        destination_column: destination.map(str::to_owned),
        ..Options::default()
    }
}

fn shown(set: &AddressSet) -> Vec<String> {
    let addresses = set.addresses().iter();
    addresses.map(|&address| dotted(address).to_string()).collect()
}

fn file(capture: &Capture) -> &FileAccount {
    &capture.account.files[0]
}

/// The columns that the first file was read by.
fn named(capture: &Capture) -> [Option<&str>; 2] {
    let Format { source, destination, .. } = &file(capture).format;
    [source.as_deref(), destination.as_deref()]
}

fn warnings(capture: &Capture) -> Vec<String> {
    let warnings = capture.account.warnings();
    warnings.map(|(_, warning)| warning.to_string()).collect()
}

fn places(capture: &Capture) -> Vec<String> {
    file(capture).malformed.iter().map(MalformedCell::to_string).collect()
}

fn lines_of(path: impl AsRef<Path>) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

// Lists

#[test]
fn list_fills_the_source_only() {
    let found = capture("10.0.0.2\n10.0.0.1\n10.0.0.2\n");
    assert_eq!(shown(&found.sets.source), ["10.0.0.2", "10.0.0.1"]);
    assert_eq!(found.sets.source.weights(), [2, 1]);
    assert!(found.sets.destination.is_empty());
    assert_eq!((file(&found).format.name, file(&found).format.has_roles), ("list", false));
    assert_eq!((file(&found).records, file(&found).bytes), (3, 27));
    assert_eq!(warnings(&found), [""; 0]);
}

#[test]
fn list_fills_the_roles_asked_for() {
    let both = capture_with("10.0.0.1\n", &roles(Roles::Both));
    assert_eq!((both.sets.source.len(), both.sets.destination.len()), (1, 1));
    let destination = capture_with("10.0.0.1\n", &roles(Roles::Destination));
    assert_eq!((destination.sets.source.len(), destination.sets.destination.len()), (0, 1));
    assert_eq!(file(&destination).source, Tally::default());
}

#[test]
fn comments_and_blank_lines_of_a_list_are_no_records() {
    let found =
        capture("# feed, \"of\" today\n\n \t\n10.0.0.1 # seen, twice\n10.0.0.2#x\n  # end\n");
    assert_eq!(shown(&found.sets.source), ["10.0.0.1", "10.0.0.2"]);
    assert_eq!(file(&found).records, 2);
    assert_eq!(file(&found).source.padded, 0);
}

#[test]
fn list_under_a_very_long_comment_is_a_list() {
    let found = capture(format!("{}10.0.0.1\nx\n", "# a, b\n".repeat(20_000)));
    assert_eq!(shown(&found.sets.source), ["10.0.0.1"]);
    assert_eq!(places(&found), ["line 20002: 'x'"]);
}

#[test]
fn line_of_a_list_that_is_longer_than_the_buffer_is_one_malformed_line() {
    let content = format!("10.0.0.1\n{}\nfoo\n", "7".repeat(200_000));
    let found = capture(content);
    let sevens = "7".repeat(40);
    assert_eq!(places(&found), [format!("line 2: '{sevens}…'"), "line 3: 'foo'".to_owned()]);
}

#[test]
fn list_ignores_a_column_option_and_says_so() {
    let found = capture_with("10.0.0.1\n", &columns(Some("ip"), None));
    assert_eq!(found.sets.source.len(), 1);
    assert_eq!(
        warnings(&found),
        ["the file has no columns, so --src-column 'ip' names none of it"]
    );
}

#[test]
fn binary_file_is_refused_whole() {
    let content: Vec<u8> = (0..=255).cycle().take(4096).collect();
    assert_eq!(
        error(content),
        "'x.csv' is neither text nor of a format that octomix knows; look at what wrote it, and export \
         text or packets there"
    );
    // Zeros in a list are damage.
    let list = capture("10.0.0.1\n\0\0\0\0\n10.0.0.2\n");
    assert_eq!(shown(&list.sets.source), ["10.0.0.1", "10.0.0.2"]);
}

// Deciding between list and CSV

#[test]
fn one_column_under_a_known_name_is_a_csv() {
    for header in ["src", " SRC ", "\"src\"", "ip.src"] {
        let found = capture(format!("{header}\n10.0.0.1\n"));
        assert_eq!(file(&found).format.name, "csv", "{header}");
        assert_eq!((found.sets.source.len(), file(&found).source.malformed), (1, 0));
    }
}

#[test]
fn one_column_under_the_name_given_is_a_csv() {
    let found = capture_with("Address\n10.0.0.1\n", &columns(None, Some("address")));
    assert_eq!((found.sets.source.len(), found.sets.destination.len()), (0, 1));
}

#[test]
fn one_column_under_an_unknown_name_is_a_list_with_a_malformed_line() {
    let found = capture("office\n10.0.0.1\n");
    assert_eq!(file(&found).format.name, "list");
    assert_eq!(places(&found), ["line 1: 'office'"]);
}

#[test]
fn comments_above_a_header_are_skipped_and_counted_as_lines() {
    let found = capture("# made today\n\nsrc,dst\n10.0.0.1,x\n");
    assert_eq!(shown(&found.sets.source), ["10.0.0.1"]);
    assert_eq!(places(&found), ["line 4, column 'dst': 'x'"]);
}

#[test]
fn header_over_several_lines_is_read() {
    let found = capture("\"time\nof day\",src,dst\n1,10.0.0.1,10.0.0.2\n1,y,10.0.0.2\n");
    assert_eq!(shown(&found.sets.source), ["10.0.0.1"]);
    assert_eq!(places(&found), ["line 4, column 'src': 'y'"]);
}

// Columns

#[test]
fn every_known_pair_is_found_whatever_its_case() {
    for pair in [
        "isrc,idst",
        "ip.src,ip.dst",
        "src,dst",
        "src_ip,dst_ip",
        "source,destination",
        "saddr,daddr",
        "SrcAddr,DstAddr",
        "id.orig_h,id.resp_h",
    ] {
        for header in [pair.to_owned(), pair.to_uppercase(), pair.replace(',', " , ")] {
            let found = capture(format!("time,{header}\n1,10.0.0.1,10.0.0.2\n"));
            assert_eq!(shown(&found.sets.source), ["10.0.0.1"], "{header}");
            assert_eq!(shown(&found.sets.destination), ["10.0.0.2"], "{header}");
            assert_eq!(warnings(&found), [""; 0]);
        }
    }
}

#[test]
fn first_known_name_is_taken_and_the_others_are_named() {
    let found = capture("Source,dst,isrc,src,idst\n10.0.0.5,10.0.0.6,10.0.0.1,10.0.0.3,10.0.0.2\n");
    assert_eq!(shown(&found.sets.source), ["10.0.0.1"]);
    assert_eq!(shown(&found.sets.destination), ["10.0.0.2"]);
    assert_eq!(
        warnings(&found),
        [
            "several columns may hold the source: 'isrc' is read, not 'src'; \
             choose another with --src-column NAME",
            "several columns may hold the destination: 'idst' is read, not 'dst'; \
             choose another with --dst-column NAME",
        ]
    );
}

#[test]
fn whole_pair_goes_before_half_a_preferred_one() {
    let content = "isrc,src,dst\n10.0.0.1,10.0.0.2,10.0.0.3\n";
    for options in [Options::default(), roles(Roles::Source)] {
        let found = capture_with(content, &options);
        assert_eq!(shown(&found.sets.source), ["10.0.0.2"]);
        let [warned] = &warnings(&found)[..] else { panic!("{:?}", warnings(&found)) };
        assert!(warned.contains("'src' is read, not 'isrc'"), "{warned}");
    }
}

#[test]
fn named_columns_go_before_known_ones_without_a_warning() {
    let content = "src,dst,a,A\n10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4\n";
    let found = capture_with(content, &columns(Some("A"), Some("SRC")));
    assert_eq!(shown(&found.sets.source), ["10.0.0.4"]);
    assert_eq!(shown(&found.sets.destination), ["10.0.0.1"]);
    assert_eq!(named(&found), [Some("A"), Some("src")]);
    assert_eq!(warnings(&found), [""; 0]);
}

#[test]
fn one_sided_csv_goes_on_with_a_warning() {
    let found = capture("src,len\n10.0.0.1,64\n");
    assert_eq!((found.sets.source.len(), found.sets.destination.len()), (1, 0));
    assert_eq!(
        warnings(&found),
        [
            "no known column holds the destination, which is left out; name one with --dst-column NAME"
        ]
    );
    let narrowed = capture_with("src,len\n10.0.0.1,64\n", &roles(Roles::Source));
    assert_eq!(warnings(&narrowed), [""; 0]);
}

#[test]
fn roles_not_asked_for_are_not_read() {
    let found = capture_with("src,dst\n10.0.0.1,10.0.0.2\n", &roles(Roles::Destination));
    assert!(found.sets.source.is_empty());
    assert_eq!(shown(&found.sets.destination), ["10.0.0.2"]);
    assert_eq!(file(&found).source, Tally::default());
}

#[test]
fn header_without_a_known_column_lists_the_columns() {
    assert_eq!(
        error("time,a\tb,len\n1,10.0.0.1,3\n"),
        r"'x.csv' has no known column of source or destination addresses; its columns are 'time', 'a\tb', 'len'; name yours with --src-column NAME or --dst-column NAME"
    );
    assert_eq!(
        error_with("src,len\n10.0.0.1,3\n", &roles(Roles::Destination)),
        "'x.csv' has no known column of destination addresses; its columns are 'src', 'len'; \
         name yours with --dst-column NAME"
    );
}

#[test]
fn many_columns_are_listed_in_part() {
    let names: Vec<String> = (0..23).map(|i| format!("c{i}")).collect();
    let message = error(format!("{}\n", names.join(",")));
    assert!(message.contains("'c18', 'c19', and 3 more; name yours"), "{message}");
}

#[test]
fn named_column_that_is_not_there_is_an_error() {
    assert_eq!(
        error_with("src,dst\n10.0.0.1,10.0.0.2\n", &columns(None, Some("to"))),
        "'x.csv' has no column 'to' (from --dst-column); its columns are 'src', 'dst'; name one of them"
    );
}

#[test]
fn csv_without_a_header_is_an_error() {
    let told = |cells: &str, options: &str| {
        format!(
            "the first line of 'x.csv' holds data rather than column names: {cells}; \
             name the columns with {options}, or add a header line, e.g. src,dst"
        )
    };
    let both = "--src-column 1 --dst-column 2";
    assert_eq!(
        error("10.0.0.1,10.0.0.2\n10.0.0.3,10.0.0.4\n"),
        told("1 '10.0.0.1', 2 '10.0.0.2'", both)
    );
    let expected = told("1 '1331920800', 2 '10.0.0.1', 3 'tcp'", "--src-column 2");
    assert_eq!(error("1331920800,10.0.0.1,tcp\n"), expected);
    // One address is a line of a list, in quotes or not.
    assert_eq!(file(&capture("\"10.0.0.1\"\n")).format.name, "list");
}

// Cells

#[test]
fn cells_are_counted_by_what_they_hold() {
    let cells = "10.0.0.1\n 10.0.0.1\t\n\"\"\n   \nNaN\nnull\nNone\n-\n::1\n[fe80::1]\nfe80::1%eth0\n\
                 ::ffff:1.2.3.4\n256.1.1.1\n1.2.3\n01.2.3.4\n1.2.3.4.5\n00:16:47:9d:f2:c2\n1.2.3.4:80\nfe80::1%\n";
    let found = capture(format!("src\n{cells}"));
    let expected = Tally {
        ipv4: 4,
        padded: 1,
        mapped: 1,
        missing: 6,
        ipv6: 3,
        malformed: 6,
        ..Tally::default()
    };
    assert_eq!(file(&found).source, expected);
    assert_eq!(file(&found).records, 19);
    assert_eq!(found.account.tally(Role::Source).cells(), 19);
    assert_eq!(found.sets.source.weights(), [2, 2]);
}

#[test]
fn first_three_malformed_cells_are_remembered() {
    let found = capture("src,dst\n10.0.0.1,a\n10.0.0.1,10.0.0.2\nb,c\nd,e\n");
    assert_eq!(
        places(&found),
        ["line 2, column 'dst': 'a'", "line 4, column 'src': 'b'", "line 4, column 'dst': 'c'",]
    );
    assert_eq!((file(&found).source.malformed, file(&found).destination.malformed), (2, 3));
}

#[test]
fn malformed_values_are_shown_safely() {
    let mut content = b"src,dst\n10.0.0.1,\x1b[31m\n10.0.0.1,\xff1.2.3.4\n10.0.0.1,".to_vec();
    content.extend("ä".repeat(41).bytes());
    let found = capture(content);
    let long = "ä".repeat(40);
    assert_eq!(
        places(&found),
        [
            r"line 2, column 'dst': '\u{1b}[31m'".to_owned(),
            "line 3, column 'dst': '\u{fffd}1.2.3.4'".to_owned(),
            format!("line 4, column 'dst': '{long}…'"),
        ]
    );
}

// Rows

#[test]
fn ragged_rows_give_what_they_hold() {
    let found = capture("src,dst\n10.0.0.1\n10.0.0.2,10.0.0.3,more\n10.0.0.4,10.0.0.5\n");
    assert_eq!(shown(&found.sets.source), ["10.0.0.1", "10.0.0.2", "10.0.0.4"]);
    assert_eq!(shown(&found.sets.destination), ["10.0.0.3", "10.0.0.5"]);
    assert_eq!((file(&found).irregular.ragged, file(&found).records), (2, 3));
    assert_eq!(file(&found).destination.missing, 1);
}

#[test]
fn quoted_newlines_keep_line_numbers() {
    let found = capture("src,info\n10.0.0.1,\"a\nb\n\"\nx,\"c\nd\"\ny,\n");
    assert_eq!(places(&found), ["line 5, column 'src': 'x'", "line 7, column 'src': 'y'"]);
}

#[test]
fn blank_lines_keep_line_numbers() {
    let found = capture("\n\nsrc,dst\n\n\nx,10.0.0.1\n\ny,10.0.0.1");
    assert_eq!(places(&found), ["line 6, column 'src': 'x'", "line 8, column 'src': 'y'"]);
    assert_eq!(file(&found).records, 2);
}

#[test]
fn line_ends_byte_order_mark_and_missing_final_newline_change_nothing() {
    for content in ["src,dst\n10.0.0.1,10.0.0.2\nx,\"10.0.0.2\"", "10.0.0.1\n10.0.0.2\nx"] {
        let plain = capture(content);
        assert_eq!(file(&plain).malformed[0].at, RecordNumber::Line(3));
        for bom in ["", "\u{feff}"] {
            for end in ["\n", "\r\n", "\r"] {
                for last in ["", end] {
                    let found = capture(format!("{bom}{}{last}", content.replace('\n', end)));
                    let mut account = file(&found).clone();
                    account.bytes = file(&plain).bytes;
                    account.name.clone_from(&file(&plain).name);
                    // Line ends and marks take bytes.
                    account.malformed[0].offset = file(&plain).malformed[0].offset;
                    assert_eq!(&account, file(&plain));
                    assert_eq!(shown(&found.sets.source), shown(&plain.sets.source));
                }
            }
        }
    }
}

#[test]
fn record_over_many_lines_is_warned_of() {
    let rows = "10.0.0.1,10.0.0.2\n".repeat(150);
    let found = capture(format!("src,dst\n10.0.0.1,10.0.0.2\n10.0.0.1,\"10.0.0.2\n{rows}"));
    assert_eq!(file(&found).records, 1);
    assert_eq!(
        warnings(&found),
        [
            "the record on line 3 goes on for more than 100 lines; look there for a quote that is not closed",
            "the last row is cut off; what stands before byte 26 is read, what follows is not"
        ]
    );
}

#[test]
fn record_without_end_does_not_fill_the_memory() {
    let rows = "10.0.0.1,10.0.0.2\n".repeat(1 << 20);
    assert_eq!(
        error(format!("src,dst\n10.0.0.1,\"\n{rows}")),
        "'x.csv' is damaged: the record on line 2 is longer than 16 MiB, look there for a quote \
         that is not closed; read it again from where it comes, or repair it"
    );
    // What stands before it is read.
    let found = capture(format!("src,dst\n10.0.0.1,10.0.0.2\n10.0.0.3,\"\n{rows}"));
    assert_eq!(shown(&found.sets.source), ["10.0.0.1"]);
    assert_eq!(file(&found).cut, 11 + rows.len() as u64);
    assert_eq!(
        warnings(&found),
        ["the record on line 3 is longer than 16 MiB, look there for a quote that is not closed; \
          what stands before byte 26 is read, what follows is not"]
    );
}

// Several files, standard input, progress

#[test]
fn several_files_are_one_capture() {
    let files = Files::new();
    let paths = [
        files.write("a.csv", "src,dst\n10.0.0.1,10.0.0.9\n"),
        files.write("b.txt", "10.0.0.2\n10.0.0.1\n"),
        files.write("c.csv", "dst,src\n10.0.0.9,10.0.0.3\n"),
    ];
    let found = quietly(&paths, &Options::default()).unwrap();
    assert_eq!(shown(&found.sets.source), ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    assert_eq!(found.sets.source.weights(), [2, 1, 1]);
    assert_eq!(found.sets.destination.weights(), [2]);
    assert_eq!(found.account.records(), 4);
    assert_eq!(found.account.tally(Role::Source).ipv4, 4);
    assert_eq!(found.account.files.len(), 3);
}

#[test]
fn files_that_give_nothing_are_warned_of_among_others() {
    let files = Files::new();
    let paths = [
        files.write("a.csv", "src,dst\n10.0.0.1,\n10.0.0.1,::1\n"),
        files.write("b.txt", "# nothing\n"),
        files.write("c.csv", "src,dst\n"),
    ];
    let found = quietly(&paths, &Options::default()).unwrap();
    assert_eq!(
        warnings(&found),
        [
            "no IPv4 address for the destination, but 2 cells: 1 missing, 1 IPv6; \
             choose another column with --dst-column NAME",
            "the file is empty; check what wrote it",
            "column names but no rows; check what wrote the file",
        ]
    );
}

#[test]
fn progress_is_reported_and_breaks_the_reading() {
    let files = Files::new();
    let content = "10.0.0.1\n".repeat(400_000);
    let paths = [files.write("a.txt", &content), files.write("b.txt", "10.0.0.2\n")];
    let mut reports = Vec::new();
    let mut note = |progress| {
        reports.push(progress);
        ControlFlow::Continue(())
    };
    read(&paths, &Options::default(), &mut note).unwrap();
    let total = content.len() as u64 + 9;
    let all = Progress { bytes: total, total: Some(total) };
    assert_eq!(reports.last(), Some(&all));
    assert!(reports.len() as u64 > total / (1 << 20));
    assert!(reports.windows(2).all(|pair| pair[0].bytes <= pair[1].bytes));

    let stopped = read(&paths, &Options::default(), &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(InputError::Interrupted)));
}

#[cfg(unix)]
#[test]
fn pipe_that_gives_nothing_can_be_interrupted() {
    let files = Files::new();
    let path = files.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    // Opened for both, a pipe neither ends nor waits to be opened.
    let _open = fs::File::options().read(true).write(true).open(&path).unwrap();
    let started = std::time::Instant::now();
    let stopped =
        read(&[path], &Options::default(), &mut |_| match started.elapsed().as_millis() {
            0..200 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        });
    assert!(matches!(stopped, Err(InputError::Interrupted)));
    assert!(started.elapsed().as_secs() < 10);
}

#[cfg(unix)]
#[test]
fn pipe_is_read_and_leaves_the_total_unknown() {
    let files = Files::new();
    let path = files.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    let writer = std::thread::spawn({
        let path = path.clone();
        move || fs::write(path, "src,dst\n10.0.0.1,10.0.0.2\n").unwrap()
    });
    let mut last = None;
    let mut note = |progress| {
        last = Some(progress);
        ControlFlow::Continue(())
    };
    let found = read(&[path], &Options::default(), &mut note).unwrap();
    writer.join().unwrap();
    assert_eq!(found.sets.destination.len(), 1);
    let expected = Progress { bytes: 26, total: None };
    assert_eq!(last, Some(expected));
}

/// Names itself `CHILD` to run with a standard input of its own.
#[test]
fn dash_is_standard_input() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    if std::env::var_os("CHILD").is_some() {
        let found = quietly(&[PathBuf::from("-")], &Options::default()).unwrap();
        println!("{} {:?}", file(&found).name, shown(&found.sets.source));
        return;
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "files::dash_is_standard_input", "--nocapture"])
        .env("CHILD", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"10.0.0.1\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("standard input [\"10.0.0.1\"]"), "{printed}");
}

// Errors

#[test]
fn no_path_is_an_error() {
    assert_eq!(
        quietly(&[], &Options::default()).unwrap_err().to_string(),
        "no input file given; name one or more, or - for standard input"
    );
}

#[test]
fn missing_file_is_found_before_the_first_is_read() {
    let files = Files::new();
    let paths = [files.write("a.csv", "broken,header\n"), files.path("b\n.csv")];
    let error = quietly(&paths, &Options::default()).unwrap_err();
    assert_eq!(files.message(&error), r"cannot read 'b\n.csv': no such file; check the path");
}

#[test]
fn directory_is_an_error() {
    let files = Files::new();
    fs::create_dir(files.path("logs")).unwrap();
    let error = quietly(&[files.path("logs/")], &Options::default()).unwrap_err();
    assert_eq!(
        files.message(&error),
        "cannot read 'logs/': it is a directory; add --recursive to read all files in it, \
         or give some, e.g. logs/*.csv"
    );
}

#[cfg(unix)]
#[test]
fn unreadable_file_is_an_error() {
    use std::os::unix::fs::PermissionsExt;

    let files = Files::new();
    let path = files.write("x.csv", "10.0.0.1\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    let error = match quietly(&[path], &Options::default()) {
        Err(error) => error,
        // The superuser reads it all the same, which leaves the message to check.
        Ok(_) => InputError::Denied { name: "x.csv".to_owned() },
    };
    assert_eq!(
        files.message(&error),
        "cannot read 'x.csv': permission denied; make it readable, e.g. with chmod u+r, or copy it"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn failed_read_names_the_file() {
    let error = quietly(&[PathBuf::from("/proc/self/mem")], &Options::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read '/proc/self/mem': Input/output error (os error 5); \
         check the disk or the connection it comes from"
    );
}

#[test]
fn empty_files_are_an_error() {
    assert_eq!(
        error(""),
        "nothing to read in 'x.csv': expected IPv4 addresses, found 0 bytes; check what wrote it"
    );
    assert_eq!(
        error("\u{feff}# nothing\r\n\r\n"),
        "nothing to read in 'x.csv': expected IPv4 addresses, found only blank lines and comments; \
         check what wrote it"
    );
}

#[test]
fn no_address_at_all_is_an_error_with_the_counts() {
    assert_eq!(
        error("src,dst\n::1,\n,::2\nfoo,-\n"),
        "no usable IPv4 address in 'x.csv': found 6 cells: 3 missing, 2 IPv6, 1 malformed, \
         the first malformed in 'x.csv', line 4, column 'src': 'foo'; \
         expected addresses such as 192.0.2.1, one a line or in the columns of a comma-separated file"
    );
    assert_eq!(
        error("src,dst\n"),
        "no usable IPv4 address in 'x.csv': found column names but no rows; \
         expected addresses such as 192.0.2.1, one a line or in the columns of a comma-separated file"
    );
    let list = error_with("a b\nc d\n", &roles(Roles::Both));
    assert!(list.contains("found 2 lines of a list: 2 malformed"), "{list}");
}

#[test]
fn foreign_formats_are_recognised() {
    #[cfg(not(feature = "parquet"))]
    assert_eq!(
        error(b"PAR1\x15\x04"),
        "'x.csv' is a Parquet file, which is not read; convert it first: \
         duckdb -c \"copy (from 'FILE') to 'FILE.csv'\"; or install octomix with what reads it: \
         cargo install --path ."
    );
    assert_eq!(
        error(b"\x0c\xa5\x02\0\0\0"),
        "'x.csv' is a file of nfdump, which is not read; convert it first: \
         nfdump -r FILE -o csv | octomix detect -"
    );
    assert_eq!(
        error(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        "'x.csv' is a picture, which is not read; name a capture, a log or a list of addresses instead"
    );
}

// The parser

/// Dotted texts near enough to addresses that both verdicts are common.
fn near_address() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<u32>().prop_map(|address| Ipv4Addr::from(address).to_string()),
        "[0-9]{0,4}(\\.[0-9]{0,4}){2,4}",
        "[0-2]?[0-9]{1,2}(\\.[0-2]?[0-9]{1,2}){3}",
        "[0-9. +x:]{0,16}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn parser_agrees_with_std(text in near_address()) {
        let expected = text.parse::<Ipv4Addr>().ok().map(u32::from);
        prop_assert_eq!(parse_ipv4(text.as_bytes()), expected);
    }
}

proptest! {
    #[test]
    fn packets_are_neither_lost_nor_made(
        rows in prop::collection::vec((any::<u8>(), any::<u8>(), "(\"[a,\n]{0,4}\")?"), 1..50),
    ) {
        let mut content = "info,src,dst\n".to_owned();
        for (source, destination, info) in &rows {
            writeln!(content, "{info},10.0.0.{source},10.0.0.{destination}").unwrap();
        }
        let found = capture(&content);
        for role in [Role::Source, Role::Destination] {
            let packets: u64 = found.sets.get(role).weights().iter().sum();
            prop_assert_eq!(packets, rows.len() as u64);
        }
        prop_assert_eq!(file(&found).bytes, content.len() as u64);
        prop_assert_eq!(file(&found).irregular.ragged, 0);
    }
}

// Real files

#[test]
fn tutorial_capture_gives_the_golden_lists() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/tutorial_packets.csv");
    let found = quietly(&[path], &Options::default()).unwrap();
    assert_eq!((found.sets.source.len(), found.sets.destination.len()), (187, 2673));
    assert_eq!(shown(&found.sets.source), lines_of("tests/golden/lists/tutorial_src.txt"));
    assert_eq!(shown(&found.sets.destination), lines_of("tests/golden/lists/tutorial_dst.txt"));
    assert_eq!(warnings(&found), [""; 0]);
}

#[test]
fn shared_data_is_read() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if !data.is_dir() {
        println!("left out: {} is not there", data.display());
        return;
    }
    let list = quietly(&[data.join("lists/ipsum_level1.txt")], &Options::default()).unwrap();
    assert_eq!(list.sets.source.len(), 120_430);
    assert_eq!(file(&list).source.malformed, 0);

    let path = data.join("logs/netflowlabeler_test.binetflow");
    let lines = fs::read_to_string(&path).unwrap().lines().count() as u64;
    let argus = quietly(&[path], &Options::default()).unwrap();
    assert_eq!(named(&argus), [Some("SrcAddr"), Some("DstAddr")]);
    assert_eq!((file(&argus).records, file(&argus).irregular.ragged), (lines - 1, 0));
    assert!(!argus.sets.source.is_empty() && !argus.sets.destination.is_empty());
    // Link-layer flows carry MAC addresses, which are malformed here.
    assert_eq!(places(&argus)[0], "line 2, column 'SrcAddr': '00:00:00:00:00:00'");
}
