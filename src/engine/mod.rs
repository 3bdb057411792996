//! Where passes run. Engines hold the addresses and know nothing of models.

mod anchored;
pub mod choice;
mod cpu;
mod device;
mod fallback;
#[cfg(feature = "gpu")]
pub mod gpu;
#[cfg(not(feature = "gpu"))]
#[path = "no_gpu.rs"]
pub mod gpu;
pub mod host;
mod near_tie;
mod opening;
pub(crate) mod order;
mod planes;
mod recorded;
mod reference;
mod tasks;
mod totals;

pub(crate) use anchored::level;
pub use cpu::{CpuEngine, assign, label, responsibilities};
pub use device::Device;
pub use fallback::FallbackEngine;
#[cfg(feature = "gpu")]
pub use gpu::GpuEngine;
pub use host::{Host, RandomStream};
pub use recorded::{Record, RecordedEngine, Recorder};
pub use reference::ReferenceEngine;

use crate::address::Points;
use crate::pass::expectation::ExpectationStats;
use crate::pass::label::Label;
use crate::pass::{Centres, Density, Expectation, Lloyd, Mixture, Moments, Pass};

/// Why a pass could not be run.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The device failed while it ran.
    #[error("the GPU stopped working ({0}); --engine cpu does without it")]
    DeviceLost(String),
    /// The device has too little memory for the pass.
    #[error("the GPU ran out of memory ({0}); --engine cpu does without it")]
    OutOfMemory(String),
    /// The device does not come back from what it was given.
    #[error("the GPU hangs ({0}); --engine cpu does without it")]
    Hung(String),
    /// The device returned what cannot be the sums of its addresses.
    #[error(
        "the GPU returned wrong results ({0}); --engine cpu does without it, octomix validate shows more"
    )]
    WrongResults(String),
    /// More components than a dispatch has rows for.
    #[error(
        "the GPU engine takes at most {most} components here, not {components}; ask for fewer, or run with --engine cpu"
    )]
    TooManyComponents {
        /// Components asked for.
        components: usize,
        /// The most that this device takes.
        most: usize,
    },
    /// An index beyond the addresses.
    #[error("address {index} (from 0) was asked for, but there are {addresses}")]
    NoSuchAddress {
        /// The index.
        index: usize,
        /// How many addresses there are.
        addresses: usize,
    },
    /// An engine elsewhere, or one that wraps another, failed.
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
    /// The consumer of labels or centres failed.
    #[error(transparent)]
    Sink(#[from] std::io::Error),
}

/// Runs one pass over the engine's addresses.
pub trait Run<P: Pass> {
    /// The statistics for each of `params`, in their order; all restarts of a fit share a run.
    ///
    /// # Errors
    /// When a device fails, runs out of memory or takes fewer components. CPU engines never fail.
    fn run(&mut self, params: &[P::Params]) -> Result<Vec<P::Stats>, EngineError>;
}

/// A floating-point format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Single, with WGSL's accuracy of built-in functions or better.
    F32,
    /// Double.
    F64,
}

/// What is known of the rounding of an engine's sums: enough to bound their errors. Labels are in doubles
/// on every engine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arithmetic {
    /// The format of sums and of what is summed.
    pub sums: Precision,
    /// The most additions in that format that a term passes through.
    pub chain: usize,
    /// Responsibilities below this may be taken for 0.
    pub negligible: f64,
}

impl Arithmetic {
    /// Doubles throughout; a term passes through at most `chain` additions.
    pub fn double(chain: usize) -> Self {
        Self { sums: Precision::F64, chain, negligible: 2f64.powi(-64) }
    }
}

/// Takes blocks of addresses with what is said of each, in the order of the set.
pub type Sink<'s, T> = dyn FnMut(&[u32], &[T]) -> std::io::Result<()> + 's;

/// An engine: every pass, over one set of addresses, weighted or not.
///
/// It borrows, shares or owns them, here or elsewhere. Models do not see them: what they need of
/// single addresses the engine hands out, in blocks or through [`Host`].
pub trait Engine: Run<Moments> + Run<Lloyd> + Run<Expectation> + Host + Send {
    /// Hands every address and its label, in doubles, to `sink`, in order, some thousands at a time; once,
    /// whatever its weight.
    ///
    /// # Errors
    /// When the engine fails, or the sink does.
    fn label(&mut self, density: &Density, sink: &mut Sink<'_, Label>) -> Result<(), EngineError>;

    /// The log-densities at `ranks` in ascending order of log-density. Ranks count from 0 and ascend;
    /// one beyond the last gives the last.
    ///
    /// They are exact: those that [`label`](Self::label) hands out.
    ///
    /// # Errors
    /// When the engine fails.
    fn order_statistics(
        &mut self,
        density: &Density,
        ranks: &[u64],
    ) -> Result<Vec<f64>, EngineError> {
        order::order_statistics(self.len() as u64, ranks, |sink| {
            self.label(density, &mut |_, labels| {
                labels.iter().for_each(|label| sink(label.log_density));
                Ok(())
            })
        })
    }

    /// The statistics of [`Expectation`] under each of `mixtures`, summed in doubles: what a fit ends on
    /// where the engine's own sums are too coarse.
    ///
    /// # Errors
    /// As [`Run::run`].
    fn expectation_in_doubles(
        &mut self,
        mixtures: &[Mixture],
    ) -> Result<Vec<ExpectationStats>, EngineError>;

    /// Hands every address and the index of the nearest of `centres` to `sink`, as
    /// [`label`](Self::label) does; of several, the lowest.
    ///
    /// # Errors
    /// When a device fails, or the sink does.
    fn assign(&mut self, centres: &Centres, sink: &mut Sink<'_, u32>) -> Result<(), EngineError>;

    /// An engine of this kind over other addresses, such as draws that are labelled like these.
    fn over<'b>(&self, points: Points<'b>) -> Box<dyn Engine + 'b>;

    /// How it rounds.
    fn arithmetic(&self) -> Arithmetic;

    /// The failure that the engine recovered from, such as a lost GPU, if there was one.
    fn trouble(&self) -> Option<&EngineError> {
        None
    }

    /// What it is, for people: the engine and the device it runs on.
    fn description(&self) -> String;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::Parameters;

    #[test]
    fn order_statistics_are_those_of_the_labels() {
        let addresses: Vec<u32> = (0..20_000u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let mut mixtures = Parameters::new(&addresses, 3).expect("distinct").mixtures;
        let density = Density::from(mixtures.remove(0));
        let mut engines: [Box<dyn Engine>; 2] =
            [Box::new(CpuEngine::new(&addresses)), Box::new(ReferenceEngine::new(&addresses))];
        for engine in &mut engines {
            let mut sorted = Vec::new();
            let mut take = |_: &[u32], labels: &[Label]| {
                sorted.extend(labels.iter().map(|label| label.log_density));
                Ok(())
            };
            engine.label(&density, &mut take).expect("threads do not fail");
            sorted.sort_unstable_by(f64::total_cmp);
            let ranks = [0, 799, 799, 800, 19_999, 1 << 40];
            let found = engine.order_statistics(&density, &ranks).expect("threads do not fail");
            let expected = ranks.map(|rank| sorted[rank.min(19_999) as usize]);
            assert_eq!(found, expected);
        }
    }
}
