//! A search for better optima than restarts find, at their price.
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

mod climb;
mod exploration;
mod moves;
mod objective;
mod rounds;
mod runner;
mod starts;

use std::time::Instant;

use self::runner::Runner;
use super::chain::Course;
use super::estimator::Estimator;
use super::fitted::MixtureFit;
use super::params::MixtureParams;
use super::trace::{Kind, Trace};
use super::{Checked, FitError, Observer, Stop, centres_of, check_size, kmeans, moments_of_all};
use crate::engine::{Engine, Precision, Run};
use crate::pass::Moments;

/// What a restart takes on the average, in iterations over all addresses, K-Means included.
///
/// Measured with `tol` 1e-3 and `max_iter` 300, ten seeds: on the tutorial's destinations 19, 19, 37
/// and 77 iterations for 4, 5, 7 and 12 components, on its sources 19 for 12, on 20,000 addresses of
/// a public blocklist 254 for 7; the mean is 71. K-Means adds 5 to 40 iterations at [`KMEANS`], which
/// is 1 to 5.
const ITERATIONS_A_RESTART: f64 = 70.0;

/// What the evaluation of a K-Means centre costs, in evaluations of a component.
const KMEANS: f64 = 0.13;

/// The budget of a search that is to cost as much as `params.n_init` restarts: address-component
/// evaluations.
pub fn budget(params: &MixtureParams, addresses: u64) -> f64 {
    params.n_init as f64 * ITERATIONS_A_RESTART * addresses as f64 * params.components as f64
}

/// Fits by searching until `allowed` address-component evaluations are spent, or those of
/// [`budget`] where left out, those on the host among them, or new starts lead no higher. Only the last
/// ascent, to a fixed point, may take it beyond.
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
    let addresses = engine.total();
    let budget = allowed.unwrap_or_else(|| budget(params, addresses));
    let moments = moments_of_all(engine)?;
    let estimator = Estimator::new(params, &moments);
    // The same K-Means as that of the restarts under the same seed.
    let kmeans = Checked::start_of(params, params.n_init);
    let means = kmeans::restarts(engine, &kmeans, observer)?;
    let centres = centres_of(means.iter().map(|restart| &restart.points))?;
    let hard = Run::<Moments>::run(engine, &centres)?;
    let mut runner = Runner::new(engine, params, &estimator, budget, observer);
    let iterations: usize = means.iter().map(|m| m.n_iter).sum();
    runner.spent += KMEANS * iterations as f64 * runner.iteration();

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
    let trace = Trace { moves: trace, evaluations: runner.spent, budget };
    let seconds = started.elapsed().as_secs_f64();
    let single = engine.arithmetic().sums == Precision::F32;
    let noise = if single { estimator.noise(&best.statistics) } else { 0.0 };
    Ok(MixtureFit {
        estimator,
        estimate: best.estimate,
        best: 0,
        restarts: vec![Course { lower_bounds: best.bounds, noise, stop, seconds }],
        moments,
        search: Some(trace),
    })
}
