//! Parquet files give what a CSV of the same flows gives, however they are stored; damaged and truncated
//! ones do no harm.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use octomix::input::{
    Capture, InputError, MalformedCell, Options, RecordNumber, Roles, Warning, read,
};
use parquet::basic::Compression;
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
    Int32Type, Int64Type,
};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use tempfile::TempDir;

/// Rows of a table, in groups of some of them.
const ROWS: u32 = 5000;
const GROUP: usize = 1900;
/// Rows of a page.
const PAGE: usize = 300;
/// Damages of each file.
const CASES: usize = 300;

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), content).unwrap();
        self.path(name)
    }
}

fn attempt(path: &Path, options: &Options) -> Result<Capture, InputError> {
    read(&[path.to_path_buf()], options, &mut |_| ControlFlow::Continue(()))
}

fn capture(path: &Path) -> Capture {
    attempt(path, &Options::default()).unwrap()
}

fn sets(capture: &Capture) -> [(Vec<u32>, Vec<u64>); 2] {
    [&capture.sets.source, &capture.sets.destination]
        .map(|set| (set.addresses().to_vec(), set.weights()))
}

fn quads(address: u32) -> String {
    std::net::Ipv4Addr::from(address).to_string()
}

/// The addresses of a row; every seventh destination is missing.
fn flow(row: u32) -> (u32, Option<u32>) {
    let mixed = row.wrapping_mul(2_654_435_761);
    (mixed, (!row.is_multiple_of(7)).then_some((mixed % 200) | 0xc0a8_0000))
}

fn csv() -> String {
    (0..ROWS).map(flow).fold("src,dst\n".to_owned(), |mut text, (source, destination)| {
        writeln!(text, "{},{}", quads(source), destination.map(quads).unwrap_or_default()).unwrap();
        text
    })
}

/// A value a row, `None` where there is none.
struct Values<T: DataType>(Vec<Option<T::T>>);

