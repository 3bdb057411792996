//! One role: its findings, what is most remote, the highest counters, its clusters and its fit.

use std::io::{self, Write};

use super::blocks::write_blocks;
use super::changes::write_changes;
use super::run::{Findings, Layout};
use super::table::{table, write_table};
use super::verdict::verdict;
use super::wrap::write_wrapped;
use crate::describe::clusters::{Cluster, Prefix, by_weight};
use crate::describe::flagged::{Anomaly, RuleSummary};
use crate::describe::highest::Valued;
use crate::input::Role;
use crate::report::summary::fit::{FitSummary, Objective};
use crate::report::summary::{RoleSeconds, RoleSummary, Summary};
use crate::rule::reserved::Kind;
use crate::store::model::{MoveSummary, ThresholdRule};
use crate::store::seen::FLAGGED;
use crate::words::{counted, first_of, grouped, percent, shown_path};

/// Rows of a table that are shown; the rest is in the files.
const SHOWN: usize = 20;

/// The width from which reasons are shown, and how much of them that width shows.
const REASONS_FROM: usize = 140;
const LEAST_REASON: usize = 56;

/// Findings that are told before all else; the rest is in the files.
const FIRST: usize = 10;

/// Columns before the addresses of a counter.
const LEAD: usize = 18;

/// How many addresses the line of a rule names.
const NAMED: usize = 3;

/// The rule that has a threshold.
const LOW_DENSITY: &str = crate::rule::Rule::LowDensity.name();

impl Findings for RoleSummary {
    fn verdict(summary: &Summary<Self>) -> Option<String> {
        Some(verdict(summary))
    }

    fn write(&self, role: Role, layout: &Layout<'_>, out: &mut dyn Write) -> io::Result<()> {
        let full = self.clusters.iter().filter(|cluster| cluster.size > 0).count();
        let addresses = counted(self.addresses as u64, "address", "addresses");
        let clusters = counted(full as u64, "cluster", "clusters");
        writeln!(out, "{}: {addresses}, {clusters}", role.title())?;
        writeln!(out)?;
        write_rules(self, layout.width, out)?;
        write_remote(role, self, layout, out)?;

        if let Some(picture) = layout.picture {
            writeln!(out)?;
            picture.write(out)?;
        }
        writeln!(out)?;
        write_clusters(self, layout, out)?;
        write_fit(self, layout.width, out)
    }

    fn write_first(&self, role: Role, layout: &Layout<'_>, out: &mut dyn Write) -> io::Result<()> {
        let findings = counted(self.finding_count as u64, "finding", "findings");
        if self.findings.is_empty() {
            return writeln!(out, "\n{}: nothing found", role.title());
        }
        writeln!(out, "\n{}: {findings}\n", role.title())?;
        let told: Vec<(String, &str)> = self
            .findings
            .iter()
            .take(FIRST)
            .map(|one| (found_by(self, one), &*one.reason))
            .collect();
        let most = told.iter().map(|(rules, _)| rules.len()).max().unwrap_or(0);
        for (rules, reason) in &told {
            write_wrapped(&format!("  {rules:<most$}  "), reason, layout.width, out)?;
        }
        if self.finding_count > FIRST {
            let more = grouped((self.finding_count - FIRST) as u64);
            let file =
                flagged_file(role, layout).map_or(String::new(), |file| format!(" in {file}"));
            write_wrapped("  ", &format!("and {more} more{file}"), layout.width, out)?;
        }
        Ok(())
    }

    fn write_second(&self, role: Role, width: usize, out: &mut dyn Write) -> io::Result<()> {
        if let Some(changes) = &self.changes {
            let file = format!("{}/changes.csv", role.key());
            write_changes((role.title(), changes), (self.unit, &file), width, out)?;
        }
        if self.highest.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}, highest (a ranking, no finding):", role.title())?;
        let mut is_cut = false;
        for highest in &self.highest {
            let told =
                |valued: &Valued| format!("{} {}", valued.address, highest.told(valued.value));
            let all: Vec<String> = highest.addresses.iter().map(told).collect();
            let line = |n: usize| {
                let more = match all.len() - n {
                    0 => String::new(),
                    more => format!("; {more} more"),
                };
                format!("{}{more}", all[..n].join(", "))
            };
            let fits = |&n: &usize| LEAD + line(n).len() <= width;
            let n = (1..=all.len()).rev().find(fits).unwrap_or(1);
            is_cut |= n < all.len();
            writeln!(out, "  {:<16}{}", highest.counter, line(n))?;
        }
        match is_cut {
            true => writeln!(out, "  All of these are in summary.json"),
            false => Ok(()),
        }
    }

    fn seconds(&self) -> RoleSeconds {
        self.seconds
    }
}

