//! Synthetic sets of distinct addresses, for benchmarks and tests: address i of a set is computed, so
//! sets of any size take no memory.
//!
//! What makes addresses distinct without a table is a seeded bijection of the numbers of a few bits:
//! it deals out first octets, subnets or whole addresses in an order that looks random.

use std::fmt;

/// How the addresses of a set lie in the address space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Uniform over the whole space.
    Sparse,
    /// Whole /24s at random places, one after the other.
    Slash24,
    /// Whole /16s at random places, one after the other.
    Slash16,
    /// What captures hold, side by side: of eight addresses three lie in full /24s, one in half-filled
    /// /24s, one in a handful of /8s, two in a handful of /16s, and one anywhere else.
    Mixed,
}

impl Shape {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Sparse, Self::Slash24, Self::Slash16, Self::Mixed];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sparse => "sparse",
            Self::Slash24 => "slash24",
            Self::Slash16 => "slash16",
            Self::Mixed => "mixed",
        }
    }

    /// The most addresses that a set of this shape has.
    pub fn most(self) -> u64 {
        match self {
            Self::Sparse | Self::Slash24 | Self::Slash16 => 1 << 32,
            // Its /16s are then full: 2^29 addresses, a quarter of the set.
            Self::Mixed => 1 << 31,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A size that a set of this shape cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a {shape} set has from 1 to {} addresses, not {count}", shape.most())]
pub struct SizeError {
    shape: Shape,
    count: u64,
}

/// A set of distinct addresses.
///
/// ```
/// use octomix::synthetic::{Shape, Synthetic};
/// let addresses: Vec<u32> = Synthetic::new(Shape::Slash24, 512, 7)?.iter().collect();
/// assert_eq!(addresses.len(), 512);
/// assert_eq!(addresses[0] >> 8, addresses[255] >> 8);
/// # Ok::<(), octomix::synthetic::SizeError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Synthetic {
    count: u64,
    parts: Vec<Part>,
    /// For i modulo the number of slots: the part of address i, and its place in that part's share.
    slots: &'static [(usize, u64)],
    /// Deals out the first octets, so that parts do not lie side by side.
    first_octets: Bijection,
}

impl Synthetic {
    /// The set of `count` addresses that `seed` makes: the same on every machine.
    ///
    /// # Errors
    /// When `count` is 0 or more than the shape has.
    pub fn new(shape: Shape, count: u64, seed: u64) -> Result<Self, SizeError> {
        if count == 0 || count > shape.most() {
            return Err(SizeError { shape, count });
        }
        let mut keys = Keys(seed);
        let mut whole = |prefix, deal| vec![Part::new(0..256, prefix, deal, 1, &mut keys)];
        let (parts, slots): (_, &[_]) = match shape {
            Shape::Sparse => (whole(32, Deal::InTurn { bits: 0 }), &[(0, 0)]),
            Shape::Slash24 => (whole(24, Deal::InTurn { bits: 8 }), &[(0, 0)]),
            Shape::Slash16 => (whole(16, Deal::InTurn { bits: 16 }), &[(0, 0)]),
            Shape::Mixed => (mixed(count, &mut keys), &MIXED),
        };
        Ok(Self { count, parts, slots, first_octets: Bijection::new(8, &mut keys) })
    }

    /// How many addresses there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Address `i`, for `i` below [`count`](Self::count).
    #[inline]
    pub fn at(&self, i: u64) -> u32 {
        let slots = self.slots.len() as u64; // 1 or 8
        let (part, place) = self.slots[(i & (slots - 1)) as usize];
        let part = &self.parts[part];
        let address = part.at((i >> slots.trailing_zeros()) * part.share + place);
        self.first_octets.of(address >> 24) << 24 | address & 0x00ff_ffff
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.count).map(|i| self.at(i))
    }
}

/// The parts of eight addresses of a mixed set, and which of its part's share each is.
const MIXED: [(usize, u64); 8] = [(0, 0), (0, 1), (0, 2), (1, 0), (2, 0), (3, 0), (3, 1), (4, 0)];

