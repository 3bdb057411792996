//! How far rounding may carry a fit: the bounds on each E-step's statistics, propagated to what is
//! made of them iterations later.
//!
//! Iteration t takes the statistics s(t-1) to s(t) = E(M(s(t-1))), and an engine adds an error of at
//! most b(t), which [`expectation_bounds`] derives from its arithmetic. To first order a result y of
//! s(T) is then off by no more than the sum over t, and over the entries of s(t), of
//! |dy/ds(t)| b(t), where dy/ds(t) is dy/ds(T) times the Jacobians of the iterations from t + 1 to T.
//! Derivatives are differences over a small part of b(t), taken in f64 along the engine's own way.

use nalgebra::{DMatrix, Matrix4, SymmetricEigen};
use octomix::conformance::bounds::expectation_bounds;
use octomix::engine::host::Local;
use octomix::engine::{Arithmetic, Engine, EngineError, Precision, ReferenceEngine, Run, Sink};
use octomix::model::estimate::Estimate;
use octomix::model::estimator::Estimator;
use octomix::model::sufficient::Sufficient;
use octomix::pass::expectation::ExpectationStats;
use octomix::pass::label::Label;
use octomix::pass::lloyd::LloydStats;
use octomix::pass::moments::MomentsStats;
use octomix::pass::{Centres, Density, Expectation, Lloyd, Mixture, Moments};
use octomix::{FitError, Points};
use rayon::prelude::*;

use super::flat;

/// The part of a bound that differences are taken over: small, so that they are derivatives, and far
/// above the rounding of f64, of which f32's is 2^29 times as large.
const STEP: f64 = 1.0 / 1024.0;

/// The largest part of a result that its bound may be for derivatives to say something.
pub const TELLING: f64 = 0.1;

/// An engine, noting the parameters and the result of each E-step.
pub struct Recorder<'a> {
    engine: Box<dyn Engine + 'a>,
    points: Points<'a>,
    /// The E-steps so far.
    pub steps: Vec<(Mixture, ExpectationStats)>,
}

impl<'a> Recorder<'a> {
    /// Around `engine`, which runs over `points`.
    pub fn new(engine: Box<dyn Engine + 'a>, points: Points<'a>) -> Self {
        Self { engine, points, steps: Vec::new() }
    }
}

impl Run<Moments> for Recorder<'_> {
    fn run(&mut self, params: &[Centres]) -> Result<Vec<MomentsStats>, EngineError> {
        Run::<Moments>::run(&mut *self.engine, params)
    }
}

impl Run<Lloyd> for Recorder<'_> {
    fn run(&mut self, params: &[Centres]) -> Result<Vec<LloydStats>, EngineError> {
        Run::<Lloyd>::run(&mut *self.engine, params)
    }
}

impl Run<Expectation> for Recorder<'_> {
    fn run(&mut self, params: &[Mixture]) -> Result<Vec<ExpectationStats>, EngineError> {
        let all = Run::<Expectation>::run(&mut *self.engine, params)?;
        self.steps.extend(params.iter().cloned().zip(all.iter().cloned()));
        Ok(all)
    }
}

impl Local for Recorder<'_> {
    fn points(&self) -> &Points<'_> {
        &self.points
    }
}

impl Engine for Recorder<'_> {
    fn label(&mut self, density: &Density, sink: &mut Sink<'_, Label>) -> Result<(), EngineError> {
        self.engine.label(density, sink)
    }

    fn assign(&mut self, centres: &Centres, sink: &mut Sink<'_, u32>) -> Result<(), EngineError> {
        self.engine.assign(centres, sink)
    }

    fn expectation_in_doubles(
        &mut self,
        mixtures: &[Mixture],
    ) -> Result<Vec<ExpectationStats>, EngineError> {
        self.engine.expectation_in_doubles(mixtures)
    }

    fn over<'b>(&self, points: Points<'b>) -> Box<dyn Engine + 'b> {
        self.engine.over(points)
    }

    /// That of doubles, so that no fit asks for better sums: these are what is tested.
    fn arithmetic(&self) -> Arithmetic {
        Arithmetic { sums: Precision::F64, ..self.engine.arithmetic() }
    }

    fn description(&self) -> String {
        self.engine.description()
    }
}

/// The M-step.
fn maximise(estimator: &Estimator, stats: &ExpectationStats) -> Result<Estimate, FitError> {
    let sufficient: Vec<_> = stats.components.iter().map(Sufficient::from_soft).collect();
    estimator.maximise(&sufficient)
}

/// `stats` with `by` added to entry `index` of [`flat`].
fn moved(stats: &ExpectationStats, index: usize, by: f64) -> ExpectationStats {
    let mut stats = stats.clone();
    let ExpectationStats { components, log_likelihood, entropy } = &mut stats;
    let sums = components
        .iter_mut()
        .flat_map(|c| std::iter::once(&mut c.weight).chain(&mut c.first).chain(&mut c.second));
    *sums.chain([log_likelihood, entropy]).nth(index).unwrap() += by;
    stats
}

/// `stats` about the anchors of `to`.
fn about(to: &Mixture, stats: &ExpectationStats) -> Vec<f64> {
    let mut stats = stats.clone();
    for (to, sums) in to.0.iter().zip(&mut stats.components) {
        *sums = sums.moved_to(to.anchor());
    }
    flat(&stats)
}

/// One iteration on its way.
struct Step {
    mixture: Mixture,
    stats: ExpectationStats,
    /// On each entry of `stats`.
    bounds: Vec<f64>,
    /// Of the entries of `stats` by those of the step before; `None` of the first, and of what
    /// follows one that is not smooth.
    jacobian: Option<DMatrix<f64>>,
}

