//! An object after the words that a logger puts before it: `Jan  1 00:00:00 host suricata[1]: {..}`.

use memchr::memchr_iter;

use super::syntax::Cursor;

/// The longest prefix, in bytes.
const LONGEST: usize = 1 << 10;
/// Braces that a prefix may have.
const BRACES: usize = 3;

/// Where the object begins with which `text` ends, if nothing but a prefix stands before it. The text of a
/// string or of a table is no prefix.
pub fn object_start(text: &[u8]) -> Option<usize> {
    let head = &text[..text.len().min(LONGEST)];
    let starts = memchr_iter(b'{', head).take(BRACES + 1);
    let mut starts =
        starts.take_while(|&at| !text[..at].iter().any(|byte| matches!(byte, b'"' | b'\t')));
    starts.find(|&at| {
        let mut cursor = Cursor { bytes: text, at };
        cursor.skip_value(0).is_some() && text[cursor.at..].trim_ascii().is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_found_after_a_prefix() {
        let cases: [(&[u8], Option<usize>); 8] = [
            (b"{\"a\":1}", Some(0)),
            (b"Jan  1 00:00:00 host suricata[1]: {\"a\":1} ", Some(34)),
            (b"2026-01-01T00:00:00Z stdout F {}", Some(30)),
            (b"{x} {\"a\":{\"b\":2}}\n", Some(4)),
            (b"a\t{\"a\":1}", None),
            (b"0.0\",\"a\":{\"b\":2}", None),
            (b"a {\"a\":1} b", None),
            (b"a {\"a\":1", None),
        ];
        for (text, expected) in cases {
            assert_eq!(object_start(text), expected, "{}", String::from_utf8_lossy(text));
        }
    }
}
