//! What has changed since the day that the model was fitted to, in a few sentences, what is new first.

use std::io::{self, Write};

use super::wrap::write_wrapped;
use crate::address::Unit;
use crate::report::summary::changes::{
    AddressChanges, ChangedBlock, ChangedBlocks, Changes, NewlyFlagged, Since, WeightChange,
};
use crate::store::seen::SEEN;
use crate::words::{counted, grouped, percent};

/// Weights that moved by less, a percentage point, are left out.
const LEAST_MOVE: f64 = 0.01;

/// How many clusters and flagged addresses are named; the rest are counted.
const NAMED: usize = 4;

/// Writes `changes` of a role called `title` in lines of so many columns; `file` has all of them.
///
/// # Errors
/// When `out` fails.
pub fn write_changes(
    (title, changes): (&str, &Changes),
    (unit, file): (Unit, &str),
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out)?;
    write_wrapped(
        "",
        &format!("{title}, since {} ({}):", changes.since.day, model_of(&changes.since)),
        width,
        out,
    )?;
    let sentences = sentences(changes, unit, file);
    sentences.iter().try_for_each(|sentence| write_wrapped("  ", sentence, width, out))
}

/// The model of the other day: its file, what it was fitted to, and when it was written, which need not be that day.
pub(in crate::report) fn model_of(Since { model, fitted, .. }: &Since) -> String {
    match fitted {
        None => format!("model {model}"),
        Some(origin) if origin.files.is_empty() => format!("model {model}, {origin}"),
        Some(origin) => format!("model {model}, fitted to {origin}"),
    }
}

/// What has changed, in sentences; `file` has all of it.
pub(in crate::report) fn sentences(changes: &Changes, unit: Unit, file: &str) -> Vec<String> {
    let missing = changes.missing.iter().map(|file| {
        let what = if *file == SEEN { "seen" } else { "flagged" };
        format!("What was {what} then is not known: no {file} beside the model; fit it again.")
    });
    let addresses = changes.addresses.iter().flat_map(|found| addresses(found, unit, file));
    let weights = std::iter::once(weights(&changes.weights));
    addresses
        .chain(changes.newly_flagged.as_ref().map(|newly| flagged(newly, file)))
        .chain(weights)
        .chain(missing)
        .collect()
}

fn addresses(found: &AddressChanges, unit: Unit, file: &str) -> Vec<String> {
    let AddressChanges { then, now, new, new_share, vanished, vanished_share, .. } = *found;
    let told = |part: u64, share: f64, all: u64, [one, many]: [&str; 2]| {
        let all = counted(all, "address", "addresses");
        match part {
            0 => format!("None of {all} {one}"),
            1 => format!("1 of {all} {one} ({})", percent(share)),
            _ => format!("{} of {all} {many} ({})", grouped(part), percent(share)),
        }
    };
    let new_told = told(new, new_share, now, ["is new", "are new"]);
    let vanished_told = told(vanished, vanished_share, then, ["has vanished", "have vanished"]);
    let mut sentences = Vec::new();
    if new == 0 {
        sentences.push(format!("{new_told}."));
    } else {
        let (by, names) = newest(found, unit);
        let blocks = blocks(&found.new_blocks, file);
        sentences.push(format!("{new_told}, {by}: {}.", marked(names, new)));
        sentences.push(format!("In blocks where none was then, the largest first: {blocks}."));
    }
    sentences.push(match vanished {
        0 => format!("{vanished_told}."),
        _ => format!("{vanished_told}: {}.", blocks(&found.vanished_blocks, file)),
    });
    sentences
}

/// The first of the new addresses, and by what they are the first.
fn newest(found: &AddressChanges, unit: Unit) -> (String, Vec<String>) {
    let newest = found.newest.iter();
    // Where each was counted once, that tells nothing.
    match found.newest.first().is_some_and(|first| first.packets > 1) {
        true => (
            format!("by {}, then the least expected", unit.name()),
            newest.map(|one| format!("{} {}", one.address, grouped(one.packets))).collect(),
        ),
        false => (
            "the least expected first".to_owned(),
            newest.map(|one| one.address.to_string()).collect(),
        ),
    }
}

