//! The fields that a run wants from objects: those that the options name, or else known ones.

use std::sync::{Arc, OnceLock};

use super::paths::{Paths, WantedPath};
use crate::input::names::{self, Field};
use crate::input::options::Options;

/// Which of the known names of addresses are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Those of sources and destinations.
    Pairs,
    /// Also those of single addresses.
    All,
}

/// The fields that the run wants. Names that belong together have one rank.
pub fn wanted(options: &Options, of_addresses: Names) -> Vec<WantedPath<'_>> {
    let mut wanted: Vec<WantedPath<'_>> = Vec::new();
    let mut want = |field, counterpart| {
        // One name may have several counterparts: whichever is there belongs to it.
        let mut known: Vec<(&str, u16)> = Vec::new();
        let is_wanted = |pair: &names::Pair| {
            field != Field::Source
                || of_addresses == Names::All
                || matches!(pair, (Some(_), Some(_)))
        };
        for (rank, (first, second)) in (0..).zip(names::pairs(field).filter(is_wanted)) {
            let earlier = known.iter().find(|&&(name, _)| first == Some(name));
            let rank = earlier.map_or(rank, |&(_, rank)| rank);
            known.extend(first.map(|name| (name, rank)));
            let both = [(field, first), (counterpart, second)];
            let named = both.into_iter().filter_map(|(slot, name)| Some((slot, name?)));
            wanted.extend(named.map(|(slot, path)| WantedPath { path, slot, rank }));
        }
    };
    want(Field::Source, Field::Destination);
    want(Field::Packets, Field::PacketsBack);
    want(Field::Bytes, Field::BytesBack);
    if options.needs_facts() {
        want(Field::SourcePort, Field::DestinationPort);
        want(Field::Protocol, Field::Protocol);
        want(Field::Time, Field::Time);
    }
    let named = [
        (Field::Source, &options.source_column),
        (Field::Destination, &options.destination_column),
    ];
    for (slot, path) in named.into_iter().filter_map(|(slot, path)| Some((slot, path.as_deref()?)))
    {
        // Paths are listed with the arrays that records stand in, but are those of one record.
        let path = path.rsplit_once("[].").map_or(path, |(_, path)| path);
        wanted.retain(|want| want.slot != slot);
        wanted.push(WantedPath { path, slot, rank: 0 });
    }
    wanted
}

/// The paths of the `wanted` fields. Those of known names are made once, because there are many.
pub fn paths(wanted: &[WantedPath<'_>], options: &Options, of_addresses: Names) -> Arc<Paths> {
    static KNOWN: [OnceLock<Arc<Paths>>; 4] = [const { OnceLock::new() }; 4];
    let make = || Arc::new(Paths::new(wanted, names::WRAPPERS));
    if !options.names_no_column() {
        return make();
    }
    let all = usize::from(of_addresses == Names::All);
    KNOWN[2 * all + usize::from(options.needs_facts())].get_or_init(make).clone()
}
