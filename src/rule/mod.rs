//! What makes an address anomalous, and why.
//!
//! One of the rules looks at the log-density of a model ([`threshold`], [`fdr`]), and where it flags a share of
//! every set it is a ranking. The others need no model and can flag nothing: what they flag is a finding. Three
//! look at the addresses alone: where they lie ([`reserved`]), how many share their leading bits
//! ([`isolated`]), and which hosts are beside them ([`gap`]). Each of these walks over sorted addresses, in memory
//! that grows only with what is flagged. Three look at what addresses do: whether a source knocks at all doors of
//! a block ([`sweep`]) or of a host ([`port_scan`]), and whether a destination that another day did not see is
//! busy now ([`new_busy`]).
//! [`reason`] says in a sentence what is odd about one, from the [`surprise`] of its octets.

pub mod fdr;
pub mod gap;
pub mod isolated;
pub mod judge;
pub mod new_busy;
pub mod pairs;
pub mod port_scan;
pub mod prefix;
pub mod reason;
pub mod reserved;
pub mod surprise;
pub mod sweep;
pub mod threshold;

use std::fmt;

use gap::Gap;
use isolated::Isolated;
use port_scan::PortScan;
use prefix::Ascending;
use sweep::Sweep;

use crate::address::AddressSet;
use crate::behaviour::{Conversations, Earlier, Side};

/// A rule by which addresses are flagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The log-density lies below the threshold.
    LowDensity,
    /// The address lies in a block that is set aside.
    Reserved,
    /// No populated block explains the address.
    Isolated,
    /// The host is far from the others of its dense /24.
    Gap,
    /// The source contacts most of a block, with few records each.
    Sweep,
    /// The source asks one destination for many services.
    PortScan,
    /// The destination is new since the day of the model, and busy.
    NewBusy,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::LowDensity,
        Self::Reserved,
        Self::Isolated,
        Self::Gap,
        Self::Sweep,
        Self::PortScan,
        Self::NewBusy,
    ];

    /// Its name on the command line and in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LowDensity => "low-density",
            Self::Reserved => "reserved",
            Self::Isolated => "isolated",
            Self::Gap => "gap",
            Self::Sweep => "sweep",
            Self::PortScan => "port-scan",
            Self::NewBusy => "new-busy",
        }
    }
}

/// A set of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules(u8);

impl Rules {
    /// This set and `rule`.
    #[must_use]
    pub fn with(self, rule: Rule) -> Self {
        Self(self.0 | 1 << rule as u8)
    }

    /// The rules of either set.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `rule` is among them.
    pub fn has(self, rule: Rule) -> bool {
        self.0 & 1 << rule as u8 != 0
    }

    /// These rules without `rule`.
    #[must_use]
    pub fn without(self, rule: Rule) -> Self {
        Self(self.0 & !(1 << rule as u8))
    }

    /// Those of them that look at what addresses do.
    #[must_use]
    pub fn of_behaviour(self) -> Self {
        let of_behaviour = [Rule::Sweep, Rule::PortScan, Rule::NewBusy];
        of_behaviour.into_iter().filter(|&rule| self.has(rule)).collect()
    }

    /// A bit for each rule, below [`BITS`](Self::BITS).
    pub(crate) fn bits(self) -> u32 {
        self.0.into()
    }

    /// The rules of the lowest [`BITS`](Self::BITS) of `bits`.
    pub(crate) fn of_bits(bits: u32) -> Self {
        Self((bits & ((1 << Self::BITS) - 1)) as u8)
    }

