//! The fields that are wanted of a JSON object, as a tree of names.
//!
//! A path such as `source.ip` is found nested, `{"source":{"ip":..}}`, as one name with a point in it,
//! `{"source.ip":..}`, and in every way between: tools that flatten objects differ.

use std::collections::HashMap;

/// Names of a path: more would make too many ways to nest them.
pub const LONGEST_PATH: usize = 16;

/// What a field tells of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    Source,
    Destination,
    Protocol,
    SourcePort,
    DestinationPort,
    Time,
}

/// How many slots there are.
pub const SLOTS: usize = 6;

/// A path that may fill a slot; of those in an object the one of least rank does.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    pub path: &'a str,
    pub slot: Slot,
    pub rank: u8,
}

/// Wishes by the names that lead to them.
#[derive(Debug)]
pub struct Paths {
    nodes: Vec<Node>,
}

/// The names that matter at one place of an object.
#[derive(Debug)]
struct Node {
    names: Vec<Name>,
    /// For each [`hash`] 1 + the first of its names; 0 for none.
    first: [u16; HASHES],
}

#[derive(Debug)]
pub struct Name {
    name: Box<[u8]>,
    /// What a value here fills.
    pub fills: Vec<(Slot, u8)>,
    /// The node of an object here.
    pub inner: Option<usize>,
    /// 1 + the next name of the same hash; 0 for none.
    next: u16,
}

const HASHES: usize = 128;

/// Of length, first and last byte: most names of an object are refused by it at once.
#[inline]
fn hash(name: &[u8]) -> usize {
    let ends = match name {
        [first, .., last] => usize::from(*first) * 5 + usize::from(*last) * 3,
        _ => 0,
    };
    (ends + name.len()) % HASHES
}

/// Paths of which a part is gone: which wish, and the bytes gone.
type Rest = Vec<(usize, usize)>;

/// What a field fills, and by which wish.
type Ends = Vec<(Slot, u8)>;

impl Paths {
    /// The node of a whole object.
    pub const ROOT: usize = 0;

    pub fn new(wishes: &[Wish<'_>]) -> Self {
        let mut paths = Self { nodes: Vec::new() };
        let whole = (0..wishes.len()).map(|wish| (wish, 0)).collect();
        paths.node(whole, wishes, &mut HashMap::new());
        paths
    }

    /// The node for what is left of some paths; each is made once.
    fn node(&mut self, rest: Rest, wishes: &[Wish<'_>], made: &mut HashMap<Rest, usize>) -> usize {
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
        for (wish, gone) in rest {
            let path = &wishes[wish].path[gone..];
            for (point, _) in path.match_indices('.').take(LONGEST_PATH) {
                steps.push((of(&path[..point]), wish, Some(gone + point + 1)));
            }
            steps.push((of(path), wish, None));
        }
        for (name, wish, inner) in steps {
            match inner {
                Some(gone) => names[name].2.push((wish, gone)),
                None => names[name].1.push((wishes[wish].slot, wishes[wish].rank)),
            }
        }
        for (name, fills, rest) in names {
            let inner = (!rest.is_empty()).then(|| self.node(rest, wishes, made));
            let name: Box<[u8]> = name.as_bytes().into();
            let node = &mut self.nodes[at];
            let first = &mut node.first[hash(&name)];
            node.names.push(Name { name, fills, inner, next: *first });
            *first = node.names.len() as u16;
        }
        at
    }

    /// What is wanted of the value called `name` in the object of `node`.
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
        let wish = |path, slot, rank| Wish { path, slot, rank };
        let paths = Paths::new(&[
            wish("a.b.c", Slot::Source, 0),
            wish("a.b", Slot::Destination, 1),
            wish("a", Slot::Time, 0),
        ]);
        for nested in [&["a.b.c"][..], &["a", "b.c"], &["a.b", "c"], &["a", "b", "c"]] {
            let mut node = Paths::ROOT;
            for (left, name) in (0..nested.len()).rev().zip(nested) {
                let found = paths.find(node, name.as_bytes()).unwrap();
                if left == 0 {
                    assert_eq!(found.fills, [(Slot::Source, 0)]);
                } else {
                    node = found.inner.unwrap();
                }
            }
        }
        let a = paths.find(Paths::ROOT, b"a").unwrap();
        assert_eq!(a.fills, [(Slot::Time, 0)]);
        let b = paths.find(a.inner.unwrap(), b"b").unwrap();
        assert_eq!(b.fills, [(Slot::Destination, 1)]);
        assert!(paths.find(Paths::ROOT, b"b").is_none() && paths.find(Paths::ROOT, b"").is_none());
    }

    #[test]
    fn many_names_make_no_many_nodes() {
        let path = "a.".repeat(15) + "a";
        let paths = Paths::new(&[Wish { path: &path, slot: Slot::Source, rank: 0 }]);
        assert_eq!(paths.nodes.len(), 16);
    }
}
