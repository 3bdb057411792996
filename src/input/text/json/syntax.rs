//! The grammar of JSON: where a value ends, and where it stops being one.
//!
//! Anything that RFC 8259 does not allow is refused, except for three harmless things: text that is not UTF-8,
//! halves of surrogate pairs, and NaN and Infinity, which Python writes. Nothing is copied and no number is converted. Values nest without
//! recursion. A value that the bytes cut off stops at their end, never before, so that a reader can tell
//! what is cut from what is wrong.

use super::strings::plain_len;

/// The deepest nesting of objects and arrays.
pub const DEEPEST: u32 = 128;

/// A position in a text.
pub struct Cursor<'b> {
    pub bytes: &'b [u8],
    pub at: usize,
}

/// A string: where it is, without its quotes, and whether it has escapes.
#[derive(Clone, Copy)]
pub struct Text {
    pub start: usize,
    pub end: usize,
    pub is_escaped: bool,
}

impl Cursor<'_> {
    #[inline]
    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Consumes `byte` if it is next.
    #[inline]
    pub fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    #[inline]
    pub fn expect(&mut self, byte: u8) -> Option<()> {
        self.take(byte).then_some(())
    }

    #[inline]
    pub fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// A name, the colon after it, and the space after that.
    #[inline]
    pub fn name(&mut self) -> Option<Text> {
        let name = self.string()?;
        self.space();
        self.expect(b':')?;
        self.space();
        Some(name)
    }

    /// Consumes the comma or the `close` after a member or an element. Returns whether another one follows.
    #[inline]
    pub fn more(&mut self, close: u8) -> Option<bool> {
        self.space();
        if self.take(close) {
            return Some(false);
        }
        self.expect(b',')?;
        self.space();
        Some(true)
    }

    /// Consumes an opening bracket. Returns whether a member or an element follows.
    #[inline]
    pub fn open(&mut self, open: u8, close: u8) -> Option<bool> {
        self.expect(open)?;
        self.space();
        Some(!self.take(close))
    }

    /// Consumes a value that stands inside as many objects and arrays as `outer` says.
    pub fn skip_value(&mut self, outer: u32) -> Option<()> {
        // One bit for each open object or array, the innermost lowest; 1 for an object.
        let mut open: u128 = 0;
        let mut depth = 0;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                byte @ (b'{' | b'[') => {
                    self.at += 1;
                    self.space();
                    let is_object = byte == b'{';
                    if !self.take(if is_object { b'}' } else { b']' }) {
                        if outer + depth == DEEPEST {
                            return None;
                        }
                        depth += 1;
                        open = open << 1 | u128::from(is_object);
                        if is_object {
                            self.name()?;
                        }
                        continue;
                    }
                }
                b'-' | b'0'..=b'9' => self.number()?,
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                b'n' => self.word(b"null")?,
                b'N' => self.word(b"NaN")?,
                b'I' => self.word(b"Infinity")?,
                _ => return None,
            }
            loop {
                if depth == 0 {
                    return Some(());
                }
                self.space();
                let is_object = open & 1 == 1;
                if self.take(b',') {
                    self.space();
                    if is_object {
                        self.name()?;
                    }
                    break;
                }
                self.expect(if is_object { b'}' } else { b']' })?;
                (open, depth) = (open >> 1, depth - 1);
            }
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let rest = &self.bytes[self.at..];
        if rest.starts_with(word) {
            self.at += word.len();
            return Some(());
        }
        if word.starts_with(rest) {
            self.at = self.bytes.len();
        }
        None
    }

    fn number(&mut self) -> Option<()> {
        if self.take(b'-') && self.peek() == Some(b'I') {
            return self.word(b"Infinity");
        }
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    #[inline]
    pub fn string(&mut self) -> Option<Text> {
        self.expect(b'"')?;
        let start = self.at;
        let mut is_escaped = false;
        loop {
            self.at += plain_len(&self.bytes[self.at..]);
            match self.peek()? {
                b'"' => {
                    let end = self.at;
                    self.at += 1;
                    return Some(Text { start, end, is_escaped });
                }
                b'\\' => {
                    is_escaped = true;
                    self.at += 1;
                    match self.peek()? {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
                        b'u' => {
                            self.at += 1;
                            for _ in 0..4 {
                                if !self.peek()?.is_ascii_hexdigit() {
                                    return None;
                                }
                                self.at += 1;
                            }
                        }
                        _ => return None,
                    }
                }
                // A control character.
                _ => return None,
            }
        }
    }
}
