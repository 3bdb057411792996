//! Blocks written by some of their octets: `10.1/16`, `10.1.*.*`.

use super::entry::Entry;
use crate::address::OCTETS;

/// Bits of an octet.
const BITS: u32 = 8;

/// The octet that `text` is, without a sign or zeros in front.
pub(super) fn octet(text: &str) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit())
        && !(text.len() > 1 && text.starts_with('0'));
    text.parse::<u8>().ok().filter(|_| is_plain).map(u32::from)
}

/// The block of a prefix written without the octets that it leaves open: `10.1/16`. The length has to end in
/// the last octet that is written, or else the text is likelier a fraction or a date.
pub(super) fn prefix(octets: &str, length: &str) -> Option<Entry> {
    let (address, written) = leading(octets.split('.'))?;
    let length = octet(length)?;
    let is_clear = match written {
        1 => length == BITS,
        written => (written - 1) * BITS < length && length <= written * BITS,
    };
    is_clear.then(|| Entry::prefix(address, length))
}

/// The block of all addresses that begin with the octets before the first `*`; some write `x`.
pub(super) fn wildcard(text: &str) -> Option<Entry> {
    let is_open = |part: &&str| matches!(*part, "*" | "x" | "X");
    let parts = text.split('.').count();
    let (address, written) = leading(text.split('.').take_while(|part| !is_open(part)))?;
    let mut open = text.split('.').skip(written as usize).peekable();
    let is_block = open.peek().is_some() && open.all(|part| is_open(&part)) && parts <= OCTETS;
    is_block.then(|| Entry::prefix(address, written * BITS))
}

/// The address that begins with `octets`, at least one and not all, and how many they are.
fn leading<'a>(octets: impl Iterator<Item = &'a str>) -> Option<(u32, u32)> {
    let (mut address, mut written) = (0, 0);
    for text in octets {
        if written + 1 == OCTETS as u32 {
            return None;
        }
        written += 1;
        address |= octet(text)? << (u32::BITS - BITS * written);
    }
    (written > 0).then_some((address, written))
}
