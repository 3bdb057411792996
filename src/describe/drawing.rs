//! What pictures need to know of a role's addresses, gathered in the sweep over their labels.
//!
//! Up to [`MOST_POINTS`] addresses are kept one by one, in 10 bytes each. More are counted by their
//! place in the plane, in an image of fixed size.

use super::histogram::Histogram;
use super::plane::Extent;
use crate::address::AddressSet;
use crate::model::pca::Pca;
use crate::rule::judge::Verdict;

/// The most addresses that are drawn one by one.
pub const MOST_POINTS: usize = 1 << 20;

/// Columns and rows of the image that counts more.
pub const SIDE: usize = 1024;

/// The /16s of the address space, in which the image counts addresses too.
pub const SLASH16S: usize = 1 << 16;

/// Gathers a [`Drawing`].
#[derive(Debug)]
pub struct DrawingBuilder<'a> {
    set: &'a AddressSet,
    pca: Pca,
    drawing: Drawing,
}

/// A role's addresses, as pictures show them.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// Where they lie in the plane.
    pub extent: Extent,
    /// The addresses, or how many there are at each place.
    pub cells: Cells,
    /// Their log-densities.
    pub histogram: Histogram,
}

impl Drawing {
    /// Hands `visit` each address, or each cell that holds some, with its place in the plane of `pca`,
    /// its cluster and how many addresses it stands for.
    pub fn for_each_place(&self, pca: &Pca, mut visit: impl FnMut([f64; 2], u16, u32)) {
        match &self.cells {
            Cells::Points(Points { addresses, clusters, .. }) => {
                for (&address, &cluster) in addresses.iter().zip(clusters) {
                    visit(pca.project(address), cluster, 1);
                }
            }
            Cells::Image(Image { counts, clusters, .. }) => {
                let middle = |at: usize, [low, high]: [f64; 2]| {
                    low + (at as f64 + 0.5) / SIDE as f64 * (high - low)
                };
                let Extent { x, y } = self.extent;
                let cells = counts.iter().zip(clusters).enumerate();
                for (cell, (&count, &cluster)) in cells.filter(|(_, (count, _))| **count > 0) {
                    visit([middle(cell % SIDE, x), middle(cell / SIDE, y)], cluster, count);
                }
            }
        }
    }
}

/// Addresses one by one, or counted.
#[derive(Debug, Clone)]
pub enum Cells {
    /// Each.
    Points(Points),
    /// Counted: too many for each.
    Image(Image),
}

/// Addresses, and what is drawn of each.
#[derive(Debug, Clone, Default)]
pub struct Points {
    /// The addresses, in the order of the set.
    pub addresses: Vec<u32>,
    /// Their clusters; 65,535 stands for itself and all above.
    pub clusters: Vec<u16>,
    /// Their log-densities, in nats.
    pub log_densities: Vec<f32>,
    /// Whether they are flagged: a bit each.
    pub flagged: Vec<u8>,
}

/// Counts of addresses, row by row from below.
#[derive(Debug, Clone)]
pub struct Image {
    /// Addresses in each cell.
    pub counts: Vec<u32>,
    /// The cluster that holds most of them, if one does, by Boyer and Moore's majority vote, which needs
    /// no count for each cluster.
    pub clusters: Vec<u16>,
    votes: Vec<u32>,
    /// Those of them that are flagged.
    pub flagged: Vec<u32>,
    /// Addresses of each block of two octets.
    pub blocks: Vec<u32>,
}

impl Image {
    fn new() -> Self {
        let cells = SIDE * SIDE;
        Self {
            counts: vec![0; cells],
            clusters: vec![0; cells],
            votes: vec![0; cells],
            flagged: vec![0; cells],
            blocks: vec![0; SLASH16S],
        }
    }

    fn add(&mut self, cell: usize, address: u32, cluster: u16, flagged: bool) {
        self.counts[cell] += 1;
        self.flagged[cell] += u32::from(flagged);
        self.blocks[(address >> 16) as usize] += 1;
        match &mut self.votes[cell] {
            votes @ 0 => (self.clusters[cell], *votes) = (cluster, 1),
            votes if self.clusters[cell] == cluster => *votes += 1,
            votes => *votes -= 1,
        }
    }
}

