//! Shards: tables of addresses and their packets, as octomix extract writes them. What reading and writing
//! share.

mod read;
#[cfg(feature = "report")]
mod write;

pub(crate) use read::{opened, recognise};
#[cfg(feature = "report")]
pub use write::ShardFormat;

/// The header. A table is a shard if and only if it has exactly this header.
const HEADER: &str = "address,packets";
