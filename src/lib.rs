//! octomix
pub mod address;
