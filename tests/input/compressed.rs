//! Compressed files and archives: whole, joined, cut anywhere, with flipped bytes, and with members of every
//! kind.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use flate2::Crc;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use liblzma::stream::{Check, LzmaOptions, Stream};
use liblzma::write::XzEncoder;
use octomix::input::{Capture, Compression, Directories, InputError, Options, Warning, read};

fn attempt(name: &str, content: &[u8]) -> Result<Capture, InputError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    read(&[path], &Options::default(), &mut |_| ControlFlow::Continue(()))
}

/// The names of the files that were read, with their records, and the reasons for those that were not.
fn told(name: &str, content: &[u8]) -> Vec<String> {
    let short = |text: &str| {
        text.split('\'')
            .map(|part| part.rsplit_once("/x.").map_or(part, |(_, part)| part))
            .collect::<Vec<_>>()
            .join("'")
    };
    match attempt(name, content) {
        Err(error) => vec![short(&error.to_string())],
        Ok(Capture { account, .. }) => {
            let files = account.files.iter().map(|file| {
                let name =
                    file.name.rsplit_once("/x.").map_or(file.name.as_str(), |(_, name)| name);
                format!("{name}: {}", file.records)
            });
            let passed_over = account.passed_over.iter().map(|file| short(&file.reason));
            files.chain(passed_over).collect()
        }
    }
}

type Compress = fn(&[u8]) -> Vec<u8>;

fn finished<W: Write>(
    mut encoder: W,
    content: &[u8],
    finish: fn(W) -> io::Result<Vec<u8>>,
) -> Vec<u8> {
    encoder.write_all(content).unwrap();
    finish(encoder).unwrap()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    finished(GzEncoder::new(Vec::new(), flate2::Compression::fast()), content, GzEncoder::finish)
}

fn zlib(content: &[u8]) -> Vec<u8> {
    finished(
        ZlibEncoder::new(Vec::new(), flate2::Compression::fast()),
        content,
        ZlibEncoder::finish,
    )
}

fn deflate(content: &[u8]) -> Vec<u8> {
    let encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    finished(encoder, content, DeflateEncoder::finish)
}

fn zstd(content: &[u8]) -> Vec<u8> {
    zstd::encode_all(content, 1).unwrap()
}

fn xz(content: &[u8]) -> Vec<u8> {
    let stream = Stream::new_easy_encoder(1, Check::Crc64).unwrap();
    finished(XzEncoder::new_stream(Vec::new(), stream), content, XzEncoder::finish)
}

fn lzma(content: &[u8]) -> Vec<u8> {
    let stream = Stream::new_lzma_encoder(&LzmaOptions::new_preset(1).unwrap()).unwrap();
    finished(XzEncoder::new_stream(Vec::new(), stream), content, XzEncoder::finish)
}

fn bzip2(content: &[u8]) -> Vec<u8> {
    let encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    finished(encoder, content, bzip2::write::BzEncoder::finish)
}

fn lz4_with(content: &[u8], linked: bool) -> Vec<u8> {
    use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};
    let mode = if linked { BlockMode::Linked } else { BlockMode::Independent };
    let info = FrameInfo::new()
        .block_mode(mode)
        .block_size(BlockSize::Max64KB)
        .block_checksums(linked)
        .content_checksum(true);
    let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn lz4(content: &[u8]) -> Vec<u8> {
    lz4_with(content, false)
}

fn lz4_linked(content: &[u8]) -> Vec<u8> {
    lz4_with(content, true)
}

/// As `lz4 -l` writes it, without a checksum or an end.
fn lz4_legacy(content: &[u8]) -> Vec<u8> {
    let block = lz4_flex::block::compress(content);
    [&[0x02, 0x21, 0x4c, 0x18], &(block.len() as u32).to_le_bytes()[..], &block].concat()
}

