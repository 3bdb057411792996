//! pcapng: blocks, each enclosed by its length, in sections that have their own byte order and interfaces
//! (draft-ietf-opsawg-pcapng).
//!
//! Packets are read from enhanced, simple and obsolete packet blocks, each by the link type and clock of
//! its interface. Sections and interfaces are tracked; all other blocks are skipped. Where the two lengths
//! of a block differ the file is damaged, and reading stops.

use std::borrow::Cow;
use std::sync::Arc;

use super::frame::{FramePosition, PacketReader, hex};
use super::layer::Layer;
use super::link::link;
use super::opened::opened;
use crate::input::error::InputError;
use crate::input::format::{Cut, Cutter, Damage, Opened, Parser};
use crate::input::options::Options;
use crate::input::read::block::Block;
use crate::input::read::head::Head;

/// The kinds of blocks that are read.
mod kind {
    pub(crate) const SECTION: u32 = 0x0a0d_0d0a;
    pub(crate) const INTERFACE: u32 = 1;
    pub(crate) const OBSOLETE_PACKET: u32 = 2;
    pub(crate) const SIMPLE_PACKET: u32 = 3;
    pub(crate) const ENHANCED_PACKET: u32 = 6;
}

/// Bytes of a block without a body.
const SHORTEST_BLOCK: usize = 12;
/// The longest plausible block, as in TShark: some hold TLS secrets or lists of names.
const LONGEST_BLOCK: usize = 16 << 20;
/// The most plausible interfaces of a section.
const MOST_INTERFACES: usize = 65_536;

/// Recognises the kind of the first block, which reads the same in both byte orders.
///
/// # Errors
/// None.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let is_pcapng = head.bytes().starts_with(&kind::SECTION.to_be_bytes());
    let opened = || opened("pcapng", 0, Box::<Blocks>::default(), options);
    Ok(is_pcapng.then(opened))
}

/// The byte order of a section.
#[derive(Debug, Clone, Copy, Default)]
enum ByteOrder {
    #[default]
    Little,
    Big,
}

impl ByteOrder {
    #[inline]
    fn u16(self, bytes: &[u8], offset: usize) -> Option<u16> {
        let number = *bytes.get(offset..)?.first_chunk()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(number),
            Self::Big => u16::from_be_bytes(number),
        })
    }

    #[inline]
    fn u32(self, bytes: &[u8], offset: usize) -> Option<u32> {
        let number = *bytes.get(offset..)?.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(number),
            Self::Big => u32::from_be_bytes(number),
        })
    }

    /// The byte order of a section, from the body of its header.
    fn of_section(body: &[u8]) -> Option<Self> {
        match *body.first_chunk()? {
            [0x1a, 0x2b, 0x3c, 0x4d] => Some(Self::Big),
            [0x4d, 0x3c, 0x2b, 0x1a] => Some(Self::Little),
            _ => None,
        }
    }
}

/// What the description of an interface says about its packets.
#[derive(Debug, Clone, Copy)]
struct Interface {
    link: Layer,
    /// The most bytes captured of a packet; 0 for all.
    snap_length: u32,
    clock: Clock,
}

impl Interface {
    fn of(body: &[u8], order: ByteOrder) -> Option<Self> {
        let number = order.u16(body, 0)?;
        let snap_length = order.u32(body, 4)?;
        let link = link(number);
        Some(Self { link, snap_length, clock: Clock::of(&body[8..], order) })
    }
}

/// The unit and origin of an interface's times.
#[derive(Debug, Clone, Copy)]
struct Clock {
    /// Ticks per second.
    resolution: u64,
    /// Seconds to add.
    offset: i64,
}

impl Clock {
    /// The clock that the options of an interface describe: microseconds since 1970 unless they say
    /// otherwise.
    fn of(mut options: &[u8], order: ByteOrder) -> Self {
        const END: u16 = 0;
        const RESOLUTION: u16 = 9;
        const OFFSET: u16 = 14;
        let mut clock = Self { resolution: 1_000_000, offset: 0 };
        while let (Some(code), Some(length)) = (order.u16(options, 0), order.u16(options, 2)) {
            let length = usize::from(length);
            let Some(value) = options.get(4..4 + length).filter(|_| code != END) else { break };
            match (code, value) {
                (RESOLUTION, &[exponent]) => {
                    let (base, power) =
                        if exponent & 0x80 == 0 { (10, exponent) } else { (2, exponent & 0x7f) };
                    clock.resolution = u64::checked_pow(base, power.into()).unwrap_or(u64::MAX);
                }
                (OFFSET, &[a, b, c, d, e, f, g, h]) => {
                    let bytes = [a, b, c, d, e, f, g, h];
                    clock.offset = match order {
                        ByteOrder::Little => i64::from_le_bytes(bytes),
                        ByteOrder::Big => i64::from_be_bytes(bytes),
                    };
                }
                _ => {}
            }
            options = options.get(4 + length.next_multiple_of(4)..).unwrap_or(&[]);
        }
        clock
    }

