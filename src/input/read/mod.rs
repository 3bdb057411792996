//! The way of the bytes: from paths to counted addresses, whatever the format.

pub(crate) mod block;
pub(crate) mod decompress;
pub(crate) mod driver;
pub(crate) mod fold;
pub(crate) mod head;
pub(crate) mod reader;
pub(crate) mod source;
pub(crate) mod stream;
pub(crate) mod wanted;
