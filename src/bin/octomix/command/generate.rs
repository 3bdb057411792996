//! `octomix generate`: synthetic lists and captures.

use std::io::{self, BufWriter, Write};

use octomix::store::Unfinished;
use octomix::synthetic::Synthetic;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Failure;
use crate::cli::{CaptureFormat, GenerateArgs};

/// Writes the addresses, or packets between them.
///
/// # Errors
/// When the shape has not so many addresses, or the file or standard output cannot be written.
pub fn run(args: &GenerateArgs) -> Result<(), Failure> {
    let set = Synthetic::new(args.shape, args.addresses, args.seed)?;
    let write = |out: &mut dyn Write| match args.packets {
        Some(count) => {
            let packets = packets(&set, count, args.seed);
            match args.format {
                CaptureFormat::Csv => write_csv(packets, out),
                CaptureFormat::Pcap => write_pcap(packets, out),
            }
        }
        None => write_list(&set, out),
    };
    match &args.output {
        Some(path) => {
            let mut file = Unfinished::create(path)?;
            write(&mut file).map_err(|error| file.failed(&error))?;
            file.keep()?;
            Ok(())
        }
        None => write(&mut io::stdout().lock()).map_err(Failure::StandardOutput),
    }
}

fn write_list(set: &Synthetic, out: &mut dyn Write) -> io::Result<()> {
    let (octets, mut out) = (Octets::new(), buffered(out));
    for address in set.iter() {
        octets.write(address, b'\n', &mut out)?;
    }
    out.flush()
}

/// The time of the first packet, and the time between two, in microseconds.
const TIME: [u64; 2] = [1_700_000_000_000_000, 125];

/// A packet of a synthetic capture.
struct Packet {
    /// Seconds since 1970, and microseconds.
    time: [u64; 2],
    source: u32,
    destination: u32,
}

fn packets(set: &Synthetic, count: u64, seed: u64) -> impl Iterator<Item = Packet> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // A share u of the set, below 1, picks an address.
    let pick = |u: f64| set.at((u * set.count() as f64) as u64);
    (0..count).map(move |packet| {
        let time = TIME[0] + packet * TIME[1];
        let (source, destination): (f64, f64) = (rng.random(), rng.random());
        // u^4: the first 1 in 10,000 addresses are the destinations of every tenth packet.
        let square = destination * destination;
        Packet {
            time: [time / 1_000_000, time % 1_000_000],
            source: pick(source),
            destination: pick(square * square),
        }
    })
}

fn write_csv(packets: impl Iterator<Item = Packet>, out: &mut dyn Write) -> io::Result<()> {
    let (octets, mut out) = (Octets::new(), buffered(out));
    out.write_all(b"frame.time_epoch,ip.src,ip.dst,ip.proto,frame.len\n")?;
    for Packet { time: [seconds, microseconds], source, destination } in packets {
        write!(out, "{seconds}.{microseconds:06},")?;
        octets.write(source, b',', &mut out)?;
        octets.write(destination, b',', &mut out)?;
        out.write_all(b"6,60\n")?;
    }
    out.flush()
}

/// Little-endian, microseconds: a segment of TCP without data in each frame, filled up to Ethernet's shortest.
fn write_pcap(packets: impl Iterator<Item = Packet>, out: &mut dyn Write) -> io::Result<()> {
    const FRAME: usize = 60;
    let mut out = buffered(out);
    let [magic, zone, accuracy, longest, ethernet] =
        [0xa1b2_c3d4, 0, 0, 65_535, 1].map(u32::to_le_bytes);
    // Version 2.4.
    out.write_all(&[magic, [2, 0, 4, 0], zone, accuracy, longest, ethernet].concat())?;
    let length = (FRAME as u32).to_le_bytes();
    let mut frame = [0; FRAME];
    frame[..14].copy_from_slice(&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00]);
    // IPv4: 40 bytes in all, to be sent whole, TCP.
    frame[14..24].copy_from_slice(&[0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6]);
    // TCP: ports 49152 and 443, an acknowledgment.
    frame[34..38].copy_from_slice(&[0xc0, 0x00, 0x01, 0xbb]);
    frame[46..50].copy_from_slice(&[0x50, 0x10, 0xff, 0xff]);
    for Packet { time, source, destination } in packets {
        frame[24..26].fill(0);
        frame[26..30].copy_from_slice(&source.to_be_bytes());
        frame[30..34].copy_from_slice(&destination.to_be_bytes());
        let checksum = checksum(&frame[14..34]);
        frame[24..26].copy_from_slice(&checksum.to_be_bytes());
        // Seconds have 32 bits until 2106.
        let [seconds, microseconds] = time.map(|time| (time as u32).to_le_bytes());
        out.write_all(&[seconds, microseconds, length, length].concat())?;
        out.write_all(&frame)?;
    }
    out.flush()
}

