//! Objects a line, as loggers write them: one or more on each, perhaps after a prefix.
//!
//! Whatever is wrong with a line costs this line.

use memchr::memchr;

use super::objects::{Objects, Origin};
use super::prefix;
use super::scan::{self, Habits, WantedValues};
use super::syntax::Cursor;
use super::tokens::separators;
use crate::input::read::block::Block;

impl Objects {
    /// Adds the objects of whole lines; returns how many bytes they are.
    pub fn lines(&self, bytes: &[u8], is_last: bool, block: &mut Block) -> usize {
        let (mut found, mut habits) = (scan::NONE_FOUND, Habits::default());
        let mut at = 0;
        while at < bytes.len() {
            let end = memchr(b'\n', &bytes[at..]).map(|len| at + len);
            if end.is_none() && !is_last {
                return at;
            }
            let line = &bytes[at..end.unwrap_or(bytes.len())];
            let origin = Origin { number: block.passed, from: 0, offset: at };
            if let Some(cut) =
                self.line(line, origin, end.is_none(), (&mut found, &mut habits), block)
            {
                return at + cut;
            }
            block.passed += u64::from(end.is_some());
            at = end.map_or(bytes.len(), |end| end + 1);
        }
        at
    }

    /// Adds the objects of a line. Returns where the last one begins, if it `is_cut` off; it is not counted.
    fn line<'t>(
        &'t self,
        line: &'t [u8],
        origin: Origin,
        is_cut: bool,
        (found, habits): (&mut WantedValues, &mut Habits<'t>),
        block: &mut Block,
    ) -> Option<usize> {
        let mut at = 0;
        loop {
            at += separators(&line[at..]);
            let end = match line.get(at) {
                None => return None,
                Some(b'{') => scan::object_after(&self.paths, line, at, found, habits)
                    .inspect(|_| self.add(line, found, at, origin, block)),
                Some(b'[') => self.array(line, at, origin, block),
                Some(0) => {
                    let zeros = line[at..].iter().take_while(|&&byte| byte == 0).count();
                    self.add_damage(line, at, at + zeros, origin, block);
                    Ok(at + zeros)
                }
                Some(_) => match prefix::object_start(&line[at..]) {
                    Some(prefix) => Ok(at + prefix),
                    None => Err(at),
                },
            };
            match end {
                Ok(end) => at = end,
                Err(wrong) if is_cut && wrong >= line.len() => return Some(at),
                Err(_) => {
                    self.add_damage(line, at, line.len(), origin, block);
                    return None;
                }
            }
        }
    }

    /// Adds the records of an array that stands on one line.
    fn array(
        &self,
        line: &[u8],
        at: usize,
        origin: Origin,
        block: &mut Block,
    ) -> Result<usize, usize> {
        let mut cursor = Cursor { bytes: line, at };
        cursor.skip_value(0).ok_or(cursor.at)?;
        self.search(line, at, origin, block);
        Ok(cursor.at)
    }
}
