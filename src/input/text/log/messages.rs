//! Messages of firewalls and programs, as syslog collects them: any of the marks may stand in a line.

use memchr::memmem;

use super::arrow::{Arrow, is_summary};
use super::endpoint::Endpoint;
use super::pairs::{self, Names};
use super::words::{Marked, first_word, protocol, words};
use super::{Context, Line, Said};
use crate::input::text::facts::parse_count;

/// Messages whose addresses are not those of new traffic: the end of a connection whose beginning was logged,
/// and the address that stands for another.
const NO_TRAFFIC: [&[u8]; 3] = [b" Teardown ", b"Teardown ", b" translation from "];

/// Reads `line`.
pub(super) fn read<'l>(line: &'l [u8], names: &Names, context: Context) -> Line<'l> {
    if line.trim_ascii().is_empty() {
        return Line::Nothing;
    }
    let paired = pairs::read(line, names, context);
    if let Line::Record(said) = &paired
        && said.source.cell.is_address()
        && said.destination.cell.is_address()
    {
        return paired;
    }
    if let Some(arrow) = Arrow::between(line, context.notation) {
        let protocol = if context.needs_facts {
            // TShark's summary has it behind the endpoints.
            last_protocol(arrow.before)
                .or_else(|| protocol(first_word(arrow.after.trim_ascii_start())))
        } else {
            None
        };
        let packets = packets(arrow.after);
        return Line::Record(Said {
            protocol,
            packets,
            ..Said::of(arrow.source, arrow.destination)
        });
    }
    // TShark's summary of a packet that is not of IP.
    if is_summary(line) || NO_TRAFFIC.iter().any(|words| memmem::find(line, words).is_some()) {
        return Line::Other;
    }
    let marked = Marked::of(line, context.notation);
    let said = |source, destination| {
        let packets = if has_count(line) { packets(line) } else { None };
        Line::Record(Said { protocol: marked.protocol, packets, ..Said::of(source, destination) })
    };
    match (marked.source, marked.destination, paired) {
        (Some(source), Some(destination), _) => said(source, destination),
        (_, _, paired @ Line::Record(_)) => paired,
        (Some(source), None, _) => said(source, Endpoint::missing()),
        _ if marked.unmarked > 1 => Line::Unmarked,
        _ => Line::Other,
    }
}

/// The protocol that the last words of `text` name.
fn last_protocol(text: &[u8]) -> Option<u8> {
    let text = &text[text.len().saturating_sub(80)..];
    let bare = |word: &'_ [u8]| {
        let word = word.strip_prefix(b"{").unwrap_or(word);
        protocol(word.strip_suffix(b"}").or(word.strip_suffix(b",")).unwrap_or(word))
    };
    words(text).filter_map(bare).last()
}

/// Whether `line` is of Cisco's access lists, which count packets.
fn has_count(line: &[u8]) -> bool {
    memmem::find(line, b"IPACCESSLOG").is_some()
}

/// The packets that `text` counts: `, 3 packets`.
fn packets(text: &[u8]) -> Option<u64> {
    let at = memmem::find(text, b" packet")?;
    let before = &text[..at];
    let count = before.len() - before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    parse_count(first_word(&before[count..]))
}
