//! Formats of text: tables, lists, logs and JSON, and what they share of lines, cells and columns.

pub(crate) mod bare;
pub(crate) mod cell;
pub(crate) mod columns;
pub(crate) mod cutter;
pub(crate) mod delimited;
pub(crate) mod facts;
pub(crate) mod json;
pub(crate) mod lines;
pub(crate) mod list;
pub(crate) mod network;
pub(crate) mod vpc;
pub(crate) mod zeek;
