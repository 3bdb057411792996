//! What has changed since the day that a model was fitted to: what is new, and what has vanished.

use std::net::Ipv4Addr;

use serde::Serialize;

use crate::describe::tiles::Difference;

/// What has changed since the day that the model was fitted to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changes {
    /// Addresses, of then and of now; nothing where it is not known which were seen then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses: Option<AddressChanges>,
    /// The weight of each cluster then and now.
    pub weights: Vec<WeightChange>,
    /// Flagged addresses; nothing where it is not known which were flagged then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newly_flagged: Option<NewlyFlagged>,
    /// Files that are missing beside the model, so that part of this is not known.
    pub missing: Vec<&'static str>,
}

/// How the addresses differ.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AddressChanges {
    /// Addresses seen then.
    pub then: u64,
    /// Addresses seen now.
    pub now: u64,
    /// Those of now that were not seen then.
    pub new: u64,
    /// Their share of those of now.
    pub new_share: f64,
    /// Those of then that are not seen now.
    pub vanished: u64,
    /// Their share of those of then.
    pub vanished_share: f64,
    /// /24s in which no address was seen then.
    pub new_24s: u64,
    /// /16s in which no address was seen then.
    pub new_16s: u64,
    /// /24s in which no address is seen now.
    pub vanished_24s: u64,
    /// /16s in which no address is seen now.
    pub vanished_16s: u64,
}

impl From<Difference> for AddressChanges {
    fn from(Difference { addresses, slash24, slash16 }: Difference) -> Self {
        let share = |part: u64, all: u64| if all == 0 { 0.0 } else { part as f64 / all as f64 };
        Self {
            then: addresses.then,
            now: addresses.now,
            new: addresses.added(),
            new_share: share(addresses.added(), addresses.now),
            vanished: addresses.vanished(),
            vanished_share: share(addresses.vanished(), addresses.then),
            new_24s: slash24.new,
            new_16s: slash16.new,
            vanished_24s: slash24.vanished,
            vanished_16s: slash16.vanished,
        }
    }
}

/// The weight of a cluster: its mean responsibility, or of K-Means its share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WeightChange {
    /// Its number.
    pub cluster: usize,
    /// That of the model.
    pub then: f64,
    /// That over the addresses of now.
    pub now: f64,
}

/// Addresses that are flagged now and were not then: not seen, or not flagged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewlyFlagged {
    /// How many.
    pub count: u64,
    /// The first of them, ascending, at most as many as there are listed anomalies.
    pub addresses: Vec<Ipv4Addr>,
}
