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
    let news = |told: Option<String>| told.map_or(String::new(), |told| format!("; {told}"));
    let new = new_addresses(summary);
    let (found, flagged) = (found(summary), newly_flagged(summary));
    match (found, flagged, since(summary)) {
        (Some(found), flagged, Some(day)) => {
            let count = flagged.map(|(count, _)| format!("{} newly flagged", grouped(count)));
            let told: Vec<String> = new.into_iter().chain(count).collect();
            found + &news(since_then(&told, day, summary))
        }
        (Some(found), ..) => found,
        // What only a ranking flags, but did not flag then, is not nothing.
        (None, Some((count, named)), Some(day)) => {
            let verb = if count == 1 { "is" } else { "are" };
            let (sizes, count) = (sizes(summary), grouped(count));
            let found = format!(
                "No rule finds anything in {sizes}, but {count} {verb} newly flagged since {day}: {named}"
            );
            found + &news((!new.is_empty()).then(|| new.join(", ")))
        }
        (None, _, day) => {
            let told = day.and_then(|day| since_then(&new, day, summary));
            format!("Nothing stands out: {}{}", sizes(summary), news(told))
        }
    }
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

/// How many addresses were looked at.
fn sizes(summary: &Summary<RoleSummary>) -> String {
    let size = |(role, found): (Role, &RoleSummary)| {
        let [one, many] = nouns(role);
        counted(found.addresses as u64, one, many)
    };
    roles(summary).map(size).collect::<Vec<_>>().join(", ")
}

/// The findings, if there are any.
fn found(summary: &Summary<RoleSummary>) -> Option<String> {
    let mut count: usize = roles(summary).map(|(_, found)| found.finding_count).sum();
    if count == 0 {
        return None;
    }
    // An address that is odd on both sides is one to look at.
    let (mut seen, mut named) = (HashSet::new(), Vec::new());
    for (_, found) in roles(summary) {
        let new: Vec<_> = found.findings.iter().filter(|one| seen.insert(one.address)).collect();
        count -= found.findings.len() - new.len();
        named.extend(new.into_iter().take(NAMED).map(|one| one.lead().to_string()));
    }
    let told = and_more(&named, count as u64);
    Some(format!("{} worth a look: {told}", grouped(count as u64)))
}

/// Those of `count` that are `named`, and how many more there are.
fn and_more(named: &[String], count: u64) -> String {
    match count - named.len() as u64 {
        0 => named.join(", "),
        more => format!("{} and {} more", named.join(", "), grouped(more)),
    }
}

/// What has changed in each role, where another day is known.
fn changes(summary: &Summary<RoleSummary>) -> impl Iterator<Item = (Role, &Changes)> {
    roles(summary).filter_map(|(role, found)| Some((role, found.changes.as_ref()?)))
}

/// What the day of the model is called.
fn since(summary: &Summary<RoleSummary>) -> Option<&str> {
    let (_, Changes { since, .. }) = changes(summary).next()?;
    Some(&since.day)
}

/// How many addresses of each role are new, as far as that is known.
fn new_addresses(summary: &Summary<RoleSummary>) -> Vec<String> {
    let new = |(role, changes): (Role, &Changes)| {
        let new = changes.addresses.as_ref()?.new;
        let [one, many] = nouns(role).map(|noun| format!("new {noun}"));
        (new > 0).then(|| counted(new, &one, &many))
    };
    changes(summary).filter_map(new).collect()
}

/// How many addresses are newly flagged, and the least dense of each role.
fn newly_flagged(summary: &Summary<RoleSummary>) -> Option<(u64, String)> {
    // Flagged on both sides is flagged once.
    let (mut seen, mut count, mut named) = (HashSet::new(), 0, Vec::new());
    for newly in changes(summary).filter_map(|(_, changes)| changes.newly_flagged.as_ref()) {
        let new: Vec<_> = newly.addresses.iter().filter(|&&address| seen.insert(address)).collect();
        count += newly.count - (newly.addresses.len() - new.len()) as u64;
        named.extend(new.into_iter().take(NAMED).map(ToString::to_string));
    }
    (count > 0).then(|| (count, and_more(&named, count)))
}

/// What is `told` to be new since `day`; that nothing is, only where all is known of it.
fn since_then(told: &[String], day: &str, summary: &Summary<RoleSummary>) -> Option<String> {
    match told.is_empty() {
        false => Some(format!("{} since {day}", told.join(", "))),
        true if changes(summary).all(|(_, changes)| changes.missing.is_empty()) => {
            Some(format!("nothing new since {day}"))
        }
        true => None,
    }
}
