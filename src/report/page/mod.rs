//! report.html: what a run found, as one page that asks nothing of any other place.
//!
//! What a page shows of a role is a [`RolePage`], gathered by a [`Sketch`](crate::describe::drawing::Sketch) in the sweep that labels
//! addresses; the rest is the [`Summary`]. A sweep over numbers of components has a page of its own
//! ([`write_sweep`]), and so has a batch of captures ([`write_batch`]). The markup is `page.html` or `sweep.html`
//! within `frame.html`, or `batch.html`, within `shell.html`, the style
//! `page.css`, the behaviour the scripts beside them, all of them compiled in. Text of the input is
//! escaped by the templates or by `embed`, and a Content-Security-Policy forbids whatever is not in the
//! page.

mod batch;
mod chart;
mod elbow;
mod embed;
mod frame;
mod picture;
mod shell;

use std::io::{self, Write};
use std::net::Ipv4Addr;

use askama::Template;
use serde::Serialize;

use super::summary::fit::{FitSummary, Objective};
use super::summary::{RoleSummary, Summary};
use super::text;
use crate::describe::clusters::{Cluster, by_weight};
use crate::describe::drawing::{Cells, Drawing, SIDE};
use crate::describe::plane::{Extent, Shape};
use crate::input::Role;
use crate::model::pca::Pca;
use crate::words::title;
use frame::Frame;
use shell::Shell;

pub use batch::write_batch;
pub use elbow::write_sweep;
pub use frame::About;
pub use picture::Picture;

/// The name of the page below the output directory.
pub const FILE: &str = "report.html";

/// The most flags that a page tells one by one; all of them are drawn, and stand in anomalies.csv.
pub const MOST_FLAGS: usize = 20_000;

/// Bars of a histogram.
const BARS: usize = 64;

/// What the page tells of one role beside its summary.
#[derive(Debug, Clone)]
pub struct RolePage {
    /// The projection.
    pub pca: Pca,
    /// The components in the plane, in the order of the clusters.
    pub shapes: Vec<Shape>,
    /// The addresses.
    pub drawing: Drawing,
    /// The flagged ones, the oddest first; at most [`MOST_FLAGS`] of them are told.
    pub flags: Vec<Flag>,
    /// The lower bound after each iteration of the fit, in nats; empty of K-Means.
    pub trace: Vec<f64>,
}

/// A flagged address.
#[derive(Debug, Clone, PartialEq)]
pub struct Flag {
    /// The address.
    pub address: Ipv4Addr,
    /// Its packets.
    pub packets: u64,
    /// The cluster it fits best.
    pub cluster: u32,
    /// Its log-density, in nats.
    pub log_density: f64,
    /// The rule that flagged it.
    pub rule: String,
    /// Why, in a sentence; may be empty.
    pub reason: String,
    /// The surprise of each octet after those before it, in bits, where it was asked.
    pub surprise: Option<[f64; 4]>,
}

/// Writes the page of a run: of its `summary`, and of what is there for sources and destinations.
///
/// # Errors
/// When `out` fails.
pub fn write(
    summary: &Summary<RoleSummary>,
    pages: [Option<&RolePage>; 3],
    about: &About,
    out: &mut dyn Write,
) -> io::Result<()> {
    let of = |role: Role, page: Option<&RolePage>| match (summary.role(role), page) {
        (Some(found), Some(page)) => Section::new(role, found, page).map(Some),
        _ => Ok(None),
    };
    let sections = Role::ALL.into_iter().zip(pages).map(|(role, page)| of(role, page));
    let sections = sections.collect::<io::Result<Vec<_>>>()?;
    let frame = Frame::new(summary, about);
    let page =
        Page { shell: frame.shell(), frame, sections: sections.into_iter().flatten().collect() };
    page.write_into(&mut &mut *out).map_err(io::Error::other)
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    shell: Shell,
    frame: Frame<'a, RoleSummary>,
    sections: Vec<Section<'a>>,
}

/// One role's part of the page.
struct Section<'a> {
    key: &'static str,
    title: &'static str,
    found: &'a RoleSummary,
    /// Clusters that have addresses, heaviest first.
    clusters: Vec<&'a Cluster>,
    model: Option<String>,
    histogram: String,
    trace: String,
    data: String,
    bytes: String,
}

impl<'a> Section<'a> {
    fn new(role: Role, found: &'a RoleSummary, page: &RolePage) -> io::Result<Self> {
        let threshold = found.threshold.log_density;
        // One byte a cluster where that is enough.
        let narrow = found.clusters.len() <= 256;
        let (bytes, densities) = embed::bytes(&page.drawing, narrow);
        let [least, most] = densities;
        let told = if threshold.is_finite() { threshold } else { least };
        // An address that is far out must not press all others into one bar.
        let floor = told - 0.75 * (most - told).max(1.0);
        let bins = page.drawing.histogram.bins(floor, BARS);
        Ok(Self {
            key: role.key(),
            title: title(role),
            found,
            clusters: by_weight(&found.clusters),
            model: found.fits.last().map(model),
            histogram: bins.map(|bins| chart::histogram(&bins, threshold)).unwrap_or_default(),
            trace: chart::trace(&page.trace),
            data: embed::json(&Data::new(role, found, page, densities, narrow))?,
            bytes,
        })
    }

