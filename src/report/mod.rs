//! What a person, or the next program, reads: files, and a summary as text or JSON.
//!
//! Everything here is told in one [`Summary`]; text is a view of it. Reports compute no models.

pub mod clusters;
pub mod compare;
pub mod fit;
pub mod labels;
pub mod model;
pub mod output;
pub mod reading;
pub mod summary;
pub mod sweep;
pub mod text;

pub use labels::Labelled;
pub use output::{Output, WriteError, write_file};
pub use summary::Summary;
