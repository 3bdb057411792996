//! The page of a comparison: both models over the same plane, who lies where, and what the clusters begin with.

use std::io::{self, Write};

use askama::Template;

use super::chart::number;
use super::data::{Pictured, RoleData};
use super::embed;
use super::frame::{Frame, Invocation};
use super::model::fit_sentence;
use super::role::RolePage;
use super::shell::Shell;
use crate::address::Unit;
use crate::input::{PerRole, Role};
use crate::report::glossary::{Explained, Word};
use crate::report::summary::compare::{Compared, Comparison};
use crate::report::summary::{Summary, Timed};
use crate::report::text::{anomalies, common, splits};
use crate::words::grouped;

/// How many clusters of either model are shown.
const SHOWN: usize = 40;

/// What a page shows of one role besides its comparison.
#[derive(Debug, Clone)]
pub struct ComparedPage {
    /// The addresses under the mixture.
    pub mixture: RolePage,
    /// The addresses under K-Means.
    pub kmeans: RolePage,
}

/// Writes the page of the comparison that `summary` tells of.
///
/// # Errors
/// When `out` fails.
pub fn write_compare(
    summary: &Summary<Timed<Comparison>>,
    pages: &PerRole<Option<ComparedPage>>,
    invocation: &Invocation,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut explained = Explained::default();
    let section = |(role, page): (Role, &Option<ComparedPage>)| {
        Some(CompareSection::new(role, &summary.role(role)?.found, page.as_ref()?, &mut explained))
    };
    let sections = pages.iter().filter_map(section).collect::<io::Result<Vec<_>>>()?;
    let frame = Frame { summary, invocation };
    let page = ComparePage { shell: frame.shell(), frame, sections };
    page.write_into(&mut &mut *out).map_err(io::Error::other)
}

#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage<'a> {
    shell: Shell,
    frame: Frame<'a, Timed<Comparison>>,
    sections: Vec<CompareSection<'a>>,
}

/// One role's part of the page.
struct CompareSection<'a> {
    key: &'static str,
    title: &'static str,
    found: &'a Comparison,
    halves: [Half<'a>; 2],
    /// The words that the page has not explained before.
    words: Vec<Word>,
}

/// One model's part of a section.
struct Half<'a> {
    key: String,
    title: String,
    name: &'static str,
    found: &'a Compared,
    model: Option<String>,
    anomalies: String,
    data: String,
    bytes: String,
}

/// What the models are called: in names of elements, in headings, in sentences.
const MIXTURE: [&str; 3] = ["mixture", "The mixture", "the mixture"];
const KMEANS: [&str; 3] = ["kmeans", "K-Means", "K-Means"];

impl<'a> CompareSection<'a> {
    fn new(
        role: Role,
        found: &'a Comparison,
        page: &ComparedPage,
        explained: &mut Explained,
    ) -> io::Result<Self> {
        let half = |names, other, of, page: &_| Half::new(role, [names, other], found, of, page);
        let halves = [
            half(MIXTURE, KMEANS, &found.mixture, &page.mixture)?,
            half(KMEANS, MIXTURE, &found.kmeans, &page.kmeans)?,
        ];
        let models = halves.iter().flat_map(|half| [half.model.as_deref(), Some(&*half.anomalies)]);
        let told: Vec<&str> = models.flatten().chain(["adjusted Rand index, splits"]).collect();
        let words = explained.further(&told.join("\n"));
        Ok(Self { key: role.key(), title: role.title(), found, halves, words })
    }

    fn index(&self) -> String {
        number(self.found.adjusted_rand_index, 0.0001)
    }

    fn splits(&self) -> String {
        splits(self.found)
    }

    fn columns(&self) -> Vec<usize> {
        self.found.kmeans.full().into_iter().take(SHOWN).collect()
    }

    /// The clusters of the mixture, each with its addresses in those of K-Means; blanks show the pattern.
    fn rows(&self) -> Vec<(usize, Vec<String>)> {
        let columns = self.columns();
        let count = |count: u64| if count == 0 { String::new() } else { grouped(count) };
        let row = |row: usize| {
            let counts = &self.found.contingency[row];
            (row, columns.iter().map(|&column| count(counts[column])).collect())
        };
        self.found.mixture.full().into_iter().take(SHOWN).map(row).collect()
    }

    fn is_cut(&self) -> bool {
        [&self.found.mixture, &self.found.kmeans].iter().any(|model| model.full().len() > SHOWN)
    }
}

impl<'a> Half<'a> {
    fn new(
        role: Role,
        [[key, name, its], [.., other]]: [[&'static str; 3]; 2],
        comparison: &Comparison,
        found: &'a Compared,
        page: &RolePage,
    ) -> io::Result<Self> {
        let (key, title) = (format!("{}-{key}", role.key()), format!("{}, {name}", role.title()));
        let pictured = Pictured {
            key: &key,
            title: &title,
            addresses: comparison.addresses,
            // The counts of addresses are not told here.
            unit: Unit::default(),
            threshold: found.threshold.log_density,
            sizes: found.clusters.iter().map(|cluster| cluster.size).collect(),
            flagged: found.anomalies as usize,
        };
        let (bytes, densities) = embed::bytes(&page.drawing, pictured.is_narrow());
        let data = embed::json(&RoleData::new(&pictured, page, densities))?;
        let anomalies = anomalies(its, found, comparison.shared_anomalies, other);
        let model = found.fits.last().map(fit_sentence);
        Ok(Self { key, title, name, found, model, anomalies, data, bytes })
    }

    /// The clusters that hold addresses: number, size, and the values of three octets.
    fn clusters(&self) -> Vec<(usize, String, Vec<String>)> {
        let full = self.found.clusters.iter().filter(|cluster| cluster.size > 0).take(SHOWN);
        let told = full.map(|cluster| {
            (cluster.cluster, grouped(cluster.size), cluster.octets.iter().map(common).collect())
        });
        told.collect()
    }
}
