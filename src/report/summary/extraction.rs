//! summary.json of `octomix extract` and `octomix merge`.

use serde::{Deserialize, Serialize};

use super::reading::Reading;
use crate::address::{AddressSet, Unit};
use crate::input::PerRole;
use crate::store::{MadeFrom, Origin};

/// summary.json of octomix extract and octomix merge.
#[derive(Debug, Clone, Serialize)]
pub struct Extraction {
    /// The version that ran.
    pub octomix: &'static str,
    /// What was read.
    pub input: Reading,
    /// What was extracted for each role that has addresses.
    #[serde(flatten)]
    pub roles: PerRole<Option<Extracted>>,
    /// Roles that were asked for but have no address: `src`, `dst`.
    pub skipped_roles: Vec<&'static str>,
    /// All warnings.
    pub warnings: Vec<String>,
    /// The directory of the files.
    pub output: String,
    /// The files written, as paths below that directory.
    pub files: Vec<String>,
    /// Where the results come from that these took the place of. It is of the folder, and not of the results.
    #[serde(skip)]
    pub replaced: Option<Origin>,
    /// How long it took.
    pub seconds: ExtractionSeconds,
    /// What it was made from, in a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_from: Option<MadeFrom>,
}

/// What was extracted for one role.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Extracted {
    /// Distinct addresses.
    pub addresses: usize,
    /// Packets of all of them, or what else was counted.
    pub packets: u64,
    /// What was counted: `packets`, `records` or `packets or records`.
    pub unit: Unit,
}

impl Extracted {
    /// What `set` holds.
    pub fn new(set: &AddressSet) -> Self {
        Self { addresses: set.len(), packets: set.total(), unit: set.unit() }
    }
}

/// Seconds of an extraction.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ExtractionSeconds {
    /// Reading the captures.
    pub read: f64,
    /// Writing the shards.
    pub write: f64,
    /// From the start until the summary was made.
    pub total: f64,
}
