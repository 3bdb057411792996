#![doc = include_str!("../README.md")]
//! # The map
//!
//! Data flows one way: [`input`], [`address`] sets, [`pass`]es on an [`engine`], [`model`],
//! [`score`], and for the program's feature `cli` its reports. [`conformance`] holds engines against the reference.

pub mod address;
pub mod conformance;
pub mod engine;
pub mod input;
pub mod model;
pub mod pass;
#[cfg(feature = "cli")]
pub mod report;
pub mod score;
