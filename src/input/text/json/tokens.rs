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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The tokens of `bytes`, which are pieces of a text from byte `from` on.
    fn tokens(bytes: &[u8], from: usize) -> Vec<(usize, usize, Kind)> {
        let (mut at, mut tokens) = (0, Vec::new());
        while let Some(token) = next(bytes, at, Rest::Nothing) {
            let kind = match token.kind {
                Kind::Member(value) => Kind::Member(value + from),
                Kind::Damage { stop } => Kind::Damage { stop: stop + from },
                kind => kind,
            };
            tokens.push((token.start + from, token.end + from, kind));
            at = token.end;
        }
        tokens
    }

    /// The same, read in pieces of at least `step` bytes.
    fn in_pieces(text: &[u8], step: usize) -> Vec<(usize, usize, Kind)> {
        let (mut from, mut seen, mut all) = (0, 0, Vec::new());
        while seen < text.len() {
            seen = text.len().min(seen + step);
            let (mut at, mut end) = (from, from);
            while let Some(token) = next(&text[..seen], at, Rest::More) {
                at = token.end;
                end = if token.ends_piece() { at } else { end };
            }
            all.extend(tokens(&text[from..end], from));
            from = end;
        }
        all.extend(tokens(&text[from..], from));
        all
    }

    #[test]
    fn tokens_are_values_brackets_and_damage() {
        let kinds = |text: &str| {
            let kind =
                |(start, end, kind): (usize, usize, Kind)| (text[start..end].to_owned(), kind);
            tokens(text.as_bytes(), 0).into_iter().map(kind).collect::<Vec<_>>()
        };
        let of = |text: &str, kind| (text.to_owned(), kind);
        assert_eq!(
            kinds("\x1e{\"a\":[1]}, [\"x\", 1 ] {\"a\": {\"b\":1}, \"c\" : [2], \"d\":[3,"),
            [
                of("{\"a\":[1]}", Kind::Element),
                of("[", Kind::Open),
                of("\"x\"", Kind::Element),
                of("1", Kind::Element),
                of("]", Kind::Close),
                of("{", Kind::Open),
                of("\"a\": {\"b\":1}", Kind::Member(29)),
                of("\"c\" : [2]", Kind::Member(46)),
                of("\"d\":[", Kind::Open),
                of("3", Kind::Element),
            ]
        );
        assert_eq!(
            kinds("x {\n{\"a\":1x}\n  {\"a\":1},{\"a\" 1},{}"),
            [
                of("x {\n", Kind::Damage { stop: 0 }),
                of("{\"a\":1x}\n  ", Kind::Damage { stop: 10 }),
                of("{\"a\":1}", Kind::Element),
                of("{\"a\" 1},", Kind::Damage { stop: 28 }),
                of("{}", Kind::Element),
            ]
        );
        assert_eq!(kinds("{\"a\":\"x"), [of("{", Kind::Open)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn pieces_have_the_tokens_of_the_whole(
            text in prop::collection::vec(prop::sample::select(&[
                "{", "}", "[", "]", "\"a\"", "\"a\":", ",", ":", "\n", " ", "1", "-", "true", "nul", "\"",
                "\\", "{\"a\":1}", "{\"a\":[{}]}", "[{},{}]", "\u{0}", "x", "\u{1e}",
            ][..]), 0..40),
            step in 1usize..30,
        ) {
            let text = text.concat().into_bytes();
            prop_assert_eq!(in_pieces(&text, step), tokens(&text, 0), "{}", String::from_utf8_lossy(&text));
        }
    }
}
