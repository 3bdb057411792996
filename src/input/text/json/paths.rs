//! The fields that are wanted from a JSON object, as a graph of names.
//!
//! A path such as `source.ip` is found nested, `{"source":{"ip":..}}`, as one name with a dot,
//! `{"source.ip":..}`, and in any mixture of the two, because tools flatten objects differently. Names are
//! compared without case and separators. What stands inside wrappers, such as `_source`, is found as well,
//! but what stands outside comes first.

use std::collections::HashMap;

use crate::input::names::{Field, fold};

/// The most names in a path: with more there would be too many ways to nest them.
pub const LONGEST_PATH: usize = 16;

/// A path that may fill a field. If an object has several, the one of the lowest rank fills it.
#[derive(Debug, Clone, Copy)]
pub struct WantedPath<'a> {
    pub path: &'a str,
    pub slot: Field,
    pub rank: u16,
}

/// What is added to the rank of a path inside wrappers.
pub const INSIDE: u16 = 1 << 15;

/// The wanted paths, by the names that lead to them.
#[derive(Debug)]
pub struct Paths {
    nodes: Vec<Node>,
}

/// The names that matter at one level of an object.
#[derive(Debug)]
struct Node {
    names: Vec<Name>,
    /// For each [`hash`], 1 + the index of its first name; 0 if there is none.
    first: Box<[u16; HASHES]>,
}

#[derive(Debug)]
pub struct Name {
    /// The name, folded; as it is if nothing is left of it.
    name: Box<str>,
    /// What a value here fills.
    pub fills: Vec<(Field, u16)>,
    /// The node of an object here.
    pub inner: Option<usize>,
    /// The node of the first object of an array here. Only names within a path have it: an array inside a
    /// wrapper holds records.
    pub first_inner: Option<usize>,
    /// 1 + the index of the next name with the same hash; 0 if there is none.
    next: u16,
}

const HASHES: usize = 1024;

/// What folding makes of each byte: 0 for separators, and one value for all bytes of other scripts.
const FOLDED: [u8; 256] = {
    let mut folded = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        if byte >= 0x80 {
            folded[byte] = OTHER_SCRIPT;
        } else if (byte as u8).is_ascii_alphanumeric() {
            folded[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    folded
};
const OTHER_SCRIPT: u8 = 0x80;

/// A hash of the first and the last letter, which rules out most names of an object at once.
#[inline]
fn hash(name: &[u8]) -> usize {
    let folded = |&byte: &u8| FOLDED[usize::from(byte)];
    let is_letter = |letter: &u8| *letter != 0;
    let first = name.iter().map(folded).find(is_letter).unwrap_or(0);
    let last = name.iter().rev().map(folded).find(is_letter).unwrap_or(0);
    usize::from(first & 31) << 5 | usize::from(last & 31)
}

/// Whether `name` is `folded` when folded.
#[inline]
fn is_same(name: &[u8], folded: &str) -> bool {
    let mut rest = folded.as_bytes().iter();
    for &byte in name {
        match FOLDED[usize::from(byte)] {
            0 => {}
            OTHER_SCRIPT => return is_same_in_any_script(name, folded),
            letter if rest.next() != Some(&letter) => return false,
            _ => {}
        }
    }
    rest.next().is_none()
}

#[cold]
fn is_same_in_any_script(name: &[u8], folded: &str) -> bool {
    str::from_utf8(name).is_ok_and(|name| fold(name) == folded)
}

/// Paths that are partly matched: their index, and the bytes matched.
type Rest = Vec<(usize, usize)>;

/// A path and what its end does.
#[derive(Clone, Copy)]
struct Step<'a> {
    path: &'a str,
    /// `None` for a wrapper.
    fills: Option<(Field, u16)>,
}

/// The nodes while they are made. Equal rests share one node, so wrappers in wrappers come to an end.
struct Maker<'a> {
    steps: Vec<Step<'a>>,
    /// All that may stand in a wrapper.
    inside: Rest,
    made: HashMap<Rest, usize>,
    nodes: Vec<Node>,
}

/// What is known of a name while its node is made.
#[derive(Default)]
struct Draft {
    fills: Vec<(Field, u16)>,
    rest: Rest,
    is_wrapper: bool,
}

impl Paths {
    /// The node of a whole object.
    pub const ROOT: usize = 0;

    pub fn new(wanted: &[WantedPath<'_>], wrappers: &[&str]) -> Self {
        let of = |add: u16| {
            wanted.iter().map(move |want| Step {
                path: want.path,
                fills: Some((want.slot, want.rank.saturating_add(add))),
            })
        };
        let wrappers = wrappers.iter().map(|&path| Step { path, fills: None });
        let steps: Vec<Step<'_>> = of(0).chain(wrappers).chain(of(INSIDE)).collect();
        let outside = (0..steps.len() - wanted.len()).map(|step| (step, 0)).collect();
        let inside = (wanted.len()..steps.len()).map(|step| (step, 0)).collect();
        let mut maker = Maker { steps, inside, made: HashMap::new(), nodes: Vec::new() };
        maker.node(outside);
        Self { nodes: maker.nodes }
    }

    /// What is wanted from the value called `name` in the object at `node`.
    #[inline]
    pub fn find(&self, node: usize, name: &[u8]) -> Option<&Name> {
        let node = &self.nodes[node];
        let mut next = node.first[hash(name)];
        while next > 0 {
            let candidate = &node.names[usize::from(next) - 1];
            if is_same(name, &candidate.name) || *candidate.name.as_bytes() == *name {
                return Some(candidate);
            }
            next = candidate.next;
        }
        None
    }
}

impl Maker<'_> {
    /// The node for the rest of some paths.
    fn node(&mut self, rest: Rest) -> usize {
        if let Some(&node) = self.made.get(&rest) {
            return node;
        }
        let at = self.nodes.len();
        self.nodes.push(Node { names: Vec::new(), first: Box::new([0; HASHES]) });
        self.made.insert(rest.clone(), at);
        for (name, draft) in self.drafts(&rest) {
            let Draft { fills, mut rest, is_wrapper } = draft;
            let first_inner = (!rest.is_empty()).then(|| self.node(rest.clone()));
            let inner = if is_wrapper {
                rest.extend(&self.inside);
                Some(self.node(rest))
            } else {
                first_inner
            };
            let node = &mut self.nodes[at];
            let first = &mut node.first[hash(name.as_bytes())];
            let next = std::mem::replace(first, node.names.len() as u16 + 1);
            node.names.push(Name { name: name.into(), fills, inner, first_inner, next });
        }
        at
    }

