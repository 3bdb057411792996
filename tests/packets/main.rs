//! Packet captures: every link layer, every container, damage, and captures from other sources.

use std::ops::ControlFlow;
use std::path::PathBuf;

use octomix::address::AddressSet;
use octomix::input::{self, Capture, FileAccount, Options, Tunnels};

mod containers;
mod damage;
mod frames;
mod joined;
mod links;
mod overlays;
mod samples;

/// What was read of one file.
pub struct Reading {
    capture: Capture,
    pub account: FileAccount,
}

/// An address that no capture here holds. It comes from a second file, as a run that gives none is an error.
const NEVER: u32 = 0xfeff_fffe;

/// Reads `file`, as a run with its defaults does.
pub fn read(file: &[u8]) -> Reading {
    read_with(file, Options::default())
}

fn read_with(file: &[u8], options: Options) -> Reading {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let paths = [write("capture", file), write("list", b"254.255.255.254\n")];
    read_paths(&paths, &options)
}

fn read_paths(paths: &[PathBuf], options: &Options) -> Reading {
    let capture = input::read(paths, options, &mut |_| ControlFlow::Continue(())).unwrap();
    Reading { account: capture.account.files[0].clone(), capture }
}

/// The addresses of both roles with their packets, ascending.
pub fn sets(reading: &Reading) -> [Vec<(u32, u64)>; 2] {
    [&reading.capture.sets.source, &reading.capture.sets.destination].map(|set: &AddressSet| {
        let pairs = set.addresses().iter().copied().zip(set.weights());
        let mut found: Vec<_> = pairs.filter(|&(address, _)| address != NEVER).collect();
        found.sort_unstable();
        found
    })
}

/// The captured case, with the outermost header or the innermost.
#[test]
fn every_link_layer_is_followed() {
    use frames::Found;
    for case in frames::cases() {
        let file = containers::pcap(
            containers::Order::Little,
            containers::MAGICS[0],
            case.link.into(),
            &[&case.frame],
        );
        for (tunnels, wanted) in [(Tunnels::Outer, case.outer), (Tunnels::Inner, case.inner)] {
            let found = read_with(&file, Options { tunnels, ..Options::default() });
            let name = format!("{}, {tunnels:?}", case.name);
            let set = |address: Option<u32>| Vec::from_iter(address.map(|address| (address, 1)));
            let (source, destination) = match wanted {
                Found::Pair([source, destination]) => (Some(source), Some(destination)),
                Found::Source(source) => (Some(source), None),
                _ => (None, None),
            };
            assert_eq!(sets(&found), [set(source), set(destination)], "{name}");
            let tally = found.account.destination;
            let counts = [tally.ipv4, tally.ipv6, tally.not_ip, tally.malformed];
            let expected = match wanted {
                Found::Pair(_) => [1, 0, 0, 0],
                Found::Ipv6 => [0, 1, 0, 0],
                Found::NotIp => [0, 0, 1, 0],
                Found::Source(_) | Found::Malformed => [0, 0, 0, 1],
            };
            assert_eq!(counts, expected, "{name}");
        }
    }
}
