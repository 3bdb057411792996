//! Summaries as plain text, 100 columns wide where it goes to no terminal; a wide one also shows the reasons of
//! anomalies, and on a narrow one tables are folded.

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
mod verdict;
pub mod wrap;

pub(super) use blocks::main_blocks;
pub(super) use changes::{model_of, sentences};
pub(super) use compare::{anomalies, common, splits};
pub(super) use role::{flagged_by, found_by, inside, is_ranking, ranked_by, weight_now};
pub(super) use run::stages;
pub use run::{Findings, Layout, WIDTH, write, write_replaced};
pub use scatter::Scatter;
pub(super) use sweep::OTHER_SEARCH;
