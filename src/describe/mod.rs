//! What is worked out for people: figures that no fit needs, but a reader of its results does.
//!
//! Nothing here renders or writes; [`report`](crate::report) does.

pub mod agreement;
pub mod census;
pub mod clusters;
pub mod commonest;
pub mod cover;
pub mod drawing;
pub mod flagged;
pub mod histogram;
pub mod octets;
pub mod plane;
pub mod portrait;
pub mod tiles;
