//! `octomix generate`: synthetic lists and captures.

use std::io::{self, Write};

use octomix::report::Unfinished;
use octomix::synthetic::Synthetic;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Failure;
use crate::cli::GenerateArgs;

/// Writes the addresses, or packets between them.
///
/// # Errors
/// When the shape has not so many addresses, or the file or standard output cannot be written.
pub fn run(args: &GenerateArgs) -> Result<(), Failure> {
    let set = Synthetic::new(args.shape.shape(), args.addresses.0, args.seed)?;
    let write = |out: &mut dyn Write| match args.packets {
        Some(packets) => write_packets(&set, packets.0, args.seed, out),
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
    let mut lines = Lines::new(out);
    for address in set.iter() {
        lines.address(address, b'\n')?;
    }
    lines.flush()
}

/// The time of the first packet, and the time between two, in microseconds.
const TIME: [u64; 2] = [1_700_000_000_000_000, 125];

fn write_packets(set: &Synthetic, packets: u64, seed: u64, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines::new(out);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // A share u of the set, below 1, picks an address.
    let pick = |u: f64| set.at((u * set.count() as f64) as u64);
    lines.text(b"frame.time_epoch,ip.src,ip.dst,ip.proto,frame.len\n")?;
    for packet in 0..packets {
        let time = TIME[0] + packet * TIME[1];
        lines.text(format!("{}.{:06},", time / 1_000_000, time % 1_000_000).as_bytes())?;
        let (source, destination): (f64, f64) = (rng.random(), rng.random());
        lines.address(pick(source), b',')?;
        // u^4: the first 1 in 10,000 addresses are the destinations of every tenth packet.
        let square = destination * destination;
        lines.address(pick(square * square), b',')?;
        lines.text(b"6,60\n")?;
    }
    lines.flush()
}

/// Text on its way out, in pieces that repay a call of the system.
struct Lines<'a> {
    out: &'a mut dyn Write,
    piece: Box<[u8]>,
    length: usize,
    /// Each octet with a dot behind it, and how long that is.
    octets: [([u8; 4], u8); 256],
}

impl<'a> Lines<'a> {
    const PIECE: usize = 1 << 18;
    /// More than anything appended at once.
    const LONGEST: usize = 64;

    fn new(out: &'a mut dyn Write) -> Self {
        let octets = std::array::from_fn(|octet| {
            let mut text = [0; 4];
            let digits = format!("{octet}.");
            text[..digits.len()].copy_from_slice(digits.as_bytes());
            (text, digits.len() as u8)
        });
        Self { out, piece: vec![0; Self::PIECE].into(), length: 0, octets }
    }

    /// Appends the dotted quad of `address`, then `end`.
    #[inline]
    fn address(&mut self, address: u32, end: u8) -> io::Result<()> {
        for octet in address.to_be_bytes() {
            let (digits, length) = self.octets[usize::from(octet)];
            // All four bytes, whatever counts of them: a copy of fixed size is one instruction.
            self.piece[self.length..self.length + 4].copy_from_slice(&digits);
            self.length += usize::from(length);
        }
        self.piece[self.length - 1] = end;
        self.make_room()
    }

    /// Appends `text`, shorter than [`LONGEST`](Self::LONGEST).
    fn text(&mut self, text: &[u8]) -> io::Result<()> {
        self.piece[self.length..self.length + text.len()].copy_from_slice(text);
        self.length += text.len();
        self.make_room()
    }

    #[inline]
    fn make_room(&mut self) -> io::Result<()> {
        if self.length > Self::PIECE - Self::LONGEST { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.piece[..self.length])?;
        self.length = 0;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use octomix::address::dotted;

    use super::*;

    #[test]
    fn addresses_are_written_as_the_library_writes_them() {
        let addresses = [0, u32::MAX, 0x0102_0304, 0x0a64_c8ff, 0xff00_6309];
        let mut found = Vec::new();
        let mut lines = Lines::new(&mut found);
        addresses.iter().for_each(|&address| lines.address(address, b'\n').unwrap());
        lines.flush().unwrap();
        let expected: Vec<String> = addresses.map(|address| dotted(address).to_string()).into();
        assert_eq!(String::from_utf8(found).unwrap().lines().collect::<Vec<_>>(), expected);
    }
}
