//! pcap: a file header, then packets, each with a header of its own.
//!
//! Both byte orders are read, times in microseconds or nanoseconds, and Kuznetzov's variant with longer
//! packet headers. Nothing marks where a packet begins, so only the lengths lead from one to the next:
//! where a length is impossible the file is damaged, and reading stops.

use super::capture::{Captures, Container, Passed};
use super::frame::{FramePosition, PacketReader};
use super::layer::Layer;
use super::link::link;
use super::opened;
use crate::input::error::InputError;
use crate::input::format::Opened;
use crate::input::options::Options;
use crate::input::read::block::Block;
use crate::input::read::head::Head;

/// The longest plausible packet, as in libpcap and TShark: anything longer is not a length.
const LONGEST_PACKET: usize = 262_144;

/// Bytes of the file's header.
pub(super) const HEADER: usize = 24;

/// The link type of a capture of AIX, which numbers interfaces as SNMP does, in a version that nobody else has
/// written for decades. Its times are in nanoseconds.
fn of_aix(interface: u16) -> Option<u16> {
    match interface {
        6 => Some(1),
        9 => Some(6),
        15 => Some(10),
        24 => Some(0),
        _ => None,
    }
}

/// How the packets of a file are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    is_big_endian: bool,
    /// Bytes of a packet's header.
    header: usize,
    /// Nanoseconds per unit of the fraction of a second in times.
    unit: i64,
    link: Layer,
}

/// Recognises the magic number.
///
/// # Errors
/// None.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    if !has_magic(head.bytes()) {
        return Ok(None);
    }
    while head.bytes().len() < HEADER && head.grow() {}
    let (skip, captures) = match Layout::of_header(head.bytes()) {
        Some(layout) => (HEADER, Captures::of(Container::Pcap(layout))),
        None => (0, Captures::of(Container::None)),
    };
    Ok(Some(opened("pcap", skip, Box::new(captures), options)))
}

/// Whether `bytes` begin with the magic number.
pub(super) fn has_magic(bytes: &[u8]) -> bool {
    Layout::of(bytes).is_some()
}

/// Whether `bytes` begin with the header of a file, where a packet could begin, too. No packet has such a
/// time and no length, neither captured nor on the wire.
pub(super) fn is_header(bytes: &[u8]) -> bool {
    const VERSION: [u16; 2] = [2, 4];
    let (Some(layout), Some(start)) = (Layout::of(bytes), bytes.first_chunk::<16>()) else {
        return false;
    };
    let number = |offset| layout.u16([start[offset], start[offset + 1]]);
    [number(4), number(6)] == VERSION && start[8..] == [0; 8]
}

impl Layout {
    /// The layout that the magic number announces.
    fn of(head: &[u8]) -> Option<Self> {
        let magic = *head.first_chunk()?;
        let is_big_endian = magic[0] == 0xa1;
        let number =
            if is_big_endian { u32::from_be_bytes(magic) } else { u32::from_le_bytes(magic) };
        let (header, unit) = match number {
            0xa1b2_c3d4 => (16, 1000),
            0xa1b2_3c4d => (16, 1),
            0xa1b2_cd34 => (24, 1000),
            _ => return None,
        };
        Some(Self { is_big_endian, header, unit, link: Layer::Other })
    }

    /// The layout of the file whose header `bytes` begin with, if the header is whole.
    pub(super) fn of_header(bytes: &[u8]) -> Option<Self> {
        let layout = Self::of(bytes)?;
        let &[.., a, b, c, d] = bytes.first_chunk::<HEADER>()?;
        // The upper 16 bits describe the frame check sequence.
        let number = layout.u32([a, b, c, d]) as u16;
        let version = [4, 6].map(|offset| layout.u16([bytes[offset], bytes[offset + 1]]));
        let aix = if version == [2, 2] { of_aix(number) } else { None };
        Some(match aix {
            Some(number) => Self { link: link(number), unit: 1, ..layout },
            None => Self { link: link(number), ..layout },
        })
    }