trait Column {
    fn write(&self, rows: Range<usize>, column: &mut SerializedColumnWriter<'_>);
}

impl<T: DataType> Column for Values<T> {
    fn write(&self, rows: Range<usize>, column: &mut SerializedColumnWriter<'_>) {
        let rows = &self.0[rows];
        let levels: Vec<i16> = rows.iter().map(|value| i16::from(value.is_some())).collect();
        let values: Vec<T::T> = rows.iter().flatten().cloned().collect();
        column.typed::<T>().write_batch(&values, Some(&levels), None).unwrap();
    }
}

/// Writes `columns` of optional values, which `fields` describe, in row groups.
fn table(fields: &str, columns: &[&dyn Column], properties: WriterPropertiesBuilder) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(&format!("message flows {{ {fields} }}")).unwrap());
    let properties = properties.set_data_page_row_count_limit(PAGE).set_write_batch_size(100);
    let mut writer =
        SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build())).unwrap();
    for start in (0..ROWS as usize).step_by(GROUP) {
        let mut group = writer.next_row_group().unwrap();
        let mut columns = columns.iter();
        while let Some(mut column) = group.next_column().unwrap() {
            let rows = start..(start + GROUP).min(ROWS as usize);
            columns.next().unwrap().write(rows, &mut column);
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

fn sides<T: DataType>(of: impl Fn(u32) -> T::T) -> [Values<T>; 2] {
    let rows = || (0..ROWS).map(flow);
    let sources = rows().map(|(source, _)| Some(of(source))).collect();
    [Values(sources), Values(rows().map(|(_, destination)| destination.map(&of)).collect())]
}

/// The flows with addresses as `of` makes them, of a type and what it is said to be.
fn flows<T: DataType>(
    [physical, logical]: [&str; 2],
    of: impl Fn(u32) -> T::T,
    properties: WriterPropertiesBuilder,
) -> Vec<u8> {
    let [source, destination] = sides::<T>(of);
    let fields = format!("OPTIONAL {physical} src {logical}; OPTIONAL {physical} dst {logical};");
    table(&fields, &[&source, &destination], properties)
}

fn plain() -> WriterPropertiesBuilder {
    WriterProperties::builder()
}

fn text(properties: WriterPropertiesBuilder) -> Vec<u8> {
    let of = |address| ByteArray::from(quads(address).into_bytes());
    flows::<ByteArrayType>(["BYTE_ARRAY", "(UTF8)"], of, properties)
}

fn octets(address: u32) -> ByteArray {
    ByteArray::from(address.to_be_bytes().to_vec())
}

#[test]
fn every_way_to_store_addresses_gives_the_sets_of_the_csv() {
    let files = Files::new();
    let expected = capture(&files.write("x.csv", csv()));
    let number = |address: u32| address.cast_signed();
    let ways = [
        ("dictionary", text(plain())),
        ("text", text(plain().set_dictionary_enabled(false))),
        ("second version", text(plain().set_writer_version(WriterVersion::PARQUET_2_0))),
        ("snappy", text(plain().set_compression(Compression::SNAPPY))),
        ("gzip", text(plain().set_compression(Compression::GZIP(Default::default())))),
        ("zstd", text(plain().set_compression(Compression::ZSTD(Default::default())))),
        ("lz4", text(plain().set_compression(Compression::LZ4_RAW))),
        ("int32", flows::<Int32Type>(["INT32", ""], number, plain())),
        ("uint32", flows::<Int32Type>(["INT32", "(UINT_32)"], number, plain())),
        ("int64", flows::<Int64Type>(["INT64", ""], i64::from, plain())),
        ("double", flows::<DoubleType>(["DOUBLE", ""], f64::from, plain())),
        ("bytes", flows::<ByteArrayType>(["BYTE_ARRAY", ""], octets, plain())),
        (
            "fixed",
            flows::<FixedLenByteArrayType>(
                ["FIXED_LEN_BYTE_ARRAY (4)", ""],
                |address| FixedLenByteArray::from(octets(address)),
                plain(),
            ),
        ),
    ];
    for (way, content) in ways {
        let found = capture(&files.write("x", &content));
        let file = &found.account.files[0];
        assert_eq!(sets(&found), sets(&expected), "{way}");
        assert_eq!(file.warnings, [], "{way}");
        assert_eq!((file.records, file.bytes), (u64::from(ROWS), content.len() as u64), "{way}");
        assert_eq!(file.source, expected.account.files[0].source, "{way}");
        assert_eq!(file.destination, expected.account.files[0].destination, "{way}");
        let names = (file.format.source.as_deref(), file.format.destination.as_deref());
        assert_eq!((file.format.name, names), ("parquet", (Some("src"), Some("dst"))), "{way}");
    }
}

#[test]
fn facts_of_every_type_are_those_of_the_csv() {
    let start = 1_700_000_000_000_000_000i64;
    let time = |row: u32| start + i64::from(row) * 1_234_000_000;
    let port = |row: u32| row * 13 % 65536;
    let protocol = |row: u32| if row.is_multiple_of(3) { "tcp" } else { "udp" };
    let mut csv = "src,dst,proto,dport,ts\n".to_owned();
    for (row, (source, destination)) in (0..ROWS).map(|row| (row, flow(row))) {
        let destination = destination.map(quads).unwrap_or_default();
        let (seconds, rest) = (time(row) / 1_000_000_000, time(row) % 1_000_000_000);
        let (source, protocol, port) = (quads(source), protocol(row), port(row));
        writeln!(csv, "{source},{destination},{protocol},{port},{seconds}.{rest:09}").unwrap();
    }
    let files = Files::new();
    let options = Options {
        filter: Some("proto=udp and dport<30000 and time<2023-11-14T23:00:00Z".parse().unwrap()),
        times: true,
        ..Options::default()
    };
    let expected = attempt(&files.write("x.csv", csv), &options).unwrap();
    assert!(expected.account.files[0].source.filtered > 0);

    let [source, destination] =
        sides::<ByteArrayType>(|address| ByteArray::from(quads(address).into_bytes()));
    let rows = || 0..ROWS;
    let protocols = Values::<ByteArrayType>(rows().map(|row| Some(protocol(row).into())).collect());
    let ports = Values::<Int32Type>(rows().map(|row| Some(port(row).cast_signed())).collect());
    for (unit, said) in [
        (1_000_000, "TIMESTAMP(MILLIS,true)"),
        (1_000, "TIMESTAMP(MICROS,true)"),
        (1, "TIMESTAMP(NANOS,false)"),
    ] {
        let times = Values::<Int64Type>(rows().map(|row| Some(time(row) / unit)).collect());
        let fields = format!(
            "OPTIONAL BYTE_ARRAY src (UTF8); OPTIONAL BYTE_ARRAY dst (UTF8); OPTIONAL INT64 ts ({said}); \
             OPTIONAL BYTE_ARRAY proto (UTF8); OPTIONAL INT32 dport (UINT_16);"
        );
        let content = table(&fields, &[&source, &destination, &times, &protocols, &ports], plain());
        let found = attempt(&files.write("x", content), &options).unwrap();
        assert_eq!(sets(&found), sets(&expected), "{said}");
        let times = |capture: &Capture| format!("{:?}", capture.sets.source);
        assert_eq!(times(&found), times(&expected), "{said}");
        assert_eq!(found.account.files[0].source, expected.account.files[0].source, "{said}");
    }
}

#[test]
fn nested_columns_are_named_with_dots_and_malformed_rows_by_their_number() {
    let mut strange: Vec<Option<ByteArray>> = vec![Some("10.0.0.1".into()); ROWS as usize];
    strange[1] = Some("a\"b\tc\nd".into());
    strange[2] = Some("#".into());
    strange[3] = Some("10.0.0.2\n".into());
    strange[4] = None;
    let files = Files::new();
    let fields = "REQUIRED GROUP id { OPTIONAL BYTE_ARRAY orig_h (UTF8); }";
    let content = table(fields, &[&Values::<ByteArrayType>(strange)], plain());
    let found = capture(&files.write("x", content));
    let file = &found.account.files[0];
    assert_eq!(file.format.source.as_deref(), Some("id.orig_h"));
    assert_eq!((file.records, file.irregular.ragged), (u64::from(ROWS), 0));
    let tally = file.source;
    assert_eq!((tally.malformed, tally.missing, tally.padded), (2, 1, 1));
    let places = file.malformed.iter().map(|MalformedCell { at, value, .. }| (*at, value.as_str()));
    assert_eq!(
        places.collect::<Vec<_>>(),
        [(RecordNumber::Row(2), "a\"b\\tc d"), (RecordNumber::Row(3), "#")]
    );
}

#[test]
fn what_is_no_file_or_has_no_known_column_is_told() {
    let files = Files::new();
    let content = text(plain());
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&content).unwrap();
    let path = files.write("x.gz", encoder.finish().unwrap());
    let told = attempt(&path, &Options::default()).unwrap_err().to_string();
    let end = "is a Parquet file, which is read from its end, but it is compressed with gzip; name the \
               file itself, decompressed and unpacked";
    assert!(told.ends_with(end), "{told}");
    let path = files.write("x", content);
    let options = Options { source_column: Some("sender".to_owned()), ..Options::default() };
    let told = attempt(&path, &options).unwrap_err();
    assert!(matches!(told, InputError::ColumnNotFound { .. }), "{told}");
    let options = Options { source_column: Some("dst".to_owned()), ..Options::default() };
    let found = attempt(&path, &options).unwrap();
    assert_eq!(found.sets.source.addresses(), found.sets.destination.addresses());
    let options = Options { roles: Some(Roles::Any), ..Options::default() };
    assert_eq!(attempt(&path, &options).unwrap().account.files[0].records, u64::from(ROWS));
}

/// What the file is warned of as damaged.
fn damage(capture: &Capture) -> Option<&str> {
    capture.account.files[0].warnings.iter().find_map(|warning| match warning {
        Warning::Damaged { reason, .. } => Some(reason.as_str()),
        _ => None,
    })
}

#[test]
fn all_rows_before_a_damaged_page_are_read() {
    let files = Files::new();
    // gzip has a checksum of every page.
    let gzip = Compression::GZIP(Default::default());
    let mut content = text(plain().set_compression(gzip).set_dictionary_enabled(false));
    let path = files.write("x", &content);
    let reader = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
    let (start, len) = reader.metadata().row_group(1).column(0).byte_range();
    content[(start + len / 2) as usize] ^= 1;
    let found = capture(&files.write("x", content));
    let read = found.account.files[0].records as usize;
    assert!(read > GROUP && (read - GROUP).is_multiple_of(PAGE), "{read}");
    let begin = format!("row {} of {ROWS} cannot be read (", read + 1);
    assert!(damage(&found).unwrap().starts_with(&begin), "{:?}", damage(&found));
    let lines: Vec<String> = csv().lines().take(1 + read).map(str::to_owned).collect();
    let plain = files.write("y.csv", lines.join("\n"));
    assert_eq!(sets(&found), sets(&capture(&plain)));
}

#[test]
fn cut_and_flipped_files_are_read_or_refused() {
    let files = Files::new();
    let sound = files.write("sound.csv", "src,dst\n9.9.9.9,8.8.8.8\n");
    let contents = [
        text(plain().set_compression(Compression::SNAPPY)),
        text(plain().set_dictionary_enabled(false).set_writer_version(WriterVersion::PARQUET_2_0)),
        flows::<Int64Type>(
            ["INT64", ""],
            i64::from,
            plain().set_compression(Compression::ZSTD(Default::default())),
        ),
    ];
    let mut damaged = 0;
    let mut random = 1u64;
    let mut below = |bound: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (random >> 33) as usize % bound
    };
    for content in &contents {
        for case in 0..CASES {
            let mut content = content.clone();
            match case % 3 {
                0 => content.truncate(4 + below(content.len() - 4)),
                1 => {
                    let at = below(content.len() - 4);
                    content[4 + at] ^= 1 << below(8);
                }
                // Most of what leads elsewhere stands at the end.
                _ => {
                    let at = content.len() - 1 - below(2000.min(content.len() - 5));
                    content[at] = below(256) as u8;
                }
            }
            let path = files.write("x", content);
            match read(&[path, sound.clone()], &Options::default(), &mut |_| {
                ControlFlow::Continue(())
            }) {
                Ok(found) => {
                    damaged += usize::from(damage(&found).is_some());
                    assert!(found.account.files[0].records <= u64::from(ROWS));
                }
                // Names may have changed.
                Err(error) => assert!(!matches!(error, InputError::Read { .. }), "{error}"),
            }
        }
    }
    assert!(damaged > CASES, "{damaged}");
}
