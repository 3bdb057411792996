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
use self::runner::Runner;
use super::chain::Course;
use super::estimator::{Estimator, NOISE};
use super::fitted::MixtureFit;
use super::params::MixtureParams;
use super::trace::{Kind, Trace};
use super::{Checked, FitError, Observer, Stop, centres_of, check_size, kmeans, moments_of_all};
use crate::engine::{Engine, Precision, Run};
use crate::pass::Moments;

/// What the evaluation of a K-Means centre costs, in evaluations of a component.
const KMEANS: f64 = 0.13;

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
    let budget = Budget::new(allowed, params, engine.total());
    let moments = moments_of_all(engine)?;
    let estimator = Estimator::new(params, &moments);
    // The same K-Means as that of the restarts under the same seed.
    let kmeans = Checked::start_of(params, params.n_init);
    let means = kmeans::restarts(engine, &kmeans, observer)?;
    let centres = centres_of(means.iter().map(|restart| &restart.points))?;
    let hard = Run::<Moments>::run(engine, &centres)?;
    let mut runner = Runner::new(engine, params, &estimator, budget, observer);
    let iterations: usize = means.iter().map(|m| m.n_iter).sum();
    runner.budget.spent += KMEANS * iterations as f64 * runner.iteration();

    let starts = starts::start(&mut runner, &hard)?;
    let chain = if params.components > 1 {
        rounds::improve(&mut runner, starts)?
    } else {
        starts.into_iter().next()
    };
    // `start` fails where there is none.
    let exploration::Exploration { mut best, mut trace, .. } =
        chain.ok_or(FitError::NoAddresses)?;
    let before = best.bound();
    runner.finish(&mut best)?;
    trace.push(runner.kept(Kind::Finish, Vec::new(), before, &best));
    let stop = if best.rise().abs() < params.tol { Stop::Converged } else { Stop::MaxIter };
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
