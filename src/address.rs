//! Sets of distinct IPv4 addresses: what a capture folds into, and what every pass runs over.
//!
//! An address is a `u32` in host order (first octet in the highest byte), four bytes everywhere.
//! This module knows nothing of files, models or devices.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::Ipv4Addr;

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

/// Distinct addresses in order of first appearance, each with its number of packets.
///
/// ```
/// use octomix::address::AddressSet;
/// let mut set = AddressSet::default();
/// for address in [9, 7, 9] {
///     set.count(address);
/// }
/// assert_eq!((set.addresses(), set.packets()), (&[9, 7][..], &[2, 1][..]));
/// ```
#[derive(Debug, Default, Clone)]
pub struct AddressSet {
    addresses: Vec<u32>,
    packets: Vec<u64>,
    position: HashMap<u32, u32>,
}

impl AddressSet {
    /// Counts one packet of `address`.
    pub fn count(&mut self, address: u32) {
        match self.position.entry(address) {
            Entry::Occupied(seen) => self.packets[*seen.get() as usize] += 1,
            Entry::Vacant(new) => {
                // Positions fit in u32: there are 2^32 addresses, so the last position is 2^32 - 1.
                new.insert(self.addresses.len() as u32);
                self.addresses.push(address);
                self.packets.push(1);
            }
        }
    }

    /// The distinct addresses, in order of first appearance.
    pub fn addresses(&self) -> &[u32] {
        &self.addresses
    }

    /// Packets of each address, in the order of [`addresses`](Self::addresses).
    pub fn packets(&self) -> &[u64] {
        &self.packets
    }

    /// How many distinct addresses there are.
    pub fn len(&self) -> usize {
        self.addresses.len()
    }

    /// Whether no address has been counted.
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty()
    }
}

/// The dotted quad of `address`.
pub fn dotted(address: u32) -> Ipv4Addr {
    Ipv4Addr::from(address)
}
