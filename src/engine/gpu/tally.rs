//! `shaders/tally.wgsl`: order statistics of log-densities, by a radix select over the bits of an f32.
//!
//! They are what [`label`](super::label) writes for the addresses at those ranks, as long as the device
//! rounds alike in both kernels. Each is an f32, whose bits are found digit by digit, from the highest:
//! a round counts how many of the log-densities that begin with the known bits have each value of the
//! next digit.

use bytemuck::{Pod, Zeroable};
use wgpu::BufferUsages as Usage;

use super::batch::Stored;
use super::buffer::upload;
use super::kernels::{Binding, Kernel, TALLY, TALLY_AXES, TALLY_JOINT};
use super::label::LabelWord;
use super::launch::{Dispatch, Launcher};
use super::layout::{LANES, spans};
use super::pack::Packed;
use crate::engine::EngineError;
use crate::pass::label::Label;
use crate::pass::{Density, Tail};

/// Values of the largest digit: 8 KiB of counts a workgroup.
pub const BINS: usize = 1 << 11;
/// The bits of the digits, from the highest.
const DIGITS: [u32; 3] = [11, 11, 10];
/// Trips of a workgroup, or so: enough of them to make up for adding its counts to those of all.
const TRIPS_A_WORKGROUP: usize = 64;
/// Prefixes a dispatch at most.
const PREFIXES: usize = 64;

/// What a round counts: `Round` of `shaders/tally.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct Round {
    /// The bits known; the others are 0.
    pub prefix: u32,
    /// Which bits those are.
    pub mask: u32,
    /// The lowest bit of the digit.
    pub shift: u32,
}

/// A rank whose log-density is being found.
struct Sought {
    /// The known bits of the key.
    prefix: u32,
    /// The rank among the log-densities whose keys begin with them.
    rank: u64,
}

/// The number with this key: the inverse of `key` in the shader.
fn number(key: u32) -> f32 {
    f32::from_bits(if key >> 31 == 1 { key ^ 1 << 31 } else { !key })
}

/// The log-densities at `ranks`, which ascend, over the addresses of `batches`.
pub(super) fn order_statistics(
    launcher: &mut Launcher,
    batches: &[Stored<'_>],
    density: &Density,
    ranks: impl Iterator<Item = u64>,
) -> Result<Vec<f64>, EngineError> {
    let kernel = match density.tail {
        Tail::Gaussian => TALLY,
        Tail::Joint(_) => TALLY_JOINT,
        Tail::Each(_) => TALLY_AXES,
    };
    let packed = Packed::density(density);
    let mut sought: Vec<Sought> = ranks.map(|rank| Sought { prefix: 0, rank }).collect();
    let (mut mask, mut shift) = (0, u32::BITS);
    for digit in DIGITS {
        shift -= digit;
        let mut rounds: Vec<Round> =
            sought.iter().map(|&Sought { prefix, .. }| Round { prefix, mask, shift }).collect();
        rounds.dedup_by_key(|round| round.prefix);
        let mut counts = Vec::with_capacity(rounds.len());
        for rounds in rounds.chunks(PREFIXES) {
            counts.extend(tally(launcher, batches, &kernel, &packed, rounds)?);
        }
        let mut of_rounds = rounds.iter().zip(&counts).peekable();
        for Sought { prefix, rank } in &mut sought {
            // Ranks ascend, and so do prefixes.
            while of_rounds.next_if(|(round, _)| round.prefix != *prefix).is_some() {}
            let Some((_, counts)) = of_rounds.peek() else { break };
            let mut bin = 0;
            while bin + 1 < counts.len() && *rank >= counts[bin] {
                *rank -= counts[bin];
                bin += 1;
            }
            *prefix |= (bin as u32) << shift;
        }
        mask |= ((1 << digit) - 1) << shift;
    }
    let log_density = |sought: &Sought| {
        let word = LabelWord { cluster: 0, log2_density: number(sought.prefix) };
        Label::from(&word).log_density
    };
    Ok(sought.iter().map(log_density).collect())
}

/// How many log-densities have each value of the digit of each of `rounds`.
fn tally(
    launcher: &mut Launcher,
    batches: &[Stored<'_>],
    kernel: &Kernel,
    params: &Packed,
    rounds: &[Round],
) -> Result<Vec<Vec<u64>>, EngineError> {
    let Packed { binding, components, bytes } = params;
    let params = upload(&launcher.gpu, "params", bytes, Usage::STORAGE);
    let of_rounds = upload(&launcher.gpu, "rounds", bytemuck::cast_slice(rounds), Usage::STORAGE);
    let trips = launcher.layout.workgroup as usize * LANES * TRIPS_A_WORKGROUP;
    let span = (launcher.layout.work / (components * rounds.len())).max(LANES);
    let dispatches = |stored: &Stored<'_>| {
        spans(stored.len(), span).map(|span| Dispatch {
            what: (),
            components: *components,
            workgroups: [span.len().div_ceil(trips) as u32, rounds.len() as u32, 1],
            inputs: vec![(*binding, params.clone()), (Binding::Rounds, of_rounds.clone())],
            words: BINS * rounds.len(),
            reduction: None,
            span,
        })
    };
    let mut counts = vec![vec![0; BINS]; rounds.len()];
    let batches = batches.iter().map(|stored| (stored, dispatches(stored)));
    launcher.run(kernel, 1, batches, |(), words| {
        for (counts, words) in counts.iter_mut().zip(words.chunks(BINS)) {
            counts.iter_mut().zip(words).for_each(|(count, &word)| *count += u64::from(word));
        }
        Ok(())
    })?;
    Ok(counts)
}
