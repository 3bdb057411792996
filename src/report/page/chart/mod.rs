//! Small charts as SVG: they print, scale, and take their colours from the page's style sheet.

mod axes;
mod fanout;
mod histogram;
mod lines;
mod strip;
mod ticks;
mod timeline;

pub(super) use fanout::fanout;
pub(super) use histogram::histogram;
pub(super) use lines::{Curve, elbow, trace};
pub(super) use strip::strip;
pub(super) use ticks::{number, ticks};
pub(super) use timeline::timeline;
