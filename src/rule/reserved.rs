//! Blocks that are set aside: IANA's registry of special-purpose addresses (RFC 6890 and its updates),
//! multicast (RFC 5771) beside them.
//!
//! Every block has a name. Those of private networks (RFC 1918) and of carriers' (RFC 6598) are where
//! hosts live, and are not flagged; in all others a host of the Internet or of a network is not to be
//! expected.

use serde::Serialize;

use super::prefix::{Ascending, prefix};
use crate::behaviour::Side;

/// What a block is set aside for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// 0.0.0.0 and its network, 0.0.0.0/8: a host that does not know its address yet.
    Unspecified,
    /// 127.0.0.0/8.
    Loopback,
    /// 169.254.0.0/16: hosts that got no address.
    LinkLocal,
    /// 224.0.0.0/4.
    Multicast,
    /// 240.0.0.0/4.
    ClassE,
    /// 255.255.255.255.
    Broadcast,
    /// Three /24s for examples in texts.
    Documentation,
    /// 198.18.0.0/15.
    Benchmarking,
    /// Protocol assignments, anycast of protocols, relays.
    Protocol,
    /// Private networks; not flagged.
    Private,
    /// Between carriers and their customers; not flagged.
    Shared,
}

impl Kind {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::Loopback => "loopback",
            Self::LinkLocal => "link-local",
            Self::Multicast => "multicast",
            Self::ClassE => "class-e",
            Self::Broadcast => "broadcast",
            Self::Documentation => "documentation",
            Self::Benchmarking => "benchmarking",
            Self::Protocol => "protocol",
            Self::Private => "private",
            Self::Shared => "shared",
        }
    }

    /// Whether a destination of it is one of many hosts, as it is usual in any network.
    pub fn is_usual(self) -> bool {
        matches!(self, Self::Multicast | Self::Broadcast)
    }

    /// Whether its addresses are flagged.
    pub fn is_flagged(self) -> bool {
        !matches!(self, Self::Private | Self::Shared)
    }
}

/// A block of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Its first address.
    pub first: u32,
    /// Bits that its addresses share.
    pub length: u32,
    /// What it is set aside for.
    pub kind: Kind,
    /// The registry's name of it, as part of a sentence.
    pub name: &'static str,
    /// Where it is defined.
    pub source: &'static str,
}

const fn block(
    octets: [u8; 4],
    length: u32,
    kind: Kind,
    name: &'static str,
    source: &'static str,
) -> Block {
    Block { first: u32::from_be_bytes(octets), length, kind, name, source }
}

/// The registry, in ascending order, outer blocks before those within.
pub const BLOCKS: [Block; 28] = [
    block([0, 0, 0, 0], 8, Kind::Unspecified, "this network", "RFC 791"),
    block([0, 0, 0, 0], 32, Kind::Unspecified, "the unspecified address", "RFC 1122"),
    block([10, 0, 0, 0], 8, Kind::Private, "private use", "RFC 1918"),
    block([100, 64, 0, 0], 10, Kind::Shared, "shared address space", "RFC 6598"),
    block([127, 0, 0, 0], 8, Kind::Loopback, "loopback", "RFC 1122"),
    block([169, 254, 0, 0], 16, Kind::LinkLocal, "link-local", "RFC 3927"),
    block([172, 16, 0, 0], 12, Kind::Private, "private use", "RFC 1918"),
    block([192, 0, 0, 0], 24, Kind::Protocol, "protocol assignments", "RFC 6890"),
    block([192, 0, 0, 0], 29, Kind::Protocol, "IPv4 service continuity", "RFC 7335"),
    block([192, 0, 0, 8], 32, Kind::Protocol, "the IPv4 dummy address", "RFC 7600"),
    block([192, 0, 0, 9], 32, Kind::Protocol, "port control protocol anycast", "RFC 7723"),
    block([192, 0, 0, 10], 32, Kind::Protocol, "TURN anycast", "RFC 8155"),
    block([192, 0, 0, 170], 32, Kind::Protocol, "NAT64 discovery", "RFC 8880"),
    block([192, 0, 0, 171], 32, Kind::Protocol, "NAT64 discovery", "RFC 8880"),
    block([192, 0, 2, 0], 24, Kind::Documentation, "documentation", "RFC 5737"),
    block([192, 31, 196, 0], 24, Kind::Protocol, "AS112 name servers", "RFC 7535"),
    block([192, 52, 193, 0], 24, Kind::Protocol, "multicast tunnel relays", "RFC 7450"),
    block([192, 88, 99, 0], 24, Kind::Protocol, "6to4 relays, deprecated", "RFC 7526"),
    block([192, 88, 99, 2], 32, Kind::Protocol, "6a44 relay anycast", "RFC 6751"),
    block([192, 168, 0, 0], 16, Kind::Private, "private use", "RFC 1918"),
    block([192, 175, 48, 0], 24, Kind::Protocol, "AS112 name servers", "RFC 7534"),
    block([198, 18, 0, 0], 15, Kind::Benchmarking, "benchmarking", "RFC 2544"),
    block([198, 51, 100, 0], 24, Kind::Documentation, "documentation", "RFC 5737"),
    block([203, 0, 113, 0], 24, Kind::Documentation, "documentation", "RFC 5737"),
    block([224, 0, 0, 0], 4, Kind::Multicast, "multicast", "RFC 5771"),
    block([233, 252, 0, 0], 24, Kind::Multicast, "multicast for documentation", "RFC 6676"),
    block([240, 0, 0, 0], 4, Kind::ClassE, "class E, reserved", "RFC 1112"),
    block([255, 255, 255, 255], 32, Kind::Broadcast, "the limited broadcast", "RFC 919"),
];

