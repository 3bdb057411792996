//! What is different from the day that the model was fitted to, in a few lines.

use std::io::{self, Write};

use indicatif::HumanCount;

use super::counted;
use super::role::percent;
use crate::report::changes::{AddressChanges, Changes, NewlyFlagged, WeightChange};
use crate::report::seen::SEEN;

/// A weight that moved by less is not told: a percentage point.
const LEAST_MOVE: f64 = 0.01;

/// Clusters and addresses that are named; the rest is counted.
const NAMED: usize = 4;

/// Writes `changes`; all of them stand in the file called `file`.
///
/// # Errors
/// When `out` fails.
pub fn write_changes(changes: &Changes, file: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  Since the day of the model ({file}):\n")?;
    if let Some(found) = &changes.addresses {
        write_addresses(found, out)?;
    }
    write_weights(&changes.weights, out)?;
    if let Some(newly) = &changes.newly_flagged {
        write_flagged(newly, out)?;
    }
    changes.missing.iter().try_for_each(|file| {
        let what = if *file == SEEN { "seen" } else { "flagged" };
        writeln!(
            out,
            "  What was {what} then is not known: no {file} beside the model; fit it again."
        )
    })
}

fn write_addresses(found: &AddressChanges, out: &mut dyn Write) -> io::Result<()> {
    let lines = [
        ("new", found.new, found.now, found.new_share, found.new_24s, found.new_16s),
        (
            "vanished",
            found.vanished,
            found.then,
            found.vanished_share,
            found.vanished_24s,
            found.vanished_16s,
        ),
    ];
    for (what, part, all, share, slash24s, slash16s) in lines {
        let blocks = |count, length: &str| {
            format!("{} {what}", counted(count, length, &format!("{length}s")))
        };
        let share = if part == 0 { "none".to_owned() } else { percent(share) };
        writeln!(
            out,
            "  {} of {} {what} ({share}): {}, {}.",
            HumanCount(part),
            counted(all, "address", "addresses"),
            blocks(slash24s, "/24"),
            blocks(slash16s, "/16"),
        )?;
    }
    Ok(())
}

fn write_weights(weights: &[WeightChange], out: &mut dyn Write) -> io::Result<()> {
    let by = |change: &WeightChange| (change.now - change.then).abs();
    let mut moved: Vec<&WeightChange> =
        weights.iter().filter(|change| by(change) >= LEAST_MOVE).collect();
    moved.sort_by(|a, b| by(b).total_cmp(&by(a)));
    if moved.is_empty() {
        return writeln!(out, "  No cluster's weight moved by a percentage point.");
    }
    let told = moved.iter().take(NAMED).map(|WeightChange { cluster, then, now }| {
        format!("{cluster} from {:.1}% to {:.1}%", 100.0 * then, 100.0 * now)
    });
    let told = told.collect::<Vec<_>>().join(", ");
    let more = match moved.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    writeln!(out, "  Weights moved of clusters {told}{more}.")
}

fn write_flagged(newly: &NewlyFlagged, out: &mut dyn Write) -> io::Result<()> {
    if newly.count == 0 {
        return writeln!(out, "  No address is flagged that was not then.");
    }
    let named: Vec<String> = newly.addresses.iter().take(NAMED).map(ToString::to_string).collect();
    let more = match newly.count - named.len() as u64 {
        0 => String::new(),
        more => format!(" and {} more", HumanCount(more)),
    };
    let count = counted(newly.count, "address is", "addresses are");
    writeln!(out, "  {count} newly flagged: {}{more}.", named.join(", "))
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
