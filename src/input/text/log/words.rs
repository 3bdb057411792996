//! Addresses with a word before them that says whose they are: `from 10.0.0.1 to 10.0.0.2`, `src
//! inside:10.0.0.1/4000 dst outside:10.0.0.2/80`, `[client 10.0.0.1]`.
//!
//! No address is taken without such a word. Two addresses without any are told from one, because a line with
//! two looks as if it had a source and a destination.

use super::endpoint::{Endpoint, is_opening, leading, within};
use crate::input::options::Notation;
use crate::input::protocol::{parse_number, parse_protocol};

/// The longest word that is looked at.
const LONGEST_WORD: usize = 128;

/// Words before a source, in lower case.
const SOURCE: [&[u8]; 13] = [
    b"from",
    b"with",
    b"src",
    b"source",
    b"client",
    b"rhost",
    b"remote",
    b"ban",
    b"found",
    b"denied",
    b"permitted",
    b"initiator",
    b"ip",
];
/// Words before a destination.
const DESTINATION: [&[u8]; 6] = [b"to", b"dst", b"dest", b"destination", b"responder", b"on"];
/// Words that may stand between another and its address.
const FILLERS: [&[u8]; 9] =
    [b"ip", b"host", b"address", b"addr", b"laddr", b"port", b"client", b"user", b"the"];

/// What a word before an address says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Source,
    Destination,
    /// `for` or `faddr`: the remote end of a connection, which is the source if it is inbound.
    Remote,
    /// `laddr`, after `faddr`: the local end.
    Local,
}

/// What a line says of addresses.
#[derive(Debug)]
pub(super) struct Marked<'l> {
    pub source: Option<Endpoint<'l>>,
    pub destination: Option<Endpoint<'l>>,
    /// The protocol named before the first address.
    pub protocol: Option<u8>,
    /// The addresses without a word.
    pub unmarked: usize,
}

impl<'l> Marked<'l> {
    /// The addresses of `line`. The first source and the first destination count.
    pub fn of(line: &'l [u8], notation: Notation) -> Self {
        let mut found = Self { source: None, destination: None, protocol: None, unmarked: 0 };
        let (mut remote, mut local, mut is_outbound) = (None, None, None);
        let (mut mark, mut last): (Option<Mark>, Option<End>) = (None, None);
        // The latest source, which counts if a port follows: a name before it may be of any words.
        let mut latest = None;
        // The latest address without a word, and the only one that a port follows.
        let (mut unmarked, mut with_port, mut with_ports) = (None, None, 0);
        for word in words(line) {
            if let Some(end) = last.take_if(|_| word == b"port") {
                last = Some(End::Port(end.into_mark()));
                continue;
            }
            if let Some(End::Port(of)) = last.take() {
                let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let port = parse_number(&word[..digits]);
                match (of, latest, &mut found.destination) {
                    (None, ..) if digits > 0 => {
                        with_port = unmarked.map(|endpoint| Endpoint { port, ..endpoint });
                        with_ports += 1;
                    }
                    (Some(Mark::Source), Some(latest), _) => {
                        found.source = Some(Endpoint { port, ..latest });
                    }
                    (Some(Mark::Destination), _, Some(destination)) => {
                        destination.port = destination.port.or(port);
                    }
                    _ => {}
                }
                mark = None;
                continue;
            }
            // An identifier such as @0x7f stands between a word and its address.
            if word.starts_with(b"@") {
                continue;
            }
            let bare = stripped(word);
            if !may_hold(word) {
                if let Some(direction) = direction(bare) {
                    is_outbound.get_or_insert(direction);
                }
                let has_address = found.source.is_some() || found.destination.is_some();
                if found.protocol.is_none() && !has_address && remote.is_none() {
                    found.protocol = protocol(bare);
                }
                mark = next_mark(mark, bare);
                continue;
            }
            let Some((endpoint, _)) = within(word, notation) else {
                mark = None;
                continue;
            };
            let of = labelled(word).or(mark.take());
            let slot = match of {
                Some(Mark::Source) => &mut found.source,
                // `for A to B` names the remote end first.
                Some(Mark::Destination) if remote.is_some() && found.source.is_none() => &mut local,
                Some(Mark::Destination) => &mut found.destination,
                Some(Mark::Remote) => &mut remote,
                Some(Mark::Local) => &mut local,
                None => {
                    let is_plain = leading(trimmed(word), notation).is_some();
                    // What stands in parentheses explains the address before.
                    found.unmarked += usize::from(is_plain && !word.starts_with(b"("));
                    unmarked = Some(endpoint);
                    last = Some(End::Address(None));
                    continue;
                }
            };
            if slot.is_none() {
                *slot = Some(endpoint);
            }
            if of == Some(Mark::Source) {
                latest = Some(endpoint);
            }
            last = Some(End::Address(of));
        }
        // sshd writes `invalid user NAME 10.0.0.1 port 22`, and the name may be of any words.
        if let (1, Some(endpoint), None, None) =
            (with_ports, with_port, found.source, found.destination)
        {
            found.source = Some(endpoint);
            found.unmarked = found.unmarked.saturating_sub(1);
        }
        match (remote, local, is_outbound) {
            _ if found.source.is_some() => {}
            (Some(remote), Some(local), Some(is_outbound)) => {
                let (source, destination) =
                    if is_outbound { (local, remote) } else { (remote, local) };
                (found.source, found.destination) = (Some(source), Some(destination));
            }
            (remote, local, _) => {
                found.unmarked += usize::from(remote.is_some()) + usize::from(local.is_some());
            }
        }
        found
    }
}

