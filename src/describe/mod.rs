//! What is worked out for people: figures that no fit needs, but a reader of its results does.
//!
//! Nothing here renders or writes; [`report`](crate::report) does.

pub mod agreement;
