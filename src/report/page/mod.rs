//! HTML pages, each of which holds all that it shows and loads nothing.
//!
//! The page of a run ([`write()`]) shows its [`Summary`](super::Summary) and a [`RolePage`] for each role,
//! which is gathered in the sweep that labels addresses. A sweep over numbers of components
//! ([`write_sweep`]), a comparison ([`write_compare`]) and a batch of captures ([`write_batch`]) have pages of their own.
//!
//! The templates nest: `run.html`, `compare.html` and `sweep.html` in `frame.html`, this and `batch.html` in
//! `shell.html`. Style (`page.css`) and scripts are compiled in. Text of the input is escaped by the
//! templates or by `embed`, and a Content-Security-Policy forbids whatever the page does not hold.

mod batch;
mod chart;
mod compare;
mod data;
mod embed;
mod finding;
mod frame;
mod model;
mod picture;
mod role;
mod run;
mod shell;
mod sweep;

pub use batch::write_batch;
pub use compare::{ComparedPage, write_compare};
pub use frame::Invocation;
pub use picture::Picture;
pub use role::{MOST_FLAGS, RolePage};
pub use run::write;
pub use shell::FILE;
pub use sweep::write_sweep;
