//! A capture studied as a whole: its roles fitted or scored, judged and described, with everything in memory, and from
//! there a page or a folder of files.
//!
//! The program writes files as it goes and so takes the parts: [`RoleWork`], [`Task::pairs`] and
//! [`folder::complete`](super::folder::complete).
//!
//! ```
//! use octomix::BayesianMixture;
//! use octomix::analysis::{Criteria, Plan};
//! use octomix::engine::choice::{Choice, EngineKind};
//! use octomix::input::{Options, read};
//! use octomix::report::page::Invocation;
//! use octomix::report::study::Task;
//! use octomix::store::model::WeightedBy;
//!
//! let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tutorial_packets.csv");
//! let capture = read(&[file.into()], &Options::default(), &mut |_| std::ops::ControlFlow::Continue(()))?;
//! let params = BayesianMixture::params(14);
//! let search = params.best_search();
//! let plan = Plan { params: params.search(search).check()?.into(), auto: true };
//! let engine = (EngineKind::Cpu, Choice::new(EngineKind::Cpu, None, 0, 0)?);
//! let task = Task::new(&capture, Criteria::default());
//! let study = task.detect(&plan, WeightedBy::Addresses, (engine.0, &engine.1), &mut ())?;
//! let sources = study.summary.roles.source.as_ref().ok_or("no sources")?;
//! assert_eq!(sources.findings[0].address.to_string(), "172.19.2.66");
//! assert!(study.page(&Invocation::default())?.starts_with("<!DOCTYPE html>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod role;
mod tabled;
mod task;
mod told;
mod under_way;
mod whole;

pub use error::StudyError;
pub use role::{Found, RoleWork};
pub use task::Task;
pub use told::{NO_PAIRS, told_of_end, told_of_few, told_of_plan, told_of_trouble};
pub use under_way::points;
pub use whole::Study;

/// The kind of runs that score, in manifests.
pub const SCORE: &str = "score";
