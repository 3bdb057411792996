//! What has changed since the day that a model was fitted to: what is new, and what has vanished.

use std::net::Ipv4Addr;

use serde::Serialize;

use crate::describe::newest::NewAddress;
use crate::describe::tiles::{Counts, Tile};
use crate::store::Origin;

/// What has changed since the day that the model was fitted to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changes {
    /// The model, and so the day.
    pub since: Since,
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

/// The model of the other day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Since {
    /// What the day is called: the name of the folder of its results.
    pub day: String,
    /// The path of the model's file.
    pub model: String,
    /// The run that fitted it, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fitted: Option<Origin>,
}

/// How the addresses differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AddressChanges {
    /// Addresses seen then.
    pub then: u64,
    /// Addresses seen now.
    pub now: u64,
    /// Those of now that were not seen then.
    pub new: u64,
    /// Their share of those of now.
    pub new_share: f64,
    /// The first of them: the busiest, and of equally busy ones those that the model expects least.
    pub newest: Vec<NewAddress>,
    /// The tightest blocks around them in which none was seen then.
    pub new_blocks: ChangedBlocks,
    /// Those of then that are not seen now.
    pub vanished: u64,
    /// Their share of those of then.
    pub vanished_share: f64,
    /// The tightest blocks around them in which none is seen now.
    pub vanished_blocks: ChangedBlocks,
}

impl AddressChanges {
    /// So many addresses of both days, the `newest` of them, and the blocks that are `new` and that have `vanished`.
    pub fn new(
        Counts { then, now, both }: Counts,
        newest: Vec<NewAddress>,
        new_blocks: ChangedBlocks,
        vanished_blocks: ChangedBlocks,
    ) -> Self {
        let share = |part: u64, all: u64| if all == 0 { 0.0 } else { part as f64 / all as f64 };
        let (new, vanished) = (now - both, then - both);
        Self {
            then,
            now,
            new,
            new_share: share(new, now),
            newest,
            new_blocks,
            vanished,
            vanished_share: share(vanished, then),
            vanished_blocks,
        }
    }
}

/// Blocks of addresses that are new, or that have vanished.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ChangedBlocks {
    /// How many there are; a lone address is one.
    pub count: u64,
    /// At most ten of them, those of the most addresses first, and of equals the first.
    pub largest: Vec<ChangedBlock>,
}

/// Blocks that are told.
const TOLD: usize = 10;

/// A block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedBlock {
    /// The network; a lone address is itself.
    pub block: String,
    /// Its addresses.
    pub addresses: u64,
}

impl ChangedBlocks {
    /// Adds one.
    pub fn add(&mut self, tile: Tile) {
        self.count += 1;
        let addresses = tile.addresses;
        let place = self.largest.partition_point(|other| other.addresses >= addresses);
        if place < TOLD {
            self.largest.insert(place, ChangedBlock { block: tile.to_string(), addresses });
            self.largest.truncate(TOLD);
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
