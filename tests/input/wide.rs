//! Texts in UTF-16 and UTF-32 give what the same texts in UTF-8 give, cut or damaged anywhere.

use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;

use flate2::write::GzEncoder;
use octomix::input::{Capture, InputError, Options, read};

fn attempt(content: &[u8]) -> Result<Capture, InputError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    fs::write(&path, content).unwrap();
    read(&[path], &Options::default(), &mut |_| ControlFlow::Continue(()))
}

/// A table with more than a step of text, and letters of one, two, three and four bytes.
fn table() -> String {
    let rows = (0..9000u32).map(|row| {
        format!("10.0.{}.{},\u{fc}\u{20ac}\u{1f419},192.0.2.{}\r\n", row / 250, row % 250, row % 9)
    });
    "src,note,dst\r\n".to_owned() + &rows.collect::<String>()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect()
}

fn utf32(text: &str, bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.chars().map(u32::from)).flat_map(bytes).collect()
}

fn sets(capture: &Capture) -> [(Vec<u32>, Vec<u64>); 2] {
    [&capture.sets.source, &capture.sets.destination]
        .map(|set| (set.addresses().to_vec(), set.weights()))
}

#[test]
fn wide_text_is_read_as_the_same_text() {
    let text = table();
    let expected = attempt(text.as_bytes()).unwrap();
    let wide = [
        utf16(&text, u16::to_le_bytes),
        utf16(&text, u16::to_be_bytes),
        utf32(&text, u32::to_le_bytes),
        utf32(&text, u32::to_be_bytes),
    ];
    for bytes in &wide {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        let compressed = encoder.finish().unwrap();
        for (bytes, is_compressed) in [(bytes, false), (&compressed, true)] {
            let found = attempt(bytes).unwrap();
            assert_eq!(sets(&found), sets(&expected));
            let file = &found.account.files[0];
            assert_eq!((file.bytes, file.records), (bytes.len() as u64, 9000));
            assert_eq!((file.compression.is_some(), &file.warnings[..]), (is_compressed, &[][..]));
        }
    }
}

#[test]
fn cut_wide_text_is_read_as_far_as_it_goes() {
    let text = "10.0.0.1\n10.0.0.2\n10.0.0.3\n";
    let bytes = utf16(text, u16::to_le_bytes);
    for len in 0..bytes.len() {
        let whole = text[..(len / 2).saturating_sub(1)].matches('\n').count();
        let found = attempt(&bytes[..len]);
        assert!(found.map_or(0, |found| found.sets.source.len()) >= whole, "{len}");
    }
    let odd = attempt(&bytes[..bytes.len() - 1]).unwrap();
    let warnings: Vec<String> =
        odd.account.warnings().map(|(_, warning)| warning.to_string()).collect();
    assert!(warnings[0].starts_with("the last character is cut off; "), "{warnings:?}");
}

#[test]
fn damaged_wide_text_does_no_harm() {
    /// Bytes of the mark and the first line.
    const FIRST: usize = 20;
    let bytes = utf16("10.0.0.1\n\u{1f419}\n10.0.0.3\n", u16::to_le_bytes);
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            // The mark and the first line tell what the file is, and a line is left of the others.
            let found = attempt(&damaged).map_or(0, |found| found.sets.source.len());
            assert!(found > 0 || at < FIRST, "{at} {bit}");
        }
    }
}