    /// The names that the rest of some paths begin with, in a stable order.
    fn drafts(&self, rest: &Rest) -> Vec<(String, Draft)> {
        let mut drafts: Vec<(String, Draft)> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut of = |name: &str| {
            let folded = fold(name);
            let name = if folded.is_empty() { name.to_owned() } else { folded };
            *known.entry(name.clone()).or_insert_with(|| {
                drafts.push((name, Draft::default()));
                drafts.len() - 1
            })
        };
        let mut found = Vec::new();
        for &(step, gone) in rest {
            let path = &self.steps[step].path[gone..];
            for (point, _) in path.match_indices('.').take(LONGEST_PATH) {
                found.push((of(&path[..point]), step, Some(gone + point + 1)));
            }
            found.push((of(path), step, None));
        }
        for (draft, step, gone) in found {
            let draft = &mut drafts[draft].1;
            match (gone, self.steps[step].fills) {
                (Some(gone), _) => draft.rest.push((step, gone)),
                (None, Some(fills)) => draft.fills.push(fills),
                (None, None) => draft.is_wrapper = true,
            }
        }
        drafts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn want(path: &str, slot: Field, rank: u16) -> WantedPath<'_> {
        WantedPath { path, slot, rank }
    }

    /// What the value at the names `nested` fills.
    fn fills(paths: &Paths, nested: &[&str]) -> Vec<(Field, u16)> {
        let mut node = Some(Paths::ROOT);
        let mut fills = Vec::new();
        for name in nested {
            let found = node.and_then(|node| paths.find(node, name.as_bytes()));
            fills = found.map_or_else(Vec::new, |name| name.fills.clone());
            node = found.and_then(|name| name.inner);
        }
        fills
    }

    #[test]
    fn a_path_is_found_however_it_is_nested() {
        let paths = Paths::new(
            &[
                want("a.b.c", Field::Source, 0),
                want("a.b", Field::Destination, 1),
                want("a", Field::Time, 0),
            ],
            &[],
        );
        for nested in
            [&["a.b.c"][..], &["a", "b.c"], &["a.b", "c"], &["a", "b", "c"], &["A_B", "C"]]
        {
            assert_eq!(fills(&paths, nested), [(Field::Source, 0)]);
        }
        assert_eq!(fills(&paths, &["a"]), [(Field::Time, 0)]);
        assert_eq!(fills(&paths, &["a", "b"]), [(Field::Destination, 1)]);
        assert!(fills(&paths, &["b"]).is_empty() && fills(&paths, &[""]).is_empty());
    }

    #[test]
    fn names_are_equal_whatever_their_case_and_separators() {
        let paths = Paths::new(
            &[
                want("Quelle-Ö", Field::Source, 0),
                want("@time", Field::Time, 0),
                want("--", Field::Protocol, 0),
            ],
            &[],
        );
        for name in ["quelle ö", "QUELLE_Ö", "Quelle-Ö"] {
            assert_eq!(fills(&paths, &[name]), [(Field::Source, 0)], "{name}");
        }
        for name in ["@time", "time", "TI_ME_"] {
            assert_eq!(fills(&paths, &[name]), [(Field::Time, 0)], "{name}");
        }
        assert_eq!(fills(&paths, &["--"]), [(Field::Protocol, 0)]);
        assert!(fills(&paths, &["-"]).is_empty() && fills(&paths, &["times"]).is_empty());
    }

    #[test]
    fn wrappers_are_transparent() {
        let paths = Paths::new(&[want("a.b", Field::Source, 3)], &["_source", "win.data", "a"]);
        let wrapped = [(Field::Source, 3 + INSIDE)];
        assert_eq!(fills(&paths, &["a", "b"]), [(Field::Source, 3)]);
        for nested in [
            &["_source", "a", "b"][..],
            &["win", "data", "a.b"],
            &["win.data", "_source", "source", "a", "b"],
            &["a", "a", "b"],
        ] {
            assert_eq!(fills(&paths, nested), wrapped, "{nested:?}");
        }
        assert!(fills(&paths, &["win", "a", "b"]).is_empty());
        // The elements of `a` may be those of the path, but no records.
        let a = paths.find(Paths::ROOT, b"a").unwrap();
        assert!(paths.find(a.first_inner.unwrap(), b"a").is_none());
        assert!(paths.find(Paths::ROOT, b"_source").unwrap().first_inner.is_none());
    }

    #[test]
    fn many_names_make_no_many_nodes() {
        let path = "a.".repeat(15) + "a";
        let paths = Paths::new(&[want(&path, Field::Source, 0)], &[]);
        assert_eq!(paths.nodes.len(), 16);
    }
}