impl Block {
    /// The smallest block that holds `address`; `None` for the rest of the address space.
    pub fn of(address: u32) -> Option<&'static Self> {
        BLOCKS.iter().rfind(|block| {
            let (first, last) = block.range();
            (first..=last).contains(&address)
        })
    }

    fn range(&self) -> (u32, u32) {
        prefix(self.first, self.length)
    }
}

/// Calls `flag` with the rank of each address of a flagged block, in ascending order: not of the groups that
/// are usual [destinations](Kind::is_usual), nor of a block that most of the addresses live in, as in a
/// laboratory.
pub fn each(addresses: &Ascending<'_>, side: Side, mut flag: impl FnMut(usize)) {
    let mut next = 0;
    let is_usual = |block: &Block| side != Side::Source && block.kind.is_usual();
    for block in BLOCKS.iter().filter(|block| block.kind.is_flagged() && !is_usual(block)) {
        // Blocks within others were walked with them.
        let ranks = addresses.block(block.first, block.length);
        if 2 * ranks.len() > addresses.addresses().len() && ranks.len() > 2 {
            next = next.max(ranks.end);
            continue;
        }
        // The broadcast ends class E.
        let last =
            addresses.addresses().get(ranks.end.wrapping_sub(1)).copied().and_then(Block::of);
        let usual = usize::from(last.is_some_and(is_usual));
        (ranks.start.max(next)..ranks.end - usual).for_each(&mut flag);
        next = next.max(ranks.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(octets: [u8; 4]) -> Option<Kind> {
        Block::of(u32::from_be_bytes(octets)).map(|block| block.kind)
    }

    #[test]
    fn blocks_ascend_and_are_whole() {
        for pair in BLOCKS.windows(2) {
            assert!((pair[0].first, pair[0].length) < (pair[1].first, pair[1].length), "{pair:?}");
        }
        assert!(BLOCKS.iter().all(|block| block.range().0 == block.first));
    }

    #[test]
    fn the_smallest_block_tells_the_kind() {
        assert_eq!(kind([0, 0, 0, 0]), Some(Kind::Unspecified));
        assert_eq!(Block::of(0).map(|block| block.length), Some(32));
        assert_eq!(kind([127, 255, 255, 255]), Some(Kind::Loopback));
        assert_eq!(kind([239, 1, 2, 3]), Some(Kind::Multicast));
        assert_eq!(kind([255, 255, 255, 254]), Some(Kind::ClassE));
        assert_eq!(kind([255, 255, 255, 255]), Some(Kind::Broadcast));
        assert_eq!(kind([203, 0, 113, 7]), Some(Kind::Documentation));
        assert_eq!(kind([172, 31, 0, 1]), Some(Kind::Private));
        for octets in [[172, 32, 0, 1], [8, 8, 8, 8], [100, 128, 0, 0], [223, 255, 255, 255]] {
            assert_eq!(kind(octets), None, "{octets:?}");
        }
    }

    #[test]
    fn each_address_is_flagged_once() {
        let octets = [
            [0, 0, 0, 0],
            [0, 1, 0, 0],
            [10, 0, 0, 1],
            [192, 0, 0, 9],
            [192, 0, 0, 200],
            [192, 168, 0, 1],
            [224, 0, 0, 251],
            [255, 255, 255, 255],
        ];
        let addresses = octets.map(u32::from_be_bytes);
        let mut flagged = Vec::new();
        each(&Ascending::new(&addresses), Side::Source, |rank| flagged.push(rank));
        assert_eq!(flagged, [0, 1, 3, 4, 6, 7]);
        flagged.clear();
        each(&Ascending::new(&addresses), Side::Destination, |rank| flagged.push(rank));
        assert_eq!(flagged, [0, 1, 3, 4]);
    }

    #[test]
    fn a_laboratory_lives_in_its_block() {
        let addresses: Vec<u32> = (0xc612_0001..0xc612_0018).chain([0x7f00_0001]).collect();
        let ascending = Ascending::new(&addresses);
        let mut flagged = Vec::new();
        each(&ascending, Side::Source, |rank| flagged.push(ascending.addresses()[rank]));
        assert_eq!(flagged, [0x7f00_0001]);
    }
}
