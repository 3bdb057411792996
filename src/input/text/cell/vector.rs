//! A dotted quad as one vector: all four octets at once, without a branch that depends on the number of
//! their digits, which cannot be predicted.

use std::arch::x86_64::*;

/// [`parse_ipv4`](super::parse_ipv4) for 8 to 15 bytes; `None` for other lengths.
#[target_feature(enable = "avx2,bmi1")]
pub(super) fn parse_ipv4(text: &[u8]) -> Option<u32> {
    let (low, high) = (text.first_chunk()?, text.last_chunk()?);
    let unused = 15usize.checked_sub(text.len())?;
    // The two overlap; the high one supplies the bytes beyond the low one, followed by zeros.
    let (low, high) = (i64::from_le_bytes(*low), u64::from_le_bytes(*high) >> 8 >> (8 * unused));
    let text_and_zeros = _mm_set_epi64x(high.cast_signed(), low);

    // Where the octets end, one byte each: at the dots and at the end. With fewer dots the ends are such
    // that the checks below refuse them.
    let dots = _mm_cmpeq_epi8(text_and_zeros, _mm_set1_epi8(b'.'.cast_signed()));
    let first = _mm_movemask_epi8(dots).cast_unsigned();
    let second = first & first.wrapping_sub(1);
    let third = second & second.wrapping_sub(1);
    let has_more = third & third.wrapping_sub(1) != 0;
    let ends = first.trailing_zeros()
        | second.trailing_zeros() << 8
        | third.trailing_zeros() << 16
        | (text.len() as u32) << 24;
    let starts = (ends << 8) + 0x0101_0100;

    // Four bytes per octet: the positions of its ones, tens, hundreds and thousands, and whether they
    // exist.
    let spread = _mm_setr_epi8(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    let ends = _mm_shuffle_epi8(_mm_cvtsi32_si128(ends.cast_signed()), spread);
    let starts = _mm_shuffle_epi8(_mm_cvtsi32_si128(starts.cast_signed()), spread);
    let places = _mm_sub_epi8(ends, _mm_set1_epi32(0x0403_0201));
    let absent = _mm_cmpgt_epi8(starts, places);
    let digits = _mm_xor_si128(text_and_zeros, _mm_set1_epi8(b'0'.cast_signed()));
    // A position whose highest bit is set yields 0.
    let digits = _mm_shuffle_epi8(digits, _mm_or_si128(places, absent));
    let octets = _mm_maddubs_epi16(digits, _mm_set1_epi32(0x0064_0a01));
    let octets = _mm_madd_epi16(octets, _mm_set1_epi16(1));

    // Each octet must have ones but no thousands, consist of digits, be at most 255, and not start with 0
    // if it has several digits.
    let absent_bits = _mm_movemask_epi8(absent);
    let no_digits = _mm_subs_epu8(digits, _mm_set1_epi8(9));
    let wrong = _mm_or_si128(no_digits, _mm_cmpgt_epi32(octets, _mm_set1_epi32(255)));
    let zeros = _mm_movemask_epi8(_mm_cmpeq_epi8(digits, _mm_setzero_si128())) & !absent_bits;
    let leading_zeros = zeros & (0x4444 | 0x2222 & absent_bits >> 1);
    let is_sound = absent_bits & 0x9999 == 0x8888
        && leading_zeros == 0
        && _mm_testz_si128(wrong, wrong) == 1
        && !has_more;
    let first_highest = _mm_setr_epi8(12, 8, 4, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    let address = _mm_cvtsi128_si32(_mm_shuffle_epi8(octets, first_highest));
    is_sound.then_some(address.cast_unsigned())
}