/// What the word before the current one was.
#[derive(Debug, Clone, Copy)]
enum End {
    Address(Option<Mark>),
    Port(Option<Mark>),
}

impl End {
    fn into_mark(self) -> Option<Mark> {
        let (End::Address(mark) | End::Port(mark)) = self;
        mark
    }
}

/// The words of `line` without their ends beyond a length that no address has.
pub(super) fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.map(|word| &word[..word.len().min(LONGEST_WORD)])
}

/// The last word of `text`.
pub(super) fn last_word(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_end();
    let is_word = |byte: &&u8| !byte.is_ascii_whitespace();
    let len = text.iter().rev().take(LONGEST_WORD).take_while(is_word).count();
    &text[text.len() - len..]
}

/// The first word of `text`.
pub(super) fn first_word(text: &[u8]) -> &[u8] {
    let is_word = |byte: &&u8| !byte.is_ascii_whitespace();
    &text[..text.iter().take(LONGEST_WORD).take_while(is_word).count()]
}

/// Whether `word` may hold an address: it has a dot or a colon, and a digit or a colon before it.
fn may_hold(word: &[u8]) -> bool {
    word.windows(2).any(|pair| {
        matches!(pair[1], b'.' | b':') && (pair[0].is_ascii_hexdigit() || pair[0] == b':')
    })
}

/// `word` without brackets and quotes before it.
fn trimmed(word: &[u8]) -> &[u8] {
    let opening = word.iter().take_while(|&&byte| is_opening(byte)).count();
    &word[opening..]
}

/// `word` without the punctuation around it.
fn stripped(word: &[u8]) -> &[u8] {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric();
    let start = word.iter().position(is_part).unwrap_or(word.len());
    let end = word.iter().rposition(is_part).map_or(start, |end| end + 1);
    &word[start..end]
}

fn is_among(word: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// What holds for an address after `word`, where `mark` held before it.
fn next_mark(mark: Option<Mark>, word: &[u8]) -> Option<Mark> {
    if mark.is_some() && is_among(word, &FILLERS) {
        return mark;
    }
    let is = |known: &[u8]| word.eq_ignore_ascii_case(known);
    match word {
        _ if is_among(word, &SOURCE) => Some(Mark::Source),
        _ if is_among(word, &DESTINATION) => Some(Mark::Destination),
        _ if is(b"for") || is(b"faddr") => Some(Mark::Remote),
        _ if is(b"laddr") => Some(Mark::Local),
        [] => mark,
        _ => None,
    }
}

/// What a label within `word` says, as in `client:10.0.0.1` or `relay=host[10.0.0.1]`.
fn labelled(word: &[u8]) -> Option<Mark> {
    let end = word.iter().position(|byte| matches!(byte, b':' | b'='))?;
    next_mark(None, trimmed(&word[..end])).filter(|_| end > 0)
}

/// Whether a connection is outbound, if `word` says its direction.
fn direction(word: &[u8]) -> Option<bool> {
    match word {
        b"inbound" | b"Inbound" => Some(false),
        b"outbound" | b"Outbound" => Some(true),
        _ => None,
    }
}

/// The protocol that `word` names.
pub(super) fn protocol(word: &[u8]) -> Option<u8> {
    let is_name =
        word.first().is_some_and(u8::is_ascii_alphabetic) && (2..=9).contains(&word.len());
    if is_name { parse_protocol(word) } else { None }
}
