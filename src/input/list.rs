//! Lists: one address a line, `#` starts a comment, blank lines are nothing.

use std::io::{self, BufRead, BufReader, Read};

use super::cell::Cell;
use super::{Capture, FileAccount, Options, Roles, sniff};

/// Bytes of a line that are looked at. No address is that long, and a binary file may be one line.
const LONGEST_LINE: u64 = 64 << 10;

/// Adds the lines of `text` to `capture`, for the source unless the options name roles.
pub(super) fn read(
    text: impl Read,
    options: &Options,
    capture: &mut Capture,
    account: &mut FileAccount,
) -> io::Result<()> {
    account.warn_of_unused_columns(options);
    let roles = options.roles.unwrap_or(Roles::Source).as_slice();
    let mut lines = BufReader::with_capacity(sniff::BLOCK, text);
    let mut line = Vec::new();
    let mut number = 0;
    while next_line(&mut lines, &mut line)? {
        number += 1;
        let Some(content) = sniff::content(&line) else {
            continue;
        };
        account.records += 1;
        let cell = Cell::of(content);
        for &role in roles {
            capture.add(role, cell, account);
        }
        if cell == Cell::Malformed {
            account.remember(number, None, content);
        }
    }
    Ok(())
}

/// Puts the beginning of the next line, without its end, in `line`; false when there is none.
fn next_line(lines: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let read = lines.take(LONGEST_LINE).read_until(b'\n', line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if read as u64 == LONGEST_LINE {
        lines.skip_until(b'\n')?;
    }
    Ok(read > 0)
}
