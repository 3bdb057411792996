//! Small charts as SVG: they print, scale, and take their colours from the page's style sheet.

mod axes;
mod histogram;
mod lines;
mod ticks;

pub(super) use histogram::histogram;
pub(super) use lines::{Curve, elbow, trace};
pub(super) use ticks::{number, ticks};