    /// How many bits a set takes.
    pub(crate) const BITS: u32 = Rule::ALL.len() as u32;

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The rules, in the order of [`Rule::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Rule> {
        Rule::ALL.into_iter().filter(move |&rule| self.has(rule))
    }
}

impl FromIterator<Rule> for Rules {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        rules.into_iter().fold(Self::default(), Self::with)
    }
}

impl fmt::Display for Rules {
    /// The names, joined by `+`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, rule) in self.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { "+" })?;
            f.write_str(rule.name())?;
        }
        Ok(())
    }
}

/// An address that rules other than the density's flag: 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// Its position in the set.
    pub at: u32,
    /// The rules.
    pub rules: Rules,
}

/// A lone address of at least so many peers, and half as many as any has, is one that all turn to.
const LEAST_TURNED_TO: u32 = 5;

/// Multicast groups, and behind them what is reserved and the broadcast: 224.0.0.0 and above.
const GROUPS: u32 = 0xe000_0000;

/// On which side of records the addresses of a set are, and what is known of what they do.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The side; of lists, [either](Side::Either).
    pub side: Side,
    /// Who asked whom for what.
    pub conversations: Option<&'a Conversations>,
    /// All destinations.
    pub destinations: Option<&'a AddressSet>,
    /// The same side on the day of the model.
    pub earlier: Option<&'a Earlier>,
}

impl Default for Context<'_> {
    /// Nothing is known.
    fn default() -> Self {
        Self { side: Side::Either, conversations: None, destinations: None, earlier: None }
    }
}

/// What the rules that need no model found in a set.
#[derive(Debug, Clone, Default)]
pub struct Structure {
    /// The flagged, by position.
    pub flags: Vec<Flag>,
    /// Whether so many addresses would stand apart that none does.
    pub diffuse: bool,
    /// The sweeps, by their source.
    pub sweeps: Vec<Sweep>,
    /// The scans of ports, by their source.
    pub port_scans: Vec<PortScan>,
}

impl Structure {
    /// Applies `rules` to the addresses of `set`, which are those of `addresses`.
    pub fn new(
        set: &AddressSet,
        addresses: &Ascending<'_>,
        rules: Rules,
        context: &Context<'_>,
    ) -> Self {
        let mut found = Self::default();
        if let Some(conversations) = context.conversations
            && context.side != Side::Destination
        {
            if rules.has(Rule::Sweep) {
                found.sweeps = sweep::find(conversations, context.destinations);
            }
            if rules.has(Rule::PortScan) {
                found.port_scans = port_scan::find(conversations);
            }
        }
        let mut flags = Vec::new();
        let mut flag = |rank, rule| {
            let rules = Rules::default().with(rule);
            flags.push(Flag { at: addresses.position(rank), rules });
        };
        if rules.has(Rule::Reserved) {
            reserved::each(addresses, context.side, |rank| flag(rank, Rule::Reserved));
        }
        if rules.has(Rule::Isolated) {
            // Groups of hosts are usual destinations, wherever they are: they have ranks behind all others.
            let groups = match context.side {
                Side::Source => addresses.addresses().len(),
                _ => addresses.addresses().partition_point(|&address| address < GROUPS),
            };
            let hosts = Ascending::new(&addresses.addresses()[..groups]);
            let isolated = Isolated::new(&hosts);
            // Whom all turn to, as to the one server outside of a small office, is no stranger.
            let peers = |at: usize| set.activity(at).peers.unwrap_or(0);
            let most = (0..set.len()).map(peers).max().unwrap_or(0);
            isolated.each(&hosts, |rank| {
                let peers = peers(addresses.position(rank) as usize);
                if peers < LEAST_TURNED_TO || 2 * u64::from(peers) < u64::from(most) {
                    flag(rank, Rule::Isolated);
                }
            });
            found.diffuse = isolated.diffuse;
        }
        if rules.has(Rule::Gap) {
            Gap::new(addresses).each(addresses, |rank| flag(rank, Rule::Gap));
        }
        let sweeps = found.sweeps.iter().map(|sweep| (sweep.source, Rule::Sweep));
        let scans = found.port_scans.iter().map(|scan| (scan.source, Rule::PortScan));
        for (source, rule) in sweeps.chain(scans) {
            // What filters leave out is not in the set.
            if let Ok(rank) = addresses.addresses().binary_search(&source) {
                flag(rank, rule);
            }
        }
        if let Some(earlier) = context.earlier
            && rules.has(Rule::NewBusy)
            && context.side == Side::Destination
        {
            let is_seen = |address| earlier.has(address);
            let rules = Rules::default().with(Rule::NewBusy);
            let busy = new_busy::find(set, is_seen);
            flags.extend(busy.into_iter().map(|at| Flag { at, rules }));
        }
        flags.sort_unstable_by_key(|flag| flag.at);
        flags.dedup_by(|next, kept| {
            let same = next.at == kept.at;
            if same {
                kept.rules = kept.rules.or(next.rules);
            }
            same
        });
        found.flags = flags;
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Counter;

    #[test]
    fn rules_are_told_by_name() {
        let rules: Rules = [Rule::Gap, Rule::LowDensity].into_iter().collect();
        assert_eq!(rules.to_string(), "low-density+gap");
        assert!(rules.has(Rule::Gap) && !rules.has(Rule::Isolated));
        assert_eq!(Rules::default().to_string(), "");
    }

    #[test]
    fn flags_stand_in_the_order_of_the_set_with_all_their_rules() {
        // 0.0.0.0 is set aside, and alone; the others fill a /24, in descending order.
        let mut counter = Counter::default();
        let hosts: Vec<u32> = (0..256).rev().map(|host| 0x0a00_0000 + host).collect();
        counter.extend(&hosts[..100]);
        counter.count(0);
        counter.extend(&hosts[100..]);
        let set = counter.finish();
        let ascending = Ascending::new(set.addresses());
        let of = |rules| Structure::new(&set, &ascending, rules, &Context::default());
        let structure = of(Rule::ALL.into_iter().collect());
        let rules = [Rule::Reserved, Rule::Isolated].into_iter().collect();
        assert_eq!(structure.flags, [Flag { at: 100, rules }]);
        assert!(!structure.diffuse);
        assert!(of(Rules::default()).flags.is_empty());
    }
}
