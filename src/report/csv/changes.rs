//! changes.csv: each block that differs from the day of the model, and each address newly flagged.

use std::io::{self, Write};

use crate::address::dotted;
use crate::describe::flagged::LISTED;
use crate::describe::tiles::{Change, Tile, compare};
use crate::report::summary::changes::{AddressChanges, Changes, NewlyFlagged, WeightChange};
use crate::store::seen::{FLAGGED, SEEN, Seen};

/// What has become of a block, as changes.csv names it.
fn kind(change: Change) -> &'static str {
    match change {
        Change::New => "new-block",
        Change::Vanished => "vanished-block",
        Change::Changed => "changed-block",
    }
}

/// Compares the ascending addresses of `now`, and those `flagged` among them, with what was `seen`.
///
/// Writes a row for each block that differs and each address newly flagged, and returns the totals.
///
/// # Errors
/// When `out` fails.
pub fn write_changes(
    seen: &Seen,
    now: &[u32],
    flagged: &[u32],
    weights: Vec<WeightChange>,
    out: &mut dyn Write,
) -> io::Result<Changes> {
    writeln!(out, "kind,block,then,now,new,vanished")?;
    let row = |tile: Tile, change| {
        let (kind, counts) = (kind(change), tile.counts);
        let (new, vanished) = (counts.added(), counts.vanished());
        writeln!(out, "{kind},{tile},{},{},{new},{vanished}", counts.then, counts.now)
    };
    let then = seen.addresses.as_ref();
    let addresses = then.map(|then| compare(then.iter(), now.iter().copied(), row)).transpose()?;
    let newly_flagged = match &seen.flagged {
        None => None,
        Some(then) => {
            let mut newly = NewlyFlagged { count: 0, addresses: Vec::new() };
            for &address in flagged.iter().filter(|&&address| !then.contains(address)) {
                newly.count += 1;
                if newly.addresses.len() < LISTED {
                    newly.addresses.push(dotted(address));
                }
                // An address was there, or not, or that is not known.
                let was = seen.addresses.as_ref().map(|then| u8::from(then.contains(address)));
                let [was, new] = [was, was.map(|was| 1 - was)]
                    .map(|count| count.map_or(String::new(), |count| count.to_string()));
                writeln!(out, "newly-flagged,{},{was},1,{new},0", dotted(address))?;
            }
            Some(newly)
        }
    };
    let files = [(SEEN, seen.addresses.is_none()), (FLAGGED, seen.flagged.is_none())];
    let missing = files.into_iter().filter_map(|(file, lacks)| lacks.then_some(file)).collect();
    let addresses = addresses.map(AddressChanges::from);
    Ok(Changes { addresses, weights, newly_flagged, missing })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_said_and_the_rest_is_told() -> io::Result<()> {
        let weights = vec![WeightChange { cluster: 0, then: 1.0, now: 1.0 }];
        let now = [0x0a00_0001, 0x0a00_0009, 0x0b00_0001];
        let told = |seen: &Seen| {
            let mut out = Vec::new();
            let changes = write_changes(seen, &now, &now[1..], weights.clone(), &mut out)?;
            Ok::<_, io::Error>((changes, String::from_utf8_lossy(&out).into_owned()))
        };
        let (changes, csv) = told(&Seen::default())?;
        assert_eq!(changes.missing, [SEEN, FLAGGED]);
        assert_eq!((changes.addresses, changes.newly_flagged), (None, None));
        assert_eq!(csv, "kind,block,then,now,new,vanished\n");

        let set = |addresses: &[u32]| Some(addresses.iter().copied().collect());
        let flagged = set(&[0x0b00_0001]);
        let (changes, csv) =
            told(&Seen { addresses: set(&[0x0a00_0001, 0x0b00_0001]), flagged: flagged.clone() })?;
        assert!(changes.missing.is_empty());
        assert_eq!(
            csv,
            "kind,block,then,now,new,vanished\n\
             changed-block,10.0.0.0/24,1,2,1,0\n\
             newly-flagged,10.0.0.9,0,1,1,0\n"
        );
        assert_eq!(
            changes.addresses.map(|found| (found.new, found.new_share)),
            Some((1, 1.0 / 3.0))
        );
        let (changes, csv) = told(&Seen { addresses: None, flagged })?;
        assert_eq!(changes.newly_flagged.map(|newly| newly.count), Some(1));
        assert_eq!(csv, "kind,block,then,now,new,vanished\nnewly-flagged,10.0.0.9,,1,,0\n");
        Ok(())
    }
}
