//! Our own files, each written and read in one place.
//!
//! Nothing here computes or renders: what files hold is worked out elsewhere.

pub mod activity;
pub mod behaviour;
#[cfg(feature = "report")]
pub mod bounded;
#[cfg(feature = "report")]
pub mod checkpoint;
#[cfg(feature = "report")]
mod earlier;
#[cfg(feature = "report")]
pub mod model;
#[cfg(feature = "report")]
mod original;
#[cfg(feature = "report")]
mod output;
pub mod roaring;
#[cfg(feature = "report")]
pub mod seen;
pub mod shard;
#[cfg(feature = "report")]
pub mod text;

#[cfg(feature = "report")]
pub use earlier::{Earlier, EarlierRole, EarlierShards, MadeFrom, Origin, folders_of_batch};
#[cfg(feature = "report")]
pub use original::Original;
#[cfg(feature = "report")]
pub use output::{
    Entry, Intent, MANIFEST, Manifest, ManifestError, Output, Overwritten, Targets, Unfinished,
    WriteError, abandon, sweep,
};
