//! The result of a run in one sentence, which comes before all else.

use std::collections::HashSet;

use crate::input::Role;
use crate::report::summary::changes::Changes;
use crate::report::summary::{RoleSummary, Summary};
use crate::words::{counted, grouped};

/// Findings of each role that are named; the others are counted.
const NAMED: usize = 3;

/// What is worth a look in `summary`, or that nothing is, and what is new where another day is known.
pub(in crate::report) fn verdict(summary: &Summary<RoleSummary>) -> String {
    let news = news(summary).map_or(String::new(), |news| format!("; {news}"));
    format!("{}{news}", found(summary))
}

/// What was found for each role that was looked at.
fn roles(summary: &Summary<RoleSummary>) -> impl Iterator<Item = (Role, &RoleSummary)> {
    Role::ALL.into_iter().filter_map(|role| Some((role, summary.role(role)?)))
}

/// One address of `role`, and several.
fn nouns(role: Role) -> [&'static str; 2] {
    match role {
        Role::Source => ["source", "sources"],
        Role::Destination => ["destination", "destinations"],
        Role::Any => ["address", "addresses"],
    }
}

fn found(summary: &Summary<RoleSummary>) -> String {
    let mut count: usize = roles(summary).map(|(_, found)| found.finding_count).sum();
    if count == 0 {
        let size = |(role, found): (Role, &RoleSummary)| {
            let [one, many] = nouns(role);
            counted(found.addresses as u64, one, many)
        };
        let sizes = roles(summary).map(size).collect::<Vec<_>>().join(", ");
        return format!("Nothing stands out: {sizes}");
    }
    // An address that is odd on both sides is one to look at.
    let (mut seen, mut named) = (HashSet::new(), Vec::new());
    for (_, found) in roles(summary) {
        let new: Vec<_> = found.findings.iter().filter(|one| seen.insert(one.address)).collect();
        count -= found.findings.len() - new.len();
        named.extend(new.into_iter().take(NAMED).map(|one| one.lead().to_string()));
    }
    let more = match count - named.len() {
        0 => String::new(),
        more => format!(" and {} more", grouped(more as u64)),
    };
    format!("{} worth a look: {}{more}", grouped(count as u64), named.join(", "))
}

/// How many addresses are new and newly flagged since the day of the model, as far as that is known.
fn news(summary: &Summary<RoleSummary>) -> Option<String> {
    let changes =
        || roles(summary).filter_map(|(role, found)| Some((role, found.changes.as_ref()?)));
    let (_, Changes { since, .. }) = changes().next()?;
    let new = |(role, changes): (Role, &Changes)| {
        let new = changes.addresses.as_ref()?.new;
        let [one, many] = nouns(role).map(|noun| format!("new {noun}"));
        (new > 0).then(|| counted(new, &one, &many))
    };
    let mut told: Vec<String> = changes().filter_map(new).collect();
    // Flagged on both sides is flagged once.
    let (mut seen, mut flagged) = (HashSet::new(), 0);
    for newly in changes().filter_map(|(_, changes)| changes.newly_flagged.as_ref()) {
        let again = newly.addresses.iter().filter(|&&address| !seen.insert(address)).count();
        flagged += newly.count - again as u64;
    }
    told.extend((flagged > 0).then(|| format!("{} newly flagged", grouped(flagged))));
    match told.is_empty() {
        false => Some(format!("{} since {}", told.join(", "), since.day)),
        true if changes().all(|(_, changes)| changes.missing.is_empty()) => {
            Some(format!("nothing new since {}", since.day))
        }
        true => None,
    }
}
