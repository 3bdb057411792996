//! Networks as captures and lists hold them, made of a seed, and odd addresses planted in them.

use std::collections::{BTreeMap, BTreeSet};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a set looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// One to four /24s of a private /16: some servers, a pool of clients, a router.
    Lan,
    /// Thirty to fifty /24s in one to three /16s, each with a pool: about 3,000 addresses.
    Enterprise,
    /// Four to twelve whole /24s.
    Grids,
    /// Two to three thousand public addresses, many in a few bad neighbourhoods.
    BlockList,
}

impl Network {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Lan, Self::Enterprise, Self::Grids, Self::BlockList];
}

/// An odd address among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One of a public /8 from which there is no other.
    Lone,
    /// One to three of a /24 of a populated /16 in which there are no others.
    OddSlash24,
    /// Two to eight of a /24 of a public /8 from which there are no others.
    ForeignBlock,
    /// A special-purpose one of a /8 from which there is no other.
    Reserved,
    /// One of a /24 of 60 addresses or more, at least 32 from each of them.
    OddHost,
}

/// A set with the odd addresses in it.
#[derive(Debug, Clone)]
pub struct Planted {
    /// All addresses, in no order.
    pub addresses: Vec<u32>,
    /// Those planted.
    pub odd: Vec<u32>,
}

/// The generator of set `seed` of a network.
#[derive(Debug)]
pub struct Generator {
    rng: ChaCha8Rng,
}

impl Generator {
    /// Everything follows from `seed`.
    pub fn new(seed: u64) -> Self {
        Self { rng: ChaCha8Rng::seed_from_u64(seed) }
    }

    fn below(&mut self, range: std::ops::Range<u32>) -> u32 {
        self.rng.random_range(range)
    }

    /// A first octet of public hosts: neither private, nor reserved.
    fn public(&mut self) -> u32 {
        loop {
            let octet = self.below(1..224);
            if ![10, 100, 127, 169, 172, 192, 198, 203].contains(&octet) {
                return octet;
            }
        }
    }

    /// The addresses of a network without odd ones.
    pub fn clean(&mut self, network: Network) -> BTreeSet<u32> {
        let mut set = BTreeSet::new();
        match network {
            Network::Lan => {
                let first = self.below(0..200);
                for third in 0..self.below(1..5) {
                    let base = 192 << 24 | 168 << 16 | (first + third) << 8;
                    self.subnet(base, 100, &mut set);
                }
            }
            Network::Enterprise => {
                let sites: Vec<u32> = (0..self.below(1..4)).map(|_| self.below(0..256)).collect();
                for _ in 0..self.below(30..51) {
                    let site = sites[self.below(0..sites.len() as u32) as usize];
                    let base = 10 << 24 | site << 16 | self.below(0..256) << 8;
                    self.subnet(base, 140, &mut set);
                }
            }
            Network::Grids => {
                let base = self.public() << 24 | self.below(0..256) << 16;
                let first = self.below(0..200);
                for third in 0..self.below(4..13) {
                    set.extend((0..256).map(|host| base | (first + third) << 8 | host));
                }
            }
            Network::BlockList => {
                let bad: Vec<u32> =
                    (0..150).map(|_| self.public() << 24 | self.below(0..1 << 16) << 8).collect();
                let count = self.below(2_000..3_000) as usize;
                while set.len() < count {
                    let anywhere = self.public() << 24 | self.below(0..1 << 24);
                    // The first neighbourhoods are the worst.
                    let which = self.below(0..150) * self.below(0..150) / 150;
                    let near = bad[which as usize] | self.below(1..255);
                    set.insert(if self.below(0..10) < 6 { near } else { anywhere });
                }
            }
        }
        set
    }

