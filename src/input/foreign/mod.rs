//! Formats that are recognised only to say what they are and how to convert them. None of them is read.
//!
//! `table` lists them, and `shape` knows those that have no plain signature. What is not in the table and no text is refused all the same, without a name.

mod shape;
mod table;

use std::fmt;

use memchr::memmem;
use table::{FORMATS, Mark};

use crate::input::text::lines;

/// A format that octomix does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreign {
    what: &'static str,
    advice: Option<&'static str>,
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
}

impl Foreign {
    /// A Parquet file whose columns are compressed with Brotli.
    #[cfg(feature = "parquet")]
    pub(crate) const BROTLI: Self = Self {
        what: "a Parquet file compressed with Brotli",
        advice: Some(
            "convert it first: duckdb -c \"copy (from 'FILE') to 'NEW.parquet' (compression zstd)\"",
        ),
    };

    pub(crate) const EXCEL: Self = Self::sheet("an Excel workbook");
    pub(crate) const OPEN_DOCUMENT: Self = Self::sheet("an OpenDocument file");
    pub(crate) const OFFICE: Self = Self::sheet("an Office document");
    pub(crate) const PACKAGE: Self = Self { what: "a package of a program", advice: None };

    /// A document in a zip file, of which the sheets may be tables.
    const fn sheet(what: &'static str) -> Self {
        Self { what, advice: Some("save the sheet as CSV") }
    }

    /// The format of a file that starts with `head`, if it is a known one.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        let is_binary = is_binary(head);
        let text = &head[lines::bom(head)..];
        let is_marked = |mark: &Mark| match *mark {
            // A text may begin with the same letters.
            Mark::At(offset, bytes) => {
                head.get(offset..).is_some_and(|rest| rest.starts_with(bytes))
                    && (is_binary || !bytes.is_ascii())
            }
            Mark::Text(start) => text.trim_ascii_start().starts_with(start),
            Mark::Element(name) => {
                let text = text.trim_ascii_start();
                let start = &text[..text.len().min(PROLOGUE)];
                text.starts_with(b"<") && memmem::find(start, name).is_some()
            }
            Mark::Shape(has_shape) => is_binary && has_shape(head),
        };
        let found = FORMATS.iter().find(|(marks, ..)| marks.iter().any(is_marked));
        found.map(|&(_, what, advice)| Self { what, advice })
    }

    /// What to do with it, as part of a sentence.
    pub fn advice(self) -> &'static str {
        self.advice.unwrap_or("name a capture, a log or a list of addresses instead")
    }

    /// Whether it may hold what octomix is for.
    pub(crate) fn may_hold_addresses(self) -> bool {
        self.advice.is_some()
    }
}

/// Bytes of a document in XML within which its first element begins.
const PROLOGUE: usize = 4096;

/// Of how many bytes of a text one may be a control character.
const CONTROLS: usize = 32;

