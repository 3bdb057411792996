//! Subnets of 24 leading bits, and those that a clustering cuts through.

/// Subnets of two addresses or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Blocks {
    /// How many there are.
    pub several: u64,
    /// Those whose addresses are not all in one cluster.
    pub split: u64,
}

// What is known of a subnet so far.
const UNSEEN: u8 = 0;
const ONE_ADDRESS: u8 = 1;
const ONE_CLUSTER: u8 = 2;
const SPLIT: u8 = 3;

impl Blocks {
    /// The subnets of distinct `addresses` with one label each.
    ///
    /// A table of all 2^24 subnets is no larger than the hash map that a large set would need, and for a
    /// small set the system provides only the pages that are touched.
    pub fn new(addresses: &[u32], labels: &[u32]) -> Self {
        let mut states = vec![UNSEEN; 1 << 24];
        let mut first_labels = vec![0; 1 << 24];
        let mut blocks = Self { several: 0, split: 0 };
        for (&address, &label) in addresses.iter().zip(labels) {
            let block = (address >> 8) as usize;
            let (state, first) = (&mut states[block], &mut first_labels[block]);
            if *state == UNSEEN {
                (*state, *first) = (ONE_ADDRESS, label);
                continue;
            }
            if *state == ONE_ADDRESS {
                *state = ONE_CLUSTER;
                blocks.several += 1;
            }
            if *state == ONE_CLUSTER && *first != label {
                *state = SPLIT;
                blocks.split += 1;
            }
        }
        blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subnet_is_split_once_and_needs_two_addresses() {
        let addresses = [
            0x0a00_0001,
            0x0a00_0002,
            0x0a00_0003,
            0x0a00_0004, // split twice
            0x0a00_0101,
            0x0a00_01ff, // together
            0xffff_ff01, // alone
            0x0000_0000,
            0x0000_00ff, // split
        ];
        let labels = [0, 0, 7, 1, 2, 2, 7, 0, 1];
        assert_eq!(Blocks::new(&addresses, &labels), Blocks { several: 3, split: 2 });
        assert_eq!(Blocks::new(&[], &[]), Blocks { several: 0, split: 0 });
    }
}