    /// A /24: a router at one end, servers at the beginning, and up to `most` clients from a pool
    /// that is between half and wholly used.
    fn subnet(&mut self, base: u32, most: u32, set: &mut BTreeSet<u32>) {
        set.insert(base | if self.below(0..2) == 0 { 1 } else { 254 });
        let first = self.below(2..60);
        let clients = self.below(20..most);
        let pool = clients * self.below(10..20) / 10;
        for _ in 0..self.below(0..8) {
            let server = base | self.below(2..first.max(12));
            set.insert(server);
        }
        let end = (first + pool).min(254);
        for _ in 0..clients {
            let client = base | self.below(first..end);
            set.insert(client);
        }
    }

    /// Plants `count` odd addresses of `kind`, or as many as there is room for.
    pub fn plant(&mut self, set: &BTreeSet<u32>, kind: Kind, count: usize) -> Planted {
        let mut all = set.clone();
        let mut odd = BTreeSet::new();
        let populated: Vec<u32> = set.iter().copied().collect();
        for _ in 0..1_000 * count {
            if odd.len() >= count {
                break;
            }
            let like = populated[self.below(0..populated.len() as u32) as usize];
            let block: Vec<u32> = match kind {
                Kind::Lone => vec![self.public() << 24 | self.below(1..1 << 24)],
                Kind::ForeignBlock => {
                    let base = self.public() << 24 | self.below(0..1 << 16) << 8;
                    (0..self.below(2..9)).map(|_| base | self.below(1..255)).collect()
                }
                Kind::OddSlash24 => {
                    let base = like & 0xffff_0000 | self.below(0..256) << 8;
                    (0..self.below(1..4)).map(|_| base | self.below(1..255)).collect()
                }
                Kind::Reserved => {
                    let first = [0, 127, 169, 198, 203, 224, 233, 239, 240, 255];
                    let first = first[self.below(0..first.len() as u32) as usize];
                    // The rest of 169, 198 and 203 is of others: one block each.
                    let second = match first {
                        169 => 254 << 16 | self.below(0..1 << 16),
                        198 => 18 << 16 | self.below(0..1 << 17),
                        203 => 113 << 8 | self.below(0..256),
                        _ => self.below(0..1 << 24),
                    };
                    vec![first << 24 | second]
                }
                Kind::OddHost => vec![like & 0xffff_ff00 | self.below(2..254)],
            };
            let is_room = match kind {
                Kind::Lone | Kind::ForeignBlock | Kind::Reserved => {
                    !all.iter().any(|&other| other >> 24 == block[0] >> 24)
                }
                Kind::OddSlash24 => !all.iter().any(|&other| other >> 8 == block[0] >> 8),
                Kind::OddHost => {
                    let near = |&&other: &&u32| other >> 8 == block[0] >> 8;
                    let distance = |&other: &u32| other.abs_diff(block[0]);
                    all.iter().filter(near).count() >= 60
                        && all.iter().filter(near).map(distance).min() >= Some(32)
                }
            };
            if is_room {
                all.extend(&block);
                odd.extend(&block);
            }
        }
        Planted { addresses: self.shuffled(&all), odd: odd.into_iter().collect() }
    }

    /// One address of `set` with octet `octet` (0 the first) altered to a value that none of the
    /// others with the same octets before it has, and the set with it; `None` where there is none.
    pub fn alter(&mut self, set: &BTreeSet<u32>, octet: u32) -> Option<Planted> {
        let populated: Vec<u32> = set.iter().copied().collect();
        let shift = 24 - 8 * octet;
        for _ in 0..1_000 {
            let like = populated[self.below(0..populated.len() as u32) as usize];
            let altered = like & !(0xff << shift) | self.below(0..256) << shift;
            if !set.iter().any(|&other| other >> shift == altered >> shift) {
                let mut all = set.clone();
                all.remove(&like);
                all.insert(altered);
                return Some(Planted { addresses: self.shuffled(&all), odd: vec![altered] });
            }
        }
        None
    }

    /// `set` in no order.
    pub fn shuffled(&mut self, set: &BTreeSet<u32>) -> Vec<u32> {
        let keyed: BTreeMap<(u64, u32), u32> =
            set.iter().map(|&address| ((self.rng.random(), address), address)).collect();
        keyed.into_values().collect()
    }
}
