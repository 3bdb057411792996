#![doc = include_str!("../README.md")]
//! # The map
//!
//! Data flows one way: [`input`], [`address`] sets, [`pass`]es on an [`engine`], [`model`],
//! [`rule`]s, what is [worked out for people](describe), and with the feature `report` its rendering;
//! our own files are kept in one [`store`].
//! [`conformance`] holds engines against the reference; [`synthetic`] sets are for benchmarks.

pub mod address;
pub mod analysis;
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
