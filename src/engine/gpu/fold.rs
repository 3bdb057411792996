//! Passes that return sums. The sums of a run over all addresses, for several parameter sets at once:
//!
//! ```text
//! for each batch (ascending addresses of one plane, on the device or brought there)
//!     cut its segments into pieces, and the parameter sets into groups
//!     for each piece and each group, one dispatch; of its workgroups (x, y, z)
//!         x takes a segment, y a block of components, z a parameter set
//!         each thread sums every workgroup-th address of the segment, in f32 or u32,
//!         and writes one partial sum a row (a row is one sum of one component)
//!     reduce: each thread adds 64 neighbouring partials of a row to one word
//!     on the host: add the words of each row in f64 (what this file does)
//! after the last batch of a plane: unpack the rows to statistics, repeat these as often as
//! the addresses of the plane count, and merge them
//! ```
//!
//! Words are added in the order of the addresses, whatever the pieces, so runs are reproducible to the
//! byte.

use std::ops::Range;

use wgpu::BufferUsages as Usage;

use super::batch::{Batch, Stored};
use super::buffer::upload;
use super::device::Gpu;
use super::kernels::{Binding, Kernel};
use super::launch::{Dispatch, Launcher, Reduction};
use super::layout::{Layout, PARTIALS, Plan, Rows, addresses};
use super::pack::{Pack, Packed};
use super::share;
use crate::engine::EngineError;
use crate::pass::{Pass, Stats};

/// A pass with a kernel that sums.
pub(in crate::engine) trait Reduce: Pass<Params: Pack> {
    /// The kernel.
    const KERNEL: Kernel;
    /// The rows of sums that it writes.
    const ROWS: Rows;

    /// The statistics under `params` from `sums` over `addresses`, one a row: [`ROWS`](Self::ROWS), for
    /// each block of `block` components.
    fn unpack(sums: &[f64], params: &Self::Params, block: usize, addresses: usize) -> Self::Stats;
}

/// The rows of each component of `params`, without those of the blocks.
pub(super) fn component_rows<'a, R: Reduce>(
    sums: &'a [f64],
    params: &R::Params,
    block: usize,
) -> impl Iterator<Item = &'a [f64]> {
    let Rows { component, .. } = R::ROWS;
    sums.chunks(R::ROWS.of_block(block))
        .flat_map(move |rows| rows[..block * component].chunks(component))
        .take(params.components())
}

/// What the words of a dispatch are the sums of.
#[derive(Debug)]
struct Piece {
    /// How often each of its addresses counts.
    times: u64,
    /// The parameter sets.
    sets: Range<usize>,
    /// Words a row.
    words: usize,
    /// Its addresses.
    addresses: usize,
}

/// The statistics of each of `params` over `batches`.
pub(super) fn run<R: Reduce>(
    launchers: &mut [Launcher],
    layout: Layout,
    batches: &[Batch<'_>],
    params: &[R::Params],
) -> Result<Vec<R::Stats>, EngineError> {
    let Some(most) = params.iter().map(Pack::components).max() else { return Ok(Vec::new()) };
    let binding =
        |launcher: &Launcher| launcher.gpu.device().limits().max_storage_buffer_binding_size;
    let binding = launchers.iter().map(binding).min().unwrap_or_default() as usize;
    let plan = Plan::new(layout, binding, most, R::ROWS)?;
    let dispatch = |gpu: &Gpu, batch: &Batch<'_>, segments: Range<usize>, sets: Range<usize>| {
        let threads = segments.len() * layout.workgroup as usize;
        let words = threads.div_ceil(PARTIALS);
        let rows = sets.len() * plan.rows;
        let packed = Packed::new(&params[sets.clone()], plan.components);
        let packed_buffer = upload(gpu, "params", &packed.bytes, Usage::STORAGE);
        let blocks = plan.components / plan.block;
        let addresses = addresses(&batch.segments[segments.clone()]);
        Dispatch {
            workgroups: [segments.len(), blocks, sets.len()].map(|n| n as u32),
            inputs: vec![
                (packed.binding, packed_buffer),
                (Binding::Segments, batch.segment_buffer.clone()),
            ],
            components: plan.components,
            work: addresses * plan.components * sets.len(),
            words: rows * words,
            reduction: Some(Reduction {
                rows: rows as u32,
                threads: threads as u32,
                words: words as u32,
            }),
            what: Piece { times: batch.times, addresses, words, sets },
            span: segments,
        }
    };
    let mut fold = Fold::<R>::new(params, plan);
    let dispatch = &dispatch;
    let dispatches = |launcher: &Launcher, batch: usize| {
        let (gpu, batch) = (launcher.gpu.clone(), &batches[batch]);
        let work = launcher.pace.work(R::KERNEL.name, layout);
        let pieces = plan.pieces(&batch.segments, params.len(), work).into_iter();
        pieces.map(move |(segments, sets)| dispatch(&gpu, batch, segments, sets))
    };
    let stored: Vec<&Stored<'_>> = batches.iter().map(|batch| &batch.addresses).collect();
    share::run(launchers, &R::KERNEL, plan.block, &stored, dispatches, |piece: Piece, words| {
        fold.take(&piece, &words);
        Ok(())
    })?;
    Ok(fold.finish())
}

/// The sums of a run as they come in.
struct Fold<'a, R: Reduce> {
    params: &'a [R::Params],
    plan: Plan,
    /// How often the addresses of the plane that is being visited count.
    times: u64,
    /// How many of them were visited.
    addresses: usize,
    /// The rows of each parameter set over that plane.
    rows: Vec<f64>,
    /// The statistics of the planes before, one a parameter set.
    all: Vec<R::Stats>,
}

impl<'a, R: Reduce> Fold<'a, R> {
    fn new(params: &'a [R::Params], plan: Plan) -> Self {
        let all = params.iter().map(R::identity).collect();
        Self {
            params,
            plan,
            times: 1,
            addresses: 0,
            rows: vec![0.0; params.len() * plan.rows],
            all,
        }
    }

    /// Adds the words of `piece`: the rows of its sets, one set after another.
    fn take(&mut self, piece: &Piece, words: &[u32]) {
        if piece.times != self.times {
            self.merge();
            self.times = piece.times;
        }
        if piece.sets.start == 0 {
            self.addresses += piece.addresses;
        }
        let rows = piece.sets.start * self.plan.rows..piece.sets.end * self.plan.rows;
        for (row, words) in self.rows[rows].iter_mut().zip(words.chunks(piece.words)) {
            words.iter().for_each(|&word| *row += R::KERNEL.word.value(word));
        }
    }

    /// Merges the plane into the statistics.
    fn merge(&mut self) {
        let sets = self.all.iter_mut().zip(self.params).zip(self.rows.chunks(self.plan.rows));
        for ((all, params), rows) in sets {
            let mut stats = R::unpack(rows, params, self.plan.block, self.addresses);
            stats.repeat(self.times);
            all.merge(&stats);
        }
        self.rows.fill(0.0);
        self.addresses = 0;
    }

    fn finish(mut self) -> Vec<R::Stats> {
        self.merge();
        self.all
    }
}