impl<'a> DrawingBuilder<'a> {
    /// An empty drawing of `set` in the plane of `pca`.
    pub fn new(set: &'a AddressSet, pca: &Pca) -> Self {
        Self::with_most(set, pca, MOST_POINTS)
    }

    fn with_most(set: &'a AddressSet, pca: &Pca, most: usize) -> Self {
        let cells = if set.len() <= most {
            Cells::Points(Points::default())
        } else {
            Cells::Image(Image::new())
        };
        let extent = Extent::of(set.addresses(), pca);
        let drawing = Drawing { extent, cells, histogram: Histogram::default() };
        Self { set, pca: pca.clone(), drawing }
    }

    /// Draws `verdicts`, which follow those drawn before.
    pub fn add(&mut self, verdicts: &[Verdict]) {
        let Drawing { extent, cells, histogram } = &mut self.drawing;
        for verdict in verdicts {
            let (address, log_density) =
                (self.set.addresses()[verdict.at as usize], verdict.log_density);
            let flagged = !verdict.rules().is_empty();
            let cluster = u16::try_from(verdict.cluster()).unwrap_or(u16::MAX);
            histogram.add(log_density);
            match cells {
                Cells::Points(points) => {
                    let bit = points.addresses.len() % 8;
                    if bit == 0 {
                        points.flagged.push(0);
                    }
                    if let Some(last) = points.flagged.last_mut() {
                        *last |= u8::from(flagged) << bit;
                    }
                    points.addresses.push(address);
                    points.clusters.push(cluster);
                    points.log_densities.push(log_density as f32);
                }
                Cells::Image(image) => {
                    let (column, row) = extent.cell(self.pca.project(address), SIDE, SIDE);
                    image.add(row * SIDE + column, address, cluster, flagged);
                }
            }
        }
    }

    /// The drawing.
    pub fn finish(self) -> Drawing {
        self.drawing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Counter;
    use crate::describe::plane::tests::plane;
    use crate::pass::label::Label;
    use crate::rule::judge::Judge;

    #[test]
    fn an_image_counts_what_points_tell() {
        let mut counter = Counter::default();
        (0..3000u32).for_each(|i| counter.count(0x0a00_0000 + i * 7919));
        let set = counter.finish();
        let pca = Pca {
            mean: [10.0, 90.0, 128.0, 128.0],
            components: [[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.6, 0.8]],
            ..plane()
        };
        let labels: Vec<Label> = (0..3000)
            .map(|at| Label { cluster: at % 3, log_density: -f64::from(at % 100) })
            .collect();
        let rows: Vec<Verdict> =
            Judge { threshold: Some(-95.5), flags: &[] }.verdicts(0, &labels).collect();
        let draw = |most| {
            let mut sketch = DrawingBuilder::with_most(&set, &pca, most);
            rows.chunks(700).for_each(|rows| sketch.add(rows));
            sketch.finish()
        };
        let (points, image) = (draw(3000), draw(2999));
        let Cells::Points(points) = points.cells else { panic!("not points") };
        let (extent, Cells::Image(image)) = (image.extent, image.cells) else { panic!("no image") };
        let mut counts = vec![0; SIDE * SIDE];
        let mut flagged = vec![0; SIDE * SIDE];
        for (at, &address) in points.addresses.iter().enumerate() {
            let (column, row) = extent.cell(pca.project(address), SIDE, SIDE);
            counts[row * SIDE + column] += 1;
            flagged[row * SIDE + column] += u32::from(points.flagged[at / 8] >> (at % 8) & 1);
            assert_eq!(points.clusters[at], at as u16 % 3);
        }
        assert_eq!((image.counts, image.flagged), (counts, flagged.clone()));
        assert_eq!(flagged.iter().sum::<u32>(), 120);
        assert_eq!(image.blocks.iter().sum::<u32>(), 3000);
    }

    #[test]
    fn the_cluster_of_most_addresses_has_the_cell() {
        let mut image = Image::new();
        [4, 7, 7, 4, 7].iter().for_each(|&cluster| image.add(5, 0, cluster, false));
        assert_eq!((image.counts[5], image.clusters[5]), (5, 7));
    }
}
