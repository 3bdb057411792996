//! The files that octomix itself keeps, each written and read in one place.

pub mod roaring;
pub mod shard;
