//! Lists: one address a line, `#` starts a comment, blank lines are nothing.

use std::io::{self, BufRead, BufReader, Read};

use super::cell::{Cell, leading_ipv4};
use super::{Counters, FileAccount, Options, Roles, sniff};

/// Bytes of a line that are looked at. No address is that long, and a binary file may be one line.
const LONGEST_LINE: u64 = 64 << 10;

/// Adds the lines of `text` to `counters`, for the source unless the options name roles.
pub(super) fn read(
    text: impl Read,
    options: &Options,
    counters: &mut Counters,
    account: &mut FileAccount,
) -> io::Result<()> {
    account.warn_of_unused_columns(options);
    let roles = options.roles.unwrap_or(Roles::Source).as_slice();
    let mut lines = BufReader::with_capacity(sniff::BLOCK, text);
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        // Most lines are an address and nothing else, and lie in the buffer as a whole.
        let mut rest = lines.fill_buf()?;
        let filled = rest.len();
        while let Some((address, after)) = plain(rest) {
            rest = after;
            number += 1;
            account.records += 1;
            for &role in roles {
                counters.add(role, Cell::Address { address, padded: false }, account);
            }
        }
        let used = filled - rest.len();
        lines.consume(used);

        // Of all others there is one at a time, or the part of a line that the buffer ends with.
        if !next_line(&mut lines, &mut line)? {
            return Ok(());
        }
        number += 1;
        let Some(content) = sniff::content(&line) else {
            continue;
        };
        account.records += 1;
        let cell = Cell::of(content);
        for &role in roles {
            counters.add(role, cell, account);
        }
        if cell == Cell::Malformed {
            account.remember(number, None, content);
        }
    }
}

/// The address that is all of the first line of `text`, and the text after it.
fn plain(text: &[u8]) -> Option<(u32, &[u8])> {
    let (address, rest) = leading_ipv4(text)?;
    Some((address, rest.strip_prefix(b"\n")?))
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
