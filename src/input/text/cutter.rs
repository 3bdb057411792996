//! Cuts blocks of text after their last line end.

use std::sync::Arc;

use crate::input::format::{Cut, Cutter, Damage, Parser};

/// Cuts text after the last line end. If that is inside quotes, the parser will notice.
pub(crate) struct LineCutter(pub Arc<dyn Parser>);

impl Cutter for LineCutter {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Result<Cut, Damage> {
        let len = if at_end {
            bytes.len()
        } else if let Some(at) = memchr::memrchr(b'\n', bytes) {
            at + 1
        } else {
            // A CR at the very end may be half a line end.
            let sure = &bytes[..bytes.len().saturating_sub(1)];
            memchr::memrchr(b'\r', sure).map_or(0, |at| at + 1)
        };
        Ok(Cut { len, parser: self.0.clone() })
    }
}