/// Whether `head` is no text: it contains zeros, or many control characters. Zeros before the first line do
/// not count: a log that is cut while it is written to begins with them.
pub(crate) fn is_binary(head: &[u8]) -> bool {
    let zeros = head.iter().take_while(|&&byte| byte == 0).count();
    let text = match &head[zeros..] {
        // Numbers begin with few zeros.
        text if zeros >= CONTROLS && !text.is_empty() => text,
        _ => head,
    };
    let is_control = |byte: u8| {
        byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x08 | 0x0c | 0x1b)
    };
    let controls = text.iter().filter(|&&byte| is_control(byte)).count();
    text.contains(&0) || controls * CONTROLS > text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `start` and then zeros, as far as a head may reach.
    fn head(start: &[u8]) -> Vec<u8> {
        let mut head = start.to_vec();
        head.resize(4096, 0);
        head
    }

    #[test]
    fn formats_are_known_by_their_first_bytes() {
        let datagram = |version: u8, count: u8| {
            let mut bytes = vec![0, version, 0, count, 0, 0, 0, 1, 0x65, 0x53, 0xf1, 0];
            bytes.resize(if version == 9 { 24 } else { 24 + 48 * usize::from(count) }, 0);
            [bytes, vec![0, version]].concat()
        };
        let record = |seconds: u8| {
            let mut bytes = vec![1, 2, 3, 4, seconds, 0xf1, 0x53, 0x65, 2, 4, 0, 20, 0, 0, 0, 4];
            bytes.resize(20, 0xab);
            bytes
        };
        let event = |kind: u8, length: u8| [0, 0, 0, kind, 0, 0, 0, length];
        let cases: &[(&[u8], &str)] = &[
            (b"\x0c\xa5\x02\0", "a file of nfdump"),
            (b"\xa5\x0c\0\x01", "a file of nfdump"),
            (b"\xde\xad\xbe\xef\x01\x0c\x10", "a file of SiLK"),
            (b"\xde\xad\xbe\xef\x01\x1d\x10", "a set of addresses of SiLK"),
            (b"\xde\xad\xbe\xef\0\x21\x10", "a bag of SiLK"),
            (b"\x83\x10\0\x20", "a file of Argus"),
            (b"\xcf\x10\x01\x03", "a file of flow-tools"),
            (&datagram(5, 30), "a file of NetFlow datagrams"),
            (&datagram(9, 3), "a file of NetFlow datagrams"),
            (b"\0\x0a\x01\x90\x65\x53\xf1\0", "a file of IPFIX messages"),
            (b"\0\0\0\x05\0\0\0\x01", "a file of sFlow datagrams"),
            (
                b"\0\0\0\0\0\0\0\x22\0\0\0\x02\0\0\0\x01\0\0\0\x16protobuf:dnstap.Dnstap",
                "a file of dnstap",
            ),
            (b"GMBU\0\x02", "a capture of Network Monitor"),
            (b"RTSS\0\x01", "a capture of Network Monitor"),
            (b"snoop\0\0\0\0\0\0\x02", "a capture of snoop"),
            (b"TRSNIFF data    \x1a", "a capture of Sniffer"),
            (b"XCP\x002.001", "a capture of NetXRay"),
            (b"iptrace 2.0\0", "a capture of iptrace"),
            (b"\x05VNF", "a capture of Visual Networks"),
            (b"\x7fver", "a capture of EtherPeek"),
            (&[record(0), record(1), record(1), record(2)].concat(), "a capture of Endace (ERF)"),
            (&event(7, 52), "a unified2 file of Snort"),
            (&event(104, 60), "a unified2 file of Snort"),
            (b"ElfFile\0", "a Windows event log"),
            (b"\0\0\x01\0\x78\0\0\0", "a Windows event trace (ETL)"),
            (b"SQLite format 3\0", "a database of SQLite"),
            (b"Obj\x01\x04", "an Avro file"),
            (b"ARROW1\0\0", "an Arrow file"),
            (b"\xff\xff\xff\xff\x10\x01\0\0\x10", "a stream of Arrow"),
            (b"ORC\x0a\x03", "an ORC file"),
            (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
            (b"\x93NUMPY\x01\0", "an array of NumPy"),
            (b"\x80\x04\x95\x10", "a pickle of Python"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of Office"),
            (b"\x8c\x0d\x04\x09\x03\x02", "a file encrypted with PGP"),
            (b"\x7fELF\x02", "a program"),
            (b"\x89PNG\r\n\x1a\n", "a picture"),
            (b"%PDF-1.7\n\xe2\xe3", "a document"),
        ];
        for (start, what) in cases {
            let found = Foreign::of(&head(start)).map(|found| found.to_string());
            assert_eq!(found.as_deref(), Some(*what), "{start:?}");
        }
        let texts: &[(&str, &str)] = &[
            (
                "<?xml version=\"1.0\"?>\n<pdml version=\"0\">",
                "a text of packets in XML (PDML or PSML)",
            ),
            (
                "<?xml version=\"1.0\"?>\n<!DOCTYPE nmaprun>\n<nmaprun scanner=\"nmap\">",
                "a result of nmap in XML",
            ),
            ("-----BEGIN PGP MESSAGE-----\n", "a file encrypted with PGP"),
            ("+---------+---------------+----------+\r\n", "a capture of a Tektronix K12 or K15"),
        ];
        for (text, what) in texts {
            let found = Foreign::of(text.as_bytes()).map(|found| found.to_string());
            assert_eq!(found.as_deref(), Some(*what), "{text}");
        }
        let wide: Vec<u8> = "src,dst".bytes().flat_map(|byte| [byte, 0]).collect();
        assert!(Foreign::of(&wide).is_some_and(|found| found.advice().contains("UTF-16LE")));
    }

    #[test]
    fn what_octomix_reads_is_not_foreign() {
        let pcap =
            b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x01\0\0\0\0\xf1\x53\x65";
        let pcapng = b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0\xff\xff\xff\xff";
        for bytes in [&pcap[..], pcapng, b"\x3a\x30\0\0\x01\0\0\0", b"\x3b\x30\x01\0\x01\x0a\0"] {
            assert_eq!(Foreign::of(&head(bytes)), None, "{bytes:?}");
        }
        for text in [
            "ORC,src\n",
            "MZ\n10.0.0.1\n",
            "Obj,ip\n",
            "RIFF\n",
            "10.0.0.1\n",
            "<14>Jan 1 src=10.0.0.1\n",
            "",
        ] {
            assert_eq!(Foreign::of(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Foreign::of("10.0.0.1 2024\n".repeat(99).as_bytes()), None);
    }

    #[test]
    fn every_advice_says_what_to_do_in_one_line() {
        for (marks, what, advice) in FORMATS {
            assert!(!marks.is_empty(), "{what}");
            let Some(advice) = advice else { continue };
            assert!(!advice.contains('\n') && !advice.ends_with('.'), "{advice}");
            // A command is about the file, and what is no command does not name it.
            assert_eq!(advice.contains(" first: "), advice.contains("FILE"), "{what}: {advice}");
        }
    }

    #[test]
    fn text_is_told_from_bytes() {
        let log = [&[0; 4096][..], b"10.0.0.1\n"].concat();
        for text in
            [&b""[..], b"10.0.0.1\n", b"\xe4\xf6\xfc caf\xe9\r\n", b"\x1b[1mbold\x1b[0m", &log]
        {
            assert!(!is_binary(text), "{text:?}");
        }
        for bytes in [&b"a\0b"[..], b"\0\0\0\x07text", &[0; 64], b"\x01\x02\x03text"] {
            assert!(is_binary(bytes), "{bytes:?}");
        }
    }
}
