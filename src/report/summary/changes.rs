//! What has changed since the day that a model was fitted to: what is new, and what has vanished.

use std::net::Ipv4Addr;
use std::path::Path;

use serde::Serialize;

use crate::describe::newest::NewAddress;
use crate::describe::tiles::{Counts, Tile};
use crate::input::Role;
use crate::store::Origin;
use crate::store::model::Models;
use crate::words::shown_path;

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

impl Since {
    /// The day of the model of `role`, one of `models`.
    pub fn of(models: &Models, role: Role) -> Self {
        let file = models.file(role);
        Self { day: name_of_day(&file), model: shown_path(&file), fitted: models.origin() }
    }
}

/// What the day of the `model` is called: the folder of the results to which it belongs.
fn name_of_day(model: &Path) -> String {
    let of_role = |folder: &Path| Role::ALL.iter().any(|role| folder.ends_with(role.key()));
    let name = || {
        let model = model.canonicalize().ok()?;
        let folder = model.parent()?;
        let folder = if of_role(folder) { folder.parent()? } else { folder };
        Some(shown_path(Path::new(folder.file_name()?)))
    };
    name().unwrap_or_else(|| "the day of the model".to_owned())
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

impl WeightChange {
    /// That of each cluster, whose weights were these `then` and are these `now`.
    pub fn all(then: &[f64], now: &[f64]) -> Vec<Self> {
        let pairs = then.iter().zip(now).enumerate();
        pairs.map(|(cluster, (&then, &now))| Self { cluster, then, now }).collect()
    }
}

/// Addresses that are flagged now and were not then: not seen, or not flagged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewlyFlagged {
    /// How many.
    pub count: u64,
    /// The least dense of them, least dense first, at most as many as there are listed anomalies.
    pub addresses: Vec<Ipv4Addr>,
}
