//! The paths of the fields that there are, for a user who has to choose one.
//!
//! Nothing is read here, and nothing is refused: of text that is no JSON, the fields before the error are
//! listed.

use super::paths::LONGEST_PATH;
use super::strings::unescaped;
use super::syntax::Cursor;

/// The most fields to list.
const MANY_FIELDS: usize = 100;

/// The paths of the values that `json` begins with, or of the first of them if there are very many. An array
/// is `[]` in a path, and only its first element is listed.
pub fn fields(json: &[u8]) -> Vec<String> {
    let mut listing =
        Listing { cursor: Cursor { bytes: json, at: 0 }, fields: Vec::new(), to: None };
    let _ = listing.value(String::new(), 0);
    listing.fields
}

/// The path of the value that begins at byte `to` of `json`.
pub fn path_to(json: &[u8], to: usize) -> Option<String> {
    let cursor = Cursor { bytes: json, at: 0 };
    let mut listing = Listing { cursor, fields: Vec::new(), to: Some(to) };
    let _ = listing.value(String::new(), 0);
    listing.fields.pop()
}

struct Listing<'b> {
    cursor: Cursor<'b>,
    fields: Vec<String>,
    /// The position whose path is wanted, if it is only one.
    to: Option<usize>,
}

impl Listing<'_> {
    /// Lists the paths in the value here, whose own is `path`; `None` ends the listing.
    fn value(&mut self, path: String, depth: usize) -> Option<()> {
        match self.cursor.peek()? {
            b'{' if depth < LONGEST_PATH => self.object(&path, depth),
            b'[' if depth < LONGEST_PATH => self.array(path, depth),
            _ => {
                let start = self.cursor.at;
                self.cursor.skip_value(0)?;
                match self.to {
                    None if !path.is_empty() => self.fields.push(path),
                    Some(to) if (start..self.cursor.at).contains(&to) => {
                        self.fields.push(path);
                        return None;
                    }
                    _ => {}
                }
                (self.fields.len() < MANY_FIELDS).then_some(())
            }
        }
    }

    fn object(&mut self, path: &str, depth: usize) -> Option<()> {
        let mut has_more = self.cursor.open(b'{', b'}')?;
        while has_more {
            let name = self.cursor.name()?;
            let name = unescaped(&self.cursor.bytes[name.start..name.end]);
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}{}", String::from_utf8_lossy(&name));
            self.value(path, depth + 1)?;
            has_more = self.cursor.more(b'}')?;
        }
        Some(())
    }

    fn array(&mut self, path: String, depth: usize) -> Option<()> {
        let mut has_more = self.cursor.open(b'[', b']')?;
        let is_plain = !matches!(self.cursor.peek()?, b'{' | b'[');
        if has_more {
            // A field that has several values is one field.
            let path = if is_plain || path.is_empty() { path } else { path + "[]" };
            self.value(path, depth + 1)?;
            has_more = self.cursor.more(b']')?;
        }
        while has_more {
            self.cursor.skip_value(0)?;
            has_more = self.cursor.more(b']')?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_listed_by_their_paths() {
        let text = br#"{"a":{"b":1,"c":{"d":[{"x":1},{"y":2}],"e":[1,2]}},"e.f":null,"g":{}} tail"#;
        assert_eq!(fields(text), ["a.b", "a.c.d[].x", "a.c.e", "e.f"]);
        assert_eq!(fields(b"{\"a\":1,\"b\":"), ["a"]);
        assert_eq!(fields(b"[{\"a\":[[{\"b\":1}]]}]"), ["a[][].b"]);
        assert_eq!(fields(b"{\"a\":[{\"b\":1},"), ["a[].b"]);
        assert!(fields(b"").is_empty() && fields(b"[1]").is_empty() && fields(b"{\"").is_empty());
    }

    #[test]
    fn a_value_has_a_path() {
        let text = br#"{"a":{"b":1,"c":["10.0.0.1","x"]},"d":"10.0.0.2"}"#;
        let at = |what: &str| text.windows(what.len()).position(|window| window == what.as_bytes());
        assert_eq!(path_to(text, at("10.0.0.1").unwrap()).as_deref(), Some("a.c"));
        assert_eq!(path_to(text, at("10.0.0.2").unwrap()).as_deref(), Some("d"));
        assert_eq!(path_to(text, text.len()), None);
    }
}
