//! Passes that return sums: sweeps over segments of the addresses, each reduced to few words a row.

use std::ops::Range;

use bytemuck::{Pod, Zeroable};
use wgpu::BufferUsages as Usage;

use super::buffer::{grow, slice, upload};
use super::chunk::Chunk;
use super::flight::Flights;
use super::kernel::{Kernel, Pack};
use super::plan::{PARTIALS, Plan, Watch};
use super::shader::{self, Shape};
use super::{GpuEngine, Sweep};
use crate::engine::{EngineError, Run};
use crate::pass::Stats;

/// `Reduction` of `shaders/reduce.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct Reduction {
    /// Rows of partial sums.
    pub rows: u32,
    /// Partials a row.
    pub threads: u32,
    /// Sums a row that are left.
    pub words: u32,
}

/// A dispatch: what its words are the sums of.
#[derive(Debug, Clone)]
struct Piece {
    /// How often each of its addresses counts.
    times: u64,
    /// The parameter sets.
    sets: Range<usize>,
    /// Words a row.
    words: usize,
    /// Addresses times components.
    work: usize,
}

impl<K: Kernel> Run<K> for GpuEngine<'_> {
    fn run(&mut self, params: &[K::Params]) -> Result<Vec<K::Stats>, EngineError> {
        let Some(most) = params.iter().map(Pack::components).max() else { return Ok(Vec::new()) };
        let binding = self.gpu.device().limits().max_storage_buffer_binding_size as usize;
        let work = self.pace.work(K::NAME, self.layout);
        let plan = Plan::new::<K>(self.layout, binding, most, work)?;
        let mut fold = Fold::<K>::new(params, plan);
        let mut flights: Flights<Piece> = Flights::new(&self.gpu);
        let mut watch = Watch::default();
        for chunk in self.chunks.clone().iter() {
            let addresses = self.loads.get(&self.gpu, &chunk.place);
            for segments in plan.pieces(&chunk.segments) {
                let within = &chunk.segments[segments.clone()];
                let sets = plan.sets(within);
                let visited: usize = within.iter().map(|segment| segment.addresses as usize).sum();
                for start in (0..params.len()).step_by(sets) {
                    if let Some((piece, words)) = flights.make_room()? {
                        watch.done(piece.work);
                        fold.take(&piece, &words);
                    }
                    let sets = start..params.len().min(start + sets);
                    let piece = Piece {
                        times: chunk.times,
                        work: visited * plan.components * sets.len(),
                        words: (segments.len() * self.layout.workgroup as usize).div_ceil(PARTIALS),
                        sets,
                    };
                    let packed = pack::<K>(&params[piece.sets.clone()], plan.components);
                    self.sweep::<K>(
                        &mut flights,
                        piece,
                        (chunk, &addresses),
                        segments.clone(),
                        &packed,
                        plan,
                    );
                }
            }
        }
        while let Some((piece, words)) = flights.land()? {
            watch.done(piece.work);
            fold.take(&piece, &words);
        }
        self.pace.learn(K::NAME, &watch, self.layout);
        Ok(fold.finish())
    }
}

/// `params` as the device reads them, `components` each.
fn pack<K: Kernel>(params: &[K::Params], components: usize) -> Vec<<K::Params as Pack>::Packed> {
    let mut packed = Vec::with_capacity(params.len() * components);
    for (i, params) in params.iter().enumerate() {
        packed.extend(params.pack());
        packed.resize((i + 1) * components, <K::Params as Pack>::PADDING);
    }
    packed
}

/// The sums of a run as they come in: of each parameter set its rows over the plane that is being
/// visited, word by word, and the statistics of the planes before.
struct Fold<'a, K: Kernel> {
    params: &'a [K::Params],
    plan: Plan,
    times: u64,
    rows: Vec<f64>,
    all: Vec<K::Stats>,
}