const ALL: [(&str, Compress); 9] = [
    ("gzip", gzip),
    ("zlib", zlib),
    ("zstd", zstd),
    ("xz", xz),
    ("lzma", lzma),
    ("bzip2", bzip2),
    ("lz4", lz4),
    ("lz4", lz4_linked),
    ("lz4", lz4_legacy),
];

fn table(rows: u32) -> Vec<u8> {
    let mut text = String::from("src,dst\n");
    for row in 0..rows {
        let mixed = row.wrapping_mul(2_654_435_761);
        let [a, b, c, d] = mixed.to_be_bytes();
        writeln!(text, "10.0.{}.{},{a}.{b}.{c}.{d}", row >> 8 & 255, row & 255).unwrap();
    }
    text.into_bytes()
}

/// How many rows were read; they must be the first.
fn rows(capture: &Capture) -> u32 {
    let addresses = capture.sets.source.addresses();
    for (&address, row) in addresses.iter().zip(0..) {
        assert_eq!(address, 0x0a00_0000 + row);
    }
    addresses.len() as u32
}

#[test]
fn streams_and_members_are_one_file() {
    let text = table(60_000);
    let (start, end) = text.split_at(700_001);
    for (name, compress) in ALL {
        let mut contents = vec![compress(&text), [compress(start), compress(end)].concat()];
        // A legacy frame has no end that zeros could follow.
        if contents[0][..2] != [2, 0x21] {
            contents.push([compress(start), compress(b""), compress(end), vec![0; 512]].concat());
        }
        for content in contents {
            let found = attempt("x", &content).unwrap();
            let file = &found.account.files[0];
            assert_eq!((rows(&found), &file.warnings[..]), (60_000, &[][..]), "{name}");
            assert_eq!(file.compression.map(Compression::name), Some(name));
            assert_eq!(file.bytes, content.len() as u64);
        }
    }
}

/// Members that say their length, as bgzip writes them, with its empty last one.
fn bgzip(content: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    for chunk in content.chunks(40_000).chain([&[][..]]) {
        let mut crc = Crc::new();
        crc.update(chunk);
        let data = deflate(chunk);
        file.extend(b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0");
        file.extend((data.len() as u16 + 25).to_le_bytes());
        file.extend(data);
        file.extend(crc.sum().to_le_bytes());
        file.extend((chunk.len() as u32).to_le_bytes());
    }
    file
}

/// Frames of 100 kB, each after one that is skipped, as pzstd writes them.
fn pzstd(content: &[u8]) -> Vec<u8> {
    let frames = content.chunks(100_000).map(|chunk| {
        let frame = zstd(chunk);
        [b"\x50\x2a\x4d\x18\x04\0\0\0", &(frame.len() as u32).to_le_bytes()[..], &frame].concat()
    });
    frames.collect::<Vec<_>>().concat()
}

fn on(threads: usize, content: &[u8]) -> Result<Capture, InputError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| attempt("x", content))
}

#[test]
fn threads_that_decompress_change_nothing() {
    let text = table(60_000);
    let same = |content: &[u8], what: &str| {
        let [one, many] = [1, 4].map(|threads| on(threads, content));
        match (one, many) {
            (Ok(one), Ok(many)) => {
                let of = |found: &Capture| {
                    let file = found.account.files[0].clone();
                    (found.sets.source.addresses().to_vec(), file.bytes, file.cut, file.warnings)
                };
                assert_eq!(of(&one), of(&many), "{what}");
                one.sets.source.len()
            }
            (Err(one), Err(many)) => {
                let folder =
                    |error: InputError| error.to_string().split('/').next_back().map(str::to_owned);
                assert_eq!(folder(one), folder(many), "{what}");
                0
            }
            _ => panic!("{what}: threads decide whether there is an error"),
        }
    };
    for compress in [bgzip as Compress, pzstd] {
        let whole = compress(&text);
        assert_eq!(same(&whole, "whole"), 60_000);
        let mixed = [&whole[..], &gzip(&text), &[0; 100]].concat();
        same(&mixed, "something else follows");
        let (start, end) = text.split_at(text.len() / 2);
        let long = zstd::encode_all(&[0; 20 << 20][..], 1).unwrap();
        same(&[compress(start), long, compress(end)].concat(), "a long frame in between");
        for at in (0..whole.len()).step_by(whole.len() / 60) {
            same(&whole[..at], &format!("cut at {at}"));
            let mut flipped = whole.clone();
            flipped[at] ^= 0x10;
            same(&flipped, &format!("flipped at {at}"));
        }
        // Every byte of the first head.
        for at in 0..40 {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x11;
            same(&flipped, &format!("flipped at {at}"));
        }
    }
}