/// The parts of a mixed set of `count` addresses.
fn mixed(count: u64, keys: &mut Keys) -> Vec<Part> {
    // As few blocks as are half full at the most, but a handful.
    let bits = |addresses: u64, prefix: u32, range: [u32; 2]| {
        let blocks = addresses >> (31 - prefix);
        blocks.next_power_of_two().trailing_zeros().clamp(range[0], range[1])
    };
    let few_8 = Deal::Around { bits: bits(count / 8, 8, [2, 5]) };
    let few_16 = Deal::Around { bits: bits(count / 4, 16, [3, 13]) };
    vec![
        Part::new(0..64, 24, Deal::InTurn { bits: 8 }, 3, keys),
        Part::new(64..128, 24, Deal::InTurn { bits: 7 }, 1, keys),
        Part::new(128..160, 8, few_8, 1, keys),
        Part::new(160..192, 16, few_16, 2, keys),
        Part::new(192..256, 32, Deal::InTurn { bits: 0 }, 1, keys),
    ]
}

/// Addresses in blocks of one prefix, within a range of first octets.
#[derive(Debug, Clone)]
struct Part {
    /// The first octet of the range.
    base: u32,
    /// Which block comes when.
    blocks: Bijection,
    /// Which host of a block comes when; `None` for one after the other.
    hosts: Option<Bijection>,
    /// Bits of a host.
    host_bits: u32,
    deal: Deal,
    /// How many of a group of [`Synthetic::slots`] addresses are of this part.
    share: u64,
}

/// How addresses go to blocks.
#[derive(Debug, Clone, Copy)]
enum Deal {
    /// 2^bits to the first block, then as many to the next.
    InTurn { bits: u32 },
    /// One to each of 2^bits blocks, then the next to each.
    Around { bits: u32 },
}

impl Part {
    /// `range` is of first octets, as many as a power of two.
    fn new(
        range: std::ops::Range<u32>,
        prefix: u32,
        deal: Deal,
        share: u64,
        keys: &mut Keys,
    ) -> Self {
        let host_bits = 32 - prefix;
        let full = matches!(deal, Deal::InTurn { bits } if bits == host_bits);
        let blocks = Bijection::new((range.end - range.start).trailing_zeros() + prefix - 8, keys);
        let hosts = (!full).then(|| Bijection::new(host_bits, keys));
        Self { base: range.start, blocks, hosts, host_bits, deal, share }
    }

    /// Address `i`, before first octets are dealt out.
    #[inline]
    fn at(&self, i: u64) -> u32 {
        let split = |bits: u32| ((i >> bits) as u32, (i & ((1 << bits) - 1)) as u32);
        let (block, host) = match self.deal {
            Deal::InTurn { bits } => split(bits),
            Deal::Around { bits } => {
                let (host, block) = split(bits);
                (block, host)
            }
        };
        // Each block starts elsewhere in the order of hosts: half-filled ones are not all alike.
        let host = match &self.hosts {
            Some(hosts) => hosts.of(host.wrapping_add(block.wrapping_mul(37))),
            None => host,
        };
        // A block of a /32 has no host: the shift is 0. That of a /0 is never made.
        self.base << 24 | self.blocks.of(block) << self.host_bits | host
    }
}

/// A bijection of the numbers of up to 32 bits: each of its steps can be undone.
#[derive(Debug, Clone)]
struct Bijection {
    mask: u32,
    shift: u32,
    keys: [(u32, u32); 3],
}

impl Bijection {
    fn new(bits: u32, keys: &mut Keys) -> Self {
        let mask = u32::MAX >> (32 - bits);
        // An odd factor has an inverse modulo a power of two.
        let keys = std::array::from_fn(|_| (keys.next() | 1, keys.next()));
        Self { mask, shift: bits.div_ceil(2), keys }
    }

    /// The image of the lower bits of `x`.
    #[inline]
    fn of(&self, x: u32) -> u32 {
        self.keys.iter().fold(x & self.mask, |x, &(factor, term)| {
            let x = x.wrapping_mul(factor).wrapping_add(term) & self.mask;
            x ^ x >> self.shift
        })
    }
}

/// Numbers that look random: SplitMix64 (Steele, Lea and Flood 2014).
#[derive(Debug)]
struct Keys(u64);

impl Keys {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    fn set(shape: Shape, count: u64, seed: u64) -> Vec<u32> {
        Synthetic::new(shape, count, seed).unwrap().iter().collect()
    }

    /// How many addresses each prefix of `bits` bits holds.
    fn blocks(addresses: &[u32], bits: u32) -> HashMap<u32, usize> {
        addresses.iter().fold(HashMap::new(), |mut blocks, address| {
            *blocks.entry(address >> (32 - bits)).or_default() += 1;
            blocks
        })
    }

