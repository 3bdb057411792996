//! pcapng: blocks, each enclosed by its length, in sections that have their own byte order and interfaces
//! (draft-ietf-opsawg-pcapng).
//!
//! Packets are read from enhanced, simple and obsolete packet blocks, each by the link type and clock of
//! its interface. Sections and interfaces are tracked; all other blocks are skipped. Where the two lengths
//! of a block differ the file is damaged, and reading stops.

use std::borrow::Cow;

use super::capture::{self, Captures, Container, Passed};
use super::frame::{FramePosition, PacketReader, hex};
use super::interface::{ByteOrder, Clock, Interface};
use super::layer::Layer;
use super::{opened, pcap};
use crate::input::error::InputError;
use crate::input::format::Opened;
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

/// Recognises the kind of the first block, which reads the same in both byte orders; and any capture that
/// begins a little later.
///
/// # Errors
/// None.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    if !head.bytes().starts_with(&kind::SECTION.to_be_bytes()) {
        return Ok(capture::recognise_behind(head.bytes(), options));
    }
    let captures = Captures::of(Container::Pcapng(Section::default()));
    Ok(Some(opened("pcapng", 0, Box::new(captures), options)))
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
pub(super) struct Section {
    order: ByteOrder,
    interfaces: Vec<Interface>,
}

impl Section {
    /// The section whose header `bytes` begin with, and the length of the header, if it is whole.
    pub(super) fn begin(bytes: &[u8]) -> Option<(Self, usize)> {
        let mut section = Self::default();
        let header = Self::header(bytes)?.ok()??;
        section.take_up(&header).ok()?;
        Some((section, header.len))
    }

    /// Whether `bytes` are the beginning of the header of a section.
    pub(super) fn is_start(bytes: &[u8]) -> bool {
        matches!(Self::header(bytes), Some(Ok(None)))
    }

    /// The header of a section that `bytes` begin with. A packet of pcap could begin there, too, but none is
    /// as long as the number for the byte order.
    fn header(bytes: &[u8]) -> Option<Result<Option<Framed<'_>>, String>> {
        bytes.starts_with(&kind::SECTION.to_be_bytes()).then(|| Self::default().block(bytes))
    }

    /// The block at the start of `bytes`; `None` if it is not whole, or if a capture of pcap begins there.
    #[inline(always)]
    fn block<'a>(&self, bytes: &'a [u8]) -> Result<Option<Framed<'a>>, String> {
        let mut order = self.order;
        let Some(kind) = order.u32(bytes, 0) else { return Ok(None) };
        if kind == kind::SECTION {
            // The byte order of a section follows its length.
            let Some(magic) = bytes.get(8..12) else { return Ok(None) };
            order = ByteOrder::of_section(magic).ok_or_else(|| no_order(magic))?;
        }
        // The magic numbers of pcap in the order of the section. In the other order the version that follows
        // is no length.
        if kind >> 16 == 0xa1b2 && pcap::is_header(bytes) {
            return Ok(None);
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
            kind::INTERFACE => {
                let wrong = || format!("an interface in a block of {} bytes", block.len);
                self.interfaces.push(Interface::of(block.body, self.order).ok_or_else(wrong)?);
            }
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
            let link = Layer::UnknownInterface(interface);
            return Some(Captured { link, frame: body, length: 0, data: 0, ticks: None });
        };
        let held = body.get(data..).unwrap_or(&[]);
        let (captured, length, ticks) = match (block.kind, interface.snap_length) {
            // The length on the wire; the interface may have captured less.
            (kind::SIMPLE_PACKET, 0) => (number(0).min(held.len() as u32), number(0), None),
            (kind::SIMPLE_PACKET, most) => {
                (number(0).min(most).min(held.len() as u32), number(0), None)
            }
            _ => (number(12), number(16), Some((interface.clock, [number(4), number(8)]))),
        };
        // A length beyond the block is wrong, but the frame is there.
        let frame = held.get(..captured as usize).unwrap_or(held);
        Some(Captured { link: interface.link, frame, length, data, ticks })
    }

    /// Passes over the whole blocks at the start of `bytes`, up to where a capture of pcap begins.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> Passed {
        let mut passed = Passed { len: 0, reason: None, is_changed: false };
        loop {
            let taken = match self.block(&bytes[passed.len..]) {
                Ok(None) => return passed,
                Ok(Some(block)) => {
                    passed.is_changed |= matches!(block.kind, kind::SECTION | kind::INTERFACE);
                    self.take_up(&block).map(|()| block.len)
                }
                Err(reason) => Err(reason),
            };
            match taken {
                Ok(length) => passed.len += length,
                Err(reason) => return Passed { reason: Some(reason), ..passed },
            }
        }
    }

    /// Reads what [`pass`](Self::pass) passes over, from byte `used` on; returns where it ends.
    pub(super) fn read(&self, bytes: &[u8], mut used: usize, block: &mut Block) -> usize {
        let reader = PacketReader::new(block.wanted());
        let mut section = Cow::Borrowed(self);
        // The cutter has checked these blocks: each is whole and sound.
        while let Ok(Some(found)) = section.block(&bytes[used..]) {
            if let Some(captured) = section.packet(&found) {
                let at = FramePosition { number: block.passed, offset: used + 8 + captured.data };
                let Captured { link, frame, length, .. } = captured;
                reader.add(link, frame, length, || captured.time(), at, block);
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
    /// Its length on the wire.
    length: u32,
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

#[cfg(test)]
mod tests {
    use super::*;

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
