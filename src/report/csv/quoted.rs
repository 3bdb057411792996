//! Text as a field of CSV (RFC 4180) that no spreadsheet takes for a formula.

use std::borrow::Cow;

/// `text`, in quotes where it would end its field otherwise; behind an apostrophe, which spreadsheets do not show,
/// where it begins as formulas do (<https://owasp.org/www-community/attacks/CSV_Injection>).
pub(super) fn quoted(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(quoted(&format!("'{text}")).into_owned())
    } else if text.contains([',', '"', '\n', '\r']) {
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
        for text in ["plain text", "a,b", "say \"no\"", "two\nlines", "a\r", "\u{e9};\t"] {
            let mut csv = csv::Writer::from_writer(Vec::new());
            csv.write_record([text, ""]).unwrap();
            let written = String::from_utf8(csv.into_inner().unwrap()).unwrap();
            assert_eq!(written, format!("{},\n", quoted(text)));
        }
    }

    #[test]
    fn no_field_is_a_formula() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1,2", "\"'-1,2\""),
            ("@sum", "'@sum"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("a=1", "a=1"),
        ] {
            assert_eq!(quoted(text), written);
        }
    }
}