    /// Nanoseconds since 1970, if they fit 64 bits.
    fn nanoseconds(self, high: u32, low: u32) -> Option<i64> {
        let ticks = u64::from(high) << 32 | u64::from(low);
        let (seconds, rest) = (ticks / self.resolution, ticks % self.resolution);
        let seconds = i64::try_from(seconds).ok()?.checked_add(self.offset)?;
        let rest = u128::from(rest) * 1_000_000_000 / u128::from(self.resolution);
        seconds.checked_mul(1_000_000_000)?.checked_add(rest as i64) // below a second
    }
}

/// A block, whole.
struct Framed<'a> {
    kind: u32,
    body: &'a [u8],
    /// Its length in bytes, all included.
    len: usize,
}

/// The state of a section: what is needed to understand its next block.
#[derive(Debug, Clone, Default)]
struct Section {
    order: ByteOrder,
    interfaces: Vec<Interface>,
}

impl Section {
    /// The block at the start of `bytes`; `None` if it is not whole.
    #[inline(always)]
    fn block<'a>(&self, bytes: &'a [u8]) -> Result<Option<Framed<'a>>, String> {
        let mut order = self.order;
        let Some(kind) = order.u32(bytes, 0) else { return Ok(None) };
        if kind == kind::SECTION {
            // The byte order of a section follows its length.
            let Some(magic) = bytes.get(8..12) else { return Ok(None) };
            order = ByteOrder::of_section(magic).ok_or_else(|| no_order(magic))?;
        }
        let Some(length) = order.u32(bytes, 4) else { return Ok(None) };
        let len = length as usize;
        if !(SHORTEST_BLOCK..=LONGEST_BLOCK).contains(&len) || !len.is_multiple_of(4) {
            return Err(no_block(len));
        }
        let Some(block) = bytes.get(..len) else { return Ok(None) };
        match order.u32(block, len - 4) {
            Some(behind) if behind == length => {}
            behind => return Err(no_end(len, behind)),
        }
        Ok(Some(Framed { kind, body: &block[8..len - 4], len }))
    }

    /// Takes note of what `block` says about the blocks that follow it.
    #[inline]
    fn take_up(&mut self, block: &Framed<'_>) -> Result<(), String> {
        match block.kind {
            kind::SECTION => {
                self.order = ByteOrder::of_section(block.body).unwrap_or(self.order);
                self.interfaces.clear();
            }
            kind::INTERFACE if self.interfaces.len() == MOST_INTERFACES => {
                return Err(format!("more than {MOST_INTERFACES} interfaces"));
            }
            kind::INTERFACE => match Interface::of(block.body, self.order) {
                Some(interface) => self.interfaces.push(interface),
                None => return Err(format!("an interface in a block of {} bytes", block.len)),
            },
            _ => {}
        }
        Ok(())
    }

    /// The packet in `block`, if it is a packet block.
    #[inline(always)]
    fn packet<'a>(&self, block: &Framed<'a>) -> Option<Captured<'a>> {
        let body = block.body;
        let number = |offset| self.order.u32(body, offset).unwrap_or(0);
        let (interface, data) = match block.kind {
            kind::ENHANCED_PACKET => (number(0), 20),
            kind::OBSOLETE_PACKET => (self.order.u16(body, 0).unwrap_or(0).into(), 20),
            kind::SIMPLE_PACKET => (0, 4),
            _ => return None,
        };
        let Some(interface) = self.interfaces.get(interface as usize) else {
            return Some(Captured {
                link: Layer::UnknownInterface,
                frame: body,
                data: 0,
                ticks: None,
            });
        };
        let held = body.get(data..).unwrap_or(&[]);
        let (length, ticks) = match (block.kind, interface.snap_length) {
            // The length on the wire; the interface may have captured less.
            (kind::SIMPLE_PACKET, 0) => (number(0).min(held.len() as u32), None),
            (kind::SIMPLE_PACKET, most) => (number(0).min(most).min(held.len() as u32), None),
            _ => (number(12), Some((interface.clock, [number(4), number(8)]))),
        };
        // A length beyond the block is wrong, but the frame is there.
        let frame = held.get(..length as usize).unwrap_or(held);
        Some(Captured { link: interface.link, frame, data, ticks })
    }
}

#[cold]
fn no_order(magic: &[u8]) -> String {
    format!("a section of the byte order {}", hex(magic))
}

#[cold]
fn no_block(len: usize) -> String {
    format!("a block of {len} bytes")
}

#[cold]
fn no_end(len: usize, behind: Option<u32>) -> String {
    format!("a block of {len} bytes that ends as one of {}", behind.unwrap_or_default())
}

/// What a packet block holds.
struct Captured<'a> {
    link: Layer,
    frame: &'a [u8],
    /// Where in the body the frame begins.
    data: usize,
    /// The time by its interface's clock; a simple packet has none.
    ticks: Option<(Clock, [u32; 2])>,
}

impl Captured<'_> {
    /// In nanoseconds since 1970.
    fn time(&self) -> Option<i64> {
        self.ticks.and_then(|(clock, [high, low])| clock.nanoseconds(high, low))
    }
}

