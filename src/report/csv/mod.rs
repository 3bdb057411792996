//! Tables as CSV. Numbers are written by `core::fmt`, in the fewest digits that read back exactly.

mod addresses;
mod changes;
mod clusters;
mod index;
mod pairs;
mod quoted;
mod sweep;

pub use addresses::AddressTable;
pub use changes::write_changes;
pub use clusters::write_clusters;
pub use index::write_index;
pub use pairs::write_pairs;
pub use sweep::write_sweep;