fn write_clusters(found: &RoleSummary, layout: &Layout<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut full = by_weight(&found.clusters);
    // The weights of a model from a file are not those of the addresses of now.
    let weights: &[&str] =
        if found.changes.is_some() { &["weight then", "now"] } else { &["weight"] };
    let counts = ["size", found.unit.name(), "commonest octets"];
    let header: Vec<&str> = ["#"].iter().chain(weights).chain(&counts).copied().collect();
    let numbers: Vec<usize> = (0..header.len() - 1).collect();
    let mut table = table(header, &numbers);
    for cluster in full.iter().take(SHOWN) {
        let weights = std::iter::once(cluster.weight).chain(weight_now(found, cluster));
        let mut cells = vec![cluster.cluster.to_string()];
        cells.extend(weights.map(|weight| format!("{:.1}%", 100.0 * weight)));
        cells.extend([grouped(cluster.size), grouped(cluster.packets)]);
        cells.push(common(&cluster.common_octets));
        table.add_row(cells);
    }
    write_table(&table, layout.width, out)?;
    if full.len() > SHOWN {
        let file = layout.output.join("summary.json");
        let more = format!("and {} more in {}", full.len() - SHOWN, shown_path(&file));
        write_wrapped("  ", &more, layout.width, out)?;
    }
    writeln!(out)?;
    full.truncate(SHOWN);
    write_blocks(&full, layout.width, out)
}

/// The weight of `cluster` among the addresses of now, where its own is that of a model from a file.
pub(in crate::report) fn weight_now(found: &RoleSummary, cluster: &Cluster) -> Option<f64> {
    let changes = found.changes.as_ref()?;
    let mut weights = changes.weights.iter();
    weights.find(|change| change.cluster == cluster.cluster).map(|change| change.now)
}

/// What an analyst looks for in a cluster: the block of one or two octets that at least half of
/// the addresses lie in, or else the commonest first octet; and the commonest subnet of three
/// octets, unless it is rare.
fn common(prefixes: &[Prefix]) -> String {
    let Some((subnet, blocks)) = prefixes.split_last() else {
        return String::new();
    };
    let block = blocks.iter().rfind(|block| block.share >= 0.5).or(blocks.first());
    // Of those with the same addresses the longest says most.
    let block = block.and_then(|block| prefixes.iter().rfind(|other| other.size == block.size));
    let is_told = |block: &&Prefix| subnet.size < block.size && subnet.share >= 0.01;
    let subnet = block.filter(is_told).map(|_| subnet);
    let told = block.into_iter().chain(subnet);
    let told = told.map(|Prefix { prefix, share, .. }| format!("{} {prefix}", percent(*share)));
    told.collect::<Vec<_>>().join(", ")
}

fn write_fit(found: &RoleSummary, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let Some((fit, before)) = found.fits.split_last() else { return Ok(()) };
    writeln!(out)?;
    let mut tell = |sentence: String| write_wrapped("  ", &sentence, width, out);
    write_choice(fit, before, &mut tell)?;
    let empty = found.clusters.iter().filter(|cluster| cluster.size == 0).count();
    if empty > 0 {
        let verb = if empty == 1 { "stays" } else { "stay" };
        tell(format!("{empty} of {} components {verb} empty.", fit.components))?;
    }
    let objective = match fit.objective {
        Objective::LowerBound(bound) if fit.kind == "gaussian" => {
            format!("mean log-likelihood {bound:.4}")
        }
        Objective::LowerBound(bound) => format!("lower bound {bound:.1}"),
        Objective::Inertia(inertia) => format!("inertia {inertia:.1}"),
    };
    let restarts = counted(fit.restarts.len() as u64, "restart", "restarts");
    let iterations = counted(fit.n_iter as u64, "iteration", "iterations");
    let end = if fit.converged { "converged after" } else { "not converged in" };
    match &fit.search {
        Some(search) => {
            let is_move = |step: &&MoveSummary| step.kind.contains("split");
            let moves = search.moves.iter().filter(is_move).count() as u64;
            let moves = counted(moves, "move", "moves");
            tell(format!(
                "Merge-split search, {moves} accepted: {objective}, {end} {iterations}."
            ))?;
        }
        None => tell(format!("Best of {restarts}: {objective}, {end} {iterations}."))?,
    }
    // That octets are constant is usual; a point, or a line across the octets, is not.
    let mut unusual = fit.collapses.iter().filter(|collapse| collapse.is_unusual());
    unusual.try_for_each(|collapse| tell(format!("Collapsed: {collapse}.")))
}