#[test]
fn compressed_twice_is_decompressed_twice() {
    assert_eq!(rows(&attempt("x", &gzip(&xz(&table(100)))).unwrap()), 100);
}

#[test]
fn what_stands_before_a_cut_is_read() {
    let text = table(3000);
    for (name, compress) in ALL {
        let whole = compress(&text);
        for cut in (0..whole.len()).step_by((whole.len() / 200) | 1) {
            let Ok(found) = attempt("x", &whole[..cut]) else { continue };
            let read = rows(&found);
            // A block of zstd or bzip2 is decoded whole or not at all.
            if !matches!(name, "zstd" | "bzip2") {
                let expected = (cut as u32 * 3000 / whole.len() as u32).saturating_sub(400);
                assert!(read >= expected, "{name} cut at {cut}: {read} of {expected}");
            }
            let is_told =
                found.account.warnings().any(|(_, w)| matches!(w, Warning::Damaged { .. }));
            // A legacy frame may end after any block.
            assert!(is_told || name == "lz4", "{name} cut at {cut} of {}", whole.len());
        }
    }
}

#[test]
fn no_flipped_byte_is_fatal() {
    let text = table(300);
    for (_, compress) in ALL {
        let whole = compress(&text);
        for at in (0..whole.len()).step_by(7) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            // That it comes back at all is what is tested.
            let _ = attempt("x", &flipped);
        }
    }
}

#[test]
fn what_follows_is_told() {
    let found = attempt("x", &[xz(&table(10)), b"PADDING".to_vec()].concat()).unwrap();
    assert_eq!(rows(&found), 10);
    let warned = found.account.files[0].warnings[0].to_string();
    assert!(
        warned.starts_with("what follows the end of the xz data is something else;"),
        "{warned}"
    );
}

