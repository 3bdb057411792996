//! Objects in an array, or one after another over several lines: where each begins and ends.
//!
//! This looks only at strings and brackets. Whether the rest is valid JSON is for the parser to find out.

use std::sync::Arc;

use crate::input::format::{Cut, Cutter, Damage, Parser};

/// Cuts after the last whole value.
pub(super) struct ValueCutter(pub Arc<dyn Parser>);

impl Cutter for ValueCutter {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Result<Cut, Damage> {
        let parser = self.0.clone();
        if at_end {
            return Ok(Cut { len: bytes.len(), parser });
        }
        let mut len = 0;
        while let Some(start) = between(&bytes[len..]) {
            let Some(value) = value_len(&bytes[len + start..]) else { break };
            len += start + value;
        }
        Ok(Cut { len, parser })
    }
}

/// The bytes before the next value: white space, commas, and the brackets of the array around it.
pub(super) fn between(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| !byte.is_ascii_whitespace() && !b",[]".contains(byte))
}

/// The length of the value that `bytes` begin with; `None` if it does not end within them.
pub(super) fn value_len(bytes: &[u8]) -> Option<usize> {
    if !matches!(bytes.first(), Some(b'{' | b'"')) {
        // A number, a word, or nonsense.
        return bytes
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || b",{}[]\"".contains(byte))
            .map(|len| len.max(1));
    }
    let (mut at, mut depth) = (0, 0);
    loop {
        match bytes.get(at)? {
            b'"' => {
                at += 1;
                loop {
                    at += memchr::memchr2(b'"', b'\\', &bytes[at..])?;
                    if bytes[at] == b'"' {
                        break;
                    }
                    // A byte after a backslash does not end the string.
                    at += 2;
                    if at > bytes.len() {
                        return None;
                    }
                }
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth <= 0 {
            return Some(at);
        }
    }
}
