//! Captures in every variant: delimiters, quotes, line ends and compressions, several blocks long,
//! truncated anywhere and damaged, on any number of threads.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use octomix::address::{AddressSet, Unit, dotted};
use octomix::input::{
    Capture, Compression, InputError, Options, RecordNumber, Roles, Warning, read,
};
use proptest::prelude::*;
use tempfile::TempDir;

fn quietly(paths: &[PathBuf], options: &Options) -> Result<Capture, InputError> {
    read(paths, options, &mut |_| ControlFlow::Continue(()))
}

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

fn attempt(content: impl AsRef<[u8]>) -> Result<Capture, InputError> {
    let files = Files::new();
    quietly(&[files.write("x", content)], &Options::default())
}

fn capture(content: impl AsRef<[u8]>) -> Capture {
    attempt(content).unwrap()
}

fn sets(capture: &Capture) -> [(Vec<u32>, Vec<u64>); 2] {
    [&capture.sets.source, &capture.sets.destination]
        .map(|set| (set.addresses().to_vec(), set.weights()))
}

fn shown(set: &AddressSet) -> Vec<String> {
    set.addresses().iter().map(|&address| dotted(address).to_string()).collect()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zstd(content: &[u8]) -> Vec<u8> {
    zstd::encode_all(content, 1).unwrap()
}

/// Rows enough for several blocks.
const ROWS: u32 = 80_000;

fn source(row: u32) -> u32 {
    0x0a00_0000 + row % 1000
}

fn destination(row: u32) -> u32 {
    row.wrapping_mul(2_654_435_761)
}

/// A table with this delimiter, its fields in quotes or not, some of them over several lines.
fn table(delimiter: char, quote: &str, end: &str, note: &str) -> String {
    let mut text = ["time", "src", "note", "dst"]
        .map(|name| format!("{quote}{name}{quote}"))
        .join(&delimiter.to_string());
    text += end;
    for row in 0..ROWS {
        let (source, destination) = (dotted(source(row)), dotted(destination(row)));
        let note = if row % 97 == 0 { note } else { "" };
        write!(
            text,
            "{quote}{row}{quote}{delimiter}{quote}{source}{quote}{delimiter}{quote}{note}{quote}\
             {delimiter}{quote}{destination}{quote}{end}"
        )
        .unwrap();
    }
    text
}

fn check(found: &Capture) {
    let distinct: Vec<u32> = (0..1000).map(source).collect();
    assert_eq!(found.sets.source.addresses(), distinct);
    assert_eq!(found.sets.source.weights(), vec![u64::from(ROWS) / 1000; 1000]);
    assert_eq!(found.sets.destination.addresses(), (0..ROWS).map(destination).collect::<Vec<_>>());
    assert_eq!((found.account.records(), found.account.ragged()), (u64::from(ROWS), 0));
    assert_eq!(found.account.warnings().count(), 0);
}

#[test]
fn clothing_changes_nothing() {
    for delimiter in [',', ';', '\t', '|'] {
        for end in ["\n", "\r\n", "\r"] {
            for (quote, note) in [("", "x"), ("\"", "a\n\"\"b\"\",;\t|\r\nc")] {
                let plain = table(delimiter, quote, end, note).into_bytes();
                check(&capture(&plain));
                if delimiter == ',' {
                    check(&capture(gzip(&plain)));
                    check(&capture(zstd(&plain)));
                }
            }
        }
    }
}

#[test]
fn members_and_frames_are_one_file() {
    let text = table(',', "", "\n", "");
    let (start, end) = text.as_bytes().split_at(700_001);
    for (compress, name) in [(gzip as fn(&[u8]) -> Vec<u8>, "gzip"), (zstd, "zstd")] {
        let found = capture([compress(start), compress(b""), compress(end)].concat());
        check(&found);
        assert_eq!(found.account.files[0].compression.map(Compression::name), Some(name));
    }
    // Zeros may fill the last block of a tape.
    check(&capture([gzip(text.as_bytes()), vec![0; 1000]].concat()));
    let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &zstd(text.as_bytes())];
    check(&capture(skipped.concat()));
}