impl<'a, K: Kernel> Fold<'a, K> {
    fn new(params: &'a [K::Params], plan: Plan) -> Self {
        let all = params.iter().map(K::identity).collect();
        Self { params, plan, times: 1, rows: vec![0.0; params.len() * plan.rows], all }
    }

    /// Adds the words of `piece`: rows of its sets, one set after another.
    fn take(&mut self, piece: &Piece, words: &[u32]) {
        if piece.times != self.times {
            self.merge();
            self.times = piece.times;
        }
        let rows = piece.sets.start * self.plan.rows..piece.sets.end * self.plan.rows;
        for (row, words) in self.rows[rows].iter_mut().zip(words.chunks(piece.words)) {
            words.iter().for_each(|&word| *row += K::WORD.value(word));
        }
    }

    /// Merges the plane into the statistics.
    fn merge(&mut self) {
        let of_sets = self.all.iter_mut().zip(self.params).zip(self.rows.chunks(self.plan.rows));
        for ((all, params), rows) in of_sets {
            let mut stats = K::unpack(rows, params, self.plan.block);
            stats.repeat(self.times);
            all.merge(&stats);
        }
        self.rows.fill(0.0);
    }

    fn finish(mut self) -> Vec<K::Stats> {
        self.merge();
        self.all
    }
}

impl GpuEngine<'_> {
    /// Launches `piece`: the sums over `segments` of a chunk for the parameter sets `packed`.
    fn sweep<K: Kernel>(
        &mut self,
        flights: &mut Flights<Piece>,
        piece: Piece,
        (chunk, addresses): (&Chunk<'_>, &wgpu::Buffer),
        segments: Range<usize>,
        packed: &[<K::Params as Pack>::Packed],
        plan: Plan,
    ) {
        let workgroup = self.layout.workgroup;
        let sets = piece.sets.len();
        let blocks = plan.components / plan.block;
        let threads = segments.len() * workgroup as usize;
        let rows = sets * plan.rows;
        let (partial_bytes, sum_bytes) = (4 * rows * threads, 4 * rows * piece.words);
        let partials =
            grow(&self.gpu, &mut self.partials, "partials", partial_bytes, Usage::STORAGE);
        let outputs = self.slots.take(&self.gpu, sum_bytes);

        let sweep = Sweep {
            start: segments.start as u32,
            end: segments.end as u32,
            components: plan.components as u32,
        };
        let reduction =
            Reduction { rows: rows as u32, threads: threads as u32, words: piece.words as u32 };
        let shape = Shape { block: plan.block, workgroup, word: K::WORD };
        let kernel = self.gpu.pipeline(K::NAME, K::SOURCE, shape);
        let reduce = self.gpu.pipeline("reduce", &[shader::REDUCE], Shape { block: 0, ..shape });
        let mut encoder = self.gpu.device().create_command_encoder(&Default::default());
        let params = upload(&self.gpu, "params", bytemuck::cast_slice(packed), Usage::STORAGE);
        let sweep = upload(&self.gpu, "sweep", bytemuck::bytes_of(&sweep), Usage::UNIFORM);
        let reduction =
            upload(&self.gpu, "reduction", bytemuck::bytes_of(&reduction), Usage::UNIFORM);
        self.dispatch(
            &mut encoder,
            &kernel,
            &[
                sweep.as_entire_binding(),
                addresses.as_entire_binding(),
                params.as_entire_binding(),
                slice(&partials, partial_bytes),
                chunk.segment_buffer.as_entire_binding(),
            ],
            [segments.len() as u32, blocks as u32, sets as u32],
        );
        self.dispatch(
            &mut encoder,
            &reduce,
            &[
                reduction.as_entire_binding(),
                slice(&partials, partial_bytes),
                slice(&outputs[0], sum_bytes),
            ],
            [(piece.words as u32).div_ceil(workgroup), rows as u32, 1],
        );
        flights.launch(piece, encoder, outputs, sum_bytes);
    }
}
