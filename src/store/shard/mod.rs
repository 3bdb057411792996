//! Shards: tables of addresses and their counts, as octomix extract writes them. What reading and writing
//! share.

use crate::address::Unit;

mod read;
#[cfg(feature = "report")]
mod write;

pub(crate) use read::{opened, recognise};
#[cfg(feature = "report")]
pub use write::ShardFormat;

/// The header, which says what was counted. A table is a shard if and only if it has exactly such a header.
fn header(unit: Unit) -> &'static str {
    match unit {
        Unit::Packets => "address,packets",
        Unit::Records => "address,records",
        Unit::Mixed => "address,count",
    }
}
