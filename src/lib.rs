//! Structure and anomalies in very large sets of IPv4 addresses: Gaussian mixtures and K-Means, on the
//! GPU, on all cores, or in plain `f64` loops.
//!
//! The odd sources of a capture, a flow log or a list, and why they are odd, by
//! `octomix = { version = "0.1", default-features = false, features = ["input"] }`, or from a
//! checkout by `octomix = { path = "../octomix", default-features = false, features = ["input"] }`:
//!
#![cfg_attr(feature = "input", doc = "```")]
#![cfg_attr(not(feature = "input"), doc = "```ignore")]
//! use std::ops::ControlFlow;
//!
//! use octomix::analysis::{Criteria, Plan, detect};
//! use octomix::engine::CpuEngine;
//! use octomix::input::{Options, read};
//! use octomix::{BayesianMixture, Search};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let files = ["examples/tutorial_packets.csv".into()];
//!     let capture = read(&files, &Options::default(), &mut |_| ControlFlow::Continue(()))?;
//!     let sources = &capture.sets.source;
//!     let mut engine = CpuEngine::new(sources.addresses());
//!     // The number of clusters that proves to be needed, up to seven.
//!     let params = BayesianMixture::params(7).search(Search::MergeSplit(None)).check()?;
//!     let plan = Plan { params: params.into(), auto: true };
//!     let found = detect(sources, &mut engine, &plan, &Criteria::default(), &mut ())?;
//!     for odd in &found.judged.findings {
//!         println!("{}", odd.reason);
//!     }
//! #   assert_eq!(found.judged.findings.len(), 2);
//!     Ok(())
//! }
//! ```
//!
//! It prints two lines, in a tenth of a second with `--release`, in seconds without:
//!
//! ```text
//! 172.19.2.66: nothing else here begins with 172 (14.5 of 38.5 bits); nearest cluster 1 is 130 sd away; 15 records.
//! 0.0.0.0: the unspecified address (RFC 1122); nothing else here begins with 0 (14.5 of 38.5 bits); nearest
//!     cluster 1 is 130 sd away; 12 records.
//! ```
//!
//! `judged.anomalies` has the most remote addresses of any set as well, a ranking. A `Vec<u32>` becomes a set by counting:
//!
//! ```
//! let addresses: Vec<u32> = vec![0x0a00_0001, 0x0a00_0002, 0x0a00_0001];
//! let mut counter = octomix::Counter::default();
//! counter.extend(&addresses);
//! let set: octomix::AddressSet = counter.finish();
//! # assert_eq!((set.len(), set.total()), (2, 3));
//! ```
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
//! [CPU](engine::CpuEngine) and the [GPU] agree within derived bounds
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
//! Without any there are models, passes, rules and the engines of the CPU, on addresses that the caller has.
//!
//! | feature | adds | implies |
//! | --- | --- | --- |
//! | `input` | [`input`]: reading captures, logs, tables and lists, compressed or not; what octomix wrote, in [`store`] | |
//! | `report` | [`report`]: summaries, tables and pages, `study`: a whole capture; the files of models and results, in [`store`] | `input` |
//! | `parquet` | Parquet, read and written | `input` |
//! | `gpu` | the engine of [GPU]s, through wgpu | |
//! | `cli` | the program | `report` |
//!
//! `cli`, `gpu` and `parquet` are on by default. A report tells what was read, in the words of the readers: there is
//! none without `input`. The repository's `examples` are a detection in ten lines, a watched fit, an engine around
//! another, and reading alone.
//!
#![cfg_attr(not(feature = "input"), doc = "[`input`]: #features")]
#![cfg_attr(not(feature = "input"), doc = "[`store`]: #features")]
#![cfg_attr(not(feature = "report"), doc = "[`report`]: #features")]
#![cfg_attr(not(feature = "gpu"), doc = "[GPU]: #features")]
#![cfg_attr(feature = "gpu", doc = "[GPU]: engine::GpuEngine")]
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod address;
pub mod analysis;
pub mod behaviour;
pub mod conformance;
pub mod describe;
pub mod engine;
#[cfg(feature = "input")]
pub mod input;
pub mod model;
pub mod pass;
#[cfg(feature = "report")]
pub mod report;
pub mod rule;
#[cfg(feature = "input")]
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
