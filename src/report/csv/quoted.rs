//! Text as a field of CSV (RFC 4180).

use std::borrow::Cow;

/// `text`, in quotes where it would end its field otherwise.
pub(super) fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_as_the_library_quotes_them() {
        for text in ["plain text", "a,b", "say \"no\"", "two\nlines", "\r", "\u{e9};\t"] {
            let mut csv = csv::Writer::from_writer(Vec::new());
            csv.write_record([text, ""]).unwrap();
            let written = String::from_utf8(csv.into_inner().unwrap()).unwrap();
            assert_eq!(written, format!("{},\n", quoted(text)));
        }
    }
}
