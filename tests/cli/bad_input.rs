//! Bad input, each a clear one-line error or a counted skip.

use std::fs;

use predicates::str::contains;
use serde_json::json;

use crate::Folder;

/// Asserts that `content` as x.csv ends in exactly this error.
fn fails(content: impl AsRef<[u8]>, error: &str) {
    let folder = Folder::new();
    folder.write("x.csv", content);
    let done = folder.detect(&["x.csv"]).assert().code(1).stdout("");
    done.stderr(format!("octomix: error: {error}\n"));
}

/// Runs on `content` as x.csv with one component, and asserts the whole of standard error, the
/// sources, and what the first lines of the summary tell.
fn goes_on(content: impl AsRef<[u8]>, warnings: &str, sources: &[&str], told: &str) {
    let folder = Folder::new();
    folder.write("x.csv", content);
    let status = if warnings.contains("is damaged; the results are whole but") { 3 } else { 0 };
    let done = folder.detect(&["x.csv", "-k", "1"]).assert().code(status);
    done.stderr(warnings.to_owned()).stdout(contains(told.to_owned()));
    let rows = folder.rows("octomix-out/src/addresses.csv");
    assert_eq!(rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), sources);
}

#[test]
fn no_such_file() {
    let done = Folder::new().detect(&["gone.csv"]).assert().code(1).stdout("");
    done.stderr("octomix: error: cannot read 'gone.csv': no such file; check the path\n");
}

#[test]
fn a_directory() {
    let folder = Folder::new();
    fs::create_dir(folder.path("day")).unwrap();
    let done = folder.detect(&["day"]).assert().code(1).stdout("");
    done.stderr(
        "octomix: error: cannot read 'day': it is a directory; \
         add --recursive to read all files in it, or give some, e.g. day/*.csv\n",
    );
}

#[test]
fn an_empty_file() {
    fails(
        "",
        "nothing to read in 'x.csv': expected IPv4 addresses, found 0 bytes; check what wrote it",
    );
}

#[test]
fn a_header_without_a_known_column() {
    fails(
        "a,b\n10.0.0.1,x\n",
        "'x.csv' has no known column of source or destination addresses; its columns are \
         'a', 'b'; name yours with --src-column NAME or --dst-column NAME",
    );
}

#[test]
fn a_named_column_that_is_not_there() {
    let folder = Folder::new();
    folder.write("x.csv", "a,b\n10.0.0.1,x\n");
    let done = folder.detect(&["x.csv", "--src-column", "c"]).assert().code(1).stdout("");
    done.stderr(
        "octomix: error: 'x.csv' has no column 'c' (from --src-column); \
         its columns are 'a', 'b'; name one of them\n",
    );
    folder.detect(&["x.csv", "--src-column", "a", "--role", "src"]).assert().success();
}

#[test]
fn no_usable_address_at_all() {
    fails(
        "src,dst\nx,256.1.1.1\n::1,\n",
        "no usable IPv4 address in 'x.csv': found 4 cells: 1 missing, 1 IPv6, 2 malformed, the \
         first malformed in 'x.csv', line 2, column 'src': 'x'; expected addresses such as \
         192.0.2.1, one a line or in the columns of a comma-separated file",
    );
}

#[test]
fn a_packet_capture_cut_in_its_header() {
    fails(
        b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00",
        "'x.csv' is damaged: its header is cut off; read it again from where it comes, or repair it",
    );
}

#[test]
fn a_packet_capture_without_packets_or_without_addresses() {
    let header = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x01\0\0\0";
    fails(
        header,
        "nothing to read in 'x.csv': expected IPv4 packets, found none; check what wrote it",
    );
    let mut arp = header.to_vec();
    arp.extend(b"\0\0\0\0\0\0\0\0\x0e\0\0\0\x0e\0\0\0");
    arp.extend(b"\xff\xff\xff\xff\xff\xff\x02\0\0\0\0\x01\x08\x06");
    fails(
        arp,
        "no usable IPv4 address in 'x.csv': found 1 packet: 1 not IP; \
         expected packets with an IPv4 header",
    );
}

#[test]
fn a_packet_capture_that_is_cut_off_is_told_of_in_packets() {
    let mut capture =
        b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x65\0\0\0".to_vec();
    // Of raw IP: one packet of each version, and one that is cut off.
    let mut ipv4 = vec![0x45, 0, 0, 20, 0, 0, 0, 0, 64, 6, 0, 0];
    ipv4.extend([10, 0, 0, 1, 10, 0, 0, 2]);
    let mut ipv6 = vec![0x60];
    ipv6.resize(40, 0);
    for packet in [&ipv4, &ipv6] {
        let length = packet.len() as u32;
        capture.extend([[0; 8].as_slice(), &length.to_le_bytes(), &length.to_le_bytes()].concat());
        capture.extend(packet);
    }
    let whole = capture.len();
    capture.extend([0; 9]);
    let folder = Folder::new();
    folder.write("x.pcap", capture);
    let done = folder.detect(&["x.pcap"]).assert().code(3);
    let done = done.stdout(contains("\n  1 of 2 sources of packets used; 1 IPv6\n"));
    let told = format!("the last packet is cut off; what stands before byte {whole} is read");
    done.stderr(contains(told));
}

