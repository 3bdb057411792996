//! Values one after another over any number of lines, in arrays, and in objects of any size: cut into pieces,
//! and read.

use std::sync::Arc;

use memchr::memchr_iter;

use super::objects::{Objects, Origin};
use super::scan::{self, Habits};
use super::tokens::{self, Kind, Rest, Token};
use crate::input::format::{Cut, Cutter, Damage, Parser};
use crate::input::read::block::Block;

/// Cuts after the last token of [`tokens`], and knows at the end of the file whether all brackets are closed.
pub(super) struct ForestCutter {
    parser: Arc<dyn Parser>,
    /// Brackets that are open before the next byte.
    open: u64,
    /// Whether something was damaged, so that brackets may not be what they seem.
    is_damaged: bool,
}

impl ForestCutter {
    pub fn new(parser: Arc<dyn Parser>) -> Self {
        Self { parser, open: 0, is_damaged: false }
    }

    /// Takes note of a token; returns how many brackets are open behind it.
    fn after(&mut self, kind: Kind, open: u64) -> u64 {
        match kind {
            Kind::Open => open + 1,
            Kind::Close => open.saturating_sub(1),
            Kind::Element | Kind::Member(_) => open,
            Kind::Damage { .. } => {
                self.is_damaged = true;
                open
            }
        }
    }

    /// The length of what is whole at the end of the file, of which `whole` bytes are known to be. The
    /// elements of an array without an end are.
    fn end(&mut self, bytes: &[u8], mut at: usize, mut whole: usize) -> usize {
        let mut open = self.open;
        while let Some(token) = tokens::next(bytes, at, Rest::Nothing) {
            open = self.after(token.kind, open);
            let is_whole = match token.kind {
                Kind::Element => true,
                Kind::Member(value) if holds_records(&bytes[value..token.end]) => true,
                Kind::Damage { .. } => token.ends_piece(),
                Kind::Close | Kind::Member(_) => whole == at,
                Kind::Open => false,
            };
            at = token.end;
            if is_whole {
                (whole, self.open) = (at, open);
            }
        }
        let is_all = whole == at && at + tokens::separators(&bytes[at..]) == bytes.len();
        if is_all { bytes.len() } else { whole }
    }
}

/// Whether a value is an array that may hold records.
fn holds_records(value: &[u8]) -> bool {
    let inner = value.strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
    inner.is_some_and(|inner| matches!(inner.first(), Some(b'{' | b'"')))
}

impl Cutter for ForestCutter {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Result<Cut, Damage> {
        let (mut at, mut len, mut open) = (0, 0, self.open);
        while let Some(token) = tokens::next(bytes, at, Rest::More) {
            open = self.after(token.kind, open);
            at = token.end;
            if token.ends_piece() {
                (len, self.open) = (at, open);
            }
        }
        let parser = self.parser.clone();
        if !at_end {
            return Ok(Cut { len, parser });
        }
        let len = self.end(bytes, len, len);
        if len == bytes.len() && self.open > 0 && !self.is_damaged {
            let reason = "the array or object around the records has no end".to_owned();
            return Err(Damage { sound: len, parser, reason });
        }
        Ok(Cut { len, parser })
    }
}

impl Objects {
    /// Adds the objects of `bytes`, which end after a token.
    pub fn forest(&self, bytes: &[u8], block: &mut Block) -> usize {
        let (mut found, mut habits) = (scan::NONE_FOUND, Habits::default());
        // The position up to which lines are counted.
        let mut counted = 0;
        let mut at = 0;
        loop {
            let start = at + tokens::separators(&bytes[at..]);
            // Most tokens are objects, which are read and checked at once.
            let window = &bytes[..tokens::window_end(bytes, start)];
            let object = match window.get(start) {
                Some(b'{') => {
                    scan::object_after(&self.paths, window, start, &mut found, &mut habits).ok()
                }
                _ => None,
            };
            let token = match object {
                Some(end) => Token { start, end, kind: Kind::Element },
                None => match tokens::next(bytes, start, Rest::Nothing) {
                    Some(token) => token,
                    None => break,
                },
            };
            let Token { start, end, kind } = token;
            block.passed += memchr_iter(b'\n', &bytes[counted..start]).count() as u64;
            counted = start;
            let origin = Origin { number: block.passed, from: start, offset: 0 };
            match kind {
                Kind::Element if object.is_some() => self.add(window, &found, start, origin, block),
                Kind::Element if bytes[start] == b'"' => {
                    let is_known = self.add_text(bytes, start, origin, block);
                    if !is_known && self.is_list {
                        self.add_damage(bytes, start, end, origin, block);
                    }
                }
                Kind::Member(value) => {
                    self.search(bytes, value, origin, block);
                }
                Kind::Damage { .. } => self.add_damage(bytes, start, end, origin, block),
                Kind::Element | Kind::Open | Kind::Close => {}
            }
            at = end;
        }
        block.passed += memchr_iter(b'\n', &bytes[counted..]).count() as u64;
        bytes.len()
    }
}
