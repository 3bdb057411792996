//! Tables as CSV.

mod addresses;

pub use addresses::Table;
