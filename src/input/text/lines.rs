//! The lines of a text: its byte order mark, its line ends (LF, CR LF, or a lone CR), its comments.

const BOM: &[u8] = b"\xef\xbb\xbf";

/// How many zero bytes `text` begins with, as a log does that was cut while it was being written.
pub(crate) fn zeros(text: &[u8]) -> usize {
    text.iter().take_while(|&&byte| byte == 0).count()
}

/// `line` after the zero bytes that it begins with.
pub(crate) fn without_zeros(line: &[u8]) -> &[u8] {
    &line[zeros(line)..]
}

/// The length of the byte order mark that `text` begins with, if any.
pub(crate) fn bom(text: &[u8]) -> usize {
    if text.starts_with(BOM) { BOM.len() } else { 0 }
}

/// Where the first line of `text` ends, and where the next one begins.
///
/// A CR at the end of `text` may be half of a CR LF: it counts as a line end only if the text `is_whole`.
pub(crate) fn line_end(text: &[u8], is_whole: bool) -> Option<(usize, usize)> {
    let at = memchr::memchr2(b'\n', b'\r', text)?;
    match (text[at], text.get(at + 1)) {
        (b'\r', Some(b'\n')) => Some((at, at + 2)),
        (b'\r', None) if !is_whole => None,
        _ => Some((at, at + 1)),
    }
}

/// The number of line ends in `text`, of all three kinds.
pub(crate) fn count(text: &[u8]) -> u64 {
    let (mut ends, mut rest) = (0, text);
    while let Some((_, next)) = line_end(rest, true) {
        ends += 1;
        rest = &rest[next..];
    }
    ends
}

/// The lines of `text` that are not blank, without the last one if its end may be missing.
pub(crate) fn all(text: &[u8], is_whole: bool) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    let next = move || {
        let (end, next) = match line_end(rest, is_whole) {
            Some(ends) => ends,
            None if is_whole && !rest.is_empty() => (rest.len(), rest.len()),
            None => return None,
        };
        let line = &rest[..end];
        rest = &rest[next..];
        Some(line)
    };
    std::iter::from_fn(next).filter(|line| !line.trim_ascii().is_empty())
}

/// The first line with content.
pub(crate) struct FirstLine<'a> {
    /// Without the white space around it.
    pub text: &'a [u8],
    /// Where it begins.
    pub offset: usize,
    /// The lines above it.
    pub lines_before: u64,
    /// Whether its end has been read.
    pub is_whole: bool,
}

/// The first line of a file's `head` that is neither blank nor a comment.
pub(crate) fn first(head: &[u8], is_all: bool) -> Option<FirstLine<'_>> {
    let mut offset = bom(head);
    for lines_before in 0.. {
        let rest = &head[offset..];
        if rest.is_empty() {
            break;
        }
        let end = line_end(rest, is_all);
        let line = &rest[..end.map_or(rest.len(), |(end, _)| end)];
        if content(line).is_some() {
            let (text, is_whole) = (line.trim_ascii(), end.is_some());
            return Some(FirstLine { text, offset, lines_before, is_whole });
        }
        let Some((_, next)) = end else { break };
        offset += next;
    }
    None
}

/// The content of a line without its comment, if it has any.
pub(crate) fn content(line: &[u8]) -> Option<&[u8]> {
    let content = match line.iter().position(|&byte| byte == b'#') {
        // The space before a comment belongs to the comment.
        Some(at) => line[..at].trim_ascii_end(),
        None => line,
    };
    (!content.trim_ascii().is_empty()).then_some(content)
}
