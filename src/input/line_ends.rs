//! One kind of line end: CR LF and a lone CR become LF.
//!
//! With it every line number is the one an editor shows. The csv crate, left to itself, ends a record at
//! the CR and counts the LF to the next one, so that its line numbers are one short under CR LF.

use std::io::{self, Read};

/// The bytes of `inner` with every line end an LF.
pub(super) struct LineEnds<R> {
    inner: R,
    after_cr: bool,
}

impl<R> LineEnds<R> {
    pub(super) fn new(inner: R) -> Self {
        let after_cr = false;
        Self { inner, after_cr }
    }

    /// Rewrites `bytes` in place and returns how many are left, at the front.
    fn rewrite(&mut self, bytes: &mut [u8]) -> usize {
        if !self.after_cr && !bytes.contains(&b'\r') {
            return bytes.len();
        }
        let mut kept = 0;
        for at in 0..bytes.len() {
            let byte = bytes[at];
            let ends_a_pair = self.after_cr && byte == b'\n';
            self.after_cr = byte == b'\r';
            if !ends_a_pair {
                bytes[kept] = if byte == b'\r' { b'\n' } else { byte };
                kept += 1;
            }
        }
        kept
    }
}

impl<R: Read> Read for LineEnds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.inner.read(buffer)?;
            let kept = self.rewrite(&mut buffer[..read]);
            // Half a pair may be all that was read, and to return 0 would say that the file has ended.
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn chunking_changes_no_line_end(text in "[\r\na]{0,20}", chunk in 1usize..4) {
            let mut lines = LineEnds::new(text.as_bytes());
            let (mut found, mut buffer) = (Vec::new(), [0; 4]);
            loop {
                let read = lines.read(&mut buffer[..chunk]).unwrap();
                if read == 0 {
                    break;
                }
                found.extend_from_slice(&buffer[..read]);
            }
            let expected = text.replace("\r\n", "\n").replace('\r', "\n");
            prop_assert_eq!(String::from_utf8(found).unwrap(), expected);
        }
    }
}