    #[test]
    fn addresses_are_distinct_and_as_many_as_asked_for() {
        for shape in Shape::ALL {
            for count in [1, 7, 1_000, 300_001] {
                for seed in [0, 1, u64::MAX] {
                    let found = set(shape, count, seed);
                    assert_eq!(found.len() as u64, count);
                    let distinct: HashSet<_> = found.iter().collect();
                    assert_eq!(distinct.len() as u64, count, "{shape} of {count}, seed {seed}");
                }
            }
        }
    }

    #[test]
    fn every_number_has_its_own_image() {
        for bits in [5, 8, 13, 16] {
            let bijection = Bijection::new(bits, &mut Keys(3));
            let images: HashSet<_> = (0..1 << bits).map(|x| bijection.of(x)).collect();
            assert_eq!(images.len(), 1 << bits);
        }
    }

    /// The last addresses of the largest sets stay within their parts: no part reaches into another.
    #[test]
    fn the_largest_sets_fit() {
        for shape in Shape::ALL {
            let all = Synthetic::new(shape, shape.most(), 5).unwrap();
            for i in all.count() - 4096..all.count() {
                let (part, place) = all.slots[i as usize % all.slots.len()];
                let part = &all.parts[part];
                let rank = i / all.slots.len() as u64 * part.share + place;
                let (block, host) = match part.deal {
                    Deal::InTurn { bits } => (rank >> bits, rank & ((1 << bits) - 1)),
                    Deal::Around { bits } => (rank & ((1 << bits) - 1), rank >> bits),
                };
                assert!(block <= part.blocks.mask.into() && host < 1 << part.host_bits, "{shape}");
            }
        }
    }

    #[test]
    fn the_seed_decides() {
        for shape in Shape::ALL {
            assert_eq!(set(shape, 5_000, 3), set(shape, 5_000, 3));
            assert_ne!(set(shape, 5_000, 3), set(shape, 5_000, 4));
        }
        // What any machine must find.
        assert_eq!(set(Shape::Sparse, 2, 0), [2_557_717_806, 2_727_211_784]);
    }

    #[test]
    fn sparse_addresses_are_all_over_the_space() {
        let found = set(Shape::Sparse, 65_536, 1);
        let of_octet = blocks(&found, 8);
        // 256 expected in each, with a standard deviation of 16.
        assert_eq!(of_octet.len(), 256);
        assert!(of_octet.values().all(|&n| (150..400).contains(&n)), "{of_octet:?}");
        assert!(blocks(&found, 24).len() > 65_000);
    }

    #[test]
    fn subnets_are_whole() {
        let found = blocks(&set(Shape::Slash24, 256 * 300, 2), 24);
        assert!(found.len() == 300 && found.values().all(|&n| n == 256));
        assert!(blocks(&set(Shape::Slash24, 256 * 300, 2), 8).len() > 100);
        let found = blocks(&set(Shape::Slash16, 65_536 * 3 + 10, 2), 16);
        assert_eq!(found.len(), 4);
        assert_eq!(found.values().filter(|&&n| n == 65_536).count(), 3);
    }

    #[test]
    fn a_mixed_set_is_dense_and_sparse() {
        let found = set(Shape::Mixed, 80_000, 2);
        let subnets = blocks(&found, 24);
        let full = subnets.values().filter(|&&n| n == 256).count();
        let half = subnets.values().filter(|&&n| n == 128).count();
        assert_eq!((full, half), (30_000 / 256, 10_000 / 128));
        let crowded = blocks(&found, 8).values().filter(|&&n| n >= 2_400).count();
        assert!(crowded >= 4, "four /8s hold an eighth of the addresses: {crowded}");
        let of_16 = blocks(&found, 16).values().filter(|&&n| n == 20_000 / 8).count();
        assert_eq!(of_16, 8);
    }

    #[test]
    fn sizes_that_a_shape_has_not_are_refused() {
        let refused = |shape, count| Synthetic::new(shape, count, 0).unwrap_err().to_string();
        assert_eq!(
            refused(Shape::Sparse, 0),
            "a sparse set has from 1 to 4294967296 addresses, not 0"
        );
        assert_eq!(
            refused(Shape::Mixed, (1 << 31) + 1),
            "a mixed set has from 1 to 2147483648 addresses, not 2147483649"
        );
    }
}
