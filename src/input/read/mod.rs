//! The path of the bytes, from files to counted addresses, whatever the format: `source` and `pattern` find
//! the files; `archive` opens them and what they hold; `stream`, `decompress` and `wide` deliver their bytes,
//! `head` the first of these; `reader` cuts them into
//! blocks, `driver` has them parsed and collects them, `fold` counts. `wanted` and `block` are what parsers
//! see of a run. No format is read here.

pub(crate) mod archive;
pub(crate) mod block;
pub(crate) mod blocks;
pub(crate) mod bytes;
pub(crate) mod decompress;
pub(crate) mod driver;
pub(crate) mod fold;
pub(crate) mod head;
pub(super) mod keys;
mod pattern;
pub(crate) mod reader;
pub(crate) mod source;
pub(crate) mod stream;
pub(crate) mod unread;
pub(crate) mod wanted;
pub(crate) mod wide;
