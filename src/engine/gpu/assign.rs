//! `shaders/assign.wgsl`: the nearest centre of each address.

use super::shader;
use super::stream::Stream;

/// The kernel of [`assign`](crate::pass::assign).
pub(super) const ASSIGN: Stream = Stream { name: "assign", source: shader::ASSIGN_SOURCE };
