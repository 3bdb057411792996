//! What the counts of a capture stand for, in every format, and its packets and bytes.

use std::fs;
use std::ops::ControlFlow;

use octomix::address::Unit;
use octomix::input::{Capture, Options, Role, Roles, Warning, read};

/// The files of these contents as one capture.
fn capture(contents: &[&[u8]], options: &Options) -> Capture {
    let folder = tempfile::tempdir().unwrap();
    let write = |(at, content): (usize, &&[u8])| {
        let path = folder.path().join(at.to_string());
        fs::write(&path, content).unwrap();
        path
    };
    let paths: Vec<_> = contents.iter().enumerate().map(write).collect();
    read(&paths, options, &mut |_| ControlFlow::Continue(())).unwrap()
}

fn one(content: &str) -> Capture {
    capture(&[content.as_bytes()], &Options::default())
}

/// A packet between 10.0.0.1 and 10.0.0.2, as tcpdump writes it.
fn pcap() -> Vec<u8> {
    let mut file = Vec::new();
    let header = [0xa1b2_c3d4u32, 0x0004_0002, 0, 0, 65_535, 101, 0, 0, 20, 20];
    header.iter().for_each(|word| file.extend(word.to_le_bytes()));
    file.extend([0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    file
}

#[test]
fn counts_are_packets_where_every_record_says_them() {
    let said = "src,dst,packets,bytes\n10.0.0.1,10.0.0.2,3,40\n10.0.0.1,10.0.0.2,4,50\n-,-,-,-\n";
    let found = one(said);
    assert_eq!(found.sets.source.weights(), [7]);
    assert_eq!(found.account.unit(), Unit::Packets);
    assert_eq!((found.account.packets(), found.account.traffic_bytes()), (Some(7), Some(90)));

    let found = one("src,dst\n10.0.0.1,10.0.0.2\n");
    assert_eq!((found.sets.source.unit(), found.account.packets()), (Unit::Records, None));
    assert_eq!(one("10.0.0.1\n10.0.0.0/30\n").sets.source.unit(), Unit::Records);

    // A record that says nothing of its packets is one.
    let found = one("src,dst,packets\n10.0.0.1,10.0.0.2,3\n10.0.0.1,10.0.0.2,-\n");
    assert_eq!((found.sets.source.unit(), found.sets.source.weights()), (Unit::Mixed, vec![4]));
    assert_eq!(found.account.packets(), Some(3));

    let found = one(
        "{\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"10.0.0.2\",\"flow\":{\"pkts_toserver\":2,\"pkts_toclient\":3,\
         \"bytes_toserver\":5}}\n",
    );
    assert_eq!((found.sets.source.unit(), found.sets.source.weights()), (Unit::Packets, vec![5]));
    assert_eq!(found.account.traffic_bytes(), Some(5));
}

#[test]
fn captures_count_packets_and_with_lists_both() {
    let pcap = pcap();
    let options = Options::default();
    let found = capture(&[&pcap], &options);
    assert_eq!((found.account.unit(), found.account.packets()), (Unit::Packets, Some(1)));
    let found = capture(&[&pcap, b"10.0.0.1\n"], &options);
    assert_eq!((found.sets.source.unit(), found.sets.source.weights()), (Unit::Mixed, vec![2]));
    let found = capture(&[&pcap, b"address,records\n10.0.0.1,5\n"], &options);
    assert_eq!((found.sets.source.unit(), found.sets.source.weights()), (Unit::Mixed, vec![6]));
    assert_eq!(found.account.packets(), Some(1));
}

#[test]
fn sums_that_are_too_large_stay_at_the_largest_number() {
    let most = u64::MAX;
    let rows =
        format!("10.0.0.1,10.0.0.2,{most},{most}\n10.0.0.1,10.0.0.2,99999999999999999999,1\n");
    let table = format!("src,dst,packets,bytes\n{rows}");
    for roles in [None, Some(Roles::Any)] {
        let options = Options { roles, ..Options::default() };
        let found = capture(&[table.as_bytes(), table.as_bytes()], &options);
        let set = found.largest();
        assert!(set.is_saturated() && set.weights().iter().all(|&weight| weight == most));
        assert_eq!(found.account.packets(), Some(most));
        let sums = found.account.warnings().filter_map(|(_, warning)| match warning {
            Warning::Saturated { sum } => Some(sum.as_str()),
            _ => None,
        });
        let sums: Vec<&str> = sums.collect();
        let expected = match roles {
            None => vec!["the packets of the sources", "the packets of the destinations"],
            Some(_) => vec!["the packets of the endpoints"],
        };
        assert_eq!(sums, [expected, vec!["the bytes of the traffic"]].concat());
    }
    // Just below nothing is told.
    let found = one(&format!("src,dst,packets\n10.0.0.1,10.0.0.2,{}\n", most - 1));
    assert!(!found.sets.get(Role::Source).is_saturated());
    assert_eq!(found.account.warnings().count(), 0);
}

#[test]
fn a_date_and_a_time_of_day_in_two_columns_are_one_time() {
    let options = Options { times: true, ..Options::default() };
    let table = b"date,time,src,dst\n2026-01-01,00:00:01,10.0.0.1,10.0.0.2\n";
    let found = capture(&[table], &options);
    let first = found.sets.source.span(0).map(|span| span.first);
    assert_eq!(first, Some(1_767_225_601_000_000_000));
}
