//! The iterations of K-Means (Lloyd 1982): all restarts in step, one run of the engine each time.

use std::time::Instant;

use super::Params;
use crate::address::{OCTETS, octets};
use crate::engine::{Engine, EngineError, Run};
use crate::model::sufficient::symmetric;
use crate::model::{
    Checked, FitError, Observer, Progress, Stage, Stop, centres_of, moments_of_all, tell,
};
use crate::pass::lloyd::{Cluster, LloydStats};
use crate::pass::{Centres, Lloyd};

/// Where one restart ended.
#[derive(Debug, Clone)]
pub struct Restart {
    /// The centres, in octets.
    pub points: Vec<[f64; OCTETS]>,
    /// Iterations run.
    pub n_iter: usize,
    /// Why it stopped.
    pub stop: Stop,
    /// Its share of the time that the engine ran, by its share of the centres.
    pub seconds: f64,
}

/// Runs K-Means from each of `starts`, all in step, one run of the engine an iteration.
///
/// # Errors
/// When a start's centres are out of range, or a pass fails.
pub fn iterate(
    engine: &mut dyn Engine,
    params: &Checked<Params>,
    starts: Vec<Vec<[f64; OCTETS]>>,
    observer: &mut Observer<'_>,
) -> Result<Vec<Restart>, FitError> {
    let total = moments_of_all(engine)?;
    let mean_variance = symmetric(&total.covariance(0)).trace() / OCTETS as f64;
    let tol = params.tol * mean_variance;

    let mut restarts: Vec<Restart> = starts
        .into_iter()
        .map(|points| Restart { points, n_iter: 0, stop: Stop::MaxIter, seconds: 0.0 })
        .collect();
    let mut previous: Vec<Option<LloydStats>> = vec![None; restarts.len()];
    let mut active: Vec<usize> = (0..restarts.len()).collect();
    for iteration in 1..=params.max_iter {
        if active.is_empty() {
            break;
        }
        let centres = centres_of(active.iter().map(|&r| &restarts[r].points))?;
        let started = Instant::now();
        let stats = Run::<Lloyd>::run(engine, &centres)?;
        let all: usize = centres.iter().map(Centres::count).sum();
        let seconds = started.elapsed().as_secs_f64() / all.max(1) as f64;
        let mut still = Vec::with_capacity(active.len());
        for ((&r, centres), mut stats) in active.iter().zip(&centres).zip(stats) {
            let restart = &mut restarts[r];
            relocate_empty(engine, centres, &restart.points, &mut stats)?;
            let shift = move_centres(&mut restart.points, &stats);
            restart.n_iter = iteration;
            restart.seconds += seconds * centres.count() as f64;
            // Equal sums stand for scikit-learn's equal labels: the same centres would follow.
            let settled = previous[r].as_ref() == Some(&stats);
            if settled || shift <= tol {
                restart.stop = Stop::Converged;
            } else {
                still.push(r);
            }
            previous[r] = Some(stats);
        }
        active = still;
        let (max_iter, active) = (params.max_iter, active.len());
        tell(observer, Progress { stage: Stage::KMeans, iteration, max_iter, active })?;
    }
    Ok(restarts)
}

/// Moves each centre to the mean of its addresses; returns the summed squared shift.
fn move_centres(points: &mut [[f64; OCTETS]], stats: &LloydStats) -> f64 {
    let mut shift = 0.0;
    for (point, cluster) in points.iter_mut().zip(&stats.0) {
        if let Some(mean) = cluster.mean() {
            shift += (0..OCTETS).map(|j| (mean[j] - point[j]).powi(2)).sum::<f64>();
            *point = mean;
        }
    }
    shift
}

/// Gives each empty cluster one of the addresses farthest from their centres, as scikit-learn does.
fn relocate_empty(
    engine: &mut dyn Engine,
    centres: &Centres,
    points: &[[f64; OCTETS]],
    stats: &mut LloydStats,
) -> Result<(), EngineError> {
    let empty: Vec<usize> = (0..stats.0.len()).filter(|&k| stats.0[k].count == 0).collect();
    if empty.is_empty() {
        return Ok(());
    }
    // Fewer where every address is a centre: then there is nothing to gain.
    for (&k, far) in empty.iter().zip(engine.farthest(centres, points, empty.len())?) {
        let (x, weight) = (octets(far.address).map(u64::from), far.weight);
        let alone = Cluster {
            count: weight,
            sum: x.map(|x| x * weight),
            squares: x.iter().map(|x| x * x * weight).sum(),
        };
        let left = &mut stats.0[far.centre];
        left.count -= alone.count;
        left.squares -= alone.squares;
        for (left, alone) in left.sum.iter_mut().zip(alone.sum) {
            *left -= alone;
        }
        stats.0[k] = alone;
    }
    Ok(())
}
