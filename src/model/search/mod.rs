//! A search for better optima than restarts find.
//!
//! EM ends in the nearest optimum, and a restart forgets what the last one found. The search climbs
//! from a few starts and then changes the best state by moves that EM cannot make by itself:
//! merge two components, split one (Ueda et al. 2000; Hughes & Sudderth 2013). Moves are drawn at
//! random and tried on a sample on the host; the most promising are continued over all addresses, side
//! by side in one run of the engine an iteration, and dropped when they fall behind round by round.
//! Every climb is over-relaxed (Salakhutdinov & Roweis 2003), but the state returned is a fixed
//! point of plain EM to `tol`.
//!
//! What a search may cost is counted, not timed, so the same seed gives the same result on every
//! machine with the same engine, whatever the number of threads. It does not choose the number of
//! components, it ranks by the bound alone, and it does not promise the best optimum there is.

mod budget;
mod climb;
mod exploration;
mod moves;
mod objective;
mod rounds;
mod runner;
mod starts;

use std::time::Instant;

use self::budget::Budget;
pub use self::budget::least_budget;
use self::exploration::Exploration;
use self::runner::Runner;
use super::chain::Course;
use super::estimator::{Estimator, NOISE};
use super::fitted::MixtureFit;
use super::params::MixtureParams;
use super::trace::{Kind, Trace};
use super::{Checked, FitError, Observer, Stop, centres_of, check_size, kmeans, moments_of_all};
use crate::engine::{CpuEngine, Engine, Host, Precision, RandomStream, Run};
use crate::pass::Moments;

/// What the evaluation of a K-Means centre costs, in evaluations of a component.
const KMEANS: f64 = 0.13;

/// Of more addresses than these a sample is searched, of so many, and only what it finds climbs over all: the optima
/// of so large a sample lie in the basins of those of all, and a step over all costs as much as many over the sample.
const MOST_SEARCHED: u64 = 1 << 18;
const SEARCHED: usize = 1 << 17;

/// Fits by searching until the budget is spent or new starts lead no higher. The budget is `allowed`
/// address-component evaluations, those on the host among them; where left out it is [`least_budget`],
/// and more where the first climbs are long. Only the last ascent, to a fixed point, may take it beyond.
///
/// # Errors
/// As [`Checked::fit`](Checked#method.fit).
pub fn fit(
    engine: &mut dyn Engine,
    params: &Checked<MixtureParams>,
    allowed: Option<f64>,
    observer: &mut Observer<'_>,
) -> Result<MixtureFit, FitError> {
    check_size(engine, params.components)?;
    let started = Instant::now();
    let total = engine.total();
    let moments = moments_of_all(engine)?;
    let estimator = Estimator::new(params, &moments);
    let (found, budget) = if total > MOST_SEARCHED {
        let random = RandomStream::new(params.seed, usize::MAX);
        let sample = engine.sample(SEARCHED, random)?;
        let mut sample = CpuEngine::new(&sample);
        let budget = Budget::new(allowed, params, sample.total());
        explore(&mut sample, total, params, &estimator, budget, observer)?
    } else {
        let budget = Budget::new(allowed, params, total);
        explore(engine, total, params, &estimator, budget, observer)?
    };
    // `start` fails where there is none.
    let Exploration { mut best, mut trace, .. } = found.ok_or(FitError::NoAddresses)?;
    let mut runner = Runner::new(engine, total, params, &estimator, budget, observer);
    if total > MOST_SEARCHED {
        runner.lead(&mut best)?;
    }
    let before = best.bound();
    runner.finish(&mut best)?;
    trace.push(runner.kept(Kind::Finish, Vec::new(), before, &best));
    let stop = if best.rise().abs() < runner.tol { Stop::Converged } else { Stop::MaxIter };
    let trace =
        Trace { moves: trace, evaluations: runner.budget.spent, budget: runner.budget.allowed };
    let seconds = started.elapsed().as_secs_f64();
    let single = engine.arithmetic().sums == Precision::F32;
    let noise = if single { NOISE * engine.total() as f64 } else { 0.0 };
    Ok(MixtureFit {
        estimator,
        estimate: best.estimate,
        best: 0,
        restarts: vec![Course { lower_bounds: best.bounds, noise, stop, seconds }],
        moments,
        search: Some(trace),
    })
}

/// The best that a search over the addresses of `engine` finds, and what is left of `budget`.
fn explore(
    engine: &mut dyn Engine,
    total: u64,
    params: &Checked<MixtureParams>,
    estimator: &Estimator,
    budget: Budget,
    observer: &mut Observer<'_>,
) -> Result<(Option<Exploration>, Budget), FitError> {
    // The same K-Means as that of the restarts under the same seed.
    let kmeans = Checked::start_of(params, params.n_init);
    let means = kmeans::restarts(engine, &kmeans, observer)?;
    let centres = centres_of(means.iter().map(|restart| &restart.points))?;
    let hard = Run::<Moments>::run(engine, &centres)?;
    let mut runner = Runner::new(engine, total, params, estimator, budget, observer);
    let iterations: usize = means.iter().map(|m| m.n_iter).sum();
    runner.budget.spent += KMEANS * iterations as f64 * runner.iteration();
    let starts = starts::start(&mut runner, &hard)?;
    let found = if params.components > 1 {
        rounds::improve(&mut runner, starts)?
    } else {
        starts.into_iter().next()
    };
    Ok((found, runner.budget))
}
