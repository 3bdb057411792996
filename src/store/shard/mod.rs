//! Shards: tables of addresses and their packets, as octomix extract writes them. What reading and writing
//! share.

mod read;

pub(crate) use read::recognise;

/// The header, and nothing but the header, makes a table a shard.
const HEADER: &str = "address,packets";