/// Finds the ends of blocks, and tracks the section to which they belong.
#[derive(Default)]
struct Blocks {
    section: Section,
    /// The section as it was at the start of the cut, for the parser.
    parser: Option<Arc<Section>>,
}

impl Cutter for Blocks {
    fn cut(&mut self, bytes: &[u8], _at_end: bool) -> Result<Cut, Damage> {
        let parser: Arc<dyn Parser> =
            self.parser.get_or_insert_with(|| Arc::new(self.section.clone())).clone();
        let mut sound = 0;
        loop {
            let found = self.section.block(&bytes[sound..]);
            let taken = match found {
                Ok(None) => return Ok(Cut { len: sound, parser }),
                Ok(Some(block)) => {
                    if matches!(block.kind, kind::SECTION | kind::INTERFACE) {
                        self.parser = None;
                    }
                    self.section.take_up(&block).map(|()| block.len)
                }
                Err(reason) => Err(reason),
            };
            match taken {
                Ok(length) => sound += length,
                Err(reason) => return Err(Damage { sound, parser, reason }),
            }
        }
    }
}

impl Parser for Section {
    fn parse(&self, bytes: &[u8], _is_last: bool, block: &mut Block) -> usize {
        let reader = PacketReader::new(block.wanted());
        let mut section = Cow::Borrowed(self);
        let mut used = 0;
        // The cutter has checked these blocks: each is whole and sound.
        while let Ok(Some(found)) = section.block(&bytes[used..]) {
            if let Some(captured) = section.packet(&found) {
                let at = FramePosition { number: block.passed, offset: used + 8 + captured.data };
                reader.add(captured.link, captured.frame, || captured.time(), at, block);
                block.passed += 1;
            } else if matches!(found.kind, kind::SECTION | kind::INTERFACE)
                && section.to_mut().take_up(&found).is_err()
            {
                break;
            }
            used += found.len;
        }
        used
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The option `code` of an interface.
    fn option(code: u16, value: &[u8]) -> Vec<u8> {
        let length = value.len() as u16;
        let mut option = [code.to_le_bytes(), length.to_le_bytes()].concat();
        option.extend(value);
        option.resize(option.len().next_multiple_of(4), 0);
        option
    }

    fn nanoseconds(options: &[Vec<u8>], ticks: u64) -> Option<i64> {
        let clock = Clock::of(&options.concat(), ByteOrder::Little);
        clock.nanoseconds((ticks >> 32) as u32, ticks as u32)
    }

    #[test]
    fn clocks_tick_as_their_interface_says() {
        let name = option(2, b"eth0");
        assert_eq!(nanoseconds(&[], 1_700_000_000_123_456), Some(1_700_000_000_123_456_000));
        let nano = option(9, &[9]);
        assert_eq!(
            nanoseconds(&[name.clone(), nano.clone()], 1_700_000_000_123_456_789),
            Some(1_700_000_000_123_456_789)
        );
        assert_eq!(nanoseconds(&[option(9, &[0])], 1_700_000_000), Some(1_700_000_000_000_000_000));
        // Powers of 2: 2^10 ticks a second.
        assert_eq!(nanoseconds(&[option(9, &[0x8a])], 1024 * 3 + 512), Some(3_500_000_000));
        let hour = option(14, &3600_i64.to_le_bytes());
        assert_eq!(nanoseconds(&[nano.clone(), hour], 5), Some(3_600_000_000_005));
        let before = option(14, &(-1_i64).to_le_bytes());
        assert_eq!(nanoseconds(&[nano.clone(), before], 5), Some(-999_999_995));
        // What stands behind the end of the options is none.
        assert_eq!(nanoseconds(&[option(0, b""), nano], 1_000_000), Some(1_000_000_000));
        // An option that reaches beyond its block.
        assert_eq!(nanoseconds(&[vec![9, 0, 200, 0, 1]], 1_000_000), Some(1_000_000_000));
    }

    #[test]
    fn times_beyond_all_bounds_are_none() {
        assert_eq!(nanoseconds(&[option(9, &[0])], u64::MAX), None);
        assert_eq!(nanoseconds(&[option(9, &[0])], 1 << 62), None);
        assert_eq!(nanoseconds(&[option(14, &i64::MAX.to_le_bytes())], u64::MAX), None);
        // A resolution that no 64 bits hold: ticks of next to nothing.
        assert_eq!(nanoseconds(&[option(9, &[127])], 5), Some(0));
        assert_eq!(nanoseconds(&[option(9, &[0xff])], 5), Some(0));
    }

    #[test]
    fn interfaces_are_not_without_end() {
        let description =
            Framed { kind: kind::INTERFACE, body: &[1, 0, 0, 0, 0, 0, 0, 0], len: 20 };
        let mut section = Section::default();
        for _ in 0..MOST_INTERFACES {
            section.take_up(&description).unwrap();
        }
        assert!(section.take_up(&description).unwrap_err().contains("65536 interfaces"));
    }
}
