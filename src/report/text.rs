//! The summary as text: 80 to 100 columns wide, plain, the same on a terminal and in a pipe.

use std::cmp::Reverse;
use std::io::{self, Write};
use std::path::Path;

use comfy_table::{CellAlignment, Table, presets};
use indicatif::{DecimalBytes, HumanCount};

use super::clusters::{Cluster, Prefix};
use super::model::Rule;
use super::reading::{FileFormat, FileReading, Reading};
use super::summary::{RoleSummary, Summary};
use crate::input::Role;

/// Rows of a table that are shown; the rest is in the files.
const SHOWN: usize = 20;
/// Files that are named.
const FILES_SHOWN: usize = 5;
/// Malformed cells that are shown, over all files.
const PLACES_SHOWN: usize = 3;

/// Writes `summary` for people.
///
/// # Errors
/// When `out` fails.
pub fn write(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    write_reading(&summary.input, out)?;
    writeln!(out, "Engine {}; {}", summary.engine.device, summary.engine.reason)?;
    for role in [Role::Source, Role::Destination] {
        if let Some(found) = summary.role(role) {
            writeln!(out)?;
            write_role(role, found, Path::new(&summary.output), out)?;
        } else if summary.skipped_roles.contains(&role.key()) {
            writeln!(out, "\n{}: no addresses, skipped", title(role))?;
        }
    }
    writeln!(out)?;
    write_end(summary, out)
}

fn write_reading(input: &Reading, out: &mut dyn Write) -> io::Result<()> {
    if let [file] = &input.files[..] {
        writeln!(out, "Read {}", described(file))?;
    } else {
        let (files, records) = (input.files.len(), HumanCount(input.records));
        writeln!(out, "Read {files} files: {records} records, {}", DecimalBytes(input.bytes))?;
        for file in input.files.iter().take(FILES_SHOWN) {
            writeln!(out, "  {}", described(file))?;
        }
        if files > FILES_SHOWN {
            writeln!(out, "  and {} more", files - FILES_SHOWN)?;
        }
    }
    for role in [Role::Source, Role::Destination] {
        let tally = input.cells.of(role);
        let skipped =
            [(tally.missing, "missing"), (tally.ipv6, "IPv6"), (tally.malformed, "malformed")];
        let skipped: Vec<String> = skipped
            .into_iter()
            .filter(|&(count, _)| count > 0)
            .map(|(count, kind)| format!("{} {kind}", HumanCount(count)))
            .collect();
        if !skipped.is_empty() {
            let (used, all) = (HumanCount(tally.ipv4), HumanCount(tally.cells()));
            writeln!(out, "  {used} of {all} {role} cells used; {}", skipped.join(", "))?;
        }
    }
    let malformed = input
        .files
        .iter()
        .flat_map(|file| file.malformed.iter().map(move |place| (file.name.as_str(), place)));
    for (name, place) in malformed.take(PLACES_SHOWN) {
        writeln!(out, "    malformed: {name}, {place}")?;
    }
    if input.ragged > 0 {
        let rows = counted(input.ragged, "row is", "rows are");
        writeln!(out, "  {rows} shorter or longer than the header; read as far as they go")?;
    }
    Ok(())
}

/// The file in one line.
fn described(file: &FileReading) -> String {
    let (name, bytes) = (&file.name, DecimalBytes(file.bytes));
    match &file.format {
        FileFormat::List => {
            format!("{name}: {} of a list, {bytes}", counted(file.records, "line", "lines"))
        }
        FileFormat::Csv { src_column, dst_column } => {
            let columns: Vec<&str> =
                [src_column, dst_column].into_iter().flatten().map(String::as_str).collect();
            let rows = counted(file.records, "row", "rows");
            let noun = if columns.len() == 1 { "column" } else { "columns" };
            format!("{name}: {rows}, {bytes}, {noun} {}", columns.join(" and "))
        }
    }
}

fn write_role(
    role: Role,
    found: &RoleSummary,
    output: &Path,
    out: &mut dyn Write,
) -> io::Result<()> {
    let full = found.clusters.iter().filter(|cluster| cluster.size > 0).count();
    let addresses = counted(found.addresses as u64, "address", "addresses");
    let clusters = counted(full as u64, "cluster", "clusters");
    let anomalies = counted(found.anomalies.len() as u64, "anomaly", "anomalies");
    writeln!(out, "{}: {addresses}, {clusters}, {anomalies}", title(role))?;

    writeln!(out)?;
    write_clusters(&found.clusters, output, out)?;
    writeln!(out)?;
    write_fit(found, out)?;
    writeln!(out)?;
    write_anomalies(role, found, output, out)
}

fn write_clusters(clusters: &[Cluster], output: &Path, out: &mut dyn Write) -> io::Result<()> {
    let mut full: Vec<&Cluster> = clusters.iter().filter(|cluster| cluster.size > 0).collect();
    full.sort_by_key(|cluster| Reverse(cluster.size));
    let mut table = table(
        ["cluster", "weight", "addresses", "packets", "mean", "commonest octets"],
        &[0, 1, 2, 3],
    );
    for cluster in full.iter().take(SHOWN) {
        table.add_row([
            cluster.cluster.to_string(),
            format!("{:.1}%", 100.0 * cluster.weight),
            HumanCount(cluster.size).to_string(),
            HumanCount(cluster.packets).to_string(),
            cluster.mean.map(|octet| format!("{octet:.0}")).join("."),
            common(&cluster.common_octets),
        ]);
    }
    write_table(&table, out)?;
    if full.len() > SHOWN {
        let file = output.join("summary.json");
        writeln!(out, "  and {} more in {}", full.len() - SHOWN, file.display())?;
    }
    Ok(())
}

