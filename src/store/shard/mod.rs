//! Shards: the distinct addresses of captures as small files, which every command reads again.

mod write;

pub use write::ShardFormat;
