//! The iterations of K-Means (Lloyd 1982): all restarts in step, one run of the engine each time.

use std::time::Instant;

use super::Params;
use super::paths::Paths;
use crate::address::{OCTETS, octets};
use crate::engine::{Engine, EngineError, Run};
use crate::model::sufficient::symmetric;
use crate::model::{Checked, FitError, Observer, Progress, Stage, Stop, centres_of, tell};
use crate::pass::lloyd::{Cluster, LloydStats};
use crate::pass::moments::ExactMoments;
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

/// Runs K-Means from each of `starts`, all in step, one run of the engine an iteration; `moments` are
/// those of all addresses.
///
/// # Errors
/// When a start's centres are out of range, or a pass fails.
pub(super) fn iterate(
    engine: &mut dyn Engine,
    params: &Checked<Params>,
    starts: Vec<Vec<[f64; OCTETS]>>,
    moments: &ExactMoments,
    observer: &mut Observer<'_>,
) -> Result<Vec<Restart>, FitError> {
    let mean_variance = symmetric(&moments.covariance(0)).trace() / OCTETS as f64;
    let tol = params.tol * mean_variance;

    let mut restarts: Vec<Restart> = starts
        .into_iter()
        .map(|points| Restart { points, n_iter: 0, stop: Stop::MaxIter, seconds: 0.0 })
        .collect();
    let all = (0..restarts.len()).collect();
    let mut paths = Paths::default();
    let mut join = |r: usize, restart: &Restart| paths.joins(r, restart);
    go_on(engine, params.max_iter, tol, &mut restarts, all, &mut join, observer)?;
    let left = paths.finish(&mut restarts, params.max_iter);
    let mut never = |_: usize, _: &Restart| false;
    go_on(engine, params.max_iter, tol, &mut restarts, left, &mut never, observer)?;
    Ok(restarts)
}

/// Iterates those of `restarts` that are `active` until their centres move by no more than `tol`, or another has been
/// where one is, as `joins` says.
fn go_on(
    engine: &mut dyn Engine,
    max_iter: usize,
    tol: f64,
    restarts: &mut [Restart],
    mut active: Vec<usize>,
    joins: &mut dyn FnMut(usize, &Restart) -> bool,
    observer: &mut Observer<'_>,
) -> Result<(), FitError> {
    active.retain(|&r| restarts[r].n_iter < max_iter);
    for iteration in 1.. {
        active.retain(|&r| !joins(r, &restarts[r]));
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
            // Where it is 0, labels are those of the iteration before: scikit-learn stops there too.
            let shift = move_centres(&mut restart.points, &stats);
            restart.n_iter += 1;
            restart.seconds += seconds * centres.count() as f64;
            if shift <= tol {
                restart.stop = Stop::Converged;
            } else if restart.n_iter < max_iter {
                still.push(r);
            }
        }
        active = still;
        let active = active.len();
        tell(observer, Progress { stage: Stage::KMeans, iteration, max_iter, active })?;
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::engine::{CpuEngine, Host, RandomStream};
    use crate::model::moments_of_all;

    #[test]
    fn a_restart_ends_as_alone_whoever_has_been_where_it_comes() {
        let addresses: Vec<u32> = (0..150u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let mut engine = CpuEngine::new(&addresses);
        let moments = moments_of_all(&mut engine).unwrap();
        let starts: Vec<Vec<_>> = (0..60)
            .map(|r| {
                let drawn = engine.draw(3, RandomStream::new(5, r)).unwrap();
                drawn.iter().map(|&address| octets(address).map(f64::from)).collect()
            })
            .collect();
        let mut cut = 0;
        for max_iter in [1, 4, 7, 300] {
            let params = Params { max_iter, tol: 0.0, ..Params::new(3) }.check().unwrap();
            let mut run = |starts: Vec<_>, still: &mut usize| {
                let count = &mut |at: Progress| {
                    *still += at.active;
                    ControlFlow::Continue(())
                };
                iterate(&mut engine, &params, starts, &moments, count).unwrap()
            };
            let (mut of_together, mut of_alone) = (0, 0);
            let together = run(starts.clone(), &mut of_together);
            for (start, restart) in starts.iter().zip(&together) {
                let alone = run(vec![start.clone()], &mut of_alone).remove(0);
                assert_eq!(restart.points, alone.points);
                assert_eq!((restart.n_iter, restart.stop), (alone.n_iter, alone.stop));
            }
            assert!(of_together < of_alone || max_iter < 300);
            cut += together.iter().filter(|restart| restart.stop == Stop::MaxIter).count();
        }
        assert!(cut > 0);
    }
}
