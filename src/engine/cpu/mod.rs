//! The passes on all cores, by vectors of addresses.
//!
//! Addresses are sorted, once, and cut into chunks of a fixed size, which are merged in their order:
//! the result does not depend on how many threads there are. A kernel is compiled for each vector
//! unit (AVX-512, AVX2, SSE, NEON, none) and chosen when it runs.

mod assign;
mod chunk;
mod expectation;
mod label;
pub(super) mod lanes;
mod lloyd;
mod moments;
mod nearest;

use fearless_simd::Level;
use rayon::prelude::*;

use super::host::Local;
use super::planes::{planes, terms};
use super::tasks::on_all_cores;
use super::{Arithmetic, Engine, EngineError, Precision, Run, Sink};
use crate::address::{Held, Points};
use crate::pass::expectation::ExpectationStats;
use crate::pass::label::Label;
use crate::pass::{Centres, Density, Expectation, Mixture, Pass, Stats};
use chunk::{BLOCK, CHUNK, Chunk, Cut};
use lanes::Lane;

/// Addresses from which sums are in single precision. Fewer take no time, and may be so degenerate
/// that only doubles tell their variances from nothing.
const SINGLE: usize = 65_536;

/// Tasks that a pass is cut into at most: enough for any number of cores.
const TASKS: usize = 1024;

/// Components whose statistics are held at a time, 150 bytes each, before they are merged: those of all tasks unless a
/// model has hundreds of components.
const HELD: usize = 1 << 19;

/// Addresses up to which dense /24s are put together. In larger sets they fill chunks of their own as
/// they lie, and such sets are not copied.
const PARTED: usize = 1 << 20;

/// Chunks per call of the sink.
const CHUNKS_AT_ONCE: usize = 64;

/// A vector unit, and the precision that sums are taken in on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct VectorUnit {
    level: Level,
    precision: Precision,
}

/// A pass with a kernel.
pub(super) trait ChunkPass: Pass {
    /// How many components `params` have.
    fn components(params: &Self::Params) -> usize;

    /// The statistics of the addresses of `chunk`, each once.
    fn reduce_chunk(unit: VectorUnit, params: &Self::Params, chunk: Chunk<'_>) -> Self::Stats;
}

/// The engine of all cores.
#[derive(Debug)]
pub struct CpuEngine<'a> {
    pub(super) points: Points<'a>,
    unit: VectorUnit,
    /// The addresses of each plane, or of each of its parts, in ascending order: for sums, made when
    /// the first is asked for.
    sorted: Option<Vec<Sorted<'a>>>,
}

/// The addresses of a plane, or of a part of it, in ascending order.
#[derive(Debug)]
struct Sorted<'a> {
    addresses: Held<'a, u32>,
    /// How often each counts.
    times: u64,
    /// How each chunk is cut into blocks.
    cuts: Vec<Cut>,
}

impl Sorted<'_> {
    fn chunks(&self) -> impl Iterator<Item = Chunk<'_>> {
        let chunks = self.addresses.chunks(CHUNK).zip(&self.cuts);
        chunks.map(|(addresses, Cut { shared, subnets })| Chunk {
            times: self.times,
            addresses,
            shared: *shared,
            subnets,
        })
    }
}

impl<'a> CpuEngine<'a> {
    /// An engine over `points`.
    pub fn new(points: impl Into<Points<'a>>) -> Self {
        let points = points.into();
        let single = terms(&points) >= SINGLE;
        let precision = if single { Precision::F32 } else { Precision::F64 };
        Self { points, unit: VectorUnit { level: Level::new(), precision }, sorted: None }
    }

    /// The same with sums in single precision however few the points are: for what leads a fit but does not end it.
    #[must_use]
    pub fn in_singles(mut self) -> Self {
        self.unit.precision = Precision::F32;
        self
    }

    /// What its answers depend on besides the points: precision and vector unit, not the number of threads.
    pub(super) fn processor(&self) -> String {
        let precision = match self.unit.precision {
            Precision::F32 => "f32",
            Precision::F64 => "f64",
        };
        // Its debug form is "Avx2(Avx2 { .. })".
        let level = format!("{:?}", self.unit.level).to_lowercase();
        let unit = level.split('(').next().unwrap_or_default();
        format!("cpu: {precision}, {unit}")
    }

