//! Our own files, each written and read in one place.

#[cfg(feature = "cli")]
pub mod model;
#[cfg(feature = "cli")]
mod results;
pub mod roaring;
#[cfg(feature = "cli")]
pub mod seen;
pub mod shard;

#[cfg(feature = "cli")]
pub use results::{Output, Unfinished, WriteError, abandon};
