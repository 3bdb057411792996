//! Lists of CIDR blocks, as allow-lists and deny-lists are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use octomix_fuzz::address::{Blocks, dotted};
use octomix_fuzz::input::parse_block;

fuzz_target!(|list: &str| {
    match Blocks::parse(list) {
        Ok(blocks) => check(list, &blocks),
        Err(error) => {
            let lines = list.split(['\n', '\r']).count() as u64;
            assert!(error.line >= 1 && error.line <= lines);
            assert!(!error.value.is_empty());
        }
    }
});

fn check(list: &str, blocks: &Blocks) {
    let ranges: Vec<(u32, u32)> = blocks.ranges().map(|range| range.into_inner()).collect();
    let is_apart = |pair: &[(u32, u32)]| u64::from(pair[0].1) + 1 < u64::from(pair[1].0);
    assert!(ranges.windows(2).all(is_apart), "ranges neither overlap nor touch");
    let sizes = ranges.iter().map(|&(first, last)| u64::from(last - first) + 1);
    assert_eq!(sizes.sum::<u64>(), blocks.addresses());
    for &(first, last) in &ranges {
        assert!(blocks.contains(first) && blocks.contains(last));
        assert!(first == 0 || !blocks.contains(first - 1));
        assert!(last == u32::MAX || !blocks.contains(last + 1));
    }
    let written =
        ranges.iter().map(|&(first, last)| format!("{}-{}\n", dotted(first), dotted(last)));
    assert_eq!(Blocks::parse(&written.collect::<String>()).as_ref(), Ok(blocks));
    for line in list.lines() {
        let bare = line.split(['#', ';']).next().unwrap_or_default().trim();
        if let Some(block) = parse_block(bare) {
            assert!(blocks.contains(*block.start()) && blocks.contains(*block.end()), "{bare}");
        }
    }
}
