//! What one cell of a text holds: an address, or the reason why there is none. `notations` reads whatever is no
//! dotted quad.

mod notations;
#[cfg(target_arch = "x86_64")]
mod vector;

use crate::address::OCTETS;
use crate::input::options::Notation;
use crate::input::record::{Cell, Form};

/// What `cell` holds.
pub(crate) fn parse_cell(cell: &[u8], notation: Notation) -> Cell {
    let bare = cell.trim_ascii();
    match parse_ipv4(bare) {
        Some(address) if bare.len() == cell.len() => Cell::plain(address),
        Some(address) => Cell::Address { address, form: Form::Padded },
        None => notations::parse(bare, notation),
    }
}

/// The address that `text` is as a strict dotted quad: four decimal octets without leading zeros, and
/// nothing around them. The first octet is the highest byte of the number.
///
/// ```
/// use octomix::input::parse_ipv4;
/// assert_eq!(parse_ipv4(b"192.168.0.1"), Some(0xc0a8_0001));
/// assert_eq!(parse_ipv4(b"192.168.0.01"), None);
/// ```
pub fn parse_ipv4(text: &[u8]) -> Option<u32> {
    #[cfg(target_arch = "x86_64")]
    if let 8..=15 = text.len()
        && is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
    {
        // SAFETY: the machine has the features that the function is compiled for.
        return unsafe { vector::parse_ipv4(text) };
    }
    let (address, rest) = leading_ipv4(text)?;
    rest.is_empty().then_some(address)
}

/// The address that `text` begins with, written as for [`parse_ipv4`], and what follows it.
#[inline]
pub(crate) fn leading_ipv4(text: &[u8]) -> Option<(u32, &[u8])> {
    let (mut address, mut rest) = leading_octet(text)?;
    for _ in 1..OCTETS {
        let (octet, after) = leading_octet(rest.strip_prefix(b".")?)?;
        (address, rest) = (address << 8 | octet, after);
    }
    Some((address, rest))
}

/// The octet of up to three digits that `text` begins with, and what follows it.
#[inline]
fn leading_octet(text: &[u8]) -> Option<(u32, &[u8])> {
    let digit = |at: usize| {
        let digit = text.get(at)?.wrapping_sub(b'0');
        (digit < 10).then_some(u32::from(digit))
    };
    let first = digit(0)?;
    let Some(second) = digit(1) else { return Some((first, &text[1..])) };
    if first == 0 {
        return None;
    }
    let Some(third) = digit(2) else { return Some((first * 10 + second, &text[2..])) };
    let octet = first * 100 + second * 10 + third;
    (octet <= 255).then_some((octet, &text[3..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn vectors_and_plain_code_agree(text in prop_oneof![
            "[0-9]{1,4}(\\.[0-9]{1,4}){3}",
            "([0-2]?[0-9]?[0-9]\\.){3}[0-2]?[0-9]?[0-9]",
            "([0-9]{0,4}[./:x0]){2,5}[0-9]{0,4}",
            "[0-9.]{7,16}",
            any::<u32>().prop_map(|address| std::net::Ipv4Addr::from(address).to_string()),
        ], byte in any::<u8>(), at in any::<prop::sample::Index>(), is_flipped in prop::bool::weighted(0.3)) {
            let mut text = text.into_bytes();
            if is_flipped {
                let at = at.index(text.len());
                text[at] = byte;
            }
            let expected = leading_ipv4(&text).and_then(|(address, rest)| rest.is_empty().then_some(address));
            prop_assert_eq!(parse_ipv4(&text), expected);
        }
    }
}
