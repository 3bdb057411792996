//! Sets of IPv4 addresses: what a capture folds into, and what every pass runs over.
//!
//! An address is a `u32` in host order (first octet in the highest byte), four bytes everywhere.
//! This module knows nothing of files, models or devices.

use std::net::Ipv4Addr;

mod blocks;
mod counter;
mod folded;
mod held;
mod operation;
mod points;
mod set;
mod unit;

pub use blocks::Blocks;
pub use counter::{Counter, LARGEST_UNSORTED};
pub use held::Held;
pub use operation::Operation;
pub use points::{LARGEST_TOTAL, Points, WeightsError};
pub use set::AddressSet;
pub use unit::Unit;

/// Octets of an address, and so the dimensions of every model.
pub const OCTETS: usize = 4;

/// The four octets of `address`, first octet first: the features of every model.
///
/// ```
/// assert_eq!(octomix::address::octets(0xc0a8_0001), [192, 168, 0, 1]);
/// ```
#[inline]
pub fn octets(address: u32) -> [u8; OCTETS] {
    address.to_be_bytes()
}

/// The dotted quad of `address`.
pub fn dotted(address: u32) -> Ipv4Addr {
    Ipv4Addr::from(address)
}
