//! What each rule flagged, and the flagged addresses with their reasons.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde::Serialize;

use crate::address::{AddressSet, OCTETS, dotted};
use crate::rule::judge::Verdict;
use crate::rule::reason::Reasons;
use crate::rule::reserved::Block;
use crate::rule::{Rule, Rules};

/// The most anomalies that a summary lists; anomalies.csv has all of them.
pub const LISTED: usize = 1000;

/// How many addresses are named for each rule.
const NAMED: usize = 10;

/// What the rules flagged in a set.
#[derive(Debug)]
pub struct Flagged<'a> {
    /// The flagged addresses, least dense first.
    pub rows: Vec<Verdict>,
    /// Why.
    pub reasons: Reasons<'a>,
    /// The rules that were applied.
    pub rules: Rules,
    /// Whether the rule `isolated` found so many that it flags none.
    pub diffuse: bool,
}

/// An anomalous address.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Anomaly {
    /// The address.
    pub address: Ipv4Addr,
    /// Its packets.
    pub packets: u64,
    /// The cluster it fits best.
    pub cluster: u32,
    /// Its log-density, in nats.
    pub log_density: f64,
    /// The rules that flag it, joined by `+`.
    pub rule: String,
    /// Why, in a sentence.
    pub reason: String,
    /// How unexpected it is, in bits.
    pub surprise: f64,
    /// How unexpected each octet is after those before it, in bits.
    pub surprise_octets: [f64; OCTETS],
}

/// What one rule flagged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleSummary {
    /// Its name.
    pub rule: &'static str,
    /// The addresses that it flags, whatever other rules do.
    pub flagged: u64,
    /// The ten least dense of them; none for `low-density`, whose addresses head the list of anomalies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Ipv4Addr>,
    /// For `reserved`: how many are set aside for each purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kinds: Option<BTreeMap<&'static str, u64>>,
    /// For `isolated`: whether so many addresses stand apart that none is flagged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diffuse: Option<bool>,
}

impl Flagged<'_> {
    /// The flagged addresses of `set`, ascending.
    pub fn ascending(&self, set: &AddressSet) -> Vec<u32> {
        let mut all: Vec<u32> =
            self.rows.iter().map(|row| set.addresses()[row.at as usize]).collect();
        all.sort_unstable();
        all
    }

    /// The `most` least dense of the flagged addresses of `set`, with their reasons.
    pub fn anomalies(&self, set: &AddressSet, most: usize) -> Vec<Anomaly> {
        let anomaly = |row: &Verdict| {
            let (at, rules) = (row.at, row.rules());
            let (address, packets) = (set.addresses()[at as usize], set.packets(at as usize));
            let reason = self.reasons.of(address, packets, set.span(at as usize), rules);
            Anomaly {
                address: dotted(address),
                packets,
                cluster: row.cluster(),
                log_density: row.log_density,
                rule: rules.to_string(),
                surprise: reason.bits(),
                surprise_octets: reason.surprise,
                reason: reason.sentence,
            }
        };
        self.rows.iter().take(most).map(anomaly).collect()
    }

    /// What each rule flagged in `set`.
    pub fn by_rule(&self, set: &AddressSet) -> Vec<RuleSummary> {
        let of_rule = |rule: Rule| {
            let flagged = || self.rows.iter().filter(|row| row.rules().has(rule));
            let kinds = (rule == Rule::Reserved).then(|| {
                let mut kinds = BTreeMap::new();
                for row in flagged() {
                    let block = Block::of(set.addresses()[row.at as usize]);
                    *kinds.entry(block.map_or("other", |block| block.kind.name())).or_default() +=
                        1;
                }
                kinds
            });
            let address = |row: &Verdict| dotted(set.addresses()[row.at as usize]);
            let named = if rule == Rule::LowDensity { 0 } else { NAMED };
            RuleSummary {
                rule: rule.name(),
                flagged: flagged().count() as u64,
                addresses: flagged().take(named).map(address).collect(),
                kinds,
                diffuse: (rule == Rule::Isolated).then_some(self.diffuse),
            }
        };
        self.rules.iter().map(of_rule).collect()
    }
}
