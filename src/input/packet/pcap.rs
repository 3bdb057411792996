//! pcap: a file header, then packets, each with a header of its own.
//!
//! Both byte orders are read, times in microseconds or nanoseconds, and Kuznetzov's variant with longer
//! packet headers. Nothing marks where a packet begins, so only the lengths lead from one to the next:
//! where a length is impossible the file is damaged, and reading stops.

use std::sync::Arc;

use super::frame::{FramePosition, PacketReader};
use super::layer::{Layer, link};
use super::opened;
use crate::input::error::InputError;
use crate::input::format::{Cut, Cutter, Damage, Opened, Parser};
use crate::input::options::Options;
use crate::input::read::block::Block;
use crate::input::read::head::Head;

/// The longest plausible packet, as in libpcap and TShark: anything longer is not a length.
const LONGEST_PACKET: usize = 262_144;

/// Bytes of the file's header.
const HEADER: usize = 24;

/// How the packets of a file are written.
#[derive(Debug, Clone, Copy)]
struct Layout {
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
    let Some(mut layout) = Layout::of(head.bytes()) else { return Ok(None) };
    while head.bytes().len() < HEADER && head.grow() {}
    let number = layout.link_type(head.bytes());
    let skip = if number.is_some() { HEADER } else { 0 };
    layout.link = number.map_or(Layer::Other, link);
    let cutter = Box::new(Packets { layout: Arc::new(layout), has_header: number.is_some() });
    Ok(Some(opened("pcap", skip, cutter, options)))
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

    /// The link type in the file's header, if the header is whole.
    fn link_type(&self, head: &[u8]) -> Option<u16> {
        let &[.., a, b, c, d] = head.first_chunk::<HEADER>()?;
        // The upper 16 bits describe the frame check sequence.
        Some(self.u32([a, b, c, d]) as u16)
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
        let header: &[u8; 12] = bytes.first_chunk()?;
        let number = |offset| {
            self.u32([header[offset], header[offset + 1], header[offset + 2], header[offset + 3]])
        };
        let end = self.header + number(8) as usize;
        let frame = bytes.get(self.header..end)?;
        Some(Captured { seconds: number(0), fraction: number(4), frame, end })
    }

    /// The captured length of the packet at the start of `bytes`, plausible or not; `None` if more bytes
    /// are needed.
    fn length(&self, bytes: &[u8]) -> Option<usize> {
        Some(self.u32(*bytes.get(8..)?.first_chunk()?) as usize)
    }
}

/// A packet and its header.
struct Captured<'a> {
    seconds: u32,
    fraction: u32,
    frame: &'a [u8],
    /// Where it ends.
    end: usize,
}

struct Packets {
    layout: Arc<Layout>,
    /// Whether the file's header is whole.
    has_header: bool,
}

impl Cutter for Packets {
    fn cut(&mut self, bytes: &[u8], _at_end: bool) -> Result<Cut, Damage> {
        let parser: Arc<dyn Parser> = self.layout.clone();
        let mut sound = 0;
        if !self.has_header {
            return Err(Damage { sound, parser, reason: "its header is cut off".to_owned() });
        }
        while let Some(length) = self.layout.length(&bytes[sound..]) {
            if length > LONGEST_PACKET {
                let reason = format!(
                    "a packet of {length} bytes, where {LONGEST_PACKET} is the most that captures hold"
                );
                return Err(Damage { sound, parser, reason });
            }
            let end = sound + self.layout.header + length;
            if end > bytes.len() {
                break;
            }
            sound = end;
        }
        Ok(Cut { len: sound, parser })
    }
}

impl Parser for Layout {
    fn parse(&self, bytes: &[u8], _is_last: bool, block: &mut Block) -> usize {
        let reader = PacketReader::new(block.wanted());
        let mut used = 0;
        while let Some(captured) = self.packet(&bytes[used..]) {
            let at = FramePosition { number: block.passed, offset: used + self.header };
            reader.add(self.link, captured.frame, || Some(self.time(&captured)), at, block);
            used += captured.end;
            block.passed += 1;
        }
        used
    }
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
