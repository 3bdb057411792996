//! What a person, or the next program, reads: a summary as JSON, text and pages, and tables.
//!
//! Everything here is told in one [`Summary`]; text is a view of it. Reports compute
//! nothing: models come from [`model`](crate::model), figures from [`describe`](crate::describe).

pub mod csv;
mod glossary;
pub mod page;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod summary;
pub mod text;

pub use summary::Summary;