#[test]
fn threads_change_nothing() {
    let files = Files::new();
    let quoted = table(',', "\"", "\n", "a\nb");
    let paths = [
        files.write("a", table(';', "", "\n", "") + "x;y;z;\n"),
        files.write("b", gzip(quoted.as_bytes())),
        files.write("c", "10.9.9.9\nfoo\n"),
    ];
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| quietly(&paths, &Options::default()).unwrap())
    };
    let one = on(1);
    for threads in [2, 7] {
        let many = on(threads);
        assert_eq!(sets(&many), sets(&one));
        assert_eq!(many.account, one.account);
    }
    let place = &one.account.files[0].malformed[0];
    assert_eq!((place.at, place.value.as_str()), (RecordNumber::Line(u64::from(ROWS) + 2), "y"));
    assert_eq!(place.offset, table(';', "", "\n", "").len() as u64);
    assert_eq!(one.account.files[2].malformed[0].at, RecordNumber::Line(2));
}

#[test]
fn many_small_files_are_read_in_their_order() {
    let files = Files::new();
    let paths: Vec<PathBuf> = (0..500)
        .map(|i| files.write(&format!("{i}"), dotted(destination(i)).to_string()))
        .collect();
    let found = quietly(&paths, &Options::default()).unwrap();
    assert_eq!(found.sets.source.addresses(), (0..500).map(destination).collect::<Vec<_>>());
    assert_eq!(found.account.files.len(), 500);
}

#[test]
fn cut_table_yields_all_before_the_cut() {
    let text = table(',', "", "\n", "x").into_bytes();
    let whole = sets(&capture(&text));
    for compress in [<[u8]>::to_vec as fn(&[u8]) -> Vec<u8>, gzip, zstd] {
        let compressed = compress(&text);
        for cut in [compressed.len() / 3, compressed.len() - 1] {
            let found = capture(&compressed[..cut]);
            let [(sources, _), (destinations, _)] = sets(&found);
            assert!(whole[0].0.starts_with(&sources) && whole[1].0.starts_with(&destinations));
            if let Some(compression) = found.account.files[0].compression {
                // A frame is made of blocks of 128 KiB, of which the last is not whole.
                let lost =
                    text.len() as u64 * (compressed.len() - cut) as u64 / compressed.len() as u64;
                let read = found.account.records() * text.len() as u64 / u64::from(ROWS);
                assert!(read + lost + (160 << 10) > text.len() as u64, "{compression:?}: {read}");
                let warned: Vec<_> = found.account.files[0].warnings.iter().collect();
                assert!(matches!(warned[..], [Warning::Damaged { .. }]), "{warned:?}");
            } else {
                let lines = text[..cut].iter().filter(|&&byte| byte == b'\n').count() as u64;
                // The header is no row; a row without its end counts if it has all fields.
                assert!((lines - 1..=lines).contains(&found.account.records()));
            }
        }
    }
}

#[test]
fn row_cut_short_is_told_and_not_counted() {
    let found = capture("src,note,dst\n10.0.0.1,,10.0.0.2\n10.0.0.3,x");
    assert_eq!(shown(&found.sets.source), ["10.0.0.1"]);
    let file = &found.account.files[0];
    assert_eq!((file.records, file.cut), (1, 10));
    let warned = file.warnings[0].to_string();
    assert_eq!(
        warned,
        "the last row is cut off; what stands before byte 32 is read, what follows is not"
    );
}

