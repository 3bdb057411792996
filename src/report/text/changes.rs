//! What has changed since the day that the model was fitted to, in a few sentences.

use std::io::{self, Write};

use crate::report::summary::changes::{AddressChanges, Changes, NewlyFlagged, WeightChange};
use crate::store::seen::SEEN;
use crate::words::{counted, first_of, grouped, percent};

/// Weights that moved by less, a percentage point, are left out.
const LEAST_MOVE: f64 = 0.01;

/// How many clusters and addresses are named; the rest are counted.
const NAMED: usize = 4;

/// Writes `changes` in short; `file` has all of them.
///
/// # Errors
/// When `out` fails.
pub fn write_changes(changes: &Changes, file: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  Since the day of the model ({file}):\n")?;
    sentences(changes).iter().try_for_each(|sentence| writeln!(out, "  {sentence}"))
}

/// What has changed, in sentences.
pub(in crate::report) fn sentences(changes: &Changes) -> Vec<String> {
    let missing = changes.missing.iter().map(|file| {
        let what = if *file == SEEN { "seen" } else { "flagged" };
        format!("What was {what} then is not known: no {file} beside the model; fit it again.")
    });
    let addresses = changes.addresses.iter().flat_map(addresses);
    let weights = std::iter::once(weights(&changes.weights));
    addresses
        .chain(weights)
        .chain(changes.newly_flagged.as_ref().map(flagged))
        .chain(missing)
        .collect()
}

fn addresses(found: &AddressChanges) -> [String; 2] {
    let told = |what, part, all, share, slash24s, slash16s| {
        let blocks = |count, length: &str| {
            format!("{} {what}", counted(count, length, &format!("{length}s")))
        };
        let share = if part == 0 { "none".to_owned() } else { percent(share) };
        format!(
            "{} of {} {what} ({share}): {}, {}.",
            grouped(part),
            counted(all, "address", "addresses"),
            blocks(slash24s, "/24"),
            blocks(slash16s, "/16"),
        )
    };
    let AddressChanges { then, now, new, new_share, vanished, vanished_share, .. } = *found;
    [
        told("new", new, now, new_share, found.new_24s, found.new_16s),
        told("vanished", vanished, then, vanished_share, found.vanished_24s, found.vanished_16s),
    ]
}

fn weights(weights: &[WeightChange]) -> String {
    let by = |change: &WeightChange| (change.now - change.then).abs();
    let mut moved: Vec<&WeightChange> =
        weights.iter().filter(|change| by(change) >= LEAST_MOVE).collect();
    moved.sort_by(|a, b| by(b).total_cmp(&by(a)));
    if moved.is_empty() {
        return "No cluster's weight moved by a percentage point.".to_owned();
    }
    let told = moved.iter().take(NAMED).map(|WeightChange { cluster, then, now }| {
        format!("{cluster} from {:.1}% to {:.1}%", 100.0 * then, 100.0 * now)
    });
    let told = told.collect::<Vec<_>>().join(", ");
    let more = match moved.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("Weights moved of clusters {told}{more}.")
}

fn flagged(newly: &NewlyFlagged) -> String {
    if newly.count == 0 {
        return "No address is flagged that was not then.".to_owned();
    }
    let count = counted(newly.count, "address is", "addresses are");
    format!("{count} newly flagged: {}.", first_of(&newly.addresses, NAMED, newly.count))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn changes_are_told_in_sentences() -> io::Result<()> {
        let told = |changes: &Changes| {
            let mut out = Vec::new();
            write_changes(changes, "src/changes.csv", &mut out)?;
            Ok::<_, io::Error>(String::from_utf8_lossy(&out).into_owned())
        };
        let addresses = AddressChanges {
            then: 1000,
            now: 1200,
            new: 240,
            new_share: 0.2,
            vanished: 0,
            vanished_share: 0.0,
            new_24s: 3,
            new_16s: 1,
            vanished_24s: 0,
            vanished_16s: 0,
        };
        let weights = [(0.5, 0.505), (0.3, 0.2), (0.2, 0.295)];
        let weight =
            |(cluster, &(then, now)): (usize, &(f64, f64))| WeightChange { cluster, then, now };
        let changes = Changes {
            addresses: Some(addresses),
            weights: weights.iter().enumerate().map(weight).collect(),
            newly_flagged: Some(NewlyFlagged {
                count: 6,
                addresses: (1..7).map(|d| Ipv4Addr::new(10, 0, 0, d)).collect(),
            }),
            missing: Vec::new(),
        };
        assert_eq!(
            told(&changes)?,
            "  Since the day of the model (src/changes.csv):\n\n  \
             240 of 1,200 addresses new (20%): 3 /24s new, 1 /16 new.\n  \
             0 of 1,000 addresses vanished (none): 0 /24s vanished, 0 /16s vanished.\n  \
             Weights moved of clusters 1 from 30.0% to 20.0%, 2 from 20.0% to 29.5%.\n  \
             6 addresses are newly flagged: 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4 and 2 more.\n"
        );
        let missing = Changes {
            addresses: None,
            weights: Vec::new(),
            newly_flagged: None,
            missing: vec![SEEN],
        };
        assert_eq!(
            told(&missing)?,
            "  Since the day of the model (src/changes.csv):\n\n  \
             No cluster's weight moved by a percentage point.\n  \
             What was seen then is not known: no seen.roaring beside the model; fit it again.\n"
        );
        Ok(())
    }
}