#[test]
fn rows_shorter_or_longer_than_the_header() {
    goes_on(
        "src,dst\n10.0.0.1\n10.0.0.2,10.0.0.3,x\n",
        "octomix: warning: x.csv: rows have more cells than the header (1 of them), so what could not be told \
         apart is left out; quote cells that hold the separator\n",
        &["10.0.0.1", "10.0.0.2"],
        "\n  1 of 2 destination cells used; 1 missing\n  \
         1 row is shorter than the header; read as far as they go\n  \
         1 row has more cells than the header; what could not be told apart is left out\n",
    );
}

#[test]
fn invalid_utf8() {
    goes_on(
        b"src,dst\n\xff\xfe1,10.0.0.1\n10.0.0.2,10.0.0.2\n",
        "",
        &["10.0.0.2"],
        "\n  1 of 2 source cells used; 1 malformed\n    \
         malformed: x.csv, line 2, column 'src': '\u{fffd}\u{fffd}1'\n",
    );
}

#[test]
fn a_quoted_field_with_newlines() {
    goes_on(
        "src,note,dst\n10.0.0.1,\"a\nb\",10.0.0.2\nfoo,,10.0.0.3\n",
        "",
        &["10.0.0.1"],
        "\n    malformed: x.csv, line 4, column 'src': 'foo'\n",
    );
}

#[test]
fn a_byte_order_mark_and_windows_line_ends() {
    let told = "Read x.csv: 1 row, 31 B, columns src and dst\n  1 conversation counted exactly, 11 B (beyond ";
    goes_on(b"\xef\xbb\xbfsrc,dst\r\n10.0.0.1,10.0.0.2\r\n", "", &["10.0.0.1"], told);
}

#[test]
fn cells_that_are_almost_addresses() {
    goes_on(
        "src\n256.1.1.1\n1.2.3\n01.2.3.4\n 1.2.3.4 \n2.2.2.2\nfe80::1\n\nNaN\n",
        "octomix: warning: x.csv: no known column holds the destination, which is left out; \
         name one with --dst-column NAME\n",
        &["1.2.3.4", "2.2.2.2"],
        "\n  2 of 7 source cells used; 1 missing, 1 IPv6, 3 malformed\n    \
         malformed: x.csv, line 2, column 'src': '256.1.1.1'\n    \
         malformed: x.csv, line 3, column 'src': '1.2.3'\n    \
         malformed: x.csv, line 4, column 'src': '01.2.3.4'\n",
    );
}

#[test]
fn several_known_columns() {
    goes_on(
        "src,ip.src,dst\n10.0.0.1,10.0.0.2,10.0.0.3\n",
        "octomix: warning: x.csv: several columns may hold the source: 'src' is read, \
         not 'ip.src'; choose another with --src-column NAME\n",
        &["10.0.0.1"],
        "columns src and dst\n",
    );
}

#[test]
fn a_row_that_is_cut_off() {
    goes_on(
        "src,dst\n10.0.0.1,10.0.0.2\n10.0.0.3",
        "octomix: warning: x.csv: the last row is cut off; what stands before byte 26 is read, \
         what follows is not\n\
         octomix: error: 1 file is damaged; the results are whole but for what is there\n",
        &["10.0.0.1"],
        "Read x.csv: 1 row, 34 B, columns src and dst\n",
    );
    let folder = Folder::new();
    folder.write("x.csv", "src,dst\n10.0.0.1,10.0.0.2\n10.0.0.3");
    let done = folder.detect(&["x.csv", "--strict"]).assert().code(1).stdout("");
    done.stderr(
        "octomix: error: 'x.csv' is damaged: the last row is cut off; read it again from where \
         it comes, or repair it\n",
    );
}

#[test]
fn a_malformed_cell_under_strict() {
    let folder = Folder::new();
    folder.write("x.csv", "src,dst\n10.0.0.1,x\n");
    let done = folder.detect(&["x.csv", "--strict"]).assert().code(1).stdout("");
    done.stderr(
        "octomix: error: 'x.csv' has a malformed address: line 2, column 'dst': 'x'; correct it, or \
         leave --strict out\n",
    );
}

#[test]
fn what_a_checksum_at_the_end_finds_may_be_anywhere() {
    use std::io::Write;

    let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    file.write_all(b"10.0.0.1\n10.0.0.2\n").unwrap();
    let mut bytes = file.finish().unwrap();
    // The sum is before the length, of four bytes each.
    let sum = bytes.len() - 8;
    bytes[sum] ^= 1;
    let folder = Folder::new();
    folder.write("x.gz", bytes);
    let told = "octomix: warning: x.gz: the gzip data is damaged somewhere before its checksum: addresses may be \
                wrong or missing; what stands before byte 18 is read, what follows is not\n";
    folder.octomix(&["extract", "x.gz"]).assert().code(3).stderr(contains(told));
}

#[test]
fn what_was_skipped_stands_in_the_summary() {
    let folder = Folder::new();
    folder.write("x.csv", "src,dst\nx,10.0.0.1\n10.0.0.2,\n");
    folder.detect(&["x.csv", "-k", "1"]).assert().success();
    let input = &folder.json("octomix-out/summary.json")["input"];
    assert_eq!(
        input["cells"]["dst"],
        json!({"ipv4": 1, "padded": 0, "mapped": 0, "missing": 1, "ipv6": 0, "not_ip": 0, "malformed": 0,
               "filtered": 0, "unsaid": 0})
    );
    assert_eq!(
        input["files"][0]["malformed"],
        json!([{"line": 2, "offset": 8, "column": "src", "value": "x"}])
    );
}
