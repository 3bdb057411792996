//! The page of a run: each role with its clusters, its pictures and its flagged addresses.

use std::io::{self, Write};

use askama::Template;

use super::data::{Pictured, RoleData};
use super::finding::{Finding, Told};
use super::frame::{Frame, Invocation};
use super::model::fit_sentence;
use super::role::RolePage;
use super::shell::Shell;
use super::{chart, embed};
use crate::behaviour::Timeline;
use crate::describe::clusters::{Cluster, by_weight};
use crate::describe::highest::Valued;
use crate::input::{PerRole, Role};
use crate::report::glossary::{Explained, Word};
use crate::report::summary::{RoleSummary, Summary};
use crate::report::text;

/// Bars of a histogram.
const BARS: usize = 64;

/// Writes the page of a run: its `summary`, for each role what is shown of it, and the `timeline` of its records.
///
/// # Errors
/// When `out` fails.
pub fn write(
    summary: &Summary<RoleSummary>,
    pages: &PerRole<Option<&RolePage>>,
    timeline: &Timeline,
    invocation: &Invocation,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut explained = Explained::default();
    let section = |(role, page): (Role, &Option<&RolePage>)| {
        Some(RoleSection::new(role, summary.role(role)?, (*page)?, &mut explained))
    };
    let sections = pages.iter().filter_map(section).collect::<io::Result<Vec<_>>>()?;
    let frame = Frame { summary, invocation };
    let timeline = chart::timeline(timeline);
    let page = RunPage { shell: frame.shell(), frame, timeline, sections };
    page.write_into(&mut &mut *out).map_err(io::Error::other)
}

#[derive(Template)]
#[template(path = "run.html")]
struct RunPage<'a> {
    shell: Shell,
    frame: Frame<'a, RoleSummary>,
    timeline: Option<(String, String)>,
    sections: Vec<RoleSection<'a>>,
}

/// One role's part of the page.
struct RoleSection<'a> {
    key: &'static str,
    title: &'static str,
    found: &'a RoleSummary,
    /// Clusters that have addresses, heaviest first.
    clusters: Vec<&'a Cluster>,
    model: Option<String>,
    findings: Vec<Finding<'a>>,
    /// The words of its findings, of its most remote addresses and of its model that the page has not explained before.
    finding_words: Vec<Word>,
    remote_words: Vec<Word>,
    model_words: Vec<Word>,
    fanout: String,
    histogram: String,
    trace: String,
    data: String,
    bytes: String,
}

impl<'a> RoleSection<'a> {
    fn new(
        role: Role,
        found: &'a RoleSummary,
        page: &RolePage,
        explained: &mut Explained,
    ) -> io::Result<Self> {
        let threshold = found.threshold.log_density;
        let pictured = Pictured {
            key: role.key(),
            title: role.title(),
            addresses: found.addresses,
            unit: found.unit,
            threshold,
            sizes: found.clusters.iter().map(|cluster| cluster.size).collect(),
            flagged: found.anomaly_count,
        };
        let (bytes, densities) = embed::bytes(&page.drawing, pictured.is_narrow());
        let [least, most] = densities;
        let told = if threshold.is_finite() { threshold } else { least };
        // An address that is far out must not press all others into one bar.
        let floor = told - 0.75 * (most - told).max(1.0);
        let bins = page.drawing.histogram.bins(floor, BARS);
        let findings = Finding::all(found, page);
        let reasons = findings.iter().map(|finding| finding.found.reason.clone());
        let by_rule = rules(found).map(|(_, told)| told);
        let model = found.fits.last().map(fit_sentence);
        Ok(Self {
            finding_words: explained
                .further(&reasons.chain(by_rule).collect::<Vec<_>>().join("\n")),
            remote_words: explained.further("surprise, bits, log-density"),
            model_words: explained.further(model.as_deref().unwrap_or_default()),
            key: role.key(),
            title: role.title(),
            found,
            clusters: by_weight(&found.clusters),
            model,
            findings,
            fanout: chart::fanout(&page.fanout, "records"),
            histogram: bins.map(|bins| chart::histogram(&bins, threshold)).unwrap_or_default(),
            trace: chart::trace(&page.trace),
            data: embed::json(&RoleData::new(&pictured, page, densities))?,
            bytes,
        })
    }

    /// The counters, each with its highest addresses.
    fn highest(&self) -> impl Iterator<Item = (&'static str, Vec<(String, String)>)> {
        self.found.highest.iter().map(|highest| {
            let told = |valued: &Valued| (valued.address.to_string(), highest.told(valued.value));
            (highest.counter, highest.addresses.iter().map(told).collect())
        })
    }

    /// A number with so many decimals.
    fn decimal(&self, value: &f64, decimals: usize) -> String {
        chart::number(*value, 10f64.powi(-(decimals as i32)))
    }

    fn share(&self, cluster: &Cluster) -> String {
        share(cluster.weight)
    }

    /// The length of a cluster's bar, of 100.
    fn bar(&self, cluster: &Cluster) -> f64 {
        100.0 * cluster.weight
    }

    /// Its blocks, those of the most addresses first.
    fn blocks(&self, cluster: &Cluster) -> String {
        text::main_blocks(&cluster.blocks)
    }

    /// Another day, its model, and what has changed since.
    fn changes(&self) -> Option<(&str, String, Vec<String>)> {
        let changes = self.found.changes.as_ref()?;
        let file = format!("{}/changes.csv", self.key);
        let sentences = text::sentences(changes, self.found.unit, &file);
        Some((&changes.since.day, text::model_of(&changes.since), sentences))
    }

    /// What the rules flagged that can flag nothing.
    fn rules(&self) -> impl Iterator<Item = (&'static str, String)> {
        rules(self.found)
    }

    /// Where to look next if the most remote addresses say nothing of a private network.
    fn inside(&self) -> Option<&'static str> {
        text::inside(self.found)
    }

    /// By what the most remote addresses are told, if a rule tells them.
    fn remote(&self) -> Option<String> {
        let ranking = self.found.rules.iter().find(|rule| text::is_ranking(rule, self.found));
        ranking.map(|rule| text::ranked_by(rule, self.found))
    }

    /// The weight of a cluster among the addresses of now, beside that of a model from a file.
    fn weight_now(&self, cluster: &Cluster) -> Option<String> {
        text::weight_now(self.found, cluster).map(share)
    }
}

/// The name of each rule that can flag nothing, what it flagged, and by what.
fn rules(found: &RoleSummary) -> impl Iterator<Item = (&'static str, String)> {
    let rules = found.rules.iter().filter(|rule| !text::is_ranking(rule, found));
    rules.map(|rule| (rule.rule, text::flagged_by(rule, found)))
}

/// A weight in per cent.
fn share(weight: f64) -> String {
    match 100.0 * weight {
        percent if percent > 0.0 && percent < 0.1 => "<0.1%".to_owned(),
        percent => format!("{percent:.1}%"),
    }
}