    /// Hands what `say` appends for every address to `sink`, in order.
    fn stream<Item: Send>(
        &self,
        say: impl Fn(&[u32], &mut Vec<Item>) + Sync,
        sink: &mut Sink<'_, Item>,
    ) -> Result<(), EngineError> {
        for group in self.points.addresses().chunks(CHUNK * CHUNKS_AT_ONCE) {
            let of_chunks: Vec<Vec<Item>> = group
                .par_chunks(CHUNK)
                .map(|chunk| {
                    let mut items = Vec::with_capacity(chunk.len());
                    say(chunk, &mut items);
                    items
                })
                .collect();
            for (chunk, items) in group.chunks(CHUNK).zip(of_chunks) {
                sink(chunk, &items)?;
            }
        }
        Ok(())
    }
}

/// Writes what `of` makes of the label of each of `addresses` under `density` to its place in `all`: scikit-learn's
/// `predict` or `score_samples`, on all cores, in doubles, as [`Engine::label`].
pub fn label<T: Send>(
    density: &Density,
    addresses: &[u32],
    all: &mut [T],
    of: impl Fn(Label) -> T + Sync,
) {
    let level = Level::new();
    each(addresses, all, |part| {
        let mut labels = Vec::with_capacity(part.len());
        label::label(level, density, part, &mut labels);
        labels.into_iter().map(&of)
    })
}

/// Writes what `of` makes of each of `addresses` and the index of its nearest centre to its place in `all`, on all cores.
pub fn assign<T: Send>(
    centres: &Centres,
    addresses: &[u32],
    all: &mut [T],
    of: impl Fn(u32, u32) -> T + Sync,
) {
    let level = Level::new();
    each(addresses, all, |part| {
        let mut indices = Vec::with_capacity(part.len());
        assign::assign(level, centres, part, &mut indices);
        part.iter().zip(indices).map(|(&address, index)| of(address, index))
    })
}

/// Writes what `say` says of each of `addresses` to its place in `all`.
fn each<'a, T: Send, Said: Iterator<Item = T>>(
    addresses: &'a [u32],
    all: &mut [T],
    say: impl Fn(&'a [u32]) -> Said + Sync,
) {
    addresses.par_chunks(BLOCK).zip(all.par_chunks_mut(BLOCK)).for_each(|(part, all)| {
        all.iter_mut().zip(say(part)).for_each(|(place, said)| *place = said);
    });
}

/// Writes the probability that each component of `density` has each of `addresses`, a row of K an address, to `rows`:
/// scikit-learn's `predict_proba`, on all cores, in doubles, as [`Engine::label`].
pub fn responsibilities(density: &Density, addresses: &[u32], rows: &mut [f64]) {
    let (level, k) = (Level::new(), density.components.0.len().max(1));
    addresses.par_chunks(CHUNK).zip(rows.par_chunks_mut(CHUNK * k)).for_each(|(chunk, rows)| {
        label::responsibilities(level, density, chunk, rows);
    });
}

/// The planes of `points`, each in ascending order, of small sets in one or two parts. A set that has
/// no weights, is sorted already and has one part is not copied.
fn sorted<'a>(points: &Points<'a>) -> Vec<Sorted<'a>> {
    let mut sorted = Vec::new();
    for plane in planes(points) {
        let (addresses, times) = (plane.ascending(), plane.times);
        let parts = match addresses.len() {
            ..=PARTED => chunk::parts(addresses),
            _ => vec![addresses],
        };
        for addresses in parts {
            let cuts = addresses.par_chunks(CHUNK).map(Cut::of).collect();
            sorted.push(Sorted { addresses, times, cuts });
        }
    }
    sorted
}

impl CpuEngine<'_> {
    /// The statistics for each of `params`, summed on `unit`.
    fn sums<P: ChunkPass>(&mut self, unit: VectorUnit, params: &[P::Params]) -> Vec<P::Stats> {
        let planes = self.sorted.get_or_insert_with(|| sorted(&self.points));
        let chunks: Vec<Chunk<'_>> = planes.iter().flat_map(Sorted::chunks).collect();
        // Tasks of all parameter sets side by side: small sets with many restarts fill the cores. What
        // is a task depends on the set alone, so that sums merge in one order.
        let tasks: Vec<&[Chunk<'_>]> = chunks.chunks(chunks.len().div_ceil(TASKS).max(1)).collect();
        let most = params.iter().map(P::components).max().unwrap_or(1).max(1);
        let at_once = (HELD / most).max(2 * rayon::current_num_threads());
        let mut merged: Vec<P::Stats> = params.iter().map(P::identity).collect();
        let all: Vec<usize> = (0..params.len() * tasks.len()).collect();
        for group in all.chunks(at_once) {
            let parts = on_all_cores(group.to_vec(), |task| {
                let params = &params[task / tasks.len()];
                let mut all = P::identity(params);
                for &chunk in tasks[task % tasks.len()] {
                    let mut stats = P::reduce_chunk(unit, params, chunk);
                    stats.repeat(chunk.times);
                    all.merge(&stats);
                }
                all
            });
            group
                .iter()
                .zip(&parts)
                .for_each(|(task, part)| merged[task / tasks.len()].merge(part));
        }
        merged
    }
}

