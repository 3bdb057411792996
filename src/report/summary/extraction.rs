//! summary.json of `octomix extract` and `octomix merge`.

use serde::Serialize;

use super::reading::Reading;
use crate::address::AddressSet;
use crate::input::PerRole;

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
    /// How long it took.
    pub seconds: ExtractionSeconds,
}

/// What was extracted for one role.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Extracted {
    /// Distinct addresses.
    pub addresses: usize,
    /// Packets of all of them.
    pub packets: u64,
}

impl Extracted {
    /// What `set` holds.
    pub fn new(set: &AddressSet) -> Self {
        let packets = (0..set.len()).map(|at| set.packets(at)).sum();
        Self { addresses: set.len(), packets }
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