/// The longest start that at least half of the addresses share, or else the longest that is
/// commoner than the commonest three octets; and those.
fn common(prefixes: &[Prefix]) -> String {
    let Some((longest, shorter)) = prefixes.split_last() else {
        return String::new();
    };
    let mut commoner = shorter.iter().rev().filter(|prefix| prefix.size > longest.size).peekable();
    let nearest = commoner.peek().copied();
    let wide = commoner.find(|prefix| prefix.share >= 0.5).or(nearest);
    let told = wide.into_iter().chain([longest]);
    let told = told.map(|Prefix { prefix, share, .. }| format!("{prefix} {}", percent(*share)));
    told.collect::<Vec<_>>().join(", ")
}

fn write_fit(found: &RoleSummary, out: &mut dyn Write) -> io::Result<()> {
    let RoleSummary { components, components_asked, lower_bound, .. } = found;
    if components < components_asked {
        writeln!(
            out,
            "  Fitted with {components}: there are fewer addresses than the {components_asked} \
             components asked for."
        )?;
    }
    let empty = found.clusters.iter().filter(|cluster| cluster.size == 0).count();
    if empty > 0 {
        let verb = if empty == 1 { "stays" } else { "stay" };
        writeln!(out, "  {empty} of {components} components {verb} empty.")?;
    }
    let restarts = counted(found.restarts.len() as u64, "restart", "restarts");
    let iterations = counted(found.n_iter as u64, "iteration", "iterations");
    let end = if found.converged { "converged after" } else { "not converged in" };
    writeln!(out, "  Best of {restarts}: lower bound {lower_bound:.3} nats, {end} {iterations}.")
}

fn write_anomalies(
    role: Role,
    found: &RoleSummary,
    output: &Path,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Rule::Percentile { percentile } = found.threshold.rule;
    let limit = found.threshold.log_density;
    if found.anomalies.is_empty() {
        return writeln!(out, "  No log-density is below {limit:.3} (percentile {percentile}).");
    }
    writeln!(
        out,
        "  Anomalies, least dense first (log-density below {limit:.3}, percentile {percentile}):\n"
    )?;
    let mut table = table(["address", "packets", "cluster", "log-density"], &[1, 2, 3]);
    for anomaly in found.anomalies.iter().take(SHOWN) {
        table.add_row([
            anomaly.address.to_string(),
            HumanCount(anomaly.packets).to_string(),
            anomaly.cluster.to_string(),
            format!("{:.3}", anomaly.log_density),
        ]);
    }
    write_table(&table, out)?;
    if found.anomalies.len() > SHOWN {
        let more = HumanCount((found.anomalies.len() - SHOWN) as u64);
        let file = output.join(role.key()).join("anomalies.csv");
        writeln!(out, "  and {more} more in {}", file.display())?;
    }
    Ok(())
}

fn write_end(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let files = counted(summary.files.len() as u64, "file", "files");
    writeln!(out, "Wrote {files} to {}:", summary.output)?;
    for folder in summary.files.chunk_by(|a, b| Path::new(a).parent() == Path::new(b).parent()) {
        writeln!(out, "  {}", folder.join("  "))?;
    }
    let roles = || summary.src.iter().chain(&summary.dst).map(|found| found.seconds);
    let stages = [
        ("reading", summary.seconds.read),
        ("opening the engine", summary.seconds.engine),
        ("fitting", roles().map(|seconds| seconds.fit).sum()),
        ("labelling", roles().map(|seconds| seconds.label).sum()),
        ("writing", roles().map(|seconds| seconds.write).sum()),
    ];
    let stages: Vec<String> = stages
        .into_iter()
        .filter(|&(_, seconds)| seconds >= 0.0005)
        .map(|(stage, seconds)| format!("{stage} {}", duration(seconds)))
        .collect();
    writeln!(out, "Took {}: {}", duration(summary.seconds.total), stages.join(", "))
}

/// A table without lines; the columns at `right` hold numbers.
fn table<const N: usize>(header: [&str; N], right: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    for column in table.column_iter_mut().enumerate().filter(|(at, _)| right.contains(at)) {
        column.1.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn write_table(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    table.lines().try_for_each(|line| writeln!(out, " {}", line.trim_end()))
}

fn title(role: Role) -> &'static str {
    match role {
        Role::Source => "Sources",
        Role::Destination => "Destinations",
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", HumanCount(count), if count == 1 { one } else { many })
}

fn percent(share: f64) -> String {
    if share < 0.005 { "<1%".to_owned() } else { format!("{:.0}%", 100.0 * share) }
}

/// At a glance: a run is told in three digits at most.
fn duration(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{:.0} ms", 1000.0 * seconds)
    } else if seconds < 600.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.0} min", seconds / 60.0)
    }
}
