//! What is worked out for people: figures that no fit needs, but the readers of its results do.
//!
//! These are values. Nothing here renders, writes or knows a file: reports render, and
//! `store` keeps files.

pub mod agreement;
pub mod census;
pub mod clusters;
pub mod commonest;
pub mod cover;
pub mod drawing;
pub mod evidence;
pub mod fanout;
pub mod flagged;
pub mod highest;
pub mod histogram;
pub mod newest;
pub mod octets;
pub mod plane;
pub mod portrait;
pub mod tiles;
