//! One pass over the bytes of a JSON object, which keeps the wanted values and checks the others.
//!
//! Anything that RFC 8259 does not allow is refused, wherever in the object it is, except for two harmless
//! things: text that is not UTF-8, and halves of surrogate pairs. If a name occurs twice, the last value
//! counts. Nothing is copied and no number is converted. The scanner recurses over wanted objects only, as
//! deep as a wanted path; other values nest without recursion.

use super::paths::{LONGEST_PATH, Paths};
use super::strings::{plain_len, unescaped};
use crate::input::names::{FIELDS, Field};

/// The deepest nesting of objects and arrays, as in serde_json.
const DEEPEST: u32 = 127;
/// The most fields to list for the user to choose from.
const MANY_FIELDS: usize = 100;

/// A wanted value: where it is, without its quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
    /// The rank of the path at which it was found.
    pub rank: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Not there, or `null`.
    Absent,
    Text,
    /// Text with escapes.
    Escaped,
    Number,
    /// An object, an array, `true` or `false`.
    Other,
}

const ABSENT: Value = Value { start: 0, end: 0, kind: Kind::Absent, rank: u8::MAX };

/// The wanted values of one object, by [`Field`].
pub type WantedValues = [Value; FIELDS];
pub const NONE_FOUND: WantedValues = [ABSENT; FIELDS];

/// Scans the object at `start` of `bytes` and stores its values in `found`. Returns where the object ends.
///
/// # Errors
///
/// Where it stops being valid JSON.
pub fn object(
    paths: &Paths,
    bytes: &[u8],
    start: usize,
    found: &mut WantedValues,
) -> Result<usize, usize> {
    *found = NONE_FOUND;
    let mut scanner = Scanner { paths, bytes, at: start, found };
    match scanner.wanted_object(Paths::ROOT) {
        Some(()) => Ok(scanner.at),
        None => Err(scanner.at),
    }
}

/// The paths of the values of `object`, or of the first of them if there are very many.
pub fn fields(object: &[u8]) -> Vec<String> {
    let paths = &Paths::new(&[]);
    let mut scanner = Scanner { paths, bytes: object, at: 0, found: &mut { NONE_FOUND } };
    let mut fields = Vec::new();
    // If the object is not valid, this lists the fields before the error.
    let _ = scanner.list("", &mut fields);
    fields
}

struct Scanner<'s> {
    paths: &'s Paths,
    bytes: &'s [u8],
    at: usize,
    found: &'s mut WantedValues,
}

/// A string: where it is, without its quotes, and whether it has escapes.
#[derive(Clone, Copy)]
struct Text {
    start: usize,
    end: usize,
    is_escaped: bool,
}

