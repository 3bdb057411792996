//! The result of a run in one sentence, which comes before all else.

use std::collections::HashSet;

use crate::input::Role;
use crate::report::summary::{RoleSummary, Summary};
use crate::words::{counted, grouped};

/// Findings of each role that are named; the others are counted.
const NAMED: usize = 3;

/// What is worth a look in `summary`, or that nothing is.
pub(in crate::report) fn verdict(summary: &Summary<RoleSummary>) -> String {
    let roles = || Role::ALL.into_iter().filter_map(|role| Some((role, summary.role(role)?)));
    let mut count: usize = roles().map(|(_, found)| found.finding_count).sum();
    if count == 0 {
        let size = |(role, found): (Role, &RoleSummary)| {
            let [one, many] = match role {
                Role::Source => ["source", "sources"],
                Role::Destination => ["destination", "destinations"],
                Role::Any => ["address", "addresses"],
            };
            counted(found.addresses as u64, one, many)
        };
        return format!("Nothing stands out: {}", roles().map(size).collect::<Vec<_>>().join(", "));
    }
    // An address that is odd on both sides is one to look at.
    let (mut seen, mut named) = (HashSet::new(), Vec::new());
    for (_, found) in roles() {
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
