#![doc = include_str!("../README.md")]
//! # The map
//!
//! Data flows one way: [`input`], [`address`] sets, [`pass`]es on an [`engine`], [`model`],
//! [`rule`]s, what is [worked out for people](describe), and for the program's feature `cli` its reports.
//! [`conformance`] holds engines against the reference; [`synthetic`] sets are for benchmarks.

pub mod address;
pub mod conformance;
pub mod describe;
pub mod engine;
pub mod input;
pub mod model;
mod order;
pub mod pass;
#[cfg(feature = "cli")]
pub mod report;
pub mod rule;
pub mod store;
pub mod synthetic;

pub use address::{AddressSet, Counter, Points};
pub use model::covariance::Covariance;
pub use model::kmeans::KMeans;
pub use model::mixture::{BayesianMixture, GaussianMixture, Search};
pub use model::prior::{Priors, WeightPrior};
pub use model::start::Init;
pub use model::{FitError, Stop, unobserved};
