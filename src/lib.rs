//! octomix
pub mod address;
pub mod conformance;
pub mod engine;
pub mod input;
pub mod model;
pub mod pass;
pub mod report;
pub mod score;