impl<P: ChunkPass> Run<P> for CpuEngine<'_> {
    fn run(&mut self, params: &[P::Params]) -> Result<Vec<P::Stats>, EngineError> {
        Ok(self.sums::<P>(self.unit, params))
    }
}

impl Local for CpuEngine<'_> {
    fn points(&self) -> &Points<'_> {
        &self.points
    }
}

impl Engine for CpuEngine<'_> {
    fn label(&mut self, density: &Density, sink: &mut Sink<'_, Label>) -> Result<(), EngineError> {
        let level = self.unit.level;
        self.stream(|chunk, labels| label::label(level, density, chunk, labels), sink)
    }

    fn assign(&mut self, centres: &Centres, sink: &mut Sink<'_, u32>) -> Result<(), EngineError> {
        let level = self.unit.level;
        self.stream(|chunk, indices| assign::assign(level, centres, chunk, indices), sink)
    }

    fn expectation_in_doubles(
        &mut self,
        mixtures: &[Mixture],
    ) -> Result<Vec<ExpectationStats>, EngineError> {
        let unit = VectorUnit { precision: Precision::F64, ..self.unit };
        Ok(self.sums::<Expectation>(unit, mixtures))
    }

    fn over<'b>(&self, points: Points<'b>) -> Box<dyn Engine + 'b> {
        Box::new(CpuEngine::new(points))
    }

    fn arithmetic(&self) -> Arithmetic {
        match self.unit.precision {
            Precision::F64 => Arithmetic::double(terms(&self.points)),
            Precision::F32 => Arithmetic {
                sums: Precision::F32,
                chain: BLOCK,
                negligible: f64::from(f32::NEGLIGIBLE.exp2()),
            },
        }
    }

    fn description(&self) -> String {
        format!("{}, {} threads", self.processor(), rayon::current_num_threads())
    }
}

/// Every vector unit that this machine has.
#[cfg(test)]
fn test_levels() -> Vec<Level> {
    let best = Level::new();
    let mut levels = vec![best];
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    {
        levels.extend(best.as_avx2().map(Level::Avx2));
        levels.extend(best.as_sse4_2().map(Level::Sse4_2));
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{Parameters, check_centres, check_mixtures};
    use crate::pass::Moments;

    /// Sets whose blocks share no octet, one, and three but for a last address, the last blocks and
    /// tiles cut short.
    fn sets() -> [Vec<u32>; 3] {
        let sparse = (0..3_001u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let grouped = (0..3_001u32).map(|i| 0x0a00_0000 + i * 7919).collect();
        let dense = (0..3_001u32).map(|i| 0xc0a8_0000 + (i / 200) * 4096 + i % 200).collect();
        [sparse, grouped, dense]
    }

    #[test]
    fn every_vector_unit_is_within_bounds_in_both_precisions() {
        for (addresses, shared) in sets().into_iter().zip([&[0][..], &[1], &[3, 0]]) {
            // More components than there are of some, so that tiles leave out some.
            let parameters = Parameters::new(&addresses, 9).expect("distinct");
            for level in test_levels() {
                for precision in [Precision::F32, Precision::F64] {
                    let points = Points::new(&addresses);
                    let mut engine = CpuEngine::new(points.clone());
                    engine.unit = VectorUnit { level, precision };
                    let mut checks =
                        check_centres(&mut engine, &points, &parameters.centres).expect("runs");
                    checks.extend(
                        check_mixtures(&mut engine, &points, &parameters.mixtures).expect("runs"),
                    );
                    assert!(
                        checks.iter().all(|c| c.holds()),
                        "{level:?} {precision:?}: {checks:?}"
                    );
                    let parts = engine.sorted.iter().flatten();
                    let chunks: Vec<usize> =
                        parts.flat_map(|part| &part.cuts).map(|cut| cut.shared).collect();
                    assert_eq!(chunks, shared);
                }
            }
        }
    }

    #[test]
    fn an_ascending_set_is_not_copied() {
        let addresses = [3, 7, 9];
        let mut engine = CpuEngine::new(&addresses);
        Run::<Moments>::run(&mut engine, &[Centres::single()]).expect("runs");
        let planes = engine.sorted.expect("it ran");
        assert!(planes[0].addresses.is_borrowed());
    }
}