/// Why `fit` has as many components as it has, where fits `before` it had other numbers.
fn write_choice(
    fit: &FitSummary,
    before: &[FitSummary],
    tell: &mut dyn FnMut(String) -> io::Result<()>,
) -> io::Result<()> {
    match before {
        [] => {}
        [first, ..] if fit.evidence.is_none() => tell(format!(
            "Of {} components fitted first, {} had a weight of 0.005 or more; fitted again with {}.",
            first.components, first.needed, fit.components
        ))?,
        _ => {
            let mut tried: Vec<usize> = before.iter().map(|fit| fit.components).collect();
            tried.sort_unstable();
            let tried: Vec<String> = tried.iter().map(usize::to_string).collect();
            tell(format!(
                "Best by the evidence: {}; also tried: {}.",
                counted(fit.components as u64, "component", "components"),
                tried.join(", ")
            ))?;
        }
    }
    if fit.at_limit {
        let most = fit.components;
        tell(format!(
            "All {most} are needed, and more may be: {most} is the most tried; -k auto:N tries up to N."
        ))?;
    }
    Ok(())
}

/// The rules that make `one` a finding: being remote as well is none.
pub(in crate::report) fn found_by(found: &RoleSummary, one: &Anomaly) -> String {
    let is_share = matches!(found.threshold.rule, ThresholdRule::Percentile { .. });
    let rules = one.rule.split('+').filter(|&rule| !is_share || rule != LOW_DENSITY);
    rules.collect::<Vec<_>>().join("+")
}

/// What each rule found, and what it needs to know where it does not.
fn write_rules(found: &RoleSummary, width: usize, out: &mut dyn Write) -> io::Result<()> {
    for rule in found.rules.iter().filter(|rule| !is_ranking(rule, found)) {
        write_wrapped(&format!("  {:<12}", rule.rule), &flagged_by(rule, found), width, out)?;
    }
    if let Some(suppressed) = found.suppressed {
        let flagged = counted(suppressed, "flagged address is", "flagged addresses are");
        let told = format!("{flagged} allowed, and not told");
        write_wrapped(&format!("  {:<12}", "--allow"), &told, width, out)?;
    }
    Ok(())
}

/// Whether `rule` flags a share of any set.
pub(in crate::report) fn is_ranking(rule: &RuleSummary, found: &RoleSummary) -> bool {
    let is_share = matches!(found.threshold.rule, ThresholdRule::Percentile { .. });
    rule.rule == LOW_DENSITY && is_share
}

/// The most remote addresses: a ranking.
fn write_remote(
    role: Role,
    found: &RoleSummary,
    layout: &Layout<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(ranking) = found.rules.iter().find(|rule| is_ranking(rule, found)) else {
        return Ok(());
    };
    let told = format!("Most remote, a ranking and no finding: {}", ranked_by(ranking, found));
    writeln!(out)?;
    if found.most_remote.is_empty() {
        return write_wrapped("  ", &told, layout.width, out);
    }
    write_wrapped("  ", &format!("{told}:"), layout.width, out)?;
    writeln!(out)?;
    let header = ["address", found.unit.name(), "cluster", "log-density", "surprise"];
    let room = layout.width.checked_sub(REASONS_FROM).map(|more| more + LEAST_REASON);
    let header = header.into_iter().chain(room.map(|_| "where it is"));
    let mut table = table(header, &[1, 2, 3, 4]);
    for remote in &found.most_remote {
        let reason = room.map(|room| fitted(&remote.reason, room));
        table.add_row(
            [
                remote.address.to_string(),
                grouped(remote.packets),
                remote.cluster.to_string(),
                format!("{:.3}", remote.log_density),
                format!("{:.1} bits", remote.surprise),
            ]
            .into_iter()
            .chain(reason),
        );
    }
    write_table(&table, layout.width, out)?;
    if let Some(inside) = inside(found) {
        write_wrapped("  ", inside, layout.width, out)?;
    }
    flagged_file(role, layout).map_or(Ok(()), |file| {
        let path = shown_path(&layout.output.join(&file));
        let told = match file.ends_with(FLAGGED) {
            true => format!("octomix sets union {path} lists all that are flagged"),
            false => format!("All of them are in {path}"),
        };
        write_wrapped("  ", &told, layout.width, out)
    })
}

/// Where to look next if the most remote addresses of a private network are public, which says nothing of it.
pub(in crate::report) fn inside(found: &RoleSummary) -> Option<&'static str> {
    let kinds = found.clusters.iter().flat_map(|cluster| &cluster.kinds);
    let private = kinds.filter(|kind| kind.kind == Kind::Private).map(|kind| kind.addresses);
    let remote = &found.most_remote;
    let public = remote.iter().filter(|one| !one.address.is_private()).count();
    let is_meant = 2 * private.sum::<u64>() > found.addresses as u64 && 2 * public > remote.len();
    is_meant.then_some(
        "Most of these are public, most others private: --where private looks at the inside alone.",
    )
}

