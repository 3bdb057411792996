//! Takes numbers and words from the front of a text.

use super::{leading_digits, whole};

/// What has yet to be read of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanner<'t>(pub &'t [u8]);

/// The space between a time and AM or PM that browsers write, U+202F.
const NARROW_SPACE: &[u8] = "\u{202f}".as_bytes();

impl<'t> Scanner<'t> {
    /// How many digits come next.
    pub fn digits(&self) -> usize {
        leading_digits(self.0).0.len()
    }

    /// Takes the number of the next `digits` digits.
    pub fn number(&mut self, digits: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        whole(digits)
    }

    /// Takes a number of one or two digits that no other digit follows.
    pub fn short_number(&mut self) -> Option<i64> {
        let digits = self.digits();
        if digits <= 2 { self.number(digits) } else { None }
    }

    /// Takes `byte`, if it comes next.
    pub fn take(&mut self, byte: u8) -> bool {
        let rest = self.0.strip_prefix(&[byte]);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// Takes ASCII letters.
    pub fn word(&mut self) -> &'t [u8] {
        let letters = self.0.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, rest) = self.0.split_at(letters);
        self.0 = rest;
        word
    }

    /// Takes white space and those of `others`, and tells whether there was any.
    pub fn blanks(&mut self, others: &[u8]) -> bool {
        let before = self.0.len();
        loop {
            match self.0 {
                [byte, rest @ ..] if byte.is_ascii_whitespace() || others.contains(byte) => {
                    self.0 = rest;
                }
                rest => match rest.strip_prefix(NARROW_SPACE) {
                    Some(rest) => self.0 = rest,
                    None => return self.0.len() < before,
                },
            }
        }
    }
}
