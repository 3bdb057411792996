//! Starts: some from K-Means, and some from many small clusters of a sample, merged down by the bound.
//!
//! K-Means knows distance only; merging by the bound sees shape and density, so these starts lie in
//! other basins. On their own either kind can stick.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::KMEANS;
use super::climb::{Climb, Gait};
use super::exploration::Exploration;
use super::objective::{combine, evidence};
use super::runner::{Runner, Sample};
use crate::engine::{ReferenceEngine, Run};
use crate::model::estimator::Estimator;
use crate::model::sufficient::Sufficient;
use crate::model::trace::Kind;
use crate::model::{FitError, kmeans, unobserved};
use crate::pass::moments::MomentsStats;
use crate::pass::{Centres, Moments};

/// Starts by agglomeration; of those by K-Means there are as many as restarts, and the same.
const AGGLOMERATED: usize = 4;

/// Iterations after which this many of each kind are kept, and climb on to their optima.
const ITERATIONS: usize = 5;
const KEPT: usize = 3;

/// Small clusters more than components, drawn anew for each start.
const SURPLUS: std::ops::Range<usize> = 17..48;

/// Iterations of K-Means for small clusters, which need not be at an optimum.
const SMALL_ITERATIONS: usize = 10;

/// The best start of each kind near its optimum; `hard` are the assignments of K-Means.
///
/// # Errors
/// When no start has a posterior, or a pass fails.
pub fn start(
    runner: &mut Runner<'_, '_>,
    hard: &[MomentsStats],
) -> Result<Vec<Exploration>, FitError> {
    let of_all = |moments| runner.of_all(Sufficient::from_exact(moments));
    let means: Vec<Vec<_>> = hard.iter().map(|h| h.0.iter().map(of_all).collect()).collect();
    // If the first has no posterior, the fit reports why.
    let refused = means.first().and_then(|first| runner.estimator.maximise(first).err());
    let mut merged = Vec::with_capacity(AGGLOMERATED);
    let sample = runner.sample()?;
    for _ in 0..AGGLOMERATED {
        let mut rng = runner.rng();
        merged.push(agglomerate(runner, &sample, &mut rng)?);
    }
    let mut chains = Vec::new();
    for (kind, starts) in [(Kind::KMeans, means), (Kind::Agglomeration, merged)] {
        let climb = |start| Climb::new(runner.estimator, start, Gait::Relaxed);
        let mut climbs: Vec<_> = starts.into_iter().filter_map(climb).collect();
        if climbs.is_empty() {
            continue;
        }
        for _ in 0..ITERATIONS {
            runner.advance(&mut climbs)?;
        }
        // Stable: the first of equals.
        climbs.sort_by(|a, b| b.bound().total_cmp(&a.bound()));
        climbs.truncate(KEPT);
        for climb in &mut climbs {
            runner.approach(climb)?;
            runner.budget.follow(climb.iterations);
        }
        // The first of equals.
        let higher = |a: Climb, b: Climb| if b.bound() > a.bound() { b } else { a };
        if let Some(climb) = climbs.into_iter().reduce(higher) {
            chains.push(Exploration::new(runner, kind, climb));
        }
    }
    match refused {
        Some(error) if chains.is_empty() => Err(error),
        _ => Ok(chains),
    }
}

/// Another start near its optimum, by agglomeration; `None` if it has no posterior.
///
/// # Errors
/// When a pass fails.
pub fn another(runner: &mut Runner<'_, '_>) -> Result<Option<Exploration>, FitError> {
    let sample = runner.sample()?;
    let mut rng = runner.rng();
    let start = agglomerate(runner, &sample, &mut rng)?;
    let Some(mut climb) = Climb::new(runner.estimator, start, Gait::Relaxed) else {
        return Ok(None);
    };
    runner.approach(&mut climb)?;
    Ok(Some(Exploration::new(runner, Kind::Agglomeration, climb)))
}

/// Small clusters of `sample`, merged down to the components asked for.
fn agglomerate(
    runner: &mut Runner<'_, '_>,
    sample: &Sample,
    rng: &mut ChaCha8Rng,
) -> Result<Vec<Sufficient>, FitError> {
    let components = runner.params.components;
    let clusters = (components + rng.random_range(SURPLUS)).min(sample.addresses.len());
    let mut engine = ReferenceEngine::new(&sample.addresses);
    let params = kmeans::Params::new(clusters).seed(rng.random()).max_iter(SMALL_ITERATIONS);
    let params = params.check()?;
    let small = kmeans::restarts(&mut engine, &params, &mut unobserved)?;
    let mut merged = Vec::new();
    for small in &small {
        let centres = Centres::new(&small.points)?;
        let moments = Run::<Moments>::run(&mut engine, &[centres])?.swap_remove(0);
        runner.budget.spent += KMEANS * (small.n_iter * clusters * sample.addresses.len()) as f64;
        let statistics = moments.0.iter().map(Sufficient::from_exact);
        merged = statistics.map(|s| Sufficient { weight: s.weight * sample.scale, ..s }).collect();
    }
    Ok(merge_down(runner.estimator, merged, components))
}

/// Merges, time and again, the pair whose merging takes least from the bound.
fn merge_down(
    estimator: &Estimator,
    mut clusters: Vec<Sufficient>,
    components: usize,
) -> Vec<Sufficient> {
    let worth = |s: &Sufficient| evidence(estimator, s).unwrap_or(f64::NEG_INFINITY);
    let loss = |a: &Sufficient, b: &Sufficient| {
        let both = combine(a, 1.0, b, 1.0).map_or(f64::NEG_INFINITY, |both| worth(&both));
        worth(a) + worth(b) - both
    };
    // losses[j][i], i < j.
    let mut losses: Vec<Vec<f64>> = (0..clusters.len())
        .map(|j| clusters[..j].iter().map(|a| loss(a, &clusters[j])).collect())
        .collect();
    while clusters.len() > components.max(1) {
        let mut least = (f64::INFINITY, 0, 1);
        for (j, row) in losses.iter().enumerate() {
            for (i, &loss) in row.iter().enumerate() {
                if loss < least.0 {
                    least = (loss, i, j);
                }
            }
        }
        let (_, i, j) = least;
        // Two weights that are no less than 0 always make up one.
        clusters[i] = combine(&clusters[i], 1.0, &clusters[j], 1.0).unwrap_or(clusters[i]);
        clusters.remove(j);
        losses.remove(j);
        for row in losses.iter_mut().filter(|row| row.len() > j) {
            row.remove(j);
        }
        for other in 0..clusters.len() {
            let loss = loss(&clusters[i], &clusters[other]);
            match other {
                _ if other < i => losses[i][other] = loss,
                _ if other > i => losses[other][i] = loss,
                _ => {}
            }
        }
    }
    clusters
}
