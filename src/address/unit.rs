//! What the counts of a set stand for, and the words for it.

use serde::{Deserialize, Serialize};

/// What was counted of each address of a set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Packets: every record with an address says how many it stands for.
    #[default]
    Packets,
    /// Records, none of which says how many packets it stands for.
    Records,
    /// Packets where a record says them; one where it does not.
    #[serde(rename = "packets or records")]
    Mixed,
}

impl Unit {
    /// All of them.
    pub const ALL: [Unit; 3] = [Unit::Packets, Unit::Records, Unit::Mixed];

    /// What counts of `self` and of `other` stand for together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if self == other { self } else { Unit::Mixed }
    }

    /// The words for one, and for several.
    pub fn nouns(self) -> [&'static str; 2] {
        match self {
            Unit::Packets => ["packet", "packets"],
            Unit::Records => ["record", "records"],
            Unit::Mixed => ["packet or record", "packets or records"],
        }
    }

    /// The word for several.
    pub fn name(self) -> &'static str {
        self.nouns()[1]
    }

    /// The word for several, as a heading.
    pub fn title(self) -> &'static str {
        match self {
            Unit::Packets => "Packets",
            Unit::Records => "Records",
            Unit::Mixed => "Packets or records",
        }
    }

    /// The name of a column that holds such counts.
    pub fn column(self) -> &'static str {
        match self {
            Unit::Mixed => "count",
            unit => unit.name(),
        }
    }
}