#[test]
fn what_cannot_be_opened_is_named() {
    let cases: [(&[u8], &str); 5] = [
        (
            b"\x1f\x9d\x90abc",
            "compressed with compress, which is not read; decompress it first: gzip -dc",
        ),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "a 7z archive, which is not read; unpack it first: 7z x -so"),
        (b"Rar!\x1a\x07\x01\0", "a RAR archive, which is not read; unpack it first: unrar p -inul"),
        (b"MSCF\0\0\0\0", "a Windows cabinet, which is not read; unpack it first: cabextract -p"),
        (
            b"\x89LZO\0\r\n\x1a\n",
            "compressed with lzop, which is not read; decompress it first: lzop -dc",
        ),
    ];
    for (content, expected) in cases {
        let error = attempt("x", content).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

/// A member of a tar archive, of the given type.
fn member(path: &str, kind: u8, content: &[u8]) -> Vec<u8> {
    let mut header = [0; 512];
    header[..path.len().min(100)].copy_from_slice(&path.as_bytes()[..path.len().min(100)]);
    header[100..108].copy_from_slice(b"0000644\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    header[148..156].fill(b' ');
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut member = [&header, content].concat();
    member.resize(member.len().next_multiple_of(512), 0);
    member
}

fn tar() -> Vec<u8> {
    let long = format!("day/{}.csv", "n".repeat(120));
    let pax = "29 path=renamed/by/pax-1.csv\n";
    [
        member("./day/", b'5', b""),
        member("./day/a.csv", b'0', &table(3)),
        member("day/.hidden.csv", b'0', &table(9)),
        member("day/empty.csv", b'0', b""),
        member("day/b.csv.gz", 0, &gzip(&table(5))),
        member("link", b'2', b""),
        member("././@LongLink", b'L', long.as_bytes()),
        member(&long, b'0', &table(2)),
        member("PaxHeaders/x", b'x', pax.as_bytes()),
        member("short", b'0', &table(4)),
        member("README", b'0', b"About these files.\nThey are few.\n"),
        member("logo.png", b'0', b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"),
        member("inner.tar", b'0', &member("c.csv", b'0', &table(1))),
        vec![0; 1024],
    ]
    .concat()
}

#[test]
fn members_of_a_tar_archive_are_inputs() {
    let expected = [
        "tar/day/a.csv: 3".to_owned(),
        "tar/day/b.csv.gz: 5".to_owned(),
        format!("tar/day/{}.csv: 2", "n".repeat(120)),
        "tar/renamed/by/pax-1.csv: 4".to_owned(),
        "'tar/README' is a text without IPv4 addresses".to_owned(),
        "'tar/logo.png' is a picture, which is not read; name a capture, a log or a list of addresses \
         instead".to_owned(),
        "'tar/inner.tar' is an archive within an archive".to_owned(),
    ];
    for compress in [<[u8]>::to_vec as Compress, gzip, xz, zstd, bzip2] {
        let mut found = told("x.tar", &compress(&tar()));
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort();
        assert_eq!(found, expected);
    }
    let joined = [tar(), member("z.csv", b'0', &table(1))].concat();
    assert!(told("x.tar", &joined).contains(&"tar/z.csv: 1".to_owned()));
}

#[test]
fn cut_tar_is_read_up_to_the_cut() {
    let whole = tar();
    let first = 1024 + table(3).len();
    for cut in (512..whole.len()).step_by(7) {
        let found = attempt("x.tar", &whole[..cut]);
        if cut >= first {
            assert_eq!(found.unwrap().account.files[0].records, 3, "cut at {cut}");
        }
    }
    for at in (0..whole.len()).step_by(7) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x55;
        let _ = attempt("x.tar", &flipped);
    }
    let mut damaged = whole.clone();
    damaged[1024 + 512 + 3] ^= 1;
    let found = told("x.tar", &damaged);
    assert_eq!(found[0], "tar/day/a.csv: 3");
    assert!(found[1].starts_with("'tar' is damaged: the tar archive is damaged"), "{found:?}");
}

/// A member of a zip archive: path, method, flags, content, and content as stored.
type Member<'m> = (&'m str, u16, u16, &'m [u8], &'m [u8]);

fn zip(members: &[Member<'_>]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for &(path, method, flags, content, stored) in members {
        let mut crc = Crc::new();
        crc.update(content);
        let mut common = Vec::new();
        for number in [20, flags, method, 0, 0x21] {
            common.extend(number.to_le_bytes());
        }
        for number in [crc.sum(), stored.len() as u32, content.len() as u32] {
            common.extend(number.to_le_bytes());
        }
        common.extend((path.len() as u32).to_le_bytes());
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend((archive.len() as u32).to_le_bytes());
        directory.extend(path.as_bytes());
        archive.extend(b"PK\x03\x04");
        archive.extend(common);
        archive.extend(path.as_bytes());
        archive.extend(stored);
    }
    let start = archive.len() as u32;
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([(members.len() as u16).to_le_bytes(); 2].concat());
    archive.extend((directory.len() as u32).to_le_bytes());
    archive.extend(start.to_le_bytes());
    archive.extend([0; 2]);
    archive
}

#[test]
fn members_of_a_zip_archive_are_inputs() {
    let (three, five, packed) = (table(3), table(5), gzip(&table(4)));
    let archive = zip(&[
        ("day/", 0, 0, b"", b""),
        ("day/a.csv", 8, 0, &three, &deflate(&three)),
        ("__MACOSX/day/._a.csv", 0, 0, b"x", b"x"),
        ("day\\b.csv", 0, 0, &five, &five),
        ("c.csv.gz", 0, 0, &packed, &packed),
        ("d.csv", 12, 0, &three, &bzip2(&three)),
        ("e.csv", 93, 0, &three, &zstd(&three)),
        ("secret.csv", 8, 1, &three, &deflate(&three)),
        ("f.csv", 9, 0, &three, b"...."),
        ("g.csv", 98, 0, &three, b"...."),
        ("inner.zip", 0, 0, &zip(&[]), &zip(&[])),
    ]);
    assert_eq!(
        told("x.zip", &archive),
        [
            "zip/day/a.csv: 3",
            "zip/day\\b.csv: 5",
            "zip/c.csv.gz: 4",
            "zip/d.csv: 3",
            "zip/e.csv: 3",
            "'zip/secret.csv' is encrypted; unpack it with its password",
            "'zip/f.csv' is compressed with deflate64 (method 9), which is not read; unpack the archive",
            "'zip/g.csv' is compressed with ppmd (method 98), which is not read; unpack the archive",
            "'zip/inner.zip' is an archive within an archive",
        ]
    );
    for at in (0..archive.len()).step_by(7) {
        let _ = attempt("x.zip", &archive[..at]);
        let mut flipped = archive.clone();
        flipped[at] ^= 0x55;
        let _ = attempt("x.zip", &flipped);
    }
}

#[test]
fn what_is_wrong_with_a_zip_archive_is_told() {
    let text = table(3);
    let cut = &zip(&[("a.csv", 0, 0, &text, &text)])[..60];
    assert_eq!(
        told("x.zip", cut),
        [
            "'zip' is damaged: the directory at the end of the zip archive is missing, so it is cut off; \
          read it again from where it comes, or repair it"
        ]
    );
    let empty = "no file to read in 'zip': folders, hidden and empty files are skipped; \
                 check what wrote it";
    assert_eq!(told("x.zip", &zip(&[("a/", 0, 0, b"", b"")])), [empty]);
    assert_eq!(
        told("x.zip", &gzip(&zip(&[]))),
        ["'zip' is a zip archive, which is read from its end, but it is compressed with gzip; \
          name the file itself, decompressed and unpacked"]
    );
    let wrong = zip(&[("a.csv", 0, 0, &table(2), &text)]);
    assert_eq!(told("x.zip", &wrong).len(), 1);
    let workbook =
        zip(&[("[Content_Types].xml", 0, 0, b"x", b"x"), ("xl/workbook.xml", 0, 0, b"x", b"x")]);
    assert_eq!(
        told("x.zip", &workbook),
        ["'zip' is an Excel workbook, which is not read; save the sheet as CSV"]
    );
}

#[test]
fn archives_in_directories_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = ["a.tar", "b.zip", "c.csv"].map(|n| folder.path().join(n)).to_vec();
    let text = table(3);
    fs::write(&paths[0], member("x.csv", b'0', &text)).unwrap();
    fs::write(&paths[1], zip(&[("y.csv", 8, 1, &text, &deflate(&text))])).unwrap();
    fs::write(&paths[2], table(7)).unwrap();
    let options = Options { directories: Directories::Files, ..Options::default() };
    let go_on = &mut |_| ControlFlow::Continue(());
    let found = read(&[folder.path().to_path_buf()], &options, go_on).unwrap();
    let records: Vec<u64> = found.account.files.iter().map(|file| file.records).collect();
    assert_eq!((records, found.account.passed_over.len()), (vec![3, 7], 1));
}
