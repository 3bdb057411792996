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
//! A large set is searched in samples first, from the coarse to the fine: which basin is the best costs little to ask
//! there, and only what is found climbs over all addresses.
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
use super::{Checked, FitError, Observer, Stop, centres_of, check_size, moments_of_all};
use crate::engine::{CpuEngine, Engine, Precision, RandomStream, Run};
use crate::pass::Moments;

/// What the evaluation of a K-Means centre costs, in evaluations of a component.
const KMEANS: f64 = 0.13;

/// Samples that are searched before all addresses are: the optima of a sample lie in the basins of those of all, and a
/// step over all costs as much as many over a sample. From so many addresses on there are these; the last that holds
/// counts.
const SAMPLES: [(usize, [usize; 2]); 2] =
    [(1 << 16, [1 << 12, 1 << 14]), (1 << 19, [1 << 14, 1 << 17])];

/// Addresses of a sample for each component, at least.
const SHARE: usize = 256;

/// What is found in a sample goes on over more addresses as one of so many at most, in case the sample has ranked them
/// wrongly.
const LED: usize = 4;

/// How far below the best the others may be, in nats an address times the square root of the addresses of the sample:
/// a few standard errors of the difference between two mixtures.
const DOUBT: f64 = 3.0;

/// Sets of more addresses than these are not searched as a whole: their samples are.
const MOST_SEARCHED: usize = 1 << 18;

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
    // Of weighted addresses an iteration costs as much as they are, whatever their weights.
    let sizes = SAMPLES.iter().rev().find(|(from, _)| engine.len() > *from);
    let mut samples = Vec::new();
    for (at, &size) in sizes.iter().flat_map(|(_, sizes)| sizes).enumerate() {
        if SHARE * params.components <= size {
            let random = RandomStream::new(params.seed, usize::MAX / 2 - at);
            samples.push(engine.sample(size, random)?);
        }
    }
    let mut samples: Vec<_> =
        samples.iter().map(|sample| CpuEngine::new(sample).in_singles()).collect();
    let mut levels: Vec<&mut dyn Engine> =
        samples.iter_mut().map(|sample| sample as &mut dyn Engine).collect();
    levels.push(engine);
    let mut levels = levels.into_iter();
    // There is always the last.
    let first = levels.next().ok_or(FitError::NoAddresses)?;
    let budget = Budget::new(allowed, params, first.total());
    let mut runner = Runner::new(first, total, params, &estimator, budget, observer);
    let mut found = explore(&mut runner)?;
    for level in levels {
        let best = found.first().map_or(0.0, |found| found.best.bound());
        let doubt = DOUBT * runner.size / (runner.engine.total() as f64).sqrt();
        found.retain(|found| found.best.bound() >= best - doubt);
        found.truncate(LED);
        runner = runner.over(level);
        found = refine(&mut runner, found)?;
    }
    // `start` fails where there is none.
    let best = found.into_iter().next().ok_or(FitError::NoAddresses)?;
    let Exploration { mut best, mut trace, .. } = best;
    let before = best.bound();
    runner.finish(&mut best)?;
    trace.push(runner.kept(Kind::Finish, Vec::new(), before, &best));
    let stop = if best.rise().abs() < runner.tol { Stop::Converged } else { Stop::MaxIter };
    let trace =
        Trace { moves: trace, evaluations: runner.budget.spent, budget: runner.budget.allowed };
    let seconds = started.elapsed().as_secs_f64();
    let single = engine.arithmetic().sums == Precision::F32;
    let noise = if single { NOISE * engine.total() as f64 } else { 0.0 };
    let (lower_bounds, allowances) = (best.bounds, best.allowances);
    MixtureFit {
        estimator,
        estimate: best.estimate,
        best: 0,
        restarts: vec![Course { lower_bounds, allowances, noise, stop, seconds }],
        moments,
        search: Some(trace),
    }
    .checked()
}

/// The optima that a search over the addresses of the engine finds, the best first.
fn explore(runner: &mut Runner<'_, '_>) -> Result<Vec<Exploration>, FitError> {
    // The same K-Means as that of the restarts under the same seed.
    let kmeans = Checked::start_of(runner.params, runner.params.n_init);
    let means = runner.kmeans(&kmeans)?;
    let centres = centres_of(means.iter().map(|restart| &restart.points))?;
    let hard = Run::<Moments>::run(runner.engine, &centres)?;
    let iterations: usize = means.iter().map(|m| m.n_iter).sum();
    runner.budget.spent += KMEANS * iterations as f64 * runner.iteration();
    let starts = starts::start(runner, &hard)?;
    if runner.params.components > 1 { rounds::improve(runner, starts) } else { Ok(starts) }
}

/// What becomes of `found`, in a smaller sample, over the addresses of the engine; the best first.
fn refine(
    runner: &mut Runner<'_, '_>,
    mut found: Vec<Exploration>,
) -> Result<Vec<Exploration>, FitError> {
    for found in &mut found {
        runner.lead(&mut found.best)?;
    }
    // Stable: the first of equals.
    found.sort_by(|a, b| b.best.bound().total_cmp(&a.best.bound()));
    if runner.is_searched()
        && let Some(best) = found.first_mut()
    {
        best.go_on(runner)?;
    }
    Ok(found)
}
