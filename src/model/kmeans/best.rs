//! The best of several restarts, and better: K-Means ends in one of many optima.
//!
//! First those close to the best go on until nothing changes, since the tolerance stops a restart
//! somewhat above its optimum. Then centres of the best are swapped for addresses at random, which
//! finds optima that no restart does (random swap clustering, Fränti 2018).

use rand::RngExt;

use super::lloyd::{Restart, iterate};
use super::{Fit, Outcome, Params};
use crate::address::octets;
use crate::engine::{Engine, RandomStream, Run};
use crate::model::{Checked, FitError, Observer, centres_of, first_largest};
use crate::pass::lloyd::LloydStats;
use crate::pass::moments::ExactMoments;
use crate::pass::{Centres, Lloyd};

/// Restarts this close to the best, relative to its inertia, are iterated to their very end.
const CLOSE: f64 = 1e-3;

/// Rounds of as many swaps as there were restarts, at most; a round without success is the last.
const ROUNDS: usize = 20;

/// A restart and what it ended with.
struct End {
    restart: Restart,
    clusters: LloydStats,
    inertia: f64,
}

/// The best of each group of restarts, improved where a group has several; the groups share runs of
/// the engine.
///
/// # Errors
/// When a pass fails, or the observer stops it.
pub fn finish(
    engine: &mut dyn Engine,
    params: &Checked<Params>,
    groups: Vec<Vec<Restart>>,
    moments: &ExactMoments,
    observer: &mut Observer<'_>,
) -> Result<Vec<Fit>, FitError> {
    let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    let mut all = ends(engine, groups.into_iter().flatten().collect())?.into_iter();
    let mut groups: Vec<Vec<End>> =
        sizes.iter().map(|&size| all.by_ref().take(size).collect()).collect();
    let to_the_end = Checked::sound(Params { tol: 0.0, ..(**params).clone() });

    let mut close = Vec::new();
    for (g, group) in groups.iter().enumerate().filter(|(_, group)| group.len() > 1) {
        let limit = group[best(group)].inertia * (1.0 + CLOSE);
        close.extend((0..group.len()).filter(|&r| group[r].inertia <= limit).map(|r| (g, r)));
    }
    let starts = close.iter().map(|&(g, r)| groups[g][r].restart.points.clone()).collect();
    let ended = iterate(engine, &to_the_end, starts, moments, observer)?;
    for (&(g, r), end) in close.iter().zip(ends(engine, ended)?) {
        replace(&mut groups[g][r], end);
    }

    let mut active: Vec<usize> = (0..groups.len()).filter(|&g| groups[g].len() > 1).collect();
    for round in 0..ROUNDS {
        let mut starts = Vec::new();
        for &g in &active {
            // Streams beyond those of the restarts.
            let mut rng = RandomStream::new(params.seed, groups[g].len() + round).rng();
            let from = &groups[g][best(&groups[g])].restart.points;
            let swap = |_| (rng.random_range(0..from.len()), rng.random_range(0..engine.len()));
            let (outs, ins): (Vec<_>, Vec<_>) = (0..groups[g].len()).map(swap).unzip();
            for (out, address) in outs.into_iter().zip(engine.at(&ins)?) {
                let mut points = from.clone();
                points[out] = octets(address).map(f64::from);
                starts.push((g, points));
            }
        }
        let of: Vec<usize> = starts.iter().map(|(g, _)| *g).collect();
        let starts = starts.into_iter().map(|(_, points)| points).collect();
        let ended = iterate(engine, &to_the_end, starts, moments, observer)?;
        let mut better = Vec::new();
        for (g, end) in of.into_iter().zip(ends(engine, ended)?) {
            let best = best(&groups[g]);
            let best = &mut groups[g][best];
            if end.inertia < best.inertia {
                replace(best, end);
                better.push(g);
            } else {
                best.restart.seconds += end.restart.seconds;
            }
        }
        better.dedup();
        active = better;
        if active.is_empty() {
            break;
        }
    }
    // A group without restarts has no fit.
    Ok(groups.into_iter().filter_map(|group| fit(group, moments)).collect())
}

/// The restart of least inertia; the first of equals.
fn best(group: &[End]) -> usize {
    first_largest(group.len(), |r| -group[r].inertia)
}

/// Puts `end`, which goes on from it, in place of `before`.
fn replace(before: &mut End, end: End) {
    let n_iter = before.restart.n_iter + end.restart.n_iter;
    let seconds = before.restart.seconds + end.restart.seconds;
    *before = End { restart: Restart { n_iter, seconds, ..end.restart }, ..end };
}

fn fit(group: Vec<End>, moments: &ExactMoments) -> Option<Fit> {
    let best = best(&group);
    let outcome = |end: &End| Outcome {
        inertia: end.inertia,
        n_iter: end.restart.n_iter,
        stop: end.restart.stop,
        seconds: end.restart.seconds,
    };
    let restarts = group.iter().map(outcome).collect();
    let End { restart, clusters, inertia } = group.into_iter().nth(best)?;
    Some(Fit { centres: restart.points, clusters, inertia, best, restarts, moments: *moments })
}

/// The clusters and the inertia of each restart, where it ended.
fn ends(engine: &mut dyn Engine, restarts: Vec<Restart>) -> Result<Vec<End>, FitError> {
    let centres = centres_of(restarts.iter().map(|restart| &restart.points))?;
    let stats = Run::<Lloyd>::run(engine, &centres)?;
    let end = |((restart, clusters), centres): ((Restart, LloydStats), &Centres)| {
        let inertia = clusters.inertia(centres);
        End { restart, clusters, inertia }
    };
    Ok(restarts.into_iter().zip(stats).zip(&centres).map(end).collect())
}