/// A fit by expectation maximisation, and what rounding may have done to it.
pub struct Propagation<'a> {
    estimator: &'a Estimator,
    steps: Vec<Step>,
    /// The largest error of a statistic over its bound.
    pub worst: f64,
    /// Iterations up to the first whose rounding may take a variance below 0. There the M-step raises
    /// it, has no derivative, and first order is of no more use.
    pub smooth: usize,
}

impl<'a> Propagation<'a> {
    /// Of the E-steps that `recorder` took for `estimator`.
    ///
    /// # Errors
    /// When the M-step fails near them.
    pub fn new(estimator: &'a Estimator, recorder: Recorder<'_>) -> Result<Self, FitError> {
        let points = recorder.points().clone();
        let arithmetic = recorder.engine.arithmetic();
        let mut propagation = Self { estimator, steps: Vec::new(), worst: 0.0, smooth: 0 };
        for (mixture, stats) in recorder.steps.iter().cloned() {
            let bounds = flat(&expectation_bounds(arithmetic, &mixture, &points));
            let mut mixtures = vec![mixture.clone()];
            let mut entries = Vec::new();
            // Past the last smooth iteration and the one after it no derivative is asked for.
            let smooth = propagation.smooth == propagation.steps.len();
            let before = propagation.steps.last().filter(|_| smooth);
            if let Some(before) = before {
                // Without log-likelihood and entropy, which no M-step sees.
                for entry in (0..before.bounds.len() - 2).filter(|&i| before.bounds[i] > 0.0) {
                    let by = STEP * before.bounds[entry];
                    let stats = moved(&before.stats, entry, by);
                    mixtures.push(maximise(estimator, &stats)?.mixture());
                    entries.push((entry, by));
                }
            }
            // The definition itself: bounds say how far from it the engine may be, and no more.
            let all = mixtures.par_iter().map(|mixture| {
                let mut reference = ReferenceEngine::new(points.clone());
                Run::<Expectation>::run(&mut reference, std::slice::from_ref(mixture))
            });
            let all = all.collect::<Result<Vec<_>, _>>()?.concat();
            let here = flat(&all[0]);
            for ((found, expected), bound) in flat(&stats).iter().zip(&here).zip(&bounds) {
                let error = (found - expected).abs();
                assert!(error.is_finite(), "{found} for {expected}");
                if error > 0.0 {
                    propagation.worst = propagation.worst.max(error / bound);
                }
            }
            let jacobian = before.map(|before| {
                let mut jacobian = DMatrix::zeros(here.len(), before.bounds.len());
                for (&(entry, by), stats) in entries.iter().zip(&all[1..]) {
                    for (i, there) in about(&mixture, stats).iter().enumerate() {
                        jacobian[(i, entry)] = (there - here[i]) / by;
                    }
                }
                jacobian
            });
            propagation.steps.push(Step { mixture, stats, bounds, jacobian });
            if smooth && propagation.definite()? {
                propagation.smooth += 1;
            }
        }
        Ok(propagation)
    }

    /// Whether rounding cannot have taken a variance of the last iteration, along any axis, below 0.
    fn definite(&self) -> Result<bool, FitError> {
        let covariances = |estimate: &Estimate, _| {
            estimate.gaussians.iter().flat_map(|g| g.covariance.as_slice().to_vec()).collect()
        };
        let (found, bounds) = self.results(self.steps.len(), &covariances)?;
        Ok(found.chunks(16).zip(bounds.chunks(16)).all(|(found, bounds)| {
            let eigen = SymmetricEigen::new(Matrix4::from_column_slice(found));
            let bounds = Matrix4::from_column_slice(bounds);
            eigen.eigenvectors.column_iter().zip(&eigen.eigenvalues).all(|(axis, variance)| {
                (axis.abs().transpose() * bounds * axis.abs())[0] < *variance
            })
        }))
    }

    /// The estimate of iteration `last`, from 1.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn estimate(&self, last: usize) -> Result<Estimate, FitError> {
        let step = &self.steps[last - 1];
        maximise(self.estimator, &step.stats)
    }

    /// What `results` makes of the M-step and the lower bound of iteration `last`, from 1 to
    /// `smooth + 1`, and the bound on the error of each.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn results(
        &self,
        last: usize,
        results: &dyn Fn(&Estimate, f64) -> Vec<f64>,
    ) -> Result<(Vec<f64>, Vec<f64>), FitError> {
        assert!(last <= self.smooth + 1);
        let step = &self.steps[last - 1];
        let of = |stats: &ExpectationStats| -> Result<Vec<f64>, FitError> {
            let estimate = maximise(self.estimator, stats)?;
            Ok(results(&estimate, self.estimator.lower_bound(&estimate, stats)))
        };
        let found = of(&step.stats)?;
        let mut derivative = DMatrix::zeros(found.len(), step.bounds.len());
        for (entry, bound) in step.bounds.iter().enumerate().filter(|(_, bound)| **bound > 0.0) {
            let by = STEP * bound;
            for (i, there) in of(&moved(&step.stats, entry, by))?.iter().enumerate() {
                derivative[(i, entry)] = (there - found[i]) / by;
            }
        }
        let mut bounds = vec![0.0; found.len()];
        for step in self.steps[..last].iter().rev() {
            for (bound, row) in bounds.iter_mut().zip(derivative.row_iter()) {
                *bound += row.iter().zip(&step.bounds).map(|(d, b)| d.abs() * b).sum::<f64>();
            }
            if let Some(jacobian) = &step.jacobian {
                derivative *= jacobian;
            }
        }
        Ok((found, bounds))
    }
}
