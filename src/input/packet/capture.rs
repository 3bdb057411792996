//! Captures as files hold them: one, or several that were joined (`cat a.pcap b.pcapng`).
//!
//! Where a packet could begin, the header of another capture is told from it: its magic number, its version
//! and its zeros are no packet. It is read on there, by the other's byte order, link type and container. A
//! capture that was cut off before it was joined with another is damaged there, because its last packet
//! swallows the beginning of the other.

use std::borrow::Cow;
use std::sync::Arc;

use super::opened;
use super::pcap::{self, Layout};
use super::pcapng::Section;
use crate::input::format::{Cut, Cutter, Damage, Opened, Parser};
use crate::input::options::Options;
use crate::input::read::block::{Block, Joint};
use crate::input::warning::Warning;

/// How the next packets are written.
#[derive(Debug, Clone)]
pub(super) enum Container {
    /// Not at all: the header of the file is cut off.
    None,
    Pcap(Layout),
    Pcapng(Section),
}

/// What a container makes of some bytes.
pub(super) struct Passed {
    /// Bytes of whole packets.
    pub(super) len: usize,
    /// Why it cannot go on, as part of a sentence.
    pub(super) reason: Option<String>,
    /// Whether what follows is read in another way.
    pub(super) is_changed: bool,
}

impl Container {
    /// The container whose header stands at the start of `bytes`, and the length of the header.
    fn begin(bytes: &[u8]) -> Option<(Self, usize)> {
        if pcap::is_header(bytes) {
            return Some((Self::Pcap(Layout::of_header(bytes)?), pcap::HEADER));
        }
        let (section, length) = Section::begin(bytes)?;
        Some((Self::Pcapng(section), length))
    }

    /// The container of another capture, if its header stands at the start of `bytes`, and the length of the
    /// header.
    fn next(&self, bytes: &[u8]) -> Option<(Self, usize)> {
        match (self, Self::begin(bytes)?) {
            // The next section of a capture is none of another.
            (Self::None, _) | (Self::Pcapng(_), (Self::Pcapng(_), _)) => None,
            (_, next) => Some(next),
        }
    }

    /// Whether `bytes` are the beginning of what could be the header of another capture.
    fn is_start(&self, bytes: &[u8]) -> bool {
        let is_pcap = bytes.len() < pcap::HEADER && pcap::has_magic(bytes);
        is_pcap || matches!(self, Self::Pcap(_)) && Section::is_start(bytes)
    }

    fn pass(&mut self, bytes: &[u8]) -> Passed {
        match self {
            Self::None => {
                let reason = Some("its header is cut off".to_owned());
                Passed { len: 0, reason, is_changed: false }
            }
            Self::Pcap(layout) => layout.pass(bytes),
            Self::Pcapng(section) => section.pass(bytes),
        }
    }
}

/// Recognises a capture behind bytes that are none of it: what a program said on the stream to which it wrote
/// the capture, for example.
pub(super) fn recognise_behind(head: &[u8], options: &Options) -> Option<Opened> {
    /// Bytes that may stand before a capture.
    const MOST: usize = 4096;
    let mut places = 1..head.len().min(MOST);
    let (at, container, header) = places.find_map(|at| {
        let (container, header) = Container::begin(&head[at..])?;
        Some((at, container, header))
    })?;
    let (name, skip, container) = match container {
        // The parser takes up the header of a section itself.
        Container::Pcapng(_) => ("pcapng", at, Container::Pcapng(Section::default())),
        pcap => ("pcap", at + header, pcap),
    };
    let mut opened = opened(name, skip, Box::new(Captures::of(container)), options);
    opened.warnings.push(Warning::NoCapture { bytes: at as u64 });
    Some(opened)
}

/// Finds the ends of packets, and tracks how the next ones are written.
pub(super) struct Captures {
    container: Container,
    /// The container as it was at the start of the cut, for the parser.
    parser: Option<Arc<Container>>,
}

impl Captures {
    pub(super) fn of(container: Container) -> Self {
        Self { container, parser: None }
    }
}

impl Cutter for Captures {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Result<Cut, Damage> {
        let parser: Arc<dyn Parser> =
            self.parser.get_or_insert_with(|| Arc::new(self.container.clone())).clone();
        let mut sound = 0;
        loop {
            let passed = self.container.pass(&bytes[sound..]);
            sound += passed.len;
            if passed.is_changed {
                self.parser = None;
            }
            let rest = &bytes[sound..];
            if let Some((container, header)) = self.container.next(rest) {
                (self.container, self.parser) = (container, None);
                sound += header;
                continue;
            }
            return match passed.reason {
                // More bytes will tell.
                Some(_) if !at_end && self.container.is_start(rest) => {
                    Ok(Cut { len: sound, parser })
                }
                Some(reason) => Err(Damage { sound, parser, reason }),
                None => Ok(Cut { len: sound, parser }),
            };
        }
    }
}

impl Parser for Container {
    fn parse(&self, bytes: &[u8], _is_last: bool, block: &mut Block) -> usize {
        let mut container = Cow::Borrowed(self);
        let mut used = 0;
        loop {
            used = match &*container {
                Self::None => used,
                Self::Pcap(layout) => layout.read(bytes, used, block),
                Self::Pcapng(section) => section.read(bytes, used, block),
            };
            let Some((next, header)) = container.next(&bytes[used..]) else { return used };
            block.joint.get_or_insert(Joint { number: block.passed, offset: used as u64 });
            used += header;
            container = Cow::Owned(next);
        }
    }
}
