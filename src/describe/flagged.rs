//! What each rule flagged, and the flagged addresses with their reasons.

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use crate::address::{AddressSet, OCTETS, dotted};
use crate::behaviour::{Activity, Side};
use crate::rule::judge::Verdict;
use crate::rule::reason::Reasons;
use crate::rule::reserved::Block;
use crate::rule::{Context, Rule, Rules, Structure, new_busy};

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
    /// The rule that flags a share of any set, if one does: what it flags is no finding.
    pub ranking: Option<Rule>,
    /// What the rules that need no model found.
    pub structure: &'a Structure,
    /// What is known of what addresses do.
    pub context: Context<'a>,
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
    /// Whether one of them can flag nothing.
    pub finding: bool,
    /// The most telling of it, in a few words.
    pub gist: String,
    /// Why, in a sentence.
    pub reason: String,
    /// How unexpected it is, in bits.
    pub surprise: f64,
    /// How unexpected each octet is after those before it, in bits.
    pub surprise_octets: [f64; OCTETS],
}

/// What to look at first: a flagged address in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// The address.
    pub address: Ipv4Addr,
    /// Why, in a few words.
    pub gist: String,
    /// Why, in a sentence.
    pub reason: String,
}

impl fmt::Display for Lead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.address, self.gist)
    }
}

impl Anomaly {
    /// The same in short.
    pub fn lead(&self) -> Lead {
        Lead { address: self.address, gist: self.gist.clone(), reason: self.reason.clone() }
    }
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
    /// For `reserved`: how many are set aside for each purpose, but are usual destinations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usual: Option<BTreeMap<&'static str, u64>>,
    /// Why the rule could not be applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<&'static str>,
    /// For `isolated`: whether so many addresses stand apart that none is flagged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diffuse: Option<bool>,
}

impl Flagged<'_> {
    /// The flagged addresses of `set`, least dense first.
    pub fn addresses(&self, set: &AddressSet) -> Vec<u32> {
        self.rows.iter().map(|row| set.addresses()[row.at as usize]).collect()
    }

    /// The `most` least dense of the flagged addresses of `set`, with their reasons.
    pub fn anomalies(&self, set: &AddressSet, most: usize) -> Vec<Anomaly> {
        self.rows.iter().take(most).map(|row| self.anomaly(set, row)).collect()
    }

    /// At most so many of the addresses of `set` that a rule flags that can flag nothing, the most telling first:
    /// what they do before where they are.
    pub fn findings(&self, set: &AddressSet, most: usize) -> Vec<Anomaly> {
        let mut rows: Vec<&Verdict> = self.rows.iter().filter(|row| self.is_finding(row)).collect();
        let weight = |row: &Verdict| {
            let (at, rules) = (row.at as usize, row.rules());
            let order =
                [Rule::Sweep, Rule::PortScan, Rule::NewBusy, Rule::Isolated, Rule::Reserved];
            let first = order.into_iter().position(|rule| rules.has(rule));
            let activity = set.activity(at);
            let size = match first.map(|first| order[first]) {
                Some(Rule::Sweep) => f64::from(activity.peers.unwrap_or(0)),
                Some(Rule::PortScan) => f64::from(activity.services.unwrap_or(0)),
                Some(Rule::NewBusy) => new_busy::records_a_peer(&activity).unwrap_or(0.0),
                _ => f64::from(row.surprise),
            };
            (first.unwrap_or(order.len()), size)
        };
        rows.sort_by(|a, b| {
            let ((a_first, a_size), (b_first, b_size)) = (weight(a), weight(b));
            a_first.cmp(&b_first).then(b_size.total_cmp(&a_size)).then(a.at.cmp(&b.at))
        });
        rows.into_iter().take(most).map(|row| self.anomaly(set, row)).collect()
    }

    /// The addresses of `set` of the most surprise, of those that only a ranking flags.
    pub fn most_remote(&self, set: &AddressSet) -> Vec<Anomaly> {
        let mut rows: Vec<&Verdict> =
            self.rows.iter().filter(|row| !self.is_finding(row)).collect();
        rows.sort_by(|a, b| b.surprise.total_cmp(&a.surprise).then(a.at.cmp(&b.at)));
        rows.into_iter().take(NAMED).map(|row| self.anomaly(set, row)).collect()
    }

    /// Whether a rule that can flag nothing flags `row`.
    pub fn is_finding(&self, row: &Verdict) -> bool {
        let rules = self.ranking.map_or(row.rules(), |ranking| row.rules().without(ranking));
        !rules.is_empty()
    }

    fn anomaly(&self, set: &AddressSet, row: &Verdict) -> Anomaly {
        let (at, rules) = (row.at as usize, row.rules());
        let (address, packets) = (set.addresses()[at], set.packets(at));
        let reason = self.reasons.of(address, packets, set.activity(at), rules);
        Anomaly {
            address: dotted(address),
            packets,
            cluster: row.cluster(),
            log_density: row.log_density,
            rule: rules.to_string(),
            finding: self.is_finding(row),
            gist: self.reasons.gist(address, rules),
            surprise: reason.bits(),
            surprise_octets: reason.surprise,
            reason: reason.sentence,
        }
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
                usual: (rule == Rule::Reserved)
                    .then(|| self.usual(set))
                    .filter(|kinds| !kinds.is_empty()),
                unknown: self.unknown(rule, set),
                diffuse: (rule == Rule::Isolated).then_some(self.structure.diffuse),
            }
        };
        self.rules.iter().filter(|&rule| self.is_applied(rule)).map(of_rule).collect()
    }

    /// Whether `rule` is one of the addresses of this side, and of a day beside another.
    fn is_applied(&self, rule: Rule) -> bool {
        let Context { side, earlier, .. } = self.context;
        match rule {
            Rule::Sweep | Rule::PortScan => side != Side::Destination,
            Rule::NewBusy => side == Side::Destination && earlier.is_some(),
            _ => true,
        }
    }

    /// Why `rule` is not applied to `set`, if what it needs is not known.
    fn unknown(&self, rule: Rule, set: &AddressSet) -> Option<&'static str> {
        let all = |is_unknown: fn(&Activity) -> bool| {
            (0..set.len()).all(|at| is_unknown(&set.activity(at)))
        };
        match rule {
            Rule::Sweep | Rule::PortScan | Rule::NewBusy if set.activities().is_empty() => {
                Some("what addresses do was not counted")
            }
            Rule::Sweep | Rule::PortScan | Rule::NewBusy
                if all(|activity| activity.peers.is_none()) =>
            {
                Some("no record has both sides")
            }
            Rule::Sweep | Rule::PortScan if self.context.conversations.is_none() => {
                Some("peers are counted approximately")
            }
            Rule::PortScan if all(|activity| activity.services.is_none()) => {
                Some("no record has ports")
            }
            _ => None,
        }
    }

    /// How many addresses of `set` are of each purpose that is usual.
    fn usual(&self, set: &AddressSet) -> BTreeMap<&'static str, u64> {
        let mut kinds = BTreeMap::new();
        if self.context.side != Side::Source {
            let blocks = set.addresses().iter().filter_map(|&address| Block::of(address));
            for block in blocks.filter(|block| block.kind.is_usual()) {
                *kinds.entry(block.kind.name()).or_default() += 1;
            }
        }
        kinds
    }
}
