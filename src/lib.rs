//! Structure and anomalies in very large sets of IPv4 addresses: Gaussian mixtures and K-Means, on the
//! GPU, on all cores, or in plain `f64` loops.
//!
//! The crate is also a program; README.md tells what it does for an analyst. Data flows one way:
//!
//! [`input`] → [`address`] set → [`pass`]es on an [`engine`] ⇄ [`model`] → [`rule`]s →
//! [`describe`] → [`report`]
//!
//! and [`analysis`] is that way as a handful of calls. Three traits give the crate its structure.
//!
//! # [`Pass`](pass::Pass): what is computed
//!
//! One run over the addresses: small parameters down, a small sum back. A pass is defined once, in
//! plain loops, and everything fast is compared with that definition. Its statistics are a monoid.
//!
//! ```
//! use octomix::pass::{Centres, Moments, Pass, Stats};
//!
//! let centres = Centres::single();
//! let mut all = Moments::identity(&centres);
//! for part in [&[0x0a00_0001, 0x0a00_0003][..], &[0x0a00_0005]] {
//!     all.merge(&Moments::reduce(&centres, part));
//! }
//! assert_eq!(all.total().mean(), [10.0, 0.0, 0.0, 3.0]);
//! ```
//!
//! # [`Engine`](engine::Engine): where it is computed
//!
//! An engine holds the addresses, borrowed, shared or elsewhere, runs every pass over them, and hands
//! them out with their labels. The [reference](engine::ReferenceEngine), the
//! [CPU](engine::CpuEngine) and the [GPU](engine::GpuEngine) agree within derived bounds
//! ([`conformance`]).
//!
//! ```
//! use octomix::engine::{CpuEngine, Host, Run};
//! use octomix::pass::{Centres, Lloyd};
//!
//! let addresses: Vec<u32> = (0..1000).map(|i| 0x0a00_0000 + i * 7).collect();
//! let mut engine = CpuEngine::new(&addresses);
//! let centres = Centres::new(&[[10.0, 0.0, 0.0, 128.0], [10.0, 0.0, 20.0, 128.0]])?;
//! let stats = Run::<Lloyd>::run(&mut engine, &[centres])?;
//! assert_eq!(stats[0].0.iter().map(|cluster| cluster.count).sum::<u64>(), engine.total());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # [`Watcher`](analysis::Watcher): who looks on
//!
//! An analysis tells its watcher how far a fit is, and hands it every judged address: for a progress
//! bar, a table, or nothing at all.
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! use octomix::KMeans;
//! use octomix::analysis::{Plan, Watcher, fit};
//! use octomix::engine::CpuEngine;
//! use octomix::model::Progress;
//!
//! struct Iterations(usize);
//!
//! impl Watcher for Iterations {
//!     fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
//!         self.0 = progress.iteration;
//!         ControlFlow::Continue(())
//!     }
//! }
//!
//! let addresses: Vec<u32> = (0..1000).map(|i| 0x0a00_0000 + i * 7).collect();
//! let plan = Plan { params: KMeans::params(3).check()?.into(), auto: false };
//! let mut iterations = Iterations(0);
//! let fitted = fit(&mut CpuEngine::new(&addresses), &plan, &mut iterations)?;
//! assert!(iterations.0 > 0 && fitted.model().weights().len() == 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! `report` adds summaries, tables, pages and the files of models, and [studies](report::study) of whole captures; `cli` adds the program, and `parquet` reads
//! Parquet files; these two are on by default. The repository's `examples`
//! are a detection in ten lines, a watched fit, an engine around another, and reading alone.

#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod address;
pub mod analysis;
pub mod behaviour;
pub mod conformance;
pub mod describe;
pub mod engine;
pub mod input;
pub mod model;
pub mod pass;
#[cfg(feature = "report")]
pub mod report;
pub mod rule;
pub mod store;
pub mod synthetic;
pub mod words;

pub use address::{AddressSet, Counter, Points};
pub use model::covariance::Covariance;
pub use model::init::Init;
pub use model::kmeans::KMeans;
pub use model::params::{BayesianMixture, GaussianMixture, Search};
pub use model::prior::{Priors, WeightPrior};
pub use model::{Checked, FitError, ParamError, Stop, unobserved};

/// The examples of README.md compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
