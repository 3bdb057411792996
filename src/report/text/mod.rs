//! Summaries as plain text, 80 to 100 columns wide; a wide terminal also shows the reasons of anomalies.

mod blocks;
mod changes;
mod compare;
pub mod extraction;
pub mod index;
mod pairs;
mod reading;
mod role;
mod run;
mod scatter;
mod sweep;
pub mod table;
mod wrap;

pub(super) use blocks::main_blocks;
pub(super) use changes::{sentences, since};
pub(super) use compare::{anomalies, common, splits};
pub(super) use role::{flagged_by, found_by, is_ranking};
pub(super) use run::stages;
pub use run::{Findings, Layout, WIDTH, write};
pub use scatter::Scatter;