    /// The time of a packet, in nanoseconds since 1970.
    #[inline]
    fn time(&self, captured: &Captured<'_>) -> i64 {
        i64::from(captured.seconds) * 1_000_000_000 + i64::from(captured.fraction) * self.unit
    }

    #[inline]
    fn u32(&self, bytes: [u8; 4]) -> u32 {
        if self.is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }

    /// The whole packet at the start of `bytes`.
    #[inline]
    fn packet<'a>(&self, bytes: &'a [u8]) -> Option<Captured<'a>> {
        let header: &[u8; 16] = bytes.first_chunk()?;
        let number = |offset| {
            self.u32([header[offset], header[offset + 1], header[offset + 2], header[offset + 3]])
        };
        let end = self.header + number(8) as usize;
        let frame = bytes.get(self.header..end)?;
        Some(Captured { seconds: number(0), fraction: number(4), length: number(12), frame, end })
    }

    #[inline]
    fn u16(&self, bytes: [u8; 2]) -> u16 {
        if self.is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    /// The captured length of the packet at the start of `bytes`, plausible or not; `None` if more bytes
    /// are needed.
    fn length(&self, bytes: &[u8]) -> Option<usize> {
        Some(self.u32(*bytes.get(8..)?.first_chunk()?) as usize)
    }

    /// Passes over the whole packets at the start of `bytes`, up to where another capture begins.
    pub(super) fn pass(&self, bytes: &[u8]) -> Passed {
        let mut sound = 0;
        while let Some(length) = self.length(&bytes[sound..]) {
            if length > LONGEST_PACKET {
                let reason = format!(
                    "a packet of {length} bytes, where {LONGEST_PACKET} is the most that captures hold"
                );
                return Passed { len: sound, reason: Some(reason), is_changed: false };
            }
            let end = sound + self.header + length;
            if end > bytes.len() || length == 0 && is_header(&bytes[sound..]) {
                break;
            }
            sound = end;
        }
        Passed { len: sound, reason: None, is_changed: false }
    }

    /// Reads what [`pass`](Self::pass) passes over, from byte `used` on; returns where it ends.
    pub(super) fn read(&self, bytes: &[u8], mut used: usize, block: &mut Block) -> usize {
        let reader = PacketReader::new(block.wanted());
        while let Some(captured) = self.packet(&bytes[used..]) {
            if captured.frame.is_empty() && is_header(&bytes[used..]) {
                break;
            }
            let at = FramePosition { number: block.passed, offset: used + self.header };
            let time = || Some(self.time(&captured));
            reader.add(self.link, captured.frame, captured.length, time, at, block);
            used += captured.end;
            block.passed += 1;
        }
        used
    }
}

/// A packet and its header.
struct Captured<'a> {
    seconds: u32,
    fraction: u32,
    /// Its length on the wire.
    length: u32,
    frame: &'a [u8],
    /// Where it ends.
    end: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In both orders, with each unit and each header.
    #[test]
    fn times_are_in_nanoseconds() {
        for (magic, unit, header) in
            [(0xa1b2_c3d4_u32, 1000, 16), (0xa1b2_3c4d, 1, 16), (0xa1b2_cd34, 1000, 24)]
        {
            for order in [u32::to_le_bytes, u32::to_be_bytes] {
                let file = [order(magic), [0; 4], [0; 4], [0; 4], [0; 4], order(101)].concat();
                let layout = Layout::of(&file).unwrap();
                let mut packet = [4_000_000_000, 999_999, 2, 2].map(order).concat();
                packet.resize(header, 0xaa);
                packet.extend([1, 2, 3]);
                let found = layout.packet(&packet).unwrap();
                assert_eq!(layout.time(&found), 4_000_000_000_000_000_000 + 999_999 * unit);
                assert_eq!((found.frame, found.end), (&[1, 2][..], header + 2));
                assert!(layout.packet(&packet[..header + 1]).is_none());
            }
        }
    }
}
