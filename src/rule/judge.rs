//! The verdict on each address: its cluster, its log-density and the rules that flag it.
//!
//! Verdicts are made as labels arrive, and only those of flagged addresses are kept.

use super::{Flag, Rule, Rules};
use crate::pass::label::Label;

/// What the model and the rules say of one address, in 24 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Its position in the set.
    pub at: u32,
    /// Its cluster in the high bits, its rules in the low ones.
    packed: u32,
    /// How unexpected its octets are, in bits; 0 where nobody asked.
    pub surprise: f32,
    /// Its log-density, in nats.
    pub log_density: f64,
}

impl Verdict {
    /// Its cluster.
    pub fn cluster(&self) -> u32 {
        self.packed >> Rules::BITS
    }

    /// The rules that flag it.
    pub fn rules(&self) -> Rules {
        Rules::of_bits(self.packed)
    }

    /// Removes its flags.
    pub fn silence(&mut self) {
        self.packed &= !0 << Rules::BITS;
    }
}

/// What flags addresses.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'a> {
    /// The log-density strictly below which an address is flagged; `None` where that rule is not applied.
    pub threshold: Option<f64>,
    /// What the other rules flag, by position.
    pub flags: &'a [Flag],
}

impl Judge<'_> {
    /// The verdicts on `labels`, the first of which belongs to the address at position `start`.
    pub fn verdicts(&self, start: usize, labels: &[Label]) -> impl Iterator<Item = Verdict> {
        let first = self.flags.partition_point(|flag| (flag.at as usize) < start);
        let mut flags = self.flags[first..].iter().peekable();
        (start..).zip(labels).map(move |(at, &label)| {
            // Positions fit in u32: there are 2^32 addresses.
            let at = at as u32;
            let flag = flags.next_if(|flag| flag.at == at);
            let rules = flag.map_or(Rules::default(), |flag| flag.rules);
            let is_low = self.threshold.is_some_and(|threshold| label.log_density < threshold);
            let rules = if is_low { rules.with(Rule::LowDensity) } else { rules };
            // Clusters are a million at the most.
            let packed = label.cluster << Rules::BITS | rules.bits();
            Verdict { at, packed, surprise: 0.0, log_density: label.log_density }
        })
    }
}
