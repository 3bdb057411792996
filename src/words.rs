//! Numbers, times and nouns as people read them: in sentences, on a terminal and on a page; and the text of
//! strangers, so that it does no harm there.

use std::fmt;
use std::net::Ipv4Addr;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::Offset;

/// `count` with a comma before every three digits: `1,234,567`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `count` with the noun that it takes.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// A number of bytes in decimal units: `15 B`, `1.50 MB`.
pub fn bytes(count: u64) -> String {
    if count < 1000 {
        return format!("{count} B");
    }
    let (mut amount, mut unit) = (count as f64 / 1000.0, "kB");
    for larger in ["MB", "GB", "TB", "PB", "EB"] {
        if amount >= 1000.0 {
            (amount, unit) = (amount / 1000.0, larger);
        }
    }
    format!("{amount:.2} {unit}")
}

/// Seconds at a glance, in three digits or so.
pub fn duration(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{:.0} ms", 1000.0 * seconds)
    } else if seconds < 600.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.0} min", seconds / 60.0)
    }
}

/// Nanoseconds since 1970, displayed as RFC 3339 in UTC, with a fraction of 0, 3, 6 or 9 digits, as needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rfc3339(pub i64);

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Timestamp::from_nanosecond(self.0.into()).map_err(|_| fmt::Error)?;
        let time = Offset::UTC.to_datetime(time);
        match time.subsec_nanosecond() {
            0 => write!(f, "{time:.0}Z"),
            nanoseconds if nanoseconds % 1_000_000 == 0 => write!(f, "{time:.3}Z"),
            nanoseconds if nanoseconds % 1000 == 0 => write!(f, "{time:.6}Z"),
            _ => write!(f, "{time:.9}Z"),
        }
    }
}

/// A share, rounded so that it does not mislead: `all` means all, and `<1%` is not nothing.
pub fn percent(share: f64) -> String {
    if share == 1.0 {
        "all".to_owned()
    } else if share < 0.01 {
        "<1%".to_owned()
    } else {
        format!("{:.0}%", (100.0 * share).min(99.0))
    }
}

/// The first `most` of `addresses`, and how many more there are of `all`.
pub fn first_of(addresses: &[Ipv4Addr], most: usize, all: u64) -> String {
    let named: Vec<String> = addresses.iter().take(most).map(ToString::to_string).collect();
    match all - named.len() as u64 {
        0 => named.join(", "),
        more => format!("{} and {} more", named.join(", "), grouped(more)),
    }
}

/// Characters of a stranger's text that are shown, so many of its begin and so many of its end.
const SHOWN: [usize; 2] = [60, 39];

/// `text` that is not ours, such as a name or a cell of a file, for errors, terminals and pages: [escaped], and cut
/// in the middle to 100 characters.
pub fn shown(text: &str) -> String {
    // Beyond the first and last bytes nothing is shown: a cell may have millions.
    let count = text.chars().count();
    if count <= SHOWN[0] + SHOWN[1] + 1 {
        return escaped(text);
    }
    let begin: String = text.chars().take(SHOWN[0]).collect();
    let end: String = text.chars().skip(count - SHOWN[1]).collect();
    format!("{}…{}", escaped(&begin), escaped(&end))
}

/// The path of a file, as [`shown`] shows it.
pub fn shown_path(path: &Path) -> String {
    shown(&path.to_string_lossy())
}

/// `text` with escapes for characters that would break the line, command a terminal or deceive its reader.
pub fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_deceptive(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// What `text` has in common with others of its kind: they differ in numbers and in what is quoted.
pub fn kind(text: &str) -> String {
    let mut kind = String::with_capacity(text.len());
    let mut left = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = left.next() {
        let is_start = !before.is_alphanumeric();
        before = c;
        if c == '\'' && is_start {
            // Names may hold apostrophes: only one at the end of a word ends them.
            while let Some(c) = left.next() {
                if c == '\'' && left.peek().is_none_or(|next| !next.is_alphanumeric()) {
                    break;
                }
            }
            // Lists of any length are of one kind.
            match kind.ends_with("_, ") {
                true => kind.truncate(kind.len() - 2),
                false => kind.push('_'),
            }
        } else if c.is_ascii_digit() && is_start {
            while left.next_if(|next| next.is_alphanumeric() || ".,:".contains(*next)).is_some() {}
            kind.push('#');
        } else {
            kind.push(c);
        }
    }
    // Paths that are not quoted.
    let words = kind.split(' ').map(|word| if word.contains('/') { "_" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// Whether `c` separates lines, turns the direction of the text around it, or cannot be seen.
fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_strangers_is_escaped_and_cut() {
        let told = shown("a\u{1b}]0;b\u{7}\u{9b}\r\n\u{202e}\u{200d}é中");
        assert_eq!(told, r"a\u{1b}]0;b\u{7}\u{9b}\r\n\u{202e}\u{200d}é中");
        assert_eq!(shown(&told), told, "what is shown twice is the same");
        assert_eq!(shown(&"é".repeat(100)), "é".repeat(100));
        let cut = shown(&format!("{}{}", "a".repeat(101), "b".repeat(40)));
        assert_eq!(cut, format!("{}…{}", "a".repeat(60), "b".repeat(39)));
    }

    #[test]
    fn messages_are_of_a_kind_whatever_their_numbers_and_names() {
        let texts = [
            "cannot read 'a.csv': line 7, of 'x', has 1,234 cells",
            "cannot read 'it's 5.csv': line 81, of 'x', 'y', 'z', has 3 cells",
        ];
        assert_eq!(texts.map(kind), ["cannot read _: line # of _, has # cells"; 2]);
        assert_ne!(kind("'a' is empty"), kind("'a' is damaged"));
        assert_eq!(kind("the files' names of day/a.csv: 'x"), "the files' names of _ _");
    }

    #[test]
    fn numbers_are_grouped_by_three_digits() {
        let texts = [0, 7, 999, 1000, 123_456, 1_234_567, u64::MAX].map(grouped);
        let expected =
            ["0", "7", "999", "1,000", "123,456", "1,234,567", "18,446,744,073,709,551,615"];
        assert_eq!(texts, expected);
    }

    #[test]
    fn bytes_have_the_largest_decimal_unit_that_fits() {
        let texts = [0, 999, 1000, 656_182, 999_999, 1_500_000, u64::MAX].map(bytes);
        let expected =
            ["0 B", "999 B", "1.00 kB", "656.18 kB", "1000.00 kB", "1.50 MB", "18.45 EB"];
        assert_eq!(texts, expected);
    }
}
