//! Cells divided by blanks, however many; a cell in quotes may contain some.

/// Whether `byte` divides cells.
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// The cells of `line`.
pub(crate) fn cells(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let start = rest.iter().position(|&byte| !is_blank(byte))?;
        rest = &rest[start..];
        let (cell, len) = quoted(rest).unwrap_or_else(|| {
            let len = rest.iter().position(|&byte| is_blank(byte)).unwrap_or(rest.len());
            (&rest[..len], len)
        });
        rest = &rest[len..];
        Some(cell)
    })
}

/// The content of the quotes that `text` begins with, if they end before a blank, and their length.
fn quoted(text: &[u8]) -> Option<(&[u8], usize)> {
    let inner = text.strip_prefix(b"\"")?;
    let len = memchr::memchr(b'"', inner)?;
    let ends = inner.get(len + 1).is_none_or(|&byte| is_blank(byte));
    ends.then_some((&inner[..len], len + 2))
}

#[cfg(test)]
mod tests {
    #[test]
    fn quotes_hold_blanks() {
        let line = b"  a\t \"b c\"  d\"e \"f \"\"  \"g";
        let cells: Vec<_> = super::cells(line).map(String::from_utf8_lossy).collect();
        assert_eq!(cells, ["a", "b c", "d\"e", "\"f", "", "\"g"]);
        assert_eq!(super::cells(b" \t ").count(), 0);
    }
}
