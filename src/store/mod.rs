//! Our own files, each written and read in one place.
//!
//! Nothing here computes or renders: what files hold is worked out elsewhere.

pub mod activity;
pub mod behaviour;
#[cfg(feature = "report")]
mod earlier;
#[cfg(feature = "report")]
pub mod model;
#[cfg(feature = "report")]
mod results;
pub mod roaring;
#[cfg(feature = "report")]
pub mod seen;
pub mod shard;
#[cfg(feature = "report")]
pub mod text;

#[cfg(feature = "report")]
pub use earlier::{Earlier, EarlierRole, MadeFrom, Original, earlier_files};
#[cfg(feature = "report")]
pub use results::{Output, Unfinished, WriteError, abandon};
