//! An engine that fails on purpose after so many passes, as devices do.

use octomix::Points;
use octomix::engine::host::Local;
use octomix::engine::{Arithmetic, Engine, EngineError, Run, Sink};
use octomix::pass::expectation::ExpectationStats;
use octomix::pass::label::Label;
use octomix::pass::lloyd::LloydStats;
use octomix::pass::moments::MomentsStats;
use octomix::pass::{Centres, Density, Expectation, Lloyd, Mixture, Moments};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Lost,
    OutOfMemory,
    Hung,
    /// Every sum is 0, as from a device that has gone without a word.
    Zeros,
    /// Sums are no numbers, or far too large.
    Garbage,
    /// Sums of the right size, of the wrong addresses: as of a miscompiled kernel.
    Exchanged,
}

impl Fault {
    /// Those that every engine notices.
    pub const ALL: [Self; 5] =
        [Self::Lost, Self::OutOfMemory, Self::Hung, Self::Zeros, Self::Garbage];

    fn error(self) -> Option<EngineError> {
        let said = "injected".to_owned();
        match self {
            Self::Lost => Some(EngineError::DeviceLost(said)),
            Self::OutOfMemory => Some(EngineError::OutOfMemory(said)),
            Self::Hung => Some(EngineError::Hung(said)),
            Self::Zeros | Self::Garbage | Self::Exchanged => None,
        }
    }
}

/// Another engine, until it fails.
pub struct Faulty<'a> {
    pub engine: Box<dyn Engine + 'a>,
    pub points: Points<'a>,
    pub fault: Fault,
    /// Passes that are still right.
    pub passes: usize,
}

impl Faulty<'_> {
    /// Counts a pass; whether it goes wrong.
    fn fails(&mut self) -> Result<bool, EngineError> {
        let fails = self.passes == 0;
        self.passes = self.passes.saturating_sub(1);
        match self.fault.error() {
            Some(error) if fails => Err(error),
            _ => Ok(fails),
        }
    }
}

/// Sums that can be spoilt.
trait Spoil {
    fn spoil(&mut self, fault: Fault);
}

impl Spoil for LloydStats {
    fn spoil(&mut self, fault: Fault) {
        for cluster in &mut self.0 {
            match fault {
                Fault::Exchanged => cluster.sum.swap(0, 3),
                Fault::Garbage => cluster.count = u64::MAX / 3,
                _ => *cluster = Default::default(),
            }
        }
    }
}

impl Spoil for MomentsStats {
    fn spoil(&mut self, fault: Fault) {
        for cluster in &mut self.0 {
            match fault {
                Fault::Exchanged => cluster.sum.swap(0, 3),
                Fault::Garbage => cluster.count = u64::MAX / 3,
                _ => *cluster = Default::default(),
            }
        }
    }
}

impl Spoil for ExpectationStats {
    fn spoil(&mut self, fault: Fault) {
        match fault {
            Fault::Exchanged => self.components.iter_mut().for_each(|c| c.first.swap(0, 3)),
            Fault::Garbage => self.log_likelihood = f64::NAN,
            _ => self.scale(0.0),
        }
    }
}

/// Runs a pass on the engine within, and spoils what it returns.
macro_rules! run {
    ($($pass:ty),*) => {
        $(impl Run<$pass> for Faulty<'_> {
            fn run(
                &mut self,
                params: &[<$pass as octomix::pass::Pass>::Params],
            ) -> Result<Vec<<$pass as octomix::pass::Pass>::Stats>, EngineError> {
                let fails = self.fails()?;
                let mut stats = Run::<$pass>::run(self.engine.as_mut(), params)?;
                let spoilt = stats.iter_mut().filter(|_| fails);
                spoilt.for_each(|stats| stats.spoil(self.fault));
                Ok(stats)
            }
        })*
    };
}

run!(Lloyd, Moments, Expectation);

impl Local for Faulty<'_> {
    fn points(&self) -> &Points<'_> {
        &self.points
    }
}

impl Engine for Faulty<'_> {
    fn label(&mut self, density: &Density, sink: &mut Sink<'_, Label>) -> Result<(), EngineError> {
        self.fails()?;
        self.engine.label(density, sink)
    }

    fn assign(&mut self, centres: &Centres, sink: &mut Sink<'_, u32>) -> Result<(), EngineError> {
        self.fails()?;
        self.engine.assign(centres, sink)
    }

    fn expectation_in_doubles(
        &mut self,
        mixtures: &[Mixture],
    ) -> Result<Vec<ExpectationStats>, EngineError> {
        self.fails()?;
        self.engine.expectation_in_doubles(mixtures)
    }

    /// The same device runs over other addresses too.
    fn over<'b>(&self, points: Points<'b>) -> Box<dyn Engine + 'b> {
        let Self { engine, fault, passes, .. } = self;
        let engine = engine.over(points.clone());
        Box::new(Faulty { engine, points, fault: *fault, passes: *passes })
    }

    fn arithmetic(&self) -> Arithmetic {
        self.engine.arithmetic()
    }

    fn description(&self) -> String {
        "faulty".into()
    }
}
