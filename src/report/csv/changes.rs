//! changes.csv: what is new since the day of the model, what has vanished, and what is newly flagged.

use std::io::{self, Write};

use crate::address::{AddressSet, dotted};
use crate::describe::flagged::LISTED;
use crate::describe::newest::NewAddress;
use crate::describe::tiles::{Change, Tile, compare};
use crate::report::summary::changes::{AddressChanges, ChangedBlocks, NewlyFlagged};
use crate::rule::prefix::Ascending;
use crate::store::seen::Seen;

/// What has become of a block, as changes.csv names it.
fn kind(change: Change, tile: &Tile) -> &'static str {
    match (change, tile.length) {
        (Change::New, u32::BITS) => "new-address",
        (Change::New, _) => "new-block",
        (Change::Vanished, u32::BITS) => "vanished-address",
        (Change::Vanished, _) => "vanished-block",
    }
}

/// Compares the addresses of `set`, the `newest` and the `flagged` among them, with what was `seen`: writes a row for
/// each block that is new, then for each that has vanished, both ascending, then for each address newly flagged, in the
/// order of `flagged`, and returns the totals.
///
/// # Errors
/// When `out` fails.
pub fn write_changes(
    seen: &Seen,
    set: &AddressSet,
    newest: Vec<NewAddress>,
    flagged: &[u32],
    out: &mut dyn Write,
) -> io::Result<(Option<AddressChanges>, Option<NewlyFlagged>)> {
    let now = Ascending::new(set.addresses());
    let packets = |first, length| -> u64 {
        let ranks = now.block(first, length);
        ranks.map(|rank| set.packets(now.position(rank) as usize)).fold(0, u64::saturating_add)
    };
    writeln!(out, "kind,block,addresses,{}", set.unit().column())?;
    let mut addresses = None;
    if let Some(then) = &seen.addresses {
        let mut blocks = [ChangedBlocks::default(), ChangedBlocks::default()];
        let mut counts = Default::default();
        // What is new comes first, so all is walked over twice: little beside what there may be to keep.
        for (wanted, blocks) in [Change::New, Change::Vanished].into_iter().zip(&mut blocks) {
            let row = |tile: Tile, change| {
                if change != wanted {
                    return Ok(());
                }
                blocks.add(tile);
                write!(out, "{},{tile},{},", kind(change, &tile), tile.addresses)?;
                match change {
                    Change::New => writeln!(out, "{}", packets(tile.first, tile.length)),
                    Change::Vanished => writeln!(out),
                }
            };
            counts = compare(then.iter(), now.addresses().iter().copied(), row)?;
        }
        let [new, vanished] = blocks;
        addresses = Some(AddressChanges::new(counts, newest, new, vanished));
    }
    let Some(then) = &seen.flagged else { return Ok((addresses, None)) };
    let mut newly = NewlyFlagged { count: 0, addresses: Vec::new() };
    for &address in flagged.iter().filter(|&&address| !then.contains(address)) {
        newly.count += 1;
        if newly.addresses.len() < LISTED {
            newly.addresses.push(dotted(address));
        }
        writeln!(out, "newly-flagged,{},1,{}", dotted(address), packets(address, u32::BITS))?;
    }
    Ok((addresses, Some(newly)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::{Counter, Unit};

    #[test]
    fn what_is_new_comes_first_and_what_is_not_known_is_left_out() -> io::Result<()> {
        let mut counter = Counter::default();
        let now = [0x0b00_0001, 0x0a00_0001, 0x0a00_0009, 0x0a00_0009];
        now.into_iter().for_each(|address| counter.count(address));
        let set = counter.finish().counting(Unit::Records);
        let told = |addresses: Option<&[u32]>, flagged: Option<&[u32]>| {
            let [addresses, flagged] =
                [addresses, flagged].map(|set| Some(set?.iter().copied().collect()));
            let mut out = Vec::new();
            let flags = [0x0a00_0009, 0x0b00_0001];
            let seen = Seen { addresses, flagged };
            let found = write_changes(&seen, &set, Vec::new(), &flags, &mut out)?;
            Ok::<_, io::Error>((found, String::from_utf8_lossy(&out).into_owned()))
        };
        let (found, csv) = told(None, None)?;
        assert_eq!(found, (None, None));
        assert_eq!(csv, "kind,block,addresses,records\n");

        let (found, csv) =
            told(Some(&[0x0900_0000, 0x0900_0001, 0x0b00_0001]), Some(&[0x0b00_0001]))?;
        assert_eq!(
            csv,
            "kind,block,addresses,records\n\
             new-block,10.0.0.0/28,2,3\n\
             vanished-block,9.0.0.0/31,2,\n\
             newly-flagged,10.0.0.9,1,2\n"
        );
        let (Some(addresses), Some(newly)) = found else { panic!("{found:?}") };
        assert_eq!((addresses.new, addresses.vanished, newly.count), (2, 2, 1));
        assert_eq!(addresses.new_blocks.largest[0].block, "10.0.0.0/28");
        let (found, csv) = told(None, Some(&[0x0b00_0001]))?;
        assert!(found.0.is_none());
        assert_eq!(csv, "kind,block,addresses,records\nnewly-flagged,10.0.0.9,1,2\n");
        Ok(())
    }
}
