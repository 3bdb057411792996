//! Blocks of addresses, as a line of a list writes them.

use crate::input::text::cell::{leading_ipv4, parse_ipv4};

/// The most addresses that a block may have: those of a /8.
const LARGEST_NETWORK: u64 = 1 << 24;

/// The first and last address of a block, written as `10.0.0.0/24` or `10.0.0.1-10.0.0.9`. Bits of the
/// address beyond the prefix length are ignored.
pub(crate) fn network(content: &[u8]) -> Option<(u32, u32)> {
    let (address, rest) = leading_ipv4(content.trim_ascii())?;
    let (first, last) = match rest.trim_ascii_start() {
        [b'/', length @ ..] => {
            let length: u32 = str::from_utf8(length).ok()?.parse().ok()?;
            let hosts = u32::MAX.checked_shr(length).unwrap_or(0);
            (length <= u32::BITS).then_some((address & !hosts, address | hosts))?
        }
        [b'-', last @ ..] => (address, parse_ipv4(last.trim_ascii_start())?),
        _ => return None,
    };
    let size = u64::from(last).checked_sub(u64::from(first))? + 1;
    (size <= LARGEST_NETWORK).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_in_both_notations() {
        let cases: [(&str, Option<(u32, u32)>); 13] = [
            ("10.0.0.0/24", Some((0x0a00_0000, 0x0a00_00ff))),
            ("10.0.0.77/24", Some((0x0a00_0000, 0x0a00_00ff))),
            ("10.0.0.1/32", Some((0x0a00_0001, 0x0a00_0001))),
            ("10.0.0.0/8", Some((0x0a00_0000, 0x0aff_ffff))),
            ("10.0.0.0/7", None),
            ("0.0.0.0/0", None),
            ("10.0.0.0/33", None),
            ("10.0.0.0/", None),
            ("10.0.0.0/-1", None),
            ("10.0.0.1-10.0.0.9", Some((0x0a00_0001, 0x0a00_0009))),
            ("10.0.0.1 - 10.0.0.1", Some((0x0a00_0001, 0x0a00_0001))),
            ("10.0.0.2-10.0.0.1", None),
            ("10.0.0.1", None),
        ];
        for (text, expected) in cases {
            assert_eq!(network(text.as_bytes()), expected, "{text}");
        }
    }
}
