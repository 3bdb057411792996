//! The table of formats that are not read: how each is recognised, what it is, and what to do with it.
//!
//! An advice names FILE for the file itself and NEW for one to be made, and ends in what octomix reads.
//! Formats that hold no addresses have none.

use super::shape;

/// How a format is recognised.
pub(super) enum Mark {
    /// By bytes at this offset.
    At(usize, &'static [u8]),
    /// By the first words of a text.
    Text(&'static [u8]),
    /// By the first element of a document in XML.
    Element(&'static [u8]),
    /// By bytes that agree with each other.
    Shape(fn(&[u8]) -> bool),
}

use Mark::{At, Element, Shape, Text};

/// A format: marks, of which one is enough; what it is; and what to do with it.
type Format = (&'static [Mark], &'static str, Option<&'static str>);

/// What Wireshark reads and octomix does not.
const EDITCAP: Option<&str> = Some("convert it first: editcap -F pcapng FILE NEW.pcapng");

/// The formats, those first that are sure.
#[rustfmt::skip]
pub(super) const FORMATS: &[Format] = &[
    // Compressed files and archives.
    (&[At(0, b"\x1f\x9d")],
        "compressed with compress", Some("decompress it first: gzip -dc FILE | octomix detect -")),
    (&[At(0, b"\x89LZO\0\r\n\x1a\n")],
        "compressed with lzop", Some("decompress it first: lzop -dc FILE | octomix detect -")),
    (&[At(0, b"\xff\x06\0\0sNaPpY")],
        "compressed with Snappy", Some("decompress it first: snzip -dc FILE | octomix detect -")),
    (&[At(0, b"LRZI\0")],
        "compressed with lrzip", Some("decompress it first: lrzip -d -o NEW FILE")),
    (&[At(0, b"7z\xbc\xaf\x27\x1c")],
        "a 7z archive", Some("unpack it first: 7z x -so FILE | octomix detect -")),
    (&[At(0, b"Rar!\x1a\x07")],
        "a RAR archive", Some("unpack it first: unrar p -inul FILE | octomix detect -")),
    (&[At(0, b"MSCF\0\0\0\0")],
        "a Windows cabinet", Some("unpack it first: cabextract -p FILE | octomix detect -")),
    (&[At(0, b"070701"), At(0, b"070702"), At(0, b"\xc7\x71")],
        "a cpio archive", Some("unpack it first: cpio -i --to-stdout < FILE | octomix detect -")),
    (&[Text(b"!<arch>\n")],
        "an ar archive", Some("unpack it first: ar p FILE | octomix detect -")),
    (&[At(0, b"PK\x07\x08PK\x03\x04")],
        "part of a zip archive", Some("join and unpack it first: zip -s 0 FILE --out NEW.zip")),

    // Flows.
    (&[At(0, b"\x0c\xa5\x01\0"), At(0, b"\x0c\xa5\x02\0"), At(0, b"\xa5\x0c\0\x01"), At(0, b"\xa5\x0c\0\x02")],
        "a file of nfdump", Some("convert it first: nfdump -r FILE -o csv | octomix detect -")),
    (&[At(0, b"\xde\xad\xbe\xef\0\x1d"), At(0, b"\xde\xad\xbe\xef\x01\x1d")],
        "a set of addresses of SiLK", Some("convert it first: rwsetcat --cidr-blocks FILE | octomix detect -")),
    (&[At(0, b"\xde\xad\xbe\xef\0\x21"), At(0, b"\xde\xad\xbe\xef\x01\x21")],
        "a bag of SiLK", Some("convert it first: rwbagcat --delimited=, FILE | cut -d , -f 1 | octomix detect -")),
    (&[At(0, b"\xde\xad\xbe\xef")],
        "a file of SiLK", Some("convert it first: rwcut --fields=sIP,dIP,sPort,dPort,protocol,packets,bytes --delimited=, FILE | octomix detect -")),
    (&[At(0, b"\x83\x10"), At(0, b"\x83\x20"), At(0, b"\x83\x30"), At(0, b"\x85\x10"), At(0, b"\x85\x20"), At(0, b"\x85\x30")],
        "a file of Argus", Some("convert it first: ra -L 0 -n -c , -s saddr daddr pkts bytes -r FILE | octomix detect -")),
    (&[At(0, b"\xcf\x10\x01"), At(0, b"\xcf\x10\x02")],
        "a file of flow-tools", Some("convert it first: flow-export -f2 < FILE | sed 's/^#://' | octomix detect -")),
    (&[Shape(shape::is_ipfix)],
        "a file of IPFIX messages", Some("convert it first: rwipfix2silk FILE | rwcut --fields=sIP,dIP,sPort,dPort,protocol,packets,bytes --delimited=, | octomix detect -")),
    (&[Shape(shape::is_netflow)],
        "a file of NetFlow datagrams", Some("send them to a collector such as nfcapd, and read what nfdump -R FOLDER -o csv prints of its files")),
    (&[Shape(shape::is_sflow)],
        "a file of sFlow datagrams", Some("send them to a collector such as sfcapd, and read what nfdump -R FOLDER -o csv prints of its files")),
    (&[Shape(shape::is_dnstap)],
        "a file of dnstap", Some("convert it first: dnstap -r FILE -j | octomix detect -")),

    // Packets.
    (&[At(0, b"GMBU"), At(0, b"RTSS")], "a capture of Network Monitor", EDITCAP),
    (&[At(0, b"snoop\0\0\0")], "a capture of snoop", EDITCAP),
    (&[At(0, b"TRSNIFF data")], "a capture of Sniffer", EDITCAP),
    (&[At(0, b"XCP\0")], "a capture of NetXRay", EDITCAP),
    (&[At(0, b"ObserverPktBuffe")], "a capture of Observer", EDITCAP),
    (&[At(0, b"\x01\x10\x4a\0\x01"), At(0, b"\x01\x10\x4c\0\x01"), At(0, b"\x07\x10\x4a\0\x01"), At(0, b"\x07\x10\x4c\0\x01")], "a capture of LANalyzer", EDITCAP),
    (&[At(0, b"iptrace 1.0"), At(0, b"iptrace 2.0")], "a capture of iptrace", EDITCAP),
    (&[At(0, b"\x05VNF")], "a capture of Visual Networks", EDITCAP),
    (&[At(0, b"\x7fver")], "a capture of EtherPeek", EDITCAP),
    (&[At(0, b"\xaa\xaa\xaa\xaa")], "a capture of 5View", EDITCAP),
    (&[At(0, b"\x54\x52\0\0"), At(0, b"\x54\x52\0\x64")], "a capture of nettl", EDITCAP),
    (&[At(0, b"EyeSDN")], "a capture of EyeSDN", EDITCAP),
    (&[At(0, b"\0\0\x02\0\x12\x05\0\x10"), Text(b"+---------+---------------+----------+")], "a capture of a Tektronix K12 or K15", EDITCAP),
    (&[At(0, b"\xac\x01\0\x1c"), At(0, b"\xab\x01\0\x1c"), At(0, b"\x1c\0\x01\xac"), At(0, b"\x1c\0\x01\xab")], "a capture of IxVeriWave", EDITCAP),
    (&[At(0, b"btsnoop\0")], "a capture of Bluetooth", None),
    (&[Shape(shape::is_erf)], "a capture of Endace (ERF)", EDITCAP),
    (&[Shape(shape::is_unified2)],
        "a unified2 file of Snort", Some("convert it first: u2boat -t pcap FILE NEW.pcap")),
    (&[Element(b"<pdml"), Element(b"<psml")],
        "a text of packets in XML (PDML or PSML)", Some("give the capture that it was made from")),
    (&[Element(b"<nmaprun")],
        "a result of nmap in XML", Some("convert it first: xmlstarlet sel -t -m //host/address -v @addr -n FILE | octomix detect -")),

    // Texts with tags.
    (&[Text(b"<!DOCTYPE html"), Text(b"<!doctype html"), Text(b"<!DOCTYPE HTML"), Text(b"<html"), Text(b"<HTML"), Text(b"<table")],
        "a web page", Some("save what it shows as CSV or as text")),
    (&[Text(b"<?xml")],
        "a document in XML", Some("export CSV or JSON where it comes from")),

    // Events of systems.
    (&[At(0, b"ElfFile\0")],
        "a Windows event log", Some("convert it first: evtx_dump -o jsonl FILE | octomix detect -")),
    (&[Shape(shape::is_maxmind)],
        "a database of MaxMind (.mmdb)", Some("take the same database as CSV, or give a list of its networks")),
    (&[Shape(shape::is_event_trace)],
        "a Windows event trace (ETL)", Some("convert it first: etl2pcapng FILE NEW.pcapng")),
    (&[At(0, b"LPKSHHRH")],
        "a journal of systemd", Some("convert it first: journalctl --file FILE -o cat | octomix detect -")),

    // Tables.
    #[cfg(not(feature = "parquet"))]
    (&[At(0, b"PAR1"), Text(b"PAR1")],
        "a Parquet file", Some("convert it first: duckdb -c \"copy (from 'FILE') to 'FILE.csv'\"; or install octomix with what reads it: cargo install --path .")),
    (&[At(0, b"SQLite format 3\0")],
        "a database of SQLite", Some("convert it first: sqlite3 -header -csv FILE 'select * from TABLE' | octomix detect -")),
    (&[At(4, b"Standard Jet DB"), At(4, b"Standard ACE DB")],
        "a database of Access", Some("convert it first: mdb-export FILE TABLE | octomix detect -")),
    (&[At(0, b"Obj\x01")],
        "an Avro file", Some("convert it first: avro-tools tojson FILE | octomix detect -")),
    (&[At(0, b"ARROW1\0\0")],
        "an Arrow file", Some("convert it first: python3 -c \"import polars; polars.read_ipc('FILE').write_ndjson('NEW.json')\"")),
    (&[Shape(shape::is_arrow_stream)],
        "a stream of Arrow", Some("convert it first: python3 -c \"import polars; polars.read_ipc_stream('FILE').write_ndjson('NEW.json')\"")),
    (&[At(0, b"FEA1")],
        "a Feather file", Some("convert it first: python3 -c \"import pyarrow.feather as f, pyarrow.csv as c; c.write_csv(f.read_table('FILE'), 'NEW.csv')\"")),
    (&[At(0, b"ORC")],
        "an ORC file", Some("convert it first: python3 -c \"import pyarrow.orc as o, pyarrow.csv as c; c.write_csv(o.read_table('FILE'), 'NEW.csv')\"")),
    (&[At(0, b"\x89HDF\r\n\x1a\n")],
        "an HDF5 file", Some("convert it first: python3 -c \"import pandas; pandas.read_hdf('FILE').to_csv('NEW.csv')\"")),
    (&[At(0, b"\x93NUMPY")],
        "an array of NumPy", Some("convert it first: python3 -c \"import numpy; numpy.savetxt('NEW.txt', numpy.load('FILE'), '%s')\"")),
    (&[Shape(shape::is_pickle)],
        "a pickle of Python", Some("if you trust it, convert it first: python3 -c \"import pandas; pandas.read_pickle('FILE').to_csv('NEW.csv')\"")),
    (&[At(0, b"X\n\0\0\0\x02"), At(0, b"X\n\0\0\0\x03")],
        "a table of R", Some("convert it first: Rscript -e \"write.csv(readRDS('FILE'), 'NEW.csv')\"")),
    (&[At(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")],
        "a document of Office", Some("convert it first: libreoffice --headless --convert-to csv FILE")),

    // Texts that are hidden.
    (&[Shape(shape::is_utf16le)],
        "UTF-16 text without a byte order mark", Some("convert it first: iconv -f UTF-16LE -t UTF-8 FILE | octomix detect -")),
    (&[Shape(shape::is_utf16be)],
        "UTF-16 text without a byte order mark", Some("convert it first: iconv -f UTF-16BE -t UTF-8 FILE | octomix detect -")),
    (&[Shape(shape::is_pgp), Text(b"-----BEGIN PGP MESSAGE-----")],
        "a file encrypted with PGP", Some("decrypt it first: gpg -d FILE | octomix detect -")),
    (&[Text(b"age-encryption.org/v1"), At(0, b"age-encryption.org/v1"), Text(b"-----BEGIN AGE ENCRYPTED FILE-----")],
        "a file encrypted with age", Some("decrypt it first: age -d -i KEY FILE | octomix detect -")),
    (&[Text(b"REDIS00")],
        "a snapshot of Redis", None),
    (&[At(0, b"Salted__")],
        "a file encrypted with OpenSSL", Some("decrypt it first: openssl enc -d -aes-256-cbc -pbkdf2 -in FILE | octomix detect -")),

    // Things without addresses.
    (&[At(0, b"\x7fELF"), At(0, b"MZ"), At(0, b"\xcf\xfa\xed\xfe"), At(0, b"\xce\xfa\xed\xfe"), At(0, b"\xca\xfe\xba\xbe"), At(0, b"\0asm")], "a program", None),
    (&[At(0, b"\xac\xed\0\x05")], "an object of Java", None),
    (&[At(0, b"\x89PNG\r\n\x1a\n"), At(0, b"\xff\xd8\xff"), At(0, b"GIF87a"), At(0, b"GIF89a"), At(0, b"II*\0"), At(0, b"MM\0*"), At(8, b"WEBP")], "a picture", None),
    (&[At(4, b"ftyp"), At(0, b"RIFF"), At(0, b"OggS"), At(0, b"ID3"), At(0, b"fLaC"), At(0, b"\x1a\x45\xdf\xa3")], "a recording", None),
    (&[At(0, b"%PDF-"), Text(b"%PDF-"), Text(b"{\\rtf"), Text(b"%!PS")], "a document", None),
];
