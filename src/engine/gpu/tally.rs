//! `shaders/tally.wgsl`: order statistics of log-densities, by a radix select over the bits of an f32.

use bytemuck::{Pod, Zeroable};
use wgpu::BufferUsages as Usage;

use super::buffer::{slice, upload};
use super::chunk::Loads;
use super::flight::Flights;
use super::kernel::{Pack, Word};
use super::plan::{LANES, spans};
use super::shader::{self, Shape};
use super::stream::{Stream, packed};
use super::student::Students;
use super::{GpuEngine, LabelWord, Sweep};
use crate::engine::EngineError;
use crate::pass::label::Label;
use crate::pass::{Density, Tail};

/// Values of a digit, the largest: 8 KiB of counts a workgroup.
pub(super) const BINS: usize = 1 << 11;
/// The bits of the digits, from the highest.
const DIGITS: [u32; 3] = [11, 11, 10];
/// Trips a workgroup or so: many, to share what adding its counts to all costs.
const TRIPS: usize = 64;
/// Prefixes a dispatch at most.
const PREFIXES: usize = 64;

/// The kernel for Gaussian tails.
pub(super) const TALLY_GAUSSIAN: Stream =
    Stream { name: "tally", source: shader::TALLY_GAUSSIAN_SOURCE };
/// The kernel for t distributions over all octets.
pub(super) const TALLY_JOINT: Stream =
    Stream { name: "tally-joint", source: shader::TALLY_JOINT_SOURCE };
/// The kernel for a t distribution along each axis.
pub(super) const TALLY_EACH: Stream =
    Stream { name: "tally-each", source: shader::TALLY_EACH_SOURCE };

/// `Round` of `shaders/tally.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct Round {
    /// The bits known; the others are 0.
    pub prefix: u32,
    /// Which bits those are.
    pub mask: u32,
    /// Where the digit starts.
    pub shift: u32,
}

/// The number of key `key`: the inverse of `key` in the shader.
fn number(key: u32) -> f32 {
    f32::from_bits(if key >> 31 == 1 { key ^ 1 << 31 } else { !key })
}

impl GpuEngine<'_> {
    /// [`Engine::order_statistics`](crate::engine::Engine::order_statistics) on the device.
    ///
    /// They are what [`label`](crate::engine::Engine::label) says of the addresses at those ranks, as
    /// long as the device rounds alike in both kernels; each is an f32 that is found bit by bit.
    pub(super) fn ranked(
        &mut self,
        density: &Density,
        ranks: &[u64],
    ) -> Result<Vec<f64>, EngineError> {
        let last = (self.points.addresses().len() as u64).saturating_sub(1);
        let ranks: Vec<u64> = ranks.iter().map(|&rank| rank.min(last)).collect();
        let Density { components, tail } = density;
        match tail {
            Tail::Gaussian => self.select(TALLY_GAUSSIAN, components, &ranks),
            Tail::Joint(freedom) => {
                self.select(TALLY_JOINT, &Students::joint(components, freedom), &ranks)
            }
            Tail::Each(freedom) => {
                self.select(TALLY_EACH, &Students::each(components, freedom), &ranks)
            }
        }
    }

    fn select<P: Pack>(
        &mut self,
        kernel: Stream,
        params: &P,
        ranks: &[u64],
    ) -> Result<Vec<f64>, EngineError> {
        let packed = packed(params);
        // Of each rank the bits of its key that are known, and its rank among those that share them.
        let mut found: Vec<(u32, u64)> = ranks.iter().map(|&rank| (0, rank)).collect();
        let (mut mask, mut shift) = (0, u32::BITS);
        for digit in DIGITS {
            shift -= digit;
            let mut prefixes: Vec<u32> = found.iter().map(|&(prefix, _)| prefix).collect();
            prefixes.dedup();
            let mut counts = Vec::with_capacity(prefixes.len());
            for prefixes in prefixes.chunks(PREFIXES) {
                let rounds: Vec<_> =
                    prefixes.iter().map(|&prefix| Round { prefix, mask, shift }).collect();
                counts.extend(self.tally(
                    kernel,
                    bytemuck::cast_slice(&packed),
                    packed.len(),
                    &rounds,
                )?);
            }
            let mut of_prefixes = prefixes.iter().zip(&counts).peekable();
            for (prefix, rank) in &mut found {
                // Ranks ascend, and so do prefixes.
                while of_prefixes.next_if(|(other, _)| *other != prefix).is_some() {}
                let Some((_, counts)) = of_prefixes.peek() else { break };
                let mut bin = 0;
                while bin + 1 < counts.len() && *rank >= counts[bin] {
                    *rank -= counts[bin];
                    bin += 1;
                }
                *prefix |= (bin as u32) << shift;
            }
            mask |= ((1 << digit) - 1) << shift;
        }
        let log_density = |&(key, _): &(u32, u64)| {
            Label::from(&LabelWord { cluster: 0, log2_density: number(key) }).log_density
        };
        Ok(found.iter().map(log_density).collect())
    }

    /// The counts of the digits of each of `rounds`, over all addresses.
    fn tally(
        &mut self,
        kernel: Stream,
        params: &[u8],
        components: usize,
        rounds: &[Round],
    ) -> Result<Vec<Vec<u64>>, EngineError> {
        let workgroup = self.layout.workgroup;
        let shape = Shape { block: 1, workgroup, word: Word::F32 };
        let pipeline = self.gpu.pipeline(kernel.name, kernel.source, shape);
        let params = upload(&self.gpu, "params", params, Usage::STORAGE);
        let of_rounds = upload(&self.gpu, "rounds", bytemuck::cast_slice(rounds), Usage::STORAGE);
        let span = (self.layout.work / (components * rounds.len())).max(LANES);
        let bytes = 4 * BINS * rounds.len();
        let mut counts = vec![vec![0; BINS]; rounds.len()];
        let mut add = |words: Vec<u32>| {
            for (counts, words) in counts.iter_mut().zip(words.chunks(BINS)) {
                counts.iter_mut().zip(words).for_each(|(count, &word)| *count += u64::from(word));
            }
        };
        let mut flights = Flights::new(&self.gpu);
        for place in self.once() {
            let addresses = self.loads.get(&self.gpu, &place);
            for span in spans(place.addresses(), span) {
                if let Some(((), words)) = flights.make_room()? {
                    add(words);
                }
                let outputs = self.slots.take(&self.gpu, bytes);
                let sweep = Sweep {
                    start: span.start as u32,
                    end: span.end as u32,
                    components: components as u32,
                };
                let sweep = upload(&self.gpu, "sweep", bytemuck::bytes_of(&sweep), Usage::UNIFORM);
                let mut encoder = self.gpu.device().create_command_encoder(&Default::default());
                encoder.clear_buffer(&outputs[0], 0, Some(bytes as u64));
                self.dispatch(
                    &mut encoder,
                    &pipeline,
                    &[
                        sweep.as_entire_binding(),
                        addresses.as_entire_binding(),
                        params.as_entire_binding(),
                        slice(&outputs[0], bytes),
                        of_rounds.as_entire_binding(),
                    ],
                    [
                        span.len().div_ceil(workgroup as usize * LANES * TRIPS) as u32,
                        rounds.len() as u32,
                        1,
                    ],
                );
                flights.launch((), encoder, outputs, bytes);
            }
        }
        while let Some(((), words)) = flights.land()? {
            add(words);
        }
        self.loads = Loads::default();
        Ok(counts)
    }
}
