//! Summaries as plain text, 80 to 100 columns wide; a wide terminal also shows the reasons of anomalies.

mod blocks;
mod changes;
mod compare;
pub mod extraction;
mod files;
mod findings;
pub mod index;
mod reading;
mod role;
mod run;
mod scatter;
mod sweep;
pub mod table;

pub(super) use blocks::main_blocks;
pub(super) use changes::sentences;
pub use findings::{Findings, Layout};
pub(super) use role::flagged_by;
pub use run::{WIDTH, write};
pub use scatter::Scatter;
