//! A pass with its parameters: run for its time, or for its answer.

use octomix::engine::{CpuEngine, Engine, EngineError, Run};
use octomix::model::{FitError, kmeans, unobserved};
use octomix::pass::expectation::ExpectationStats;
use octomix::pass::lloyd::LloydStats;
use octomix::pass::moments::MomentsStats;
use octomix::pass::{Centres, Density, Expectation, Lloyd, Mixture, Moments, Tail};
use octomix::{BayesianMixture, Search};

use crate::cli::PassArg;

/// Addresses that parameters are fitted to at most.
const SAMPLE: usize = 16_384;
/// Degrees of freedom of Student's tails.
const FREEDOM: f64 = 5.0;

/// What passes run with; of a given model there is one of the two.
#[derive(Debug, Default)]
pub struct Parameters {
    /// Centres of K-Means.
    pub centres: Option<Centres>,
    /// A mixture with full covariances.
    pub mixture: Option<Mixture>,
}

impl Parameters {
    /// Parameters such as a fit has after ten iterations of K-Means and of the Bayesian mixture, on a sample.
    ///
    /// # Errors
    /// When the addresses cannot be fitted.
    pub fn fitted(addresses: &[u32], k: usize) -> Result<Self, FitError> {
        let step = addresses.len().div_ceil(SAMPLE).max(1);
        let sample: Vec<u32> = addresses.iter().step_by(step).copied().collect();
        let mut engine = CpuEngine::new(&sample);
        let k = k.min(sample.len());
        let params = kmeans::Params::new(k).n_init(1).max_iter(10).check()?;
        let restarts = kmeans::restarts(&mut engine, &params, &mut unobserved)?;
        let centres = restarts.first().map(|restart| Centres::new(&restart.points)).transpose()?;
        let params = BayesianMixture::params(k).n_init(1).max_iter(10).search(Search::Restarts);
        let params = params.check()?;
        let fit = params.fit(&mut engine, &mut unobserved)?;
        Ok(Self { centres, mixture: Some(fit.estimate.mixture()) })
    }

    /// How many components or centres there are.
    pub fn components(&self) -> usize {
        let centres = self.centres.as_ref().map(Centres::count);
        centres.or(self.mixture.as_ref().map(|mixture| mixture.0.len())).unwrap_or(0)
    }

    /// The task of `pass`, if there are parameters for it.
    pub fn task(&self, pass: PassArg) -> Option<Task> {
        let centres = || self.centres.clone();
        let mixture = || self.mixture.clone();
        let freedom = || vec![FREEDOM; self.components()];
        let density = |tail| mixture().map(|components| Task::Label(Density { components, tail }));
        match pass {
            PassArg::Moments => centres().map(Task::Moments),
            PassArg::Lloyd => centres().map(Task::Lloyd),
            PassArg::Assign => centres().map(Task::Assign),
            PassArg::Expectation => mixture().map(Task::Expectation),
            PassArg::Label => density(Tail::Gaussian),
            PassArg::LabelJoint => density(Tail::Joint(freedom())),
            PassArg::LabelEach => density(Tail::Each(freedom())),
        }
    }
}

/// A pass with its parameters.
#[derive(Debug)]
pub enum Task {
    Moments(Centres),
    Lloyd(Centres),
    Assign(Centres),
    Expectation(Mixture),
    Label(Density),
}

/// The results of a pass; of a stream, enough to tell it from another.
#[derive(Debug)]
pub enum Answer {
    Moments(MomentsStats),
    Lloyd(LloydStats),
    /// A fingerprint of all indices in order.
    Assign(u64),
    Expectation(ExpectationStats),
    /// How many labels, and the sum of their log-densities, in nats.
    Label(usize, f64),
}

impl Task {
    /// Runs the pass and drops its results.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn run(&self, engine: &mut dyn Engine) -> Result<(), EngineError> {
        match self {
            Self::Assign(centres) => engine.assign(centres, &mut |_, _| Ok(())),
            Self::Label(density) => engine.label(density, &mut |_, _| Ok(())),
            _ => self.answer(engine).map(drop),
        }
    }

    /// Runs the pass and returns its results.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn answer(&self, engine: &mut dyn Engine) -> Result<Answer, EngineError> {
        Ok(match self {
            Self::Moments(centres) => Answer::Moments(one::<Moments>(engine, centres)?),
            Self::Lloyd(centres) => Answer::Lloyd(one::<Lloyd>(engine, centres)?),
            Self::Expectation(mixture) => Answer::Expectation(one::<Expectation>(engine, mixture)?),
            Self::Assign(centres) => {
                let mut fingerprint = 0u64;
                engine.assign(centres, &mut |_, indices| {
                    for &index in indices {
                        // Any odd factor does: each index then counts by its place.
                        let shifted = fingerprint.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                        fingerprint = shifted.wrapping_add(u64::from(index) + 1);
                    }
                    Ok(())
                })?;
                Answer::Assign(fingerprint)
            }
            Self::Label(density) => {
                let (mut count, mut sum) = (0, 0.0);
                engine.label(density, &mut |_, labels| {
                    count += labels.len();
                    sum += labels.iter().map(|label| label.log_density).sum::<f64>();
                    Ok(())
                })?;
                Answer::Label(count, sum)
            }
        })
    }
}

/// The statistics of one parameter set.
fn one<P: octomix::pass::Pass>(
    engine: &mut (impl Run<P> + ?Sized),
    params: &P::Params,
) -> Result<P::Stats, EngineError> {
    let mut stats = engine.run(std::slice::from_ref(params))?;
    // `Run` promises the statistics of each set of parameters.
    Ok(stats.pop().expect("one parameter set has one result"))
}
