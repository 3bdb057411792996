//! What a person, or the next program, reads: files, and a summary as text or JSON.
//!
//! Everything here is told in one [`Summary`]; text is a view of it. Reports compute no models.

pub mod bitmap;
pub mod census;
pub mod changes;
pub mod clusters;
pub mod commonest;
pub mod compare;
pub mod cover;
pub mod fit;
pub mod index;
pub mod labels;
pub mod model;
pub mod output;
pub mod page;
pub mod portrait;
pub mod reading;
pub mod rules;
pub mod seen;
pub mod shard;
pub mod summary;
pub mod sweep;
pub mod text;
pub mod tiles;

pub use census::Census;
pub use labels::{Judge, Row, Table};
pub use output::{Output, Unfinished, WriteError};
pub use summary::Summary;
