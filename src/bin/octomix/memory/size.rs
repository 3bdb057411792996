//! A size as the command line says it.

use std::ffi::OsString;

/// The option, without what follows it.
const OPTION: &str = "--memory-limit";

/// The least limit: what reading takes on any machine before it has read anything.
const LEAST: u64 = 16_000_000;

/// Bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub u64);

/// The limit that `text` asks for.
///
/// # Errors
/// No size, or one that nothing can be done in; the message is for the user.
pub fn limit(text: &str) -> Result<Size, String> {
    match size(text)? {
        Size(..LEAST) => {
            Err("expected 16M or more: the program itself takes some of it".to_owned())
        }
        size => Ok(size),
    }
}

/// The bytes of `text`: a number with or without a unit, decimal (8G, 500MB) or binary (8GiB).
///
/// # Errors
/// Anything else; the message is for the user.
fn size(text: &str) -> Result<Size, String> {
    let wrong = || "expected a size from 16M to 1000 PB, for example 8G, 500M or 2GiB".to_owned();
    let digits =
        text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let unit = unit.trim().to_ascii_lowercase();
    let (base, prefix) = match unit.strip_suffix("ib") {
        Some(prefix) => (1024f64, prefix),
        None => (1000f64, unit.strip_suffix('b').unwrap_or(&unit)),
    };
    let power = ["", "k", "m", "g", "t", "p"].iter().position(|&known| known == prefix);
    let bytes = number * base.powi(power.ok_or_else(wrong)? as i32);
    // A float as large as this is no whole number any more, and no machine has so much.
    if (1.0..1e18).contains(&bytes) { Ok(Size(bytes as u64)) } else { Err(wrong()) }
}

/// What `arguments` ask for, as far as that can be told before they are understood.
pub fn asked(arguments: impl Iterator<Item = OsString>) -> Option<u64> {
    let mut arguments = arguments.map(|argument| argument.to_string_lossy().into_owned());
    let value = arguments.find_map(|argument| match argument.strip_prefix(OPTION)? {
        "" => Some(None),
        rest => rest.strip_prefix('=').map(|value| Some(value.to_owned())),
    })?;
    let value = value.or_else(|| arguments.next())?;
    limit(&value).ok().map(|Size(bytes)| bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_decimal_and_binary_units() {
        for (text, bytes) in [
            ("8G", 8_000_000_000),
            ("1.5 kB", 1500),
            ("2GiB", 2 << 30),
            ("512mib", 512 << 20),
            ("123", 123),
            ("1T", 1_000_000_000_000),
        ] {
            assert_eq!(size(text), Ok(Size(bytes)), "{text}");
        }
        for wrong in ["", "0", "-1", "G", "1X", "1e9", "1 GiBs", "99999999T", "nan", "1.2.3"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_option_is_found_among_the_arguments() {
        let asked = |line: &str| super::asked(line.split(' ').map(OsString::from));
        assert_eq!(asked("detect --memory-limit 16M x"), Some(16_000_000));
        assert_eq!(asked("--memory-limit=1G detect x"), Some(1_000_000_000));
        assert_eq!(asked("detect --memory-limit 15M x"), None);
        assert_eq!(asked("detect --memory-limited x"), None);
        assert_eq!(asked("detect --memory-limit"), None);
    }
}
