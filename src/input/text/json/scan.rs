//! One pass over the bytes of a JSON object, which keeps the wanted values and checks the others.
//!
//! If a path occurs twice, the first value counts: tools that write a name again for a header inside
//! another, as TShark does, write the outermost first. Of an array the first value counts, for the same
//! reason. An object is no value, and neither is null. The scanner recurses over wanted objects only.

use std::ops::{Deref, DerefMut};

use super::paths::{Name, Paths};
use super::strings::unescaped;
use super::syntax::{Cursor, DEEPEST};
use crate::input::names::{FIELDS, Field};

/// A wanted value: where it is, without its quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
    /// The rank of the path at which it was found.
    pub rank: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Not there, or `null`, or an object.
    Absent,
    Text,
    /// Text with escapes.
    Escaped,
    Number,
    /// `true` or `false`.
    Word,
}

const ABSENT: Value = Value { start: 0, end: 0, kind: Kind::Absent, rank: u16::MAX };

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
    scan(Scanner { paths, cursor: Cursor { bytes, at: start }, found, habits: None })
}

/// The same, for an object after others of the same text: most have the same names in the same order.
///
/// # Errors
///
/// Where it stops being valid JSON.
#[inline]
pub fn object_after<'t>(
    paths: &'t Paths,
    bytes: &'t [u8],
    start: usize,
    found: &mut WantedValues,
    habits: &mut Habits<'t>,
) -> Result<usize, usize> {
    *found = NONE_FOUND;
    habits.next = 0;
    scan(Scanner { paths, cursor: Cursor { bytes, at: start }, found, habits: Some(habits) })
}

#[inline]
fn scan(mut scanner: Scanner<'_, '_>) -> Result<usize, usize> {
    match scanner.wanted_object(Paths::ROOT, 0) {
        Some(()) => Ok(scanner.at),
        None => Err(scanner.at),
    }
}

/// The names of the objects so far, by their place in an object.
pub struct Habits<'t> {
    names: [Habit<'t>; HABITS],
    next: usize,
}

/// Names that are remembered; a power of two.
const HABITS: usize = 64;

/// The last name at a place, the node that it was looked for in, and what was wanted from it.
#[derive(Clone, Copy)]
struct Habit<'t> {
    name: &'t [u8],
    node: usize,
    wanted: Option<&'t Name>,
}

impl Default for Habits<'_> {
    fn default() -> Self {
        let nothing = Habit { name: b"", node: usize::MAX, wanted: None };
        Self { names: [nothing; HABITS], next: 0 }
    }
}

impl<'t> Habits<'t> {
    #[inline(always)]
    fn find(&mut self, paths: &'t Paths, node: usize, name: &'t [u8]) -> Option<&'t Name> {
        let habit = &mut self.names[self.next % HABITS];
        self.next += 1;
        if habit.node != node || *habit.name != *name {
            *habit = Habit { name, node, wanted: paths.find(node, name) };
        }
        habit.wanted
    }
}

struct Scanner<'s, 't> {
    paths: &'t Paths,
    cursor: Cursor<'t>,
    found: &'s mut WantedValues,
    habits: Option<&'s mut Habits<'t>>,
}

impl<'t> Deref for Scanner<'_, 't> {
    type Target = Cursor<'t>;

    fn deref(&self) -> &Cursor<'t> {
        &self.cursor
    }
}

impl<'t> DerefMut for Scanner<'_, 't> {
    fn deref_mut(&mut self) -> &mut Cursor<'t> {
        &mut self.cursor
    }
}

