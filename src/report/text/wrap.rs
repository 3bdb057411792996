//! Sentences over several lines.

use std::io::{self, Write};

/// Columns by which the lines after the first are set in, and by which they are further in than the first.
const INDENT: usize = 4;
const FURTHER: usize = 2;

/// Writes `text` behind `lead` in lines of at most `width` columns, cut between words.
///
/// # Errors
/// When `out` fails.
pub fn write_wrapped(lead: &str, text: &str, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let begin = lead.len() - lead.trim_start().len();
    let indent = " ".repeat(INDENT.max(begin + FURTHER).min(width / 2));
    let mut line = lead.to_owned();
    let mut is_fresh = true;
    for word in text.split(' ') {
        let gap = usize::from(!is_fresh);
        if !is_fresh && line.chars().count() + gap + word.chars().count() > width {
            writeln!(out, "{}", line.trim_end())?;
            line.clone_from(&indent);
        } else if !is_fresh {
            line.push(' ');
        }
        line += word;
        is_fresh = false;
    }
    writeln!(out, "{line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_in_goes_on_further_in() -> io::Result<()> {
        let mut out = Vec::new();
        write_wrapped("      bytes ", "one two three", 20, &mut out)?;
        let told = String::from_utf8_lossy(&out).into_owned();
        assert_eq!(told, "      bytes one two\n        three\n");
        Ok(())
    }

    #[test]
    fn lines_are_cut_between_words() -> io::Result<()> {
        let mut out = Vec::new();
        write_wrapped("  gap  ", "one two three four five", 16, &mut out)?;
        let told = String::from_utf8_lossy(&out).into_owned();
        assert_eq!(told, "  gap  one two\n    three four\n    five\n");
        Ok(())
    }
}
