//! The content of JSON strings: where plain text ends, and what escapes stand for.

/// The number of bytes before the first quote, backslash or control character.
#[inline]
pub fn plain_len(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(bytes) = text[at..].first_chunk() {
        let ends = ends(u64::from_le_bytes(*bytes));
        if ends != 0 {
            return at + ends.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    text[at..].iter().position(ends).map_or(text.len(), |rest| at + rest)
}

/// The high bit of each byte of `word` that ends plain text. Only the lowest one set is reliable: a borrow
/// may set higher ones.
#[inline]
fn ends(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let below = |word: u64, bound: u64| word.wrapping_sub(ONES * bound) & !word;
    let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (is(b'"') | is(b'\\') | below(word, 0x20)) & (ONES << 7)
}

/// What `text`, whose escapes must be valid, stands for. A lone half of a surrogate pair becomes U+FFFD.
pub fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    loop {
        // Consecutive units are collected until something else follows, so that pairs are found.
        if let [b'\\', b'u', a, b, c, d, after @ ..] = rest {
            let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or_default() as u16;
            units.push([*a, *b, *c, *d].into_iter().fold(0, |unit, byte| unit << 4 | digit(byte)));
            rest = after;
            continue;
        }
        plain.extend_from_slice(String::from_utf16_lossy(&units).as_bytes());
        units.clear();
        match rest {
            [b'\\', escaped, after @ ..] => {
                plain.push(match escaped {
                    b'b' => 8,
                    b'f' => 12,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    other => *other,
                });
                rest = after;
            }
            [byte, after @ ..] => {
                plain.push(*byte);
                rest = after;
            }
            [] => return plain,
        }
    }
}
