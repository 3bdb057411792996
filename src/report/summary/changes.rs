//! Another day's addresses beside those that a model was fitted to: what is new, and what has gone.

use std::io::{self, Write};
use std::net::Ipv4Addr;

use serde::Serialize;

use crate::address::dotted;
use crate::describe::flagged::LISTED;
use crate::describe::tiles::{Change, Difference, Tile, compare};
use crate::store::seen::{FLAGGED, SEEN, Seen};

/// What is different from the day that the model was fitted to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changes {
    /// Addresses, of then and of now; nothing where it is not known which were seen then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses: Option<AddressChanges>,
    /// The weight of each cluster then and now.
    pub weights: Vec<WeightChange>,
    /// Flagged addresses; nothing where it is not known which were flagged then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newly_flagged: Option<NewlyFlagged>,
    /// Files that do not stand beside the model, so that a part of this is not known.
    pub missing: Vec<&'static str>,
}

/// How the addresses differ.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AddressChanges {
    /// Addresses seen then.
    pub then: u64,
    /// Addresses seen now.
    pub now: u64,
    /// Those of now that were not seen then.
    pub new: u64,
    /// Their share of those of now.
    pub new_share: f64,
    /// Those of then that are not seen now.
    pub vanished: u64,
    /// Their share of those of then.
    pub vanished_share: f64,
    /// /24s of which no address was seen then.
    pub new_24s: u64,
    /// /16s of which no address was seen then.
    pub new_16s: u64,
    /// /24s of which no address is seen now.
    pub vanished_24s: u64,
    /// /16s of which no address is seen now.
    pub vanished_16s: u64,
}

impl From<Difference> for AddressChanges {
    fn from(Difference { addresses, slash24, slash16 }: Difference) -> Self {
        let share = |part: u64, all: u64| if all == 0 { 0.0 } else { part as f64 / all as f64 };
        Self {
            then: addresses.then,
            now: addresses.now,
            new: addresses.added(),
            new_share: share(addresses.added(), addresses.now),
            vanished: addresses.vanished(),
            vanished_share: share(addresses.vanished(), addresses.then),
            new_24s: slash24.new,
            new_16s: slash16.new,
            vanished_24s: slash24.vanished,
            vanished_16s: slash16.vanished,
        }
    }
}

/// The weight of a cluster: its mean responsibility, or of K-Means its share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WeightChange {
    /// Its number.
    pub cluster: usize,
    /// That of the model.
    pub then: f64,
    /// That over the addresses of now.
    pub now: f64,
}

/// Addresses that are flagged now and were not then: not seen, or not flagged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewlyFlagged {
    /// How many.
    pub count: u64,
    /// The first of them, ascending, at most as many as there are listed anomalies.
    pub addresses: Vec<Ipv4Addr>,
}

/// What has become of a block, as changes.csv names it.
fn kind(change: Change) -> &'static str {
    match change {
        Change::New => "new-block",
        Change::Vanished => "vanished-block",
        Change::Changed => "changed-block",
    }
}

impl Changes {
    /// Compares the ascending addresses of `now`, of which those of `flagged` are, with what was
    /// `seen`; writes changes.csv to `out`.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn new(
        seen: &Seen,
        now: &[u32],
        flagged: &[u32],
        weights: Vec<WeightChange>,
        out: &mut dyn Write,
    ) -> io::Result<Self> {
        writeln!(out, "kind,block,then,now,new,vanished")?;
        let addresses = match &seen.addresses {
            None => None,
            Some(then) => {
                let row = |tile: Tile, change| {
                    let (kind, counts) = (kind(change), tile.counts);
                    let (new, vanished) = (counts.added(), counts.vanished());
                    writeln!(out, "{kind},{tile},{},{},{new},{vanished}", counts.then, counts.now)
                };
                Some(compare(then.iter(), now.iter().copied(), row)?.into())
            }
        };
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
        Ok(Self { addresses, weights, newly_flagged, missing })
    }
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
            let changes = Changes::new(seen, &now, &now[1..], weights.clone(), &mut out)?;
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
