//! How a file is read, as the first two bytes of an input choose.

use std::sync::Arc;

use crate::behaviour::Counting;
use crate::address::Blocks;
use crate::input::{Options, Roles, Tunnels};

/// Conditions of every kind: of records, of either side, of each address.
const CONDITIONS: [&str; 4] = [
    "proto=tcp,udp and not port<1024",
    "time>=2026-01-01 or src private",
    "not dst in 10.0.0.0/8 and sport!=53",
    "ip in 0.0.0.0/1 or private",
];

/// A way to read a file, and another way that must agree with it.
pub struct Case {
    /// The way.
    pub options: Options,
    /// Bytes of a block.
    pub step: usize,
    /// The other.
    pub other: Other,
}

/// What is read in addition, to be compared.
pub enum Other {
    /// Nothing: most inputs are read once only, to save time.
    None,
    /// The file, as the program does.
    Program,
    /// The file, truncated after this share of it, in sixteenths.
    Start(u8),
    /// The whole file, for these roles.
    Roles(Roles),
}

impl Case {
    /// Splits `data` into its case and the file.
    pub fn of(data: &[u8]) -> Option<(Self, &[u8])> {
        let [way, other, bytes @ ..] = data else { return None };
        let mut way = usize::from(*way);
        let mut choose = |among: usize| {
            let chosen = way % among;
            way /= among;
            chosen
        };
        let roles = [
            None,
            Some(Roles::Both),
            Some(Roles::Any),
            Some(Roles::Source),
            Some(Roles::Destination),
        ];
        let roles = roles[choose(5)];
        let tunnels = [Tunnels::Outer, Tunnels::Inner][choose(2)];
        let times = choose(2) == 1;
        let restriction = choose(7);
        let blocks = || {
            let list = "10.0.0.0/9\n192.168.7.0/24\n1.2.3.4-200.0.0.0\n";
            Arc::new(Blocks::parse(list).expect("these are blocks"))
        };
        let filter = (2..6)
            .contains(&restriction)
            .then(|| CONDITIONS[restriction - 2].parse().expect("these are conditions"));
        let options = Options {
            roles,
            tunnels,
            times,
            // Files of what addresses did are read only where it is counted; it must not change what is read.
            behaviour: if times { Counting::Exact } else { Counting::Off },
            filter,
            only: (restriction == 1).then(blocks),
            exclude: (restriction == 6).then(blocks),
            ..Options::default()
        };
        let share = other / 16;
        let step = [1, 2, 3, 7, 16, 61, 200, 1000][usize::from(share % 8)];
        let other = match other % 16 {
            0 => Other::Start(share),
            1 => {
                let roles = [Roles::Any, Roles::Source, Roles::Destination];
                Other::Roles(roles[usize::from(share % 3)])
            }
            2 => Other::Program,
            _ => Other::None,
        };
        Some((Self { options, step, other }, bytes))
    }
}