fn blocks(blocks: &ChangedBlocks, file: &str) -> String {
    let name = |ChangedBlock { block, addresses }: &ChangedBlock| match addresses {
        1 => block.clone(),
        _ => format!("{block} with {}", grouped(*addresses)),
    };
    listed(blocks.largest.iter().map(name).collect(), blocks.count, file)
}

/// The `names` of the first of `all`, and how many more are marked. In changes.csv these may stand only as a block.
fn marked(names: Vec<String>, all: u64) -> String {
    match all.saturating_sub(names.len() as u64) {
        0 => names.join(", "),
        more => format!(
            "{} and {} more, all of them marked in the column new of the table of addresses",
            names.join(", "),
            grouped(more)
        ),
    }
}

/// The `names` of the first of `all`, and how many more `file` has.
fn listed(names: Vec<String>, all: u64, file: &str) -> String {
    match all.saturating_sub(names.len() as u64) {
        0 => names.join(", "),
        more => format!("{} and {} more in {file}", names.join(", "), grouped(more)),
    }
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

fn flagged(newly: &NewlyFlagged, file: &str) -> String {
    if newly.count == 0 {
        return "No address is flagged that was not then.".to_owned();
    }
    let count = counted(newly.count, "address is", "addresses are");
    let names = newly.addresses.iter().take(NAMED).map(ToString::to_string).collect();
    format!("{count} newly flagged: {}.", listed(names, newly.count, file))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::describe::newest::NewAddress;
    use crate::store::Origin;

    #[test]
    fn changes_are_told_in_sentences() -> io::Result<()> {
        let told = |changes: &Changes| {
            let mut out = Vec::new();
            let of = (Unit::Records, "src/changes.csv");
            write_changes(("Sources", changes), of, 100, &mut out)?;
            Ok::<_, io::Error>(String::from_utf8_lossy(&out).into_owned())
        };
        let new = |host, packets| NewAddress {
            address: Ipv4Addr::new(10, 0, 0, host),
            packets,
            log_density: -9.0,
        };
        let block = |block: &str, addresses| ChangedBlock { block: block.to_owned(), addresses };
        let addresses = AddressChanges {
            then: 1000,
            now: 1200,
            new: 240,
            new_share: 0.2,
            newest: vec![new(9, 1500), new(1, 1)],
            new_blocks: ChangedBlocks {
                count: 3,
                largest: vec![block("10.0.0.8/30", 3), block("10.9.0.1", 1)],
            },
            vanished: 0,
            vanished_share: 0.0,
            vanished_blocks: ChangedBlocks::default(),
        };
        let weights = [(0.5, 0.505), (0.3, 0.2), (0.2, 0.295)];
        let weight =
            |(cluster, &(then, now)): (usize, &(f64, f64))| WeightChange { cluster, then, now };
        let fitted = Origin { files: vec!["mon.csv".to_owned()], written: "2026-11-29".to_owned() };
        let changes = Changes {
            since: Since {
                day: "mon".to_owned(),
                model: "mon/src/model.json".to_owned(),
                fitted: Some(fitted),
            },
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
            "\nSources, since mon (model mon/src/model.json, fitted to mon.csv, written 2026-11-29):\n  \
             240 of 1,200 addresses are new (20%), by records, then the least expected: 10.0.0.9 1,500,\n    \
             10.0.0.1 1 and 238 more, all of them marked in the column new of the table of addresses.\n  \
             In blocks where none was then, the largest first: 10.0.0.8/30 with 3, 10.9.0.1 and 1 more in\n    \
             src/changes.csv.\n  \
             None of 1,000 addresses has vanished.\n  \
             6 addresses are newly flagged: 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4 and 2 more in\n    \
             src/changes.csv.\n  \
             Weights moved of clusters 1 from 30.0% to 20.0%, 2 from 20.0% to 29.5%.\n"
        );
        let missing = Changes {
            since: Since { day: "mon".to_owned(), model: "model.json".to_owned(), fitted: None },
            addresses: None,
            weights: Vec::new(),
            newly_flagged: None,
            missing: vec![SEEN],
        };
        assert_eq!(
            told(&missing)?,
            "\nSources, since mon (model model.json):\n  \
             No cluster's weight moved by a percentage point.\n  \
             What was seen then is not known: no seen.roaring beside the model; fit it again.\n"
        );
        Ok(())
    }
}
