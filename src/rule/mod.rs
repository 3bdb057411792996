//! What makes an address anomalous, and why.
//!
//! One of the four rules looks at the log-density of a model ([`threshold`], [`fdr`]). The others need
//! no model and look at the addresses alone: where they lie ([`reserved`]), how many share their
//! leading bits ([`isolated`]), and which hosts are beside them ([`gap`]). Each of these walks over
//! sorted addresses, in memory that grows only with what is flagged.
//! [`reason`] says in a sentence what is odd about one, from the [`surprise`] of its octets.

pub mod fdr;
pub mod gap;
pub mod isolated;
pub mod judge;
pub mod prefix;
pub mod reason;
pub mod reserved;
pub mod surprise;
pub mod threshold;

use std::fmt;

use gap::Gap;
use isolated::Isolated;
use prefix::Ascending;

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
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::LowDensity, Self::Reserved, Self::Isolated, Self::Gap];

    /// Its name on the command line and in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LowDensity => "low-density",
            Self::Reserved => "reserved",
            Self::Isolated => "isolated",
            Self::Gap => "gap",
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

/// What the rules that need no model found in a set.
#[derive(Debug, Clone, Default)]
pub struct Structure {
    /// The flagged, by position.
    pub flags: Vec<Flag>,
    /// Whether so many addresses would stand apart that none does.
    pub diffuse: bool,
}

impl Structure {
    /// Applies `rules` to `addresses`.
    pub fn new(addresses: &Ascending<'_>, rules: Rules) -> Self {
        let mut found = Self::default();
        let mut flag = |rank, rule| {
            let rules = Rules::default().with(rule);
            found.flags.push(Flag { at: addresses.position(rank), rules });
        };
        if rules.has(Rule::Reserved) {
            reserved::each(addresses, |rank| flag(rank, Rule::Reserved));
        }
        if rules.has(Rule::Isolated) {
            let isolated = Isolated::new(addresses);
            isolated.each(addresses, |rank| flag(rank, Rule::Isolated));
            found.diffuse = isolated.diffuse;
        }
        if rules.has(Rule::Gap) {
            Gap::new(addresses).each(addresses, |rank| flag(rank, Rule::Gap));
        }
        found.flags.sort_unstable_by_key(|flag| flag.at);
        found.flags.dedup_by(|next, kept| {
            let same = next.at == kept.at;
            if same {
                kept.rules = kept.rules.or(next.rules);
            }
            same
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let mut addresses: Vec<u32> = (0..256).rev().map(|host| 0x0a00_0000 + host).collect();
        addresses.insert(100, 0);
        let structure =
            Structure::new(&Ascending::new(&addresses), Rule::ALL.into_iter().collect());
        let rules = [Rule::Reserved, Rule::Isolated].into_iter().collect();
        assert_eq!(structure.flags, [Flag { at: 100, rules }]);
        assert!(!structure.diffuse);
        let none = Structure::new(&Ascending::new(&addresses), Rules::default());
        assert!(none.flags.is_empty());
    }
}
