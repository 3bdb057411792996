//! The addresses of one role, as parsers deliver them and as they are counted.

use crate::behaviour::Sum;

/// The addresses of one role, in the order of their records.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    pub addresses: Vec<u32>,
    /// The packet count of each; empty as long as each has one packet.
    pub packets: Vec<u64>,
    /// What is to be added to the sums of addresses.
    pub sums: Vec<Sum>,
    /// Blocks of addresses: how many of `addresses` come before, the first and the last address. They are
    /// not expanded, because a block may have millions.
    pub networks: Vec<(usize, u32, u32)>,
}

impl Keys {
    #[inline]
    pub fn push(&mut self, address: u32, packets: u64) {
        if packets != 1 && self.packets.is_empty() {
            self.packets.resize(self.addresses.len(), 1);
        }
        if packets != 1 || !self.packets.is_empty() {
            self.packets.push(packets);
        }
        self.addresses.push(address);
    }

    /// Addresses, blocks and sums, each block counted once.
    pub fn len(&self) -> usize {
        self.addresses.len() + self.networks.len() + self.sums.len()
    }

    /// Addresses, including all those of blocks.
    pub fn addresses(&self) -> u64 {
        let of_blocks = |&(_, first, last): &(usize, u32, u32)| u64::from(last - first) + 1;
        self.addresses.len() as u64 + self.networks.iter().map(of_blocks).sum::<u64>()
    }

    /// Appends `others` and empties it.
    pub fn append(&mut self, others: &mut Self) {
        let before = self.addresses.len();
        if !self.packets.is_empty() || !others.packets.is_empty() {
            self.packets.resize(before, 1);
            self.packets.append(&mut others.packets);
            self.packets.resize(before + others.addresses.len(), 1);
        }
        self.addresses.append(&mut others.addresses);
        self.sums.append(&mut others.sums);
        let networks = others.networks.drain(..);
        self.networks.extend(networks.map(|(at, first, last)| (before + at, first, last)));
    }

    pub fn clear(&mut self) {
        self.addresses.clear();
        self.networks.clear();
        self.packets.clear();
        self.sums.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Adds to `keys` an address with packets or, of none, a block.
    fn add(keys: &mut Keys, &(address, packets): &(u32, u64)) {
        match packets {
            0 => keys.networks.push((keys.addresses.len(), address, address + 1)),
            packets => keys.push(address, packets),
        }
    }

    /// The packets of each address, written out.
    fn packets(keys: &Keys) -> Vec<u64> {
        (0..keys.addresses.len()).map(|at| keys.packets.get(at).copied().unwrap_or(1)).collect()
    }

    proptest! {
        #[test]
        fn parts_append_to_what_is_added_at_once(
            parts in prop::collection::vec(prop::collection::vec((0u32..9, 0u64..3), 0..5), 0..5),
        ) {
            let (mut whole, mut appended) = (Keys::default(), Keys::default());
            for part in &parts {
                let mut keys = Keys::default();
                part.iter().for_each(|key| add(&mut keys, key));
                part.iter().for_each(|key| add(&mut whole, key));
                appended.append(&mut keys);
                prop_assert_eq!(keys.len(), 0);
            }
            prop_assert_eq!(packets(&appended), packets(&whole));
            prop_assert_eq!((&appended.addresses, &appended.networks), (&whole.addresses, &whole.networks));
            prop_assert_eq!(appended.addresses(), {
                let keys = parts.iter().flatten();
                keys.map(|&(_, packets)| if packets == 0 { 2 } else { 1 }).sum::<u64>()
            });
        }
    }
}
