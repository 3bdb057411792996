//! The density below which addresses are rarer than a model explains.
//!
//! The tail probability of an address is the share of addresses drawn from the fitted mixture that
//! are at most as dense: `(1 + draws at most as dense) / (1 + draws)`. The procedure of Benjamini and
//! Hochberg (1995) picks those flagged: at rate Q, the k least dense of the n addresses for the largest
//! k whose tail probability is at most `Q k / n`. Where all addresses follow the model, usually none is
//! flagged. Addresses of networks do not follow Gaussians to the end of their tails: of a clean network some
//! may be flagged, and the rate is one of the model only.
//!
//! Draws are counted by the leading bits of their log-densities (0.02 nats at 20) and not kept, so
//! memory does not grow with the set. Time does: there are 20 n / Q draws.

use rayon::prelude::*;

use crate::address::Points;
use crate::engine::order::{key, value};
use crate::engine::{Engine, EngineError};
use crate::model::estimate::Estimate;
use crate::model::sample::{SampleError, Sampler};
use crate::model::scorer::Scorer;

/// Draws for each that is expected to be as rare as the rarest of n addresses may be.
const DRAWS: f64 = 20.0;

/// Draws that are held at a time, and those of one stream of random numbers.
const HELD: usize = 1 << 20;
const STREAM: usize = 1 << 14;

/// Bits of a log-density by which it is counted: sign, exponent and 10 bits of the mantissa.
const BITS: u32 = 22;

/// Why there is no such density.
#[derive(Debug, thiserror::Error)]
pub enum FdrError {
    /// The mixture cannot be drawn from.
    #[error("cannot draw from the model: {0}")]
    Sample(#[from] SampleError),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// The log-density strictly below which the addresses of `engine` are flagged at rate `q`.
///
/// Draws come from `estimate` and follow from `seed`; `scorer` scores them as it scores the addresses.
/// Where no address is flagged, a single address less dense than this would be: another day may have
/// one.
///
/// # Errors
/// When the mixture cannot be drawn from, or an engine fails.
pub fn cut(
    q: f64,
    scorer: &Scorer,
    estimate: &Estimate,
    seed: u64,
    engine: &mut dyn Engine,
) -> Result<f64, FdrError> {
    let sampler = Sampler::new(estimate, seed)?;
    let n = engine.len() as f64;
    let mut observed = vec![0; 1 << BITS];
    count(scorer, engine, &mut observed)?;

    let mut left = (DRAWS * n / q).ceil() as u64;
    let all = left as f64;
    let mut drawn = vec![0; 1 << BITS];
    let mut draws = vec![0; HELD.min(left as usize)];
    let mut stream = 0;
    while left > 0 {
        draws.truncate(left.min(HELD as u64) as usize);
        draws.par_chunks_mut(STREAM).enumerate().for_each(|(i, draws)| {
            let mut sampler = sampler.stream(stream + i as u64);
            draws.iter_mut().for_each(|draw| *draw = sampler.draw().0);
        });
        stream += HELD.div_ceil(STREAM) as u64;
        left -= draws.len() as u64;
        // Engines do best with ascending addresses.
        draws.par_sort_unstable();
        count(scorer, engine.over(Points::new(&draws)).as_mut(), &mut drawn)?;
    }

    let (mut as_rare, mut flagged, mut end) = (1.0, 0.0, 0);
    for (bin, (&drawn, &observed)) in drawn.iter().zip(&observed).enumerate() {
        as_rare += drawn as f64;
        flagged += observed as f64;
        if as_rare / (1.0 + all) <= q * flagged.max(1.0) / n {
            end = bin as u64 + 1;
        }
    }
    let of_bin = |bin: u64| value(bin << (u64::BITS - BITS));
    Ok(of_bin(end).max(floor(&observed, of_bin)))
}

/// As far below the least dense of the `observed` as that is below their median. Components that have collapsed draw
/// addresses of densities at which nothing is seen, and a limit there would let pass whatever a day brings.
fn floor(observed: &[u64], of_bin: impl Fn(u64) -> f64) -> f64 {
    let all: u64 = observed.iter().sum();
    let mut seen = 0;
    let median = observed.iter().position(|&count| {
        seen += count;
        2 * seen >= all
    });
    let least = observed.iter().position(|&count| count > 0);
    match (least, median) {
        (Some(least), Some(median)) => 2.0 * of_bin(least as u64) - of_bin(median as u64),
        _ => f64::NEG_INFINITY,
    }
}

/// Adds the log-densities of the addresses of `engine` to `counts`, by their leading bits.
fn count(scorer: &Scorer, engine: &mut dyn Engine, counts: &mut [u64]) -> Result<(), EngineError> {
    scorer.label(engine, &mut |_, labels| {
        for label in labels {
            counts[(key(label.log_density) >> (u64::BITS - BITS)) as usize] += 1;
        }
        Ok(())
    })
}
