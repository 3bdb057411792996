//! Decimal digits, read in all bytes of a word at once
//! (<https://lemire.me/blog/2018/10/03/quickly-parsing-eight-digits/>).

const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The number that eight digits make.
#[inline]
pub(crate) fn eight(digits: &[u8; 8]) -> Option<u32> {
    of_word(u64::from_le_bytes(*digits))
}

/// The number that `text` consists of, if it has eight digits at most.
#[inline]
pub(crate) fn few(text: &[u8]) -> Option<u32> {
    let len = text.len();
    let word = match *text {
        // Of overlapping parts, which agree where they overlap.
        [one, .., last] if len < 4 => {
            let middle = u64::from(text[len / 2]) << (8 * (len / 2));
            u64::from(one) | middle | u64::from(last) << (8 * (len - 1))
        }
        [one] => one.into(),
        _ if len <= 8 => {
            let first = u64::from(u32::from_le_bytes(*text.first_chunk()?));
            let last = u64::from(u32::from_le_bytes(*text.last_chunk()?));
            first | last << (8 * (len - 4))
        }
        _ => return None,
    };
    // Zeros in front.
    let free = 8 * (8 - len);
    of_word(word << free | ZEROS & !(u64::MAX << free))
}

/// The number of eight digits, of which the first is the lowest byte.
#[inline]
fn of_word(word: u64) -> Option<u32> {
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    // A digit is a byte of 0x30 and below ten; six more do not reach 0x40.
    let is_number = word & HIGH == ZEROS && (word + 0x0606_0606_0606_0606) & HIGH == ZEROS;
    let pairs = (word - (ZEROS & word)).wrapping_mul(1 + (10 << 8)) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(1 + (100 << 16)) >> 16 & 0x0000_ffff_0000_ffff;
    let eight = fours.wrapping_mul(1 + (10_000 << 32)) >> 32;
    is_number.then_some(eight as u32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn digits_are_what_they_say(number in 0u32..100_000_000, len in 0usize..8, other: u8, at in 0usize..9) {
            let text = format!("{:0len$}", number % 10u32.pow(len as u32 + 1));
            prop_assert_eq!(few(text.as_bytes()), text.parse().ok());
            prop_assert_eq!(eight(format!("{number:08}").as_bytes().first_chunk().unwrap()), Some(number));
            let mut bytes = text.into_bytes();
            if let Some(byte) = bytes.get_mut(at) {
                *byte = other;
                let is_number = bytes.iter().all(u8::is_ascii_digit);
                prop_assert_eq!(few(&bytes).is_some(), is_number);
            }
        }
    }

    #[test]
    fn neither_none_nor_nine_are_few() {
        assert_eq!((few(b""), few(b"123456789"), few(b"+1")), (None, None, None));
    }
}