#[test]
fn strictness_makes_losses_errors() {
    let files = Files::new();
    let strict = Options { strict: true, ..Options::default() };
    let refused = |content: &[u8]| {
        let path = files.write("x", content);
        assert!(quietly(std::slice::from_ref(&path), &Options::default()).is_ok());
        let folder = format!("{}/", files.0.path().display());
        quietly(&[path], &strict).unwrap_err().to_string().replace(&folder, "")
    };
    assert_eq!(
        refused(b"src,dst\n10.0.0.1,x\n"),
        "'x' has a malformed address: line 2, column 'dst': 'x'; correct it, or leave --strict out"
    );
    let compressed = gzip(b"10.0.0.1\n10.0.0.2\n");
    assert_eq!(
        refused(&compressed[..compressed.len() - 4]),
        "'x' is damaged: the compressed data is cut off; \
         read it again from where it comes, or repair it"
    );
    assert!(quietly(&[files.write("x", "10.0.0.1\n\n")], &strict).is_ok());
}

/// Found by the fuzz target `delimited`.
#[test]
fn one_set_is_filled_by_destinations_alone() {
    let files = Files::new();
    let paths = [
        files.write("a", "x,dst\n1,10.0.0.1\n"),
        files.write("b", "src,dst\n10.0.0.2,10.0.0.1\n"),
        files.write("c", "src,x\n10.0.0.3,1\n"),
    ];
    let any = Options { roles: Some(Roles::Any), ..Options::default() };
    let found = quietly(&paths, &any).unwrap();
    assert_eq!(shown(&found.sets.any), ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    assert_eq!(found.sets.any.weights(), [2, 1, 1]);
    assert!(found.sets.source.is_empty() && found.sets.destination.is_empty());
}

#[test]
fn blocks_and_ranges_stand_for_their_addresses() {
    let found = capture("10.0.0.9\n10.0.0.8/30\n10.0.1.1 - 10.0.1.2 # two\n10.0.0.0/7\n");
    let expected = ["10.0.0.9", "10.0.0.8", "10.0.0.10", "10.0.0.11", "10.0.1.1", "10.0.1.2"];
    assert_eq!(shown(&found.sets.source), expected);
    assert_eq!(found.sets.source.weights(), [2, 1, 1, 1, 1, 1]);
    let file = &found.account.files[0];
    assert_eq!((file.records, file.networks, file.source.ipv4), (4, 2, 3));
    // A seventh of IPv4 is a mistake rather than a block.
    assert_eq!(file.malformed[0].value, "10.0.0.0/7");
    let found = capture("# bogons, \"large\"\n10.0.0.0/8 # a, b\n");
    assert_eq!(found.sets.source.len(), 1 << 24);
    assert_eq!(found.sets.source.addresses().first(), Some(&0x0a00_0000));
}

#[test]
fn tables_of_octomix_count_their_packets() {
    let text = "address,packets,cluster\n10.0.0.1,7,0\n10.0.0.2,5000000000,1\n10.0.0.1,1,0\n";
    let found = capture(text);
    assert_eq!(shown(&found.sets.source), ["10.0.0.1", "10.0.0.2"]);
    assert_eq!(found.sets.source.weights(), [8, 5_000_000_000]);
    assert!(found.sets.destination.is_empty());
    for (unit, word) in
        [(Unit::Records, "records"), (Unit::Mixed, "count"), (Unit::Packets, "packets")]
    {
        let found = capture(text.replace("packets", word));
        assert_eq!(found.sets.source.weights(), [8, 5_000_000_000]);
        assert_eq!((found.sets.source.unit(), found.account.unit()), (unit, unit));
        assert_eq!(found.account.packets().is_some(), unit == Unit::Packets);
    }
    let files = Files::new();
    let both = Options { roles: Some(Roles::Both), ..Options::default() };
    let found = quietly(&[files.write("x", text)], &both).unwrap();
    assert_eq!(found.sets.destination.weights(), found.sets.source.weights());
}

#[test]
fn sums_below_a_table_of_nfdump_are_no_records() {
    let found = capture(
        "ts,te,td,sa,da,sp,dp,pr\n\
         2024-01-01 00:00:00,2024-01-01 00:00:01,1.0,      10.0.0.1,10.0.0.2,1,2,TCP\n\
         Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n1,120,2,960,2,60\n",
    );
    assert_eq!(
        (shown(&found.sets.source), shown(&found.sets.destination)),
        (vec!["10.0.0.1".into()], vec!["10.0.0.2".into()])
    );
    let file = &found.account.files[0];
    assert_eq!((file.records, file.irregular.ragged, file.source.padded), (1, 0, 1));
}

#[test]
fn first_of_several_addresses_in_a_field_counts() {
    let found = capture("ip.src\tip.dst\n10.0.0.1,10.9.9.9\t10.0.0.2,10.8.8.8\n");
    assert_eq!(shown(&found.sets.source), ["10.0.0.1"]);
    assert_eq!(shown(&found.sets.destination), ["10.0.0.2"]);
}

/// Small tables of all clothings.
fn small() -> impl Strategy<Value = Vec<u8>> {
    let table = (0usize..4, any::<bool>(), 1u8..60).prop_map(|(delimiter, quoted, rows)| {
        let (delimiter, quote) = ([',', ';', '\t', '|'][delimiter], if quoted { "\"" } else { "" });
        let mut text = format!("src{delimiter}dst\n");
        for row in 0..rows {
            writeln!(text, "{quote}10.0.0.{row}{quote}{delimiter}10.0.1.{row}").unwrap();
        }
        text.into_bytes()
    });
    let list = (1u8..60)
        .prop_map(|rows| (0..rows).map(|row| format!("10.0.0.{row}\n")).collect::<String>());
    let plain = prop_oneof![3 => table, 1 => list.prop_map(String::into_bytes)];
    (plain, 0..3).prop_map(|(plain, compression)| match compression {
        0 => plain,
        1 => gzip(&plain),
        _ => zstd(&plain),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn cut_anywhere_only_the_end_is_lost(file in small(), cut in any::<prop::sample::Index>()) {
        let whole = sets(&capture(&file))[0].0.clone();
        if let Ok(found) = attempt(&file[..cut.index(file.len())]) {
            let found = sets(&found)[0].0.clone();
            // The last may be cut to another address: 10.0.0.1 of 10.0.0.12.
            let sure = found.len().saturating_sub(1);
            prop_assert!(whole.starts_with(&found[..sure]));
        }
    }

    #[test]
    fn no_flipped_byte_is_fatal(
        file in small(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..4),
    ) {
        let mut file = file;
        for (at, bits) in flips {
            let at = at.index(file.len());
            file[at] ^= bits;
        }
        // That it comes back at all is what is tested.
        let _ = attempt(&file);
    }
}

#[test]
fn records_before_a_flipped_byte_are_read() {
    let text = table(',', "", "\n", "x").into_bytes();
    let whole = sets(&capture(&text))[1].0.clone();
    let at = text.len() / 2;
    for byte in [b'"', b'\n', 0, 0xff, b','] {
        let mut flipped = text.clone();
        flipped[at] = byte;
        let found = sets(&capture(&flipped))[1].0.clone();
        let before = text[..at].iter().filter(|&&byte| byte == b'\n').count() - 1;
        assert_eq!(found[..before], whole[..before], "{byte}");
    }
    for (compressed, half) in [(gzip(&text), 3), (zstd(&text), 3)] {
        let mut flipped = compressed.clone();
        let at = compressed.len() / half;
        flipped[at] ^= 0x55;
        let found = capture(&flipped);
        let found = sets(&found)[1].0.clone();
        // Some may be decoded wrongly before a checksum tells, if one does.
        let before = ROWS as usize / half * 8 / 10;
        assert_eq!(found[..before], whole[..before]);
    }
}

#[test]
fn shared_logs_are_read() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/lists");
    if !data.is_dir() {
        println!("left out: {} is not there", data.display());
        return;
    }
    for entry in fs::read_dir(data).unwrap() {
        let path = entry.unwrap().path();
        let found = quietly(std::slice::from_ref(&path), &Options::default());
        assert!(found.is_ok_and(|found| !found.sets.source.is_empty()), "{}", path.display());
    }
}