/// The checksum of an IPv4 header in which it is 0 (RFC 791): the complement of a sum with end-around carry.
fn checksum(header: &[u8]) -> u16 {
    let words =
        header.chunks_exact(2).map(|word| u32::from(u16::from_be_bytes([word[0], word[1]])));
    let sum: u32 = words.sum();
    let carried = (sum & 0xffff) + (sum >> 16);
    // The carry may itself carry, once.
    !(carried + (carried >> 16)) as u16
}

/// Buffers `out`: large pieces repay a system call.
fn buffered(out: &mut dyn Write) -> BufWriter<&mut dyn Write> {
    BufWriter::with_capacity(1 << 18, out)
}

/// Each octet with a dot behind it, and how long that is.
struct Octets([([u8; 4], u8); 256]);

impl Octets {
    fn new() -> Self {
        Self(std::array::from_fn(|octet| {
            let mut text = [0; 4];
            let digits = format!("{octet}.");
            text[..digits.len()].copy_from_slice(digits.as_bytes());
            (text, digits.len() as u8)
        }))
    }

    /// Writes the dotted quad of `address`, then `end`.
    #[inline]
    fn write(&self, address: u32, end: u8, out: &mut impl Write) -> io::Result<()> {
        let (mut quad, mut length) = ([0; 16], 0);
        for octet in address.to_be_bytes() {
            let (digits, count) = self.0[usize::from(octet)];
            // All four bytes, however many count: a copy of fixed size is one instruction.
            quad[length..length + 4].copy_from_slice(&digits);
            length += usize::from(count);
        }
        quad[length - 1] = end;
        out.write_all(&quad[..length])
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use octomix::address::dotted;
    use octomix::input;
    use octomix::synthetic::Shape;

    use super::*;

    #[test]
    fn addresses_are_written_as_the_library_writes_them() {
        let addresses = [0, u32::MAX, 0x0102_0304, 0x0a64_c8ff, 0xff00_6309];
        let mut found = Vec::new();
        let octets = Octets::new();
        addresses.iter().for_each(|&address| octets.write(address, b'\n', &mut found).unwrap());
        let expected: Vec<String> = addresses.map(|address| dotted(address).to_string()).into();
        assert_eq!(String::from_utf8(found).unwrap().lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_capture_is_the_same_in_every_format() {
        let set = Synthetic::new(Shape::Mixed, 300, 1).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, write: fn(&Synthetic, &mut dyn Write) -> io::Result<()>| {
            let path = folder.path().join(name);
            write(&set, &mut std::fs::File::create(&path).unwrap()).unwrap();
            let mut go_on = |_| ControlFlow::Continue(());
            let capture = input::read(&[path], &input::Options::default(), &mut go_on).unwrap();
            let file = &capture.account.files[0];
            assert_eq!((file.records, file.source.ipv4, file.warnings.len()), (2_000, 2_000, 0));
            [capture.sets.source, capture.sets.destination]
                .map(|set| (set.addresses().to_vec(), set.weights()))
        };
        let csv = read("csv", |set, out| write_csv(packets(set, 2_000, 7), out));
        assert_eq!(csv, read("pcap", |set, out| write_pcap(packets(set, 2_000, 7), out)));
    }

    /// A header as textbooks have it, and a sum whose carry carries.
    #[test]
    fn checksums_complement_the_sum() {
        let header = [0x4500_0073, 0x0000_4000, 0x4011_0000, 0xc0a8_0001, 0xc0a8_00c7_u32];
        assert_eq!(checksum(&header.map(u32::to_be_bytes).concat()), 0xb861);
        assert_eq!(checksum(&[0xff, 0xff, 0xff, 0xff, 0x00, 0x01]), 0xfffe);
    }
}
