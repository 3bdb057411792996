//! A comparison as tables: who lies where, what the clusters start with, whose anomalies.

use std::io::{self, Write};

use super::run::{Findings, Layout};
use super::table::{table, write_table};
use super::wrap::write_wrapped;
use crate::describe::octets::OctetValues;
use crate::input::Role;
use crate::report::summary::compare::{Compared, Comparison};
use crate::report::summary::{RoleSeconds, Timed};
use crate::words::{counted, grouped, shown_path};

/// How many clusters of either model are shown; the file has all.
const CLUSTERS_SHOWN: usize = 10;
/// How many values of an octet are shown.
const VALUES_SHOWN: usize = 2;

impl Findings for Timed<Comparison> {
    fn write(&self, role: Role, layout: &Layout<'_>, out: &mut dyn Write) -> io::Result<()> {
        let comparison = &self.found;
        let Comparison { mixture, kmeans, .. } = comparison;
        let addresses = counted(comparison.addresses as u64, "address", "addresses");
        let clusters = |model: &Compared| counted(model.full().len() as u64, "cluster", "clusters");
        let width = layout.width;
        let of_both =
            format!("{} of the mixture, {} of K-Means", clusters(mixture), clusters(kmeans));
        write_wrapped("", &format!("{}: {addresses}, {of_both}", role.title()), width, out)?;
        let index = comparison.adjusted_rand_index;
        let index = format!("Adjusted Rand index {index:.4}; 1 is the same clusters, 0 is chance.");
        write_wrapped("  ", &index, width, out)?;
        writeln!(out)?;
        let shown = write_contingency(comparison, width, out)?;
        writeln!(out)?;
        let all = write_clusters("The mixture's clusters", mixture, width, out)?;
        writeln!(out)?;
        let all = write_clusters("K-Means' clusters", kmeans, width, out)? && all;
        if !(shown && all) {
            let file = layout.output.join(role.key()).join("compare.json");
            writeln!(out)?;
            let all = format!("All clusters are in {}", shown_path(&file));
            write_wrapped("  ", &all, width, out)?;
        }
        writeln!(out)?;
        write_wrapped("  ", &splits(comparison), width, out)?;
        let shared = comparison.shared_anomalies;
        for (name, model, other) in
            [("the mixture", mixture, "K-Means"), ("K-Means", kmeans, "the mixture")]
        {
            write_wrapped("  ", &anomalies(name, model, shared, other), width, out)?;
        }
        Ok(())
    }

    fn seconds(&self) -> RoleSeconds {
        self.seconds
    }
}

/// Writes the clusters that hold addresses by each other; returns whether all are shown.
fn write_contingency(
    comparison: &Comparison,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let (rows, columns) = (comparison.mixture.full(), comparison.kmeans.full());
    let shown = || columns.iter().take(CLUSTERS_SHOWN);
    let corner = "mixture \\ K-Means".to_owned();
    let header: Vec<String> = [corner].into_iter().chain(shown().map(usize::to_string)).collect();
    let mut table = table(header, &(0..=columns.len()).collect::<Vec<_>>());
    for &row in rows.iter().take(CLUSTERS_SHOWN) {
        let counts = shown().map(|&column| match comparison.contingency[row][column] {
            // Blanks show the pattern.
            0 => String::new(),
            count => grouped(count),
        });
        table.add_row([row.to_string()].into_iter().chain(counts).collect::<Vec<_>>());
    }
    write_table(&table, width, out)?;
    Ok(rows.len() <= CLUSTERS_SHOWN && columns.len() <= CLUSTERS_SHOWN)
}

/// Writes what the clusters of `model` start with; returns whether all are shown.
fn write_clusters(
    name: &str,
    model: &Compared,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let values = "the commonest values of octets (addresses), + how many others:";
    write_wrapped("  ", &format!("{name}; {values}"), width, out)?;
    writeln!(out)?;
    let full = model.full();
    let mut table = table(["#", "size", "octet 1", "octet 2", "octet 3"], &[0, 1]);
    for &cluster in full.iter().take(CLUSTERS_SHOWN) {
        let cluster = &model.clusters[cluster];
        let [first, second, third] = cluster.octets.each_ref().map(common);
        let size = grouped(cluster.size);
        table.add_row([cluster.cluster.to_string(), size, first, second, third]);
    }
    write_table(&table, width, out)?;
    Ok(full.len() <= CLUSTERS_SHOWN)
}

/// How many subnets each model splits.
pub(in crate::report) fn splits(Comparison { blocks, mixture, kmeans, .. }: &Comparison) -> String {
    let blocks = counted(*blocks, "/24 subnet holds", "/24 subnets hold");
    format!(
        "{blocks} two addresses or more; the mixture splits {} of them, K-Means {}.",
        grouped(mixture.split_blocks),
        grouped(kmeans.split_blocks)
    )
}

/// The commonest values with their counts, and how many others there are.
pub(in crate::report) fn common(octet: &OctetValues) -> String {
    let shown = octet.values.iter().take(VALUES_SHOWN);
    let mut told: Vec<String> =
        shown.map(|value| format!("{} ({})", value.value, grouped(value.count))).collect();
    if octet.distinct > VALUES_SHOWN {
        told.push(format!("+{}", octet.distinct - VALUES_SHOWN));
    }
    told.join(", ")
}

/// The anomalies of a `model` called `name`, of which so many are `shared`, and in which clusters of the `other` they lie.
pub(in crate::report) fn anomalies(
    name: &str,
    model: &Compared,
    shared: u64,
    other: &str,
) -> String {
    let remote = counted(model.anomalies, "address", "addresses");
    let by_cluster = model.anomalies_by_other.iter().enumerate().filter(|&(_, &count)| count > 0);
    let told: Vec<String> = by_cluster
        .take(CLUSTERS_SHOWN)
        .map(|(cluster, &count)| format!("{} in {cluster}", grouped(count)))
        .collect();
    let told = if told.is_empty() { "none".to_owned() } else { told.join(", ") };
    let shared = grouped(shared);
    format!(
        "{remote} below the threshold of {name}, {shared} of {other} too; by cluster of {other}: {told}."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::octets::ValueCount;

    #[test]
    fn values_are_told_with_their_counts() {
        let told = |counts: &[(u8, u64)]| {
            let values: Vec<ValueCount> =
                counts.iter().map(|&(value, count)| ValueCount { value, count }).collect();
            common(&OctetValues { distinct: values.len(), values })
        };
        assert_eq!(told(&[(192, 2049)]), "192 (2,049)");
        assert_eq!(told(&[(21, 3), (20, 2)]), "21 (3), 20 (2)");
        assert_eq!(told(&[(21, 3), (20, 2), (19, 1)]), "21 (3), 20 (2), +1");
        assert_eq!(told(&[]), "");
    }
}