impl Scanner<'_, '_> {
    /// Scans an object whose values at `node` are wanted, inside as many brackets as `outer` says.
    fn wanted_object(&mut self, node: usize, outer: u32) -> Option<()> {
        let paths = self.paths;
        let mut has_more = self.open(b'{', b'}')?;
        if has_more && outer == DEEPEST {
            return None;
        }
        while has_more {
            let name = self.name()?;
            let raw = &self.cursor.bytes[name.start..name.end];
            let wanted = match &mut self.habits {
                _ if name.is_escaped => paths.find(node, &unescaped(raw)),
                Some(habits) => habits.find(paths, node, raw),
                None => paths.find(node, raw),
            };
            match wanted {
                None => self.skip_value(outer + 1)?,
                Some(wanted) => match (self.peek()?, wanted.inner) {
                    (b'{', Some(inner)) => self.wanted_object(inner, outer + 1)?,
                    (b'[', _) => {
                        self.first_of_array(&wanted.fills, wanted.first_inner, outer + 1)?;
                    }
                    _ => self.wanted_value(&wanted.fills, outer + 1)?,
                },
            }
            has_more = self.more(b'}')?;
        }
        Some(())
    }

    /// Scans an array of which the first value is wanted.
    fn first_of_array(
        &mut self,
        fills: &[(Field, u16)],
        inner: Option<usize>,
        outer: u32,
    ) -> Option<()> {
        let mut has_more = self.open(b'[', b']')?;
        if has_more && outer == DEEPEST {
            return None;
        }
        if has_more {
            match (self.peek()?, inner) {
                (b'{', Some(inner)) => self.wanted_object(inner, outer + 1)?,
                (b'{' | b'[', _) => self.skip_value(outer + 1)?,
                _ => self.wanted_value(fills, outer + 1)?,
            }
            has_more = self.more(b']')?;
        }
        while has_more {
            self.skip_value(outer + 1)?;
            has_more = self.more(b']')?;
        }
        Some(())
    }

    fn wanted_value(&mut self, fills: &[(Field, u16)], outer: u32) -> Option<()> {
        if self.peek() == Some(b'"') {
            let text = self.string()?;
            let kind = if text.is_escaped { Kind::Escaped } else { Kind::Text };
            self.keep(fills, text.start, text.end, kind);
            return Some(());
        }
        let start = self.at;
        let kind = match self.peek()? {
            b'-' | b'0'..=b'9' => Kind::Number,
            b't' | b'f' => Kind::Word,
            _ => Kind::Absent,
        };
        self.skip_value(outer)?;
        self.keep(fills, start, self.at, kind);
        Some(())
    }

