//! The data of a role that the page's scripts draw.

use serde::Serialize;

use super::role::{MOST_FLAGS, RolePage};
use crate::address::Unit;
use crate::describe::drawing::{Cells, SIDE};
use crate::describe::flagged::Anomaly;
use crate::describe::plane::{Extent, Shape};

/// A section's data, as its script reads it.
#[derive(Serialize)]
pub(super) struct RoleData<'a> {
    key: &'a str,
    title: &'a str,
    addresses: usize,
    unit: UnitData,
    threshold: Option<f64>,
    /// The least and the largest log-density.
    densities: [f64; 2],
    /// Bytes a cluster.
    width: usize,
    /// Columns and rows of the image; `None` for points.
    side: Option<usize>,
    extent: Extent,
    mean: [f64; 4],
    axes: [[f64; 4]; 2],
    explained: [f64; 2],
    clusters: Vec<ClusterData>,
    flags: FlagData<'a>,
}

/// The words for what was counted of each address.
#[derive(Serialize)]
struct UnitData {
    nouns: [&'static str; 2],
    title: &'static str,
    column: &'static str,
}

#[derive(Serialize)]
struct ClusterData {
    size: u64,
    #[serde(flatten)]
    shape: Shape,
}

/// Flags, column by column.
#[derive(Serialize)]
struct FlagData<'a> {
    count: usize,
    rules: Vec<&'a str>,
    address: Vec<u32>,
    packets: Vec<u64>,
    cluster: Vec<u32>,
    density: Vec<f64>,
    /// Which of `rules`.
    rule: Vec<usize>,
    /// Whether a rule flags it that can flag nothing.
    finding: Vec<bool>,
    reason: Vec<&'a str>,
    surprise: Vec<[f64; 4]>,
}

/// What is told of the addresses of a picture.
pub(super) struct Pictured<'a> {
    /// The element that shows it.
    pub key: &'a str,
    /// Their title.
    pub title: &'a str,
    /// How many there are.
    pub addresses: usize,
    /// What was counted of them.
    pub unit: Unit,
    /// The log-density below which they are flagged.
    pub threshold: f64,
    /// How many each cluster holds.
    pub sizes: Vec<u64>,
    /// How many are flagged.
    pub flagged: usize,
}

impl Pictured<'_> {
    /// Whether a cluster fits one byte.
    pub fn is_narrow(&self) -> bool {
        self.sizes.len() <= 256
    }
}

impl<'a> RoleData<'a> {
    /// What `page` shows of what is `pictured`, whose log-densities have this range.
    pub fn new(pictured: &Pictured<'a>, page: &'a RolePage, densities: [f64; 2]) -> Self {
        let side = match page.drawing.cells {
            Cells::Points(_) => None,
            Cells::Image(_) => Some(SIDE),
        };
        let &Pictured { key, title, addresses, unit, threshold, ref sizes, flagged } = pictured;
        let cluster = |(&size, &shape): (&u64, &Shape)| ClusterData { size, shape };
        Self {
            key,
            title,
            addresses,
            unit: UnitData { nouns: unit.nouns(), title: unit.title(), column: unit.column() },
            threshold: Some(threshold).filter(|limit| limit.is_finite()),
            densities,
            width: if pictured.is_narrow() { 1 } else { 2 },
            side,
            extent: page.drawing.extent,
            mean: page.pca.mean,
            axes: page.pca.components,
            explained: page.pca.explained_variance_ratio,
            clusters: sizes.iter().zip(&page.shapes).map(cluster).collect(),
            flags: FlagData::new(flagged, &page.flags),
        }
    }
}

impl<'a> FlagData<'a> {
    fn new(count: usize, flags: &'a [Anomaly]) -> Self {
        let told = || flags.iter().take(MOST_FLAGS);
        let mut rules: Vec<&str> = Vec::new();
        let mut which = |flag: &'a Anomaly| {
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
            finding: told().map(|flag| flag.finding).collect(),
            reason: told().map(|flag| flag.reason.as_str()).collect(),
            surprise: told().map(|flag| flag.surprise_octets).collect(),
            rules,
        }
    }
}
