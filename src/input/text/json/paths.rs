//! The fields that are wanted from a JSON object, as a tree of names.
//!
//! A path such as `source.ip` is found nested, `{"source":{"ip":..}}`, as one name with a dot,
//! `{"source.ip":..}`, and in any mixture of the two, because tools flatten objects differently.

use std::collections::HashMap;

use crate::input::names::Field;

/// The most names in a path: with more there would be too many ways to nest them.
pub const LONGEST_PATH: usize = 16;

/// A path that may fill a field. If an object has several, the one of the lowest rank fills it.
#[derive(Debug, Clone, Copy)]
pub struct WantedPath<'a> {
    pub path: &'a str,
    pub slot: Field,
    pub rank: u8,
}

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
    first: [u16; HASHES],
}

#[derive(Debug)]
pub struct Name {
    name: Box<[u8]>,
    /// What a value here fills.
    pub fills: Vec<(Field, u8)>,
    /// The node of an object here.
    pub inner: Option<usize>,
    /// 1 + the index of the next name with the same hash; 0 if there is none.
    next: u16,
}

const HASHES: usize = 128;

/// A hash of the length and the first and last byte, which rules out most names of an object at once.
#[inline]
fn hash(name: &[u8]) -> usize {
    let ends = match name {
        [first, .., last] => usize::from(*first) * 5 + usize::from(*last) * 3,
        _ => 0,
    };
    (ends + name.len()) % HASHES
}

/// Paths that are partly matched: their index, and the bytes matched.
type Rest = Vec<(usize, usize)>;

/// The slots that a value fills, and the ranks of the paths that lead to it.
type Ends = Vec<(Field, u8)>;

impl Paths {
    /// The node of a whole object.
    pub const ROOT: usize = 0;

    pub fn new(wanted: &[WantedPath<'_>]) -> Self {
        let mut paths = Self { nodes: Vec::new() };
        let whole = (0..wanted.len()).map(|want| (want, 0)).collect();
        paths.node(whole, wanted, &mut HashMap::new());
        paths
    }

    /// The node for the rest of some paths. Equal rests share one node.
    fn node(
        &mut self,
        rest: Rest,
        wanted: &[WantedPath<'_>],
        made: &mut HashMap<Rest, usize>,
    ) -> usize {
        if let Some(&node) = made.get(&rest) {
            return node;
        }
        let at = self.nodes.len();
        self.nodes.push(Node { names: Vec::new(), first: [0; HASHES] });
        made.insert(rest.clone(), at);

        let mut names: Vec<(&str, Ends, Rest)> = Vec::new();
        let mut of = |name| match names.iter().position(|&(known, ..)| known == name) {
            Some(known) => known,
            None => {
                names.push((name, Vec::new(), Rest::new()));
                names.len() - 1
            }
        };
        let mut steps = Vec::new();
        for (want, gone) in rest {
            let path = &wanted[want].path[gone..];
            for (point, _) in path.match_indices('.').take(LONGEST_PATH) {
                steps.push((of(&path[..point]), want, Some(gone + point + 1)));
            }
            steps.push((of(path), want, None));
        }
        for (name, want, inner) in steps {
            match inner {
                Some(gone) => names[name].2.push((want, gone)),
                None => names[name].1.push((wanted[want].slot, wanted[want].rank)),
            }
        }
        for (name, fills, rest) in names {
            let inner = (!rest.is_empty()).then(|| self.node(rest, wanted, made));
            let name: Box<[u8]> = name.as_bytes().into();
            let node = &mut self.nodes[at];
            let first = &mut node.first[hash(&name)];
            node.names.push(Name { name, fills, inner, next: *first });
            *first = node.names.len() as u16;
        }
        at
    }

    /// What is wanted from the value called `name` in the object at `node`.
    #[inline]
    pub fn find(&self, node: usize, name: &[u8]) -> Option<&Name> {
        let node = &self.nodes[node];
        let mut next = node.first[hash(name)];
        while next > 0 {
            let candidate = &node.names[usize::from(next) - 1];
            if *candidate.name == *name {
                return Some(candidate);
            }
            next = candidate.next;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_however_it_is_nested() {
        let want = |path, slot, rank| WantedPath { path, slot, rank };
        let paths = Paths::new(&[
            want("a.b.c", Field::Source, 0),
            want("a.b", Field::Destination, 1),
            want("a", Field::Time, 0),
        ]);
        for nested in [&["a.b.c"][..], &["a", "b.c"], &["a.b", "c"], &["a", "b", "c"]] {
            let mut node = Paths::ROOT;
            for (left, name) in (0..nested.len()).rev().zip(nested) {
                let found = paths.find(node, name.as_bytes()).unwrap();
                if left == 0 {
                    assert_eq!(found.fills, [(Field::Source, 0)]);
                } else {
                    node = found.inner.unwrap();
                }
            }
        }
        let a = paths.find(Paths::ROOT, b"a").unwrap();
        assert_eq!(a.fills, [(Field::Time, 0)]);
        let b = paths.find(a.inner.unwrap(), b"b").unwrap();
        assert_eq!(b.fills, [(Field::Destination, 1)]);
        assert!(paths.find(Paths::ROOT, b"b").is_none() && paths.find(Paths::ROOT, b"").is_none());
    }

    #[test]
    fn many_names_make_no_many_nodes() {
        let path = "a.".repeat(15) + "a";
        let paths = Paths::new(&[WantedPath { path: &path, slot: Field::Source, rank: 0 }]);
        assert_eq!(paths.nodes.len(), 16);
    }
}
