//! Two endpoints with an arrow between them: `10.0.0.1.4000 > 10.0.0.2.80`, `10.0.0.1/4000->10.0.0.2/80`,
//! `10.0.0.1 → 10.0.0.2`. An arrow that points to the left makes the second the source.

use memchr::{memchr3, memmem};

use super::endpoint::{Endpoint, leading, within};
use super::words::{first_word, last_word};
use crate::input::options::Notation;

/// The most characters of an arrow.
const LONGEST_ARROW: usize = 4;

/// The arrows of TShark, between blanks.
const RIGHT: &[u8] = "→".as_bytes();
const LEFT: &[u8] = "←".as_bytes();

/// Whether `line` has an arrow of TShark, whatever stands around it.
pub(super) fn is_summary(line: &[u8]) -> bool {
    [RIGHT, LEFT].into_iter().any(|arrow| memmem::find(line, arrow).is_some())
}

/// The endpoints around an arrow.
#[derive(Debug)]
pub(super) struct Arrow<'l> {
    pub source: Endpoint<'l>,
    pub destination: Endpoint<'l>,
    /// The line before the endpoint on the left.
    pub before: &'l [u8],
    /// The line after the endpoint on the right.
    pub after: &'l [u8],
    /// Whether it is a single `>`, as tcpdump writes it.
    pub is_single: bool,
}

impl<'l> Arrow<'l> {
    /// The first arrow in `line` with an address on both sides.
    pub fn between(line: &'l [u8], notation: Notation) -> Option<Self> {
        arrows(line).find_map(|run| {
            let (left, before) = left(&line[..run.start], notation)?;
            let (right, after) = right(&line[run.end..], notation)?;
            Some(Self::of(&line[run], left, right, before, after))
        })
    }

    /// The first arrow in `line` with an address on one side at least: what stands on the other side is no
    /// address, though one should be there.
    pub fn beside(line: &'l [u8], notation: Notation) -> Option<Self> {
        arrows(line).find_map(|run| {
            let (from, to) = (&line[..run.start], &line[run.end..]);
            let (one, other) = (left(from, notation), right(to, notation));
            if one.is_none() && other.is_none() {
                return None;
            }
            let word = last_word(from);
            let one = one.unwrap_or((Endpoint::malformed(word), &from[..0]));
            let word = first_word(to.trim_ascii_start());
            let other = other.unwrap_or((Endpoint::malformed(word), &to[to.len()..]));
            Some(Self::of(&line[run], one.0, other.0, one.1, other.1))
        })
    }

    fn of(
        run: &[u8],
        left: Endpoint<'l>,
        right: Endpoint<'l>,
        before: &'l [u8],
        after: &'l [u8],
    ) -> Self {
        let is_reversed = run == LEFT || run.starts_with(b"<") && !run.ends_with(b">");
        let (source, destination) = if is_reversed { (right, left) } else { (left, right) };
        Self { source, destination, before, after, is_single: run == b">" }
    }
}

/// Where the arrows of `line` stand.
fn arrows(line: &[u8]) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(found) = memchr3(b'<', b'>', RIGHT[0], &line[at..]) {
            let hit = at + found;
            let is_blank = |at: Option<usize>| {
                at.and_then(|at| line.get(at)).is_some_and(|&byte| byte == b' ')
            };
            if line[hit] == RIGHT[0] {
                at = hit + RIGHT.len();
                let is_arrow =
                    [RIGHT, LEFT].into_iter().any(|arrow| line[hit..].starts_with(arrow));
                if is_arrow && is_blank(hit.checked_sub(1)) && is_blank(Some(at)) {
                    return Some(hit..at);
                }
                at = hit + 1;
                continue;
            }
            let is_part = |byte: &&u8| matches!(byte, b'-' | b'<' | b'>' | b'?' | b'|' | b'=');
            let before = line[at..hit].iter().rev().take_while(is_part).count();
            let after = line[hit..].iter().take_while(is_part).count();
            let run = hit - before..hit + after;
            at = run.end;
            let is_arrow = match &line[run.clone()] {
                b">" => is_blank(run.start.checked_sub(1)) && is_blank(Some(run.end)),
                b"<" => false,
                run => run.len() <= LONGEST_ARROW,
            };
            if is_arrow {
                return Some(run);
            }
        }
        None
    })
}

/// The endpoint that `text` ends with, and what precedes its word. Between it and the end there may be
/// something in parentheses: an interface, or the type of ICMP.
fn left(text: &[u8], notation: Notation) -> Option<(Endpoint<'_>, &[u8])> {
    let found = |text| {
        let word = last_word(text);
        let (endpoint, rest) = within(word, notation)?;
        let before = &text.trim_ascii_end()[..text.trim_ascii_end().len() - word.len()];
        rest.iter()
            .all(|byte| matches!(byte, b')' | b']' | b'}' | b',' | b':'))
            .then_some((endpoint, before))
    };
    found(text).or_else(|| {
        let text = text.trim_ascii_end().strip_suffix(b")")?;
        let open = text.iter().rev().take(100).position(|&byte| byte == b'(')?;
        found(&text[..text.len() - open - 1])
    })
}

/// The endpoint that `text` begins with, and what follows it.
fn right(text: &[u8], notation: Notation) -> Option<(Endpoint<'_>, &[u8])> {
    let text = text.trim_ascii_start();
    leading(text, notation).or_else(|| {
        let word = first_word(text);
        let (endpoint, rest) = within(word, notation)?;
        Some((endpoint, &text[word.len() - rest.len()..]))
    })
}
