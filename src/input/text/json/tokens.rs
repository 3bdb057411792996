//! What comes next in a text of values one after another, in arrays, or inside an object too large to be
//! held: a value, a bracket, or something damaged.
//!
//! Nothing remembers what is open, so that any piece of a large text can be read by itself. A value of more
//! than a MiB is opened: its bracket is one token, and what stands inside follows. Damage costs what stands
//! before the next object that begins a line or follows another one. The tokens of a text do not depend on
//! where it is cut into pieces, if each piece ends after a token.

use memchr::memchr_iter;

use super::syntax::Cursor;

/// The longest value that is one token, in bytes.
const LONGEST: usize = 1 << 20;
/// How far to look for the end of the line before an object.
const LONGEST_INDENT: usize = 256;

/// What the bytes from `start` to `end` are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A value of an array or of no array, which begins at `start`.
    Element,
    /// A name and its value, which begins here.
    Member(usize),
    /// The bracket of a value that is opened, with the name of the value, if it has one.
    Open,
    /// A closing bracket.
    Close,
    /// No JSON, or JSON that does not end: from `stop` on it is wrong.
    Damage { stop: usize },
}

impl Token {
    /// Whether the bytes may be cut after it: what is damaged up to the cut looks like something that is cut
    /// off.
    pub fn ends_piece(&self) -> bool {
        !matches!(self.kind, Kind::Damage { stop } if stop == self.end)
    }
}

/// What follows the bytes at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// More bytes: a value that does not end here may end there.
    More,
    /// Nothing that belongs to these bytes: a value that does not end here is opened.
    Nothing,
}

/// The first token from byte `at` on; `None` if only separators follow, or a token that does not end.
pub fn next(bytes: &[u8], at: usize, rest: Rest) -> Option<Token> {
    let start = at + separators(&bytes[at..]);
    let first = *bytes.get(start)?;
    let token = |end, kind| Some(Token { start, end, kind });
    if matches!(first, b']' | b'}') {
        return token(start + 1, Kind::Close);
    }
    let window = &bytes[..window_end(bytes, start)];
    let is_cut = rest == Rest::More && window.len() == bytes.len();
    let mut cursor = Cursor { bytes: window, at: start };
    let bracket = match look(&mut cursor, is_cut) {
        Ok(kind) => return token(cursor.at, kind),
        Err(bracket) => bracket,
    };
    let stop = cursor.at;
    if stop < window.len() {
        return match object_after(window, stop.max(start + 1)) {
            Some(next) => token(next, Kind::Damage { stop }),
            None if is_cut => None,
            None => token(window.len(), Kind::Damage { stop }),
        };
    }
    match bracket {
        _ if is_cut => None,
        Some(bracket) => token(bracket + 1, Kind::Open),
        None if stop < bytes.len() => token(stop, Kind::Damage { stop }),
        None => None,
    }
}

/// Where the longest token that begins at `start` ends.
pub fn window_end(bytes: &[u8], start: usize) -> usize {
    bytes.len().min(start.saturating_add(LONGEST))
}

/// What stands at `cursor`, which it moves behind. If that is nothing whole, the cursor stops where it is
/// wrong, or at the end of the bytes; then the error is the bracket that the value begins with, if any.
fn look(cursor: &mut Cursor<'_>, is_cut: bool) -> Result<Kind, Option<usize>> {
    let mut has_name = false;
    if cursor.peek() == Some(b'"') {
        cursor.string().ok_or(None)?;
        let end = cursor.at;
        cursor.space();
        has_name = cursor.take(b':');
        if !has_name {
            if is_cut && cursor.at == cursor.bytes.len() {
                return Err(None);
            }
            cursor.at = end;
            return Ok(Kind::Element);
        }
        cursor.space();
    }
    let start = cursor.at;
    let bracket = match cursor.peek() {
        // An array that belongs to no object may hold any number of records.
        Some(b'[') if !has_name => {
            cursor.at += 1;
            return Ok(Kind::Open);
        }
        Some(b'{' | b'[') => Some(start),
        _ => None,
    };
    let is_whole = cursor.skip_value(0).is_some();
    let may_go_on = bracket.is_none() && is_cut && cursor.at == cursor.bytes.len();
    match is_whole && !may_go_on {
        true if has_name => Ok(Kind::Member(start)),
        true => Ok(Kind::Element),
        false => Err(bracket),
    }
}

/// The length of the white space, the commas and the record separators that `bytes` begin with.
pub fn separators(bytes: &[u8]) -> usize {
    let is_separator = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | 0x1e);
    bytes.iter().position(|byte| !is_separator(byte)).unwrap_or(bytes.len())
}

/// Where the first object from byte `from` on begins that begins a line or follows another object.
fn object_after(bytes: &[u8], from: usize) -> Option<usize> {
    memchr_iter(b'{', &bytes[from..]).map(|at| from + at).find(|&at| {
        let before = &bytes[at.saturating_sub(LONGEST_INDENT)..at];
        let mut before =
            before.iter().rev().skip_while(|byte| matches!(byte, b' ' | b'\t' | b',' | b'['));
        matches!(before.next(), Some(b'\n' | b'\r' | b'}' | 0 | 0x1e))
    })
}
