//! Shards: tables of addresses and their packets, as octomix extract writes them. What reading and writing
//! share.

mod read;

pub(crate) use read::recognise;

/// The header. A table is a shard if and only if it has exactly this header.
const HEADER: &str = "address,packets";