    #[inline]
    fn keep(&mut self, fills: &[(Field, u16)], start: usize, end: usize, kind: Kind) {
        for &(slot, rank) in fills {
            let value = &mut self.found[slot as usize];
            if kind != Kind::Absent && rank < value.rank {
                *value = Value { start, end, kind, rank };
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
    use crate::input::names::is_same;

    const WANTED_PATHS: [WantedPath<'static>; 5] = [
        WantedPath { path: "src_ip", slot: Field::Source, rank: 0 },
        WantedPath { path: "a.b.c", slot: Field::Source, rank: 1 },
        WantedPath { path: "a.b", slot: Field::Destination, rank: 0 },
        WantedPath { path: "c", slot: Field::Destination, rank: 1 },
        WantedPath { path: "b.c", slot: Field::Time, rank: 0 },
    ];

    /// The values at `path`, however it is nested.
    fn at<'j>(json: &'j Json, path: &str, into: &mut Vec<&'j Json>) {
        let json = json.as_array().map_or(Some(json), |elements| elements.first());
        let Some(Json::Object(members)) = json else { return };
        for (name, value) in members {
            if is_same(path, name) {
                into.extend(value.as_array().map_or(Some(value), |elements| elements.first()));
            }
            for (dot, _) in path.match_indices('.').filter(|&(dot, _)| is_same(&path[..dot], name))
            {
                at(value, &path[dot + 1..], into);
            }
        }
    }

    fn check(text: &[u8]) -> Result<(), TestCaseError> {
        let paths = Paths::new(&WANTED_PATHS, &[]);
        let mut found = NONE_FOUND;
        let oracle = serde_json::from_slice::<Json>(text).ok().filter(Json::is_object);
        let ours = object(&paths, text, 0, &mut found)
            .is_ok_and(|end| text[end..].trim_ascii().is_empty());
        prop_assert_eq!(ours, oracle.is_some(), "{}", String::from_utf8_lossy(text));
        let Some(json) = oracle else { return Ok(()) };
        for slot in [Field::Source, Field::Destination, Field::Time] {
            let mut expected = Vec::new();
            for want in WANTED_PATHS.iter().filter(|want| want.slot == slot) {
                at(&json, want.path, &mut expected);
                expected
                    .retain(|value| !value.is_null() && !value.is_object() && !value.is_array());
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
            let _ = object(&Paths::new(&WANTED_PATHS, &[]), &bytes, 0, &mut { NONE_FOUND });
            let _ = unescaped(&bytes);
        }
    }

    #[test]
    fn the_first_of_a_repeated_name_counts() {
        let paths = Paths::new(&WANTED_PATHS, &["in"]);
        let mut found = NONE_FOUND;
        let mut value_of = |text: &'static str| {
            assert_eq!(object(&paths, text.as_bytes(), 0, &mut found), Ok(text.len()), "{text}");
            let value = found[Field::Source as usize];
            &text[value.start..value.end]
        };
        for (text, expected) in [
            (r#"{"src_ip":"1","src_ip":"2"}"#, "1"),
            (r#"{"src_ip":null,"src_ip":"2"}"#, "2"),
            (r#"{"src_ip":"1","src_ip":null}"#, "1"),
            (r#"{"a":{"b":{"c":"1"}},"src_ip":"2"}"#, "2"),
            (r#"{"src_ip":"2","a.b":{"c":"1"}}"#, "2"),
            (r#"{"src_ip":null,"a.b":{"c":"1"}}"#, "1"),
            (r#"{"src_ip":"a\"}\\"}"#, r#"a\"}\\"#),
            (r#"{"src_ip":["1","2"]}"#, "1"),
            (r#"{"src_ip":[ 1 ,{"c":[]}]}"#, "1"),
            (r#"{"src_ip":[],"a.b.c":"2"}"#, "2"),
            (r#"{"src_ip":[{"x":1}],"a.b.c":["2"]}"#, "2"),
            (r#"{"src_ip":{"x":1},"a.b.c":"2"}"#, "2"),
            (r#"{"a":[{"b":[{"c":"1"},2]},{"b":{"c":"2"}},[3]]}"#, "1"),
            (r#"{"in":{"src_ip":"1"},"a.b.c":"2"}"#, "2"),
            (r#"{"in":{"in":{"A_B":{"C":"1"}}}}"#, "1"),
            (r#"{"in":[{"src_ip":"1"}]}"#, ""),
        ] {
            assert_eq!(value_of(text), expected, "{text}");
        }
        for (open, close) in [("[", "]"), ("{\"in\":", "}")] {
            let deep = |count| format!("{{\"x\":{}1{}}}", open.repeat(count), close.repeat(count));
            assert!(object(&paths, deep(127).as_bytes(), 0, &mut found).is_ok());
            assert!(object(&paths, deep(129).as_bytes(), 0, &mut found).is_err());
            let wanted = deep(129).replace("\"x\"", "\"in\"");
            assert!(object(&paths, wanted.as_bytes(), 0, &mut found).is_err());
        }
    }

    #[test]
    fn what_is_cut_off_stops_at_its_end() {
        let text =
            r#"{"x":[true,false,null,-1.5e+3,"a\u00e9\n"],"src_ip":["1"],"a":{"b":[{"c":1}]}}"#;
        let paths = Paths::new(&WANTED_PATHS, &[]);
        for end in 0..text.len() {
            let cut = &text.as_bytes()[..end];
            assert_eq!(object(&paths, cut, 0, &mut { NONE_FOUND }), Err(end), "{end}");
        }
    }
}