impl<'s> Scanner<'s> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Consumes `byte` if it is next.
    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Option<()> {
        self.take(byte).then_some(())
    }

    #[inline]
    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Scans an object whose values at `node` are wanted.
    fn wanted_object(&mut self, node: usize) -> Option<()> {
        self.expect(b'{')?;
        self.space();
        if self.take(b'}') {
            return Some(());
        }
        loop {
            let name = self.name()?;
            let raw = &self.bytes[name.start..name.end];
            let wanted = match name.is_escaped {
                true => self.paths.find(node, &unescaped(raw)),
                false => self.paths.find(node, raw),
            };
            match wanted {
                None => self.skip_value()?,
                Some(wanted) => match wanted.inner {
                    Some(inner) if self.peek() == Some(b'{') => {
                        let start = self.at;
                        self.wanted_object(inner)?;
                        self.keep(&wanted.fills, start, self.at, Kind::Other);
                    }
                    _ => self.wanted_value(&wanted.fills)?,
                },
            }
            self.space();
            if self.take(b'}') {
                return Some(());
            }
            self.expect(b',')?;
            self.space();
        }
    }

    /// Lists the paths of the values of an object, each with `prefix`.
    fn list(&mut self, prefix: &str, fields: &mut Vec<String>) -> Option<()> {
        self.expect(b'{')?;
        self.space();
        while !self.take(b'}') && fields.len() < MANY_FIELDS {
            let name = self.name()?;
            let name = unescaped(&self.bytes[name.start..name.end]);
            let path = format!("{prefix}{}", String::from_utf8_lossy(&name));
            let is_object = self.peek() == Some(b'{');
            if is_object && path.matches('.').count() < LONGEST_PATH {
                self.list(&(path + "."), fields)?;
            } else {
                self.skip_value()?;
                fields.push(path);
            }
            self.space();
            self.take(b',');
            self.space();
        }
        Some(())
    }

    fn wanted_value(&mut self, fills: &[(Field, u8)]) -> Option<()> {
        if self.peek() == Some(b'"') {
            let text = self.string()?;
            let kind = if text.is_escaped { Kind::Escaped } else { Kind::Text };
            self.keep(fills, text.start, text.end, kind);
            return Some(());
        }
        let start = self.at;
        let kind = match self.peek()? {
            b'-' | b'0'..=b'9' => Kind::Number,
            b'n' => Kind::Absent,
            _ => Kind::Other,
        };
        self.skip_value()?;
        self.keep(fills, start, self.at, kind);
        Some(())
    }

    #[inline]
    fn keep(&mut self, fills: &[(Field, u8)], start: usize, end: usize, kind: Kind) {
        for &(slot, rank) in fills {
            let value = &mut self.found[slot as usize];
            // A null leaves the slot to a path of a higher rank.
            if kind == Kind::Absent && rank == value.rank {
                *value = ABSENT;
            } else if kind != Kind::Absent && rank <= value.rank {
                *value = Value { start, end, kind, rank };
            }
        }
    }

    /// A name and the colon after it.
    #[inline]
    fn name(&mut self) -> Option<Text> {
        let name = self.string()?;
        self.space();
        self.expect(b':')?;
        self.space();
        Some(name)
    }

    fn skip_value(&mut self) -> Option<()> {
        // One bit for each open object or array, the innermost lowest; 1 for an object.
        let mut open: u128 = 0;
        let mut depth = 0;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                byte @ (b'{' | b'[') => {
                    self.at += 1;
                    self.space();
                    let is_object = byte == b'{';
                    if !self.take(if is_object { b'}' } else { b']' }) {
                        if depth == DEEPEST {
                            return None;
                        }
                        depth += 1;
                        open = open << 1 | u128::from(is_object);
                        if is_object {
                            self.name()?;
                        }
                        continue;
                    }
                }
                b'-' | b'0'..=b'9' => self.number()?,
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                b'n' => self.word(b"null")?,
                _ => return None,
            }
            loop {
                if depth == 0 {
                    return Some(());
                }
                self.space();
                let is_object = open & 1 == 1;
                if self.take(b',') {
                    self.space();
                    if is_object {
                        self.name()?;
                    }
                    break;
                }
                self.expect(if is_object { b'}' } else { b']' })?;
                (open, depth) = (open >> 1, depth - 1);
            }
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let is_there = self.bytes[self.at..].starts_with(word);
        self.at += if is_there { word.len() } else { 0 };
        is_there.then_some(())
    }

    fn number(&mut self) -> Option<()> {
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    #[inline]
    fn string(&mut self) -> Option<Text> {
        self.expect(b'"')?;
        let start = self.at;
        let mut is_escaped = false;
        loop {
            self.at += plain_len(&self.bytes[self.at..]);
            match self.peek()? {
                b'"' => {
                    let end = self.at;
                    self.at += 1;
                    return Some(Text { start, end, is_escaped });
                }
                b'\\' => {
                    is_escaped = true;
                    self.at += 1;
                    match self.peek()? {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
                        b'u' => {
                            let hex = self.bytes.get(self.at + 1..self.at + 5)?;
                            if !hex.iter().all(u8::is_ascii_hexdigit) {
                                return None;
                            }
                            self.at += 5;
                        }
                        _ => return None,
                    }
                }
                // A control character.
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value as Json;

    use super::super::paths::WantedPath;
    use super::*;

    const WANTED_PATHS: [WantedPath<'static>; 5] = [
        WantedPath { path: "src_ip", slot: Field::Source, rank: 0 },
        WantedPath { path: "a.b.c", slot: Field::Source, rank: 1 },
        WantedPath { path: "a.b", slot: Field::Destination, rank: 0 },
        WantedPath { path: "c", slot: Field::Destination, rank: 1 },
        WantedPath { path: "b.c", slot: Field::Time, rank: 0 },
    ];

    /// The values at `path`, however it is nested.
    fn at<'j>(json: &'j Json, path: &str, into: &mut Vec<&'j Json>) {
        let Json::Object(members) = json else { return };
        for (name, value) in members {
            if name == path {
                into.push(value);
            } else if let Some(rest) =
                path.strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix('.'))
            {
                at(value, rest, into);
            }
        }
    }

    fn check(text: &[u8]) -> Result<(), TestCaseError> {
        let paths = Paths::new(&WANTED_PATHS);
        let mut found = NONE_FOUND;
        let oracle = serde_json::from_slice::<Json>(text).ok().filter(Json::is_object);
        let ours = object(&paths, text, 0, &mut found)
            .is_ok_and(|end| text[end..].trim_ascii().is_empty());
        prop_assert_eq!(ours, oracle.is_some(), "{}", String::from_utf8_lossy(text));
        let Some(json) = oracle else { return Ok(()) };
        'slots: for slot in [Field::Source, Field::Destination, Field::Time] {
            let mut expected = Vec::new();
            for want in WANTED_PATHS.iter().filter(|want| want.slot == slot) {
                at(&json, want.path, &mut expected);
                let all = expected.len();
                expected.retain(|value| !value.is_null());
                // Of one path nested in two ways the last value counts, but a map forgets the order.
                if (1..all).contains(&expected.len()) {
                    continue 'slots;
                }
                if !expected.is_empty() {
                    break;
                }
            }
            let value = found[slot as usize];
            let raw = &text[value.start..value.end];
            match value.kind {
                Kind::Absent => prop_assert!(expected.is_empty(), "{slot:?} of {json}"),
                Kind::Text | Kind::Escaped => {
                    let plain = String::from_utf8(unescaped(raw)).unwrap();
                    prop_assert!(expected.contains(&&Json::String(plain)), "{slot:?} of {json}");
                    prop_assert_eq!(raw.contains(&b'\\'), value.kind == Kind::Escaped);
                }
                kind => {
                    let read: Json = serde_json::from_slice(raw).unwrap();
                    prop_assert_eq!(read.is_number(), kind == Kind::Number);
                    prop_assert!(expected.contains(&&read), "{slot:?} of {json}");
                }
            }
        }
        Ok(())
    }

    fn json() -> impl Strategy<Value = Json> {
        let name =
            || prop::sample::select(&["a", "b", "c", "a.b", "b.c", "a.b.c", "src_ip", "x", ""][..]);
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            (-1e300f64..1e300).prop_map(Json::from),
            ".{0,20}".prop_map(Json::from),
            Just(Json::from("10.0.0.1")),
        ];
        leaf.prop_recursive(5, 40, 5, move |inner| {
            prop_oneof![
                2 => prop::collection::vec((name(), inner.clone()), 0..6).prop_map(|members| {
                    members.into_iter().collect()
                }),
                1 => prop::collection::vec(inner, 0..4).prop_map(Json::Array),
            ]
        })
    }

    /// An object, in lines or not, perhaps with escapes where none are needed.
    fn text() -> impl Strategy<Value = String> {
        let object = prop::collection::vec(
            (prop::sample::select(&["a", "b", "c", "src_ip"][..]), json()),
            0..5,
        );
        (object, any::<bool>(), any::<bool>()).prop_map(|(members, is_pretty, is_escaped)| {
            let object: Json = members.into_iter().collect();
            let text = if is_pretty {
                serde_json::to_string_pretty(&object)
            } else {
                serde_json::to_string(&object)
            };
            let text = text.unwrap();
            if is_escaped {
                text.replace("src", "s\\u0072\\u0063").replace('é', "\\u00e9")
            } else {
                text
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_serde_json_reads_is_read(text in text()) {
            check(text.as_bytes())?;
        }

        #[test]
        fn what_serde_json_refuses_is_refused(
            text in text(),
            at in any::<prop::sample::Index>(),
            byte in prop::sample::select(&b"{}[]\",:\\ \n\x01-+.0123eEtfnul/x"[..]),
            is_cut in any::<bool>(),
        ) {
            let mut bytes = text.into_bytes();
            let at = at.index(bytes.len());
            if is_cut {
                bytes.truncate(at);
            } else {
                bytes[at] = byte;
            }
            // Numbers out of the range of f64, bytes that are no UTF-8 and lone surrogates are serde_json's alone to refuse.
            prop_assume!(str::from_utf8(&bytes).is_ok());
            if let Err(error) = serde_json::from_slice::<Json>(&bytes) {
                let told = error.to_string();
                prop_assume!(!told.contains("out of range") && !told.contains("surrogate") && !told.contains("unexpected end of hex"));
            }
            check(&bytes)?;
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(prop::sample::select(&b"{}[]\",:\\u \n-.0eatrusfn\xff"[..]), 0..30)) {
            let _ = object(&Paths::new(&WANTED_PATHS), &bytes, 0, &mut { NONE_FOUND });
            let _ = fields(&bytes);
            let _ = unescaped(&bytes);
        }
    }

    #[test]
    fn fields_are_listed_by_their_paths() {
        let text = br#"{"a":{"b":1,"c":{"d":[{"x":1}]}},"e.f":null,"g":{}} tail"#;
        assert_eq!(fields(text), ["a.b", "a.c.d", "e.f"]);
        assert_eq!(fields(b"{\"a\":1,\"b\":"), ["a"]);
    }

    #[test]
    fn the_last_of_a_repeated_name_counts() {
        let paths = Paths::new(&WANTED_PATHS);
        let mut found = NONE_FOUND;
        let mut value_of = |text: &'static str| {
            object(&paths, text.as_bytes(), 0, &mut found).unwrap();
            let value = found[Field::Source as usize];
            &text[value.start..value.end]
        };
        assert_eq!(value_of(r#"{"src_ip":"1","src_ip":"2"}"#), "2");
        assert_eq!(value_of(r#"{"src_ip":"1","src_ip":null}"#), "");
        assert_eq!(value_of(r#"{"a":{"b":{"c":"1"}},"src_ip":"2"}"#), "2");
        assert_eq!(value_of(r#"{"src_ip":"2","a.b":{"c":"1"}}"#), "2");
        assert_eq!(value_of(r#"{"src_ip":null,"a.b":{"c":"1"}}"#), "1");
        assert_eq!(value_of(r#"{"src_ip":"a\"}\\"}"#), r#"a\"}\\"#);
        let deep = format!("{{\"x\":{}{}}}", "[".repeat(127), "]".repeat(127));
        assert!(object(&paths, deep.as_bytes(), 0, &mut found).is_ok());
        let deeper = format!("{{\"x\":{}{}}}", "[".repeat(129), "]".repeat(129));
        assert!(object(&paths, deeper.as_bytes(), 0, &mut found).is_err());
    }
}