    fn share(&self, cluster: &Cluster) -> String {
        match 100.0 * cluster.weight {
            percent if percent > 0.0 && percent < 0.1 => "<0.1%".to_owned(),
            percent => format!("{percent:.1}%"),
        }
    }

    /// The length of a cluster's bar, of 100.
    fn bar(&self, cluster: &Cluster) -> f64 {
        100.0 * cluster.weight
    }

    fn mean(&self, cluster: &Cluster) -> String {
        cluster.mean.map(|octet| format!("{octet:.0}")).join(".")
    }

    /// Its blocks, those of the most addresses first.
    fn blocks(&self, cluster: &Cluster) -> String {
        text::main_blocks(&cluster.blocks)
    }

    /// What has changed since the day of the model.
    fn changes(&self) -> Vec<String> {
        self.found.changes.as_ref().map(text::sentences).unwrap_or_default()
    }

    /// The name of a rule, what it flagged, and by what.
    fn rules(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.found.rules.iter().map(|rule| (rule.rule, text::flagged_by(rule, self.found)))
    }
}

/// A kind of model, and what its covariances may be, in words.
fn kind(kind: &str, covariance_type: Option<&str>) -> String {
    match (kind, covariance_type) {
        ("kmeans", _) => "K-Means".to_owned(),
        ("gaussian", Some(covariance)) => format!("Gaussian mixture, {covariance} covariances"),
        (_, Some(covariance)) => format!("Bayesian Gaussian mixture, {covariance} covariances"),
        (kind, None) => kind.to_owned(),
    }
}

/// A fit in one sentence.
fn model(fit: &FitSummary) -> String {
    let kind = kind(fit.kind, fit.covariance_type);
    let objective = match fit.objective {
        Objective::LowerBound(bound) if fit.kind == "gaussian" => {
            format!("mean log-likelihood {}", chart::number(bound, 0.001))
        }
        Objective::LowerBound(bound) => format!("lower bound {}", chart::number(bound, 0.1)),
        Objective::Inertia(inertia) => format!("inertia {}", chart::number(inertia, 0.1)),
    };
    let end = if fit.converged { "converged after" } else { "not converged in" };
    let (components, iterations) = (fit.components, fit.n_iter);
    format!("{kind}, {components} components, {objective}, {end} {iterations} iterations")
}

/// A section's data, as its script reads it.
#[derive(Serialize)]
struct Data<'a> {
    key: &'static str,
    title: &'static str,
    addresses: usize,
    threshold: Option<f64>,
    /// The least and the largest log-density.
    densities: [f64; 2],
    /// Bytes a cluster.
    width: usize,
    /// Columns and rows of the image; of points none.
    side: Option<usize>,
    extent: Extent,
    mean: [f64; 4],
    axes: [[f64; 4]; 2],
    explained: [f64; 2],
    clusters: Vec<DataCluster>,
    flags: DataFlags<'a>,
}

#[derive(Serialize)]
struct DataCluster {
    size: u64,
    mean: [f64; 2],
    covariance: [f64; 3],
}

/// Flags, column by column.
#[derive(Serialize)]
struct DataFlags<'a> {
    count: usize,
    rules: Vec<&'a str>,
    address: Vec<u32>,
    packets: Vec<u64>,
    cluster: Vec<u32>,
    density: Vec<f64>,
    /// Which of `rules`.
    rule: Vec<usize>,
    reason: Vec<&'a str>,
    surprise: Vec<Option<[f64; 4]>>,
}

impl<'a> Data<'a> {
    fn new(
        role: Role,
        found: &RoleSummary,
        page: &'a RolePage,
        densities: [f64; 2],
        narrow: bool,
    ) -> Self {
        let side = match page.drawing.cells {
            Cells::Points(_) => None,
            Cells::Image(_) => Some(SIDE),
        };
        let cluster = |(cluster, shape): (&Cluster, &Shape)| DataCluster {
            size: cluster.size,
            mean: shape.mean,
            covariance: shape.covariance,
        };
        Self {
            key: role.key(),
            title: title(role),
            addresses: found.addresses,
            threshold: Some(found.threshold.log_density).filter(|limit| limit.is_finite()),
            densities,
            width: if narrow { 1 } else { 2 },
            side,
            extent: page.drawing.extent,
            mean: page.pca.mean,
            axes: page.pca.components,
            explained: page.pca.explained_variance_ratio,
            clusters: found.clusters.iter().zip(&page.shapes).map(cluster).collect(),
            flags: DataFlags::new(found.anomaly_count, &page.flags),
        }
    }
}

impl<'a> DataFlags<'a> {
    fn new(count: usize, flags: &'a [Flag]) -> Self {
        let told = || flags.iter().take(MOST_FLAGS);
        let mut rules: Vec<&str> = Vec::new();
        let mut which = |flag: &'a Flag| {
            let known = rules.iter().position(|&rule| rule == flag.rule);
            known.unwrap_or_else(|| {
                rules.push(&flag.rule);
                rules.len() - 1
            })
        };
        let rule = told().map(&mut which).collect();
        Self {
            count,
            address: told().map(|flag| flag.address.to_bits()).collect(),
            packets: told().map(|flag| flag.packets).collect(),
            cluster: told().map(|flag| flag.cluster).collect(),
            density: told().map(|flag| flag.log_density).collect(),
            rule,
            reason: told().map(|flag| flag.reason.as_str()).collect(),
            surprise: told().map(|flag| flag.surprise).collect(),
            rules,
        }
    }
}