/// The file of all that was flagged, below the folder, where there is one: a fit alone writes a bitmap and no table.
fn flagged_file(role: Role, layout: &Layout<'_>) -> Option<String> {
    let files = ["anomalies.csv", FLAGGED].map(|file| format!("{}/{file}", role.key()));
    files.into_iter().find(|file| layout.files.contains(file))
}

/// What `rule`, a ranking, flagged, how many of these are findings and stand elsewhere, and the order of the others.
pub(in crate::report) fn ranked_by(rule: &RuleSummary, found: &RoleSummary) -> String {
    let others = (found.anomaly_count - found.finding_count) as u64;
    let told = match rule.flagged.saturating_sub(others) {
        0 => String::new(),
        1 => "; 1 of them is a finding above".to_owned(),
        findings => format!("; {} of them are findings above", grouped(findings)),
    };
    let by = flagged_by(rule, found);
    let shown = found.most_remote.len() as u64;
    let here = match (others, told.is_empty()) {
        (0, _) => return format!("{by}{told}"),
        (_, true) if others == shown => "all of them".to_owned(),
        (_, true) => format!("the first {shown}"),
        (_, false) if others == shown => format!("the other {shown}"),
        (_, false) => format!("the first {shown} of the other {}", grouped(others)),
    };
    format!("{by}{told}; {here}, the most surprise first")
}

/// What `rule` flagged, and by what.
pub(in crate::report) fn flagged_by(rule: &RuleSummary, found: &RoleSummary) -> String {
    let count = grouped(rule.flagged);
    if let Some(kinds) = rule.kinds.as_ref().filter(|kinds| !kinds.is_empty()) {
        let kinds = kinds.iter().map(|(kind, count)| format!("{kind} {}", grouped(*count)));
        return format!("{count}: {}", kinds.collect::<Vec<_>>().join(", "));
    }
    if let Some(unknown) = rule.unknown {
        return format!("not applied: {unknown}");
    }
    if let Some(usual) = rule.usual.as_ref() {
        let usual = usual.iter().map(|(kind, count)| format!("{kind} {}", grouped(*count)));
        return format!("{count}; usual destinations: {}", usual.collect::<Vec<_>>().join(", "));
    }
    if rule.diffuse == Some(true) {
        return "diffuse: no address stands apart".to_owned();
    }
    if rule.rule != LOW_DENSITY {
        return named(rule);
    }
    let limit = found.threshold.log_density;
    // The threshold of a model from a file is that of the addresses it was fitted to.
    let fitted = if found.fits.is_empty() { " of those fitted" } else { "" };
    let by = match found.threshold.rule {
        ThresholdRule::Percentile { percentile } => {
            format!("the {percentile} % least dense{fitted}, ")
        }
        ThresholdRule::Density => String::new(),
        ThresholdRule::Fdr { fdr } => format!("at a false discovery rate of {fdr}{fitted}, "),
    };
    format!("{count}: {by}log-density below {limit:.3}")
}

/// How many a rule flagged, and the first of them: they may be none of the least dense.
fn named(rule: &RuleSummary) -> String {
    let count = grouped(rule.flagged);
    match rule.addresses.is_empty() {
        true => count.to_string(),
        false => format!("{count}: {}", first_of(&rule.addresses, NAMED, rule.flagged)),
    }
}

/// `text`, cut to `room` columns.
fn fitted(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars().take(room.saturating_sub(3)).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_octets_are_told_from_the_block_to_the_subnet() {
        let told = |sizes: [u64; 3]| {
            let prefixes: Vec<Prefix> = ["10.*", "10.2.*", "10.2.3.*"]
                .into_iter()
                .zip(sizes)
                .map(|(prefix, size)| Prefix {
                    prefix: prefix.to_owned(),
                    size,
                    share: size as f64 / 1000.0,
                })
                .collect();
            common(&prefixes)
        };
        assert_eq!(told([1000, 1000, 120]), "all 10.2.*, 12% 10.2.3.*");
        assert_eq!(told([999, 499, 120]), "99% 10.*, 12% 10.2.3.*");
        assert_eq!(told([210, 210, 210]), "21% 10.2.3.*");
        assert_eq!(told([140, 80, 9]), "14% 10.*");
        assert_eq!(told([4, 2, 1]), "<1% 10.*");
        assert_eq!(common(&[]), "");
    }
}
