//! What was read, fitted and found, as values to serialise; text and pages are views of them.

pub mod changes;
pub mod compare;
pub mod extraction;
pub mod fit;
pub mod index;
pub mod pairs;
mod rarity;
pub mod reading;
mod role;
mod run;
pub mod sweep;

pub use rarity::{Leads, Shared};
pub use role::RoleSummary;
pub use run::{EngineSummary, RoleSeconds, RunSeconds, Summary, Timed};
