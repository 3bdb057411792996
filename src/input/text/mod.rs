//! Text formats: tables, lists, logs and JSON, and the lines, cells and columns that they share.

pub(crate) mod bare;
pub(crate) mod blanks;
pub(crate) mod cell;
pub(crate) mod columns;
pub(crate) mod cutter;
pub(crate) mod delimited;
mod exact;
pub(crate) mod facts;
mod fast;
pub(crate) mod header;
pub(crate) mod json;
pub(crate) mod layout;
pub(crate) mod lines;
pub(crate) mod list;
pub(crate) mod log;
pub(crate) mod opening;
pub(crate) mod preset;
pub(crate) mod ragged;
mod slots;
mod times;
pub(crate) mod unusual;
pub(crate) mod vpc;
pub(crate) mod zeek;
