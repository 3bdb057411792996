//! What was found in pairs of a source and a destination.

use std::net::Ipv4Addr;

use serde::Serialize;

use crate::address::dotted;
use crate::rule::pairs::Pair;
use crate::words::grouped;

/// Pairs that are listed; pairs.csv has all that are flagged.
const LISTED: usize = 10;

/// What was found in the pairs of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairsSummary {
    /// Distinct pairs.
    pub pairs: usize,
    /// Those whose destination is lone.
    pub lone_destination: usize,
    /// Those of /24s that had not to do with each other; `None` without another day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_blocks: Option<usize>,
    /// The flagged ones of the most surprise.
    pub first: Vec<FlaggedPair>,
}

/// A flagged pair, for people to read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlaggedPair {
    /// The source.
    pub source: Ipv4Addr,
    /// The destination.
    pub destination: Ipv4Addr,
    /// The rules that flag it, joined by `+`.
    pub rule: String,
    /// Why, in a sentence.
    pub reason: String,
}

impl FlaggedPair {
    /// Of `pair`.
    pub fn new(pair: &Pair) -> Self {
        let (source, destination) = (dotted(pair.source), dotted(pair.destination));
        let [from, to] =
            [pair.source, pair.destination].map(|address| dotted(address & 0xffff_ff00));
        let mut rules = Vec::new();
        let mut parts = Vec::new();
        if pair.is_lone {
            rules.push("lone-destination");
            parts.push(format!(
                "of the {} other pairs of {from}/24 none leads near it ({:.1} bits)",
                grouped(pair.others.into()),
                pair.surprise
            ));
        }
        if pair.are_new {
            rules.push("new-blocks");
            parts.push(format!(
                "{from}/24 and {to}/24 had nothing to do with each other on the day of the model"
            ));
        }
        let reason = format!("{source} to {destination}: {}.", parts.join("; "));
        Self { source, destination, rule: rules.join("+"), reason }
    }
}

impl PairsSummary {
    /// Of so many distinct `pairs`, of which some are `flagged`; with another day blocks may be new.
    pub fn new(pairs: usize, flagged: &[Pair], has_earlier: bool) -> Self {
        let new = flagged.iter().filter(|pair| pair.are_new).count();
        Self {
            pairs,
            lone_destination: flagged.iter().filter(|pair| pair.is_lone).count(),
            new_blocks: has_earlier.then_some(new),
            first: flagged.iter().take(LISTED).map(FlaggedPair::new).collect(),
        }
    }
}
