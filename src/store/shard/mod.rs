//! Shards: tables of addresses and their counts, as octomix extract writes them. What reading and writing
//! share.

use crate::address::Unit;

mod read;
#[cfg(feature = "report")]
mod write;

pub(crate) use read::{opened, recognise};
#[cfg(feature = "report")]
pub use write::ShardFormat;

/// How the header begins, which says what was counted. A table is a shard if and only if its header is this, or
/// this and the columns of what addresses did.
fn header(unit: Unit) -> &'static str {
    match unit {
        Unit::Packets => "address,packets",
        Unit::Records => "address,records",
        Unit::Mixed => "address,count",
    }
}
