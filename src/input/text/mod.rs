//! Text formats: tables, lists, logs and JSON, and the lines, cells and columns that they share.

pub(crate) mod bare;
pub(crate) mod cell;
pub(crate) mod columns;
pub(crate) mod cutter;
pub(crate) mod delimited;
pub(crate) mod facts;
pub(crate) mod json;
pub(crate) mod lines;
pub(crate) mod list;
pub(crate) mod log;
mod times;
pub(crate) mod zeek;
