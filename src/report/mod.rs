//! What a person, or the next program, reads: a summary as JSON, text and pages, and tables.
//!
//! Everything here is told in one [`Summary`]; text is a view of it. Reports compute
//! nothing: models come from [`model`](crate::model), figures from [`describe`](crate::describe), and a [`study`] brings
//! all together for a capture, in memory or as a [`folder`] of files.

pub mod csv;
pub mod folder;
mod glossary;
pub mod page;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod study;
pub mod summary;
mod tables;
pub mod text;

pub use summary::Summary;
pub use tables::{TableFormat, TableOptions};
