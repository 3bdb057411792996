//! What is to be true of a case.

use std::path::Path;

use octomix::analysis::{Plan, fit};
use octomix::engine::{Engine, ReferenceEngine};
use octomix::model::any::{Fit, Model, Params};
use octomix::model::pca::Pca;
use octomix::model::scorer::Score;
use octomix::model::sound::SUM_ERROR;
use octomix::model::{FitError, ParamError};
use octomix::store::model::{
    AppliedThreshold, Loaded, ModelError, ModelFile, Provenance, ThresholdRule, WeightedBy,
};
use octomix::{BayesianMixture, unobserved};

use crate::case::{self, Case};

/// What came of a case in which all is well.
pub enum Outcome {
    Fitted(Falls),
    Refused,
}

/// How the bounds of a fit fell.
#[derive(Default)]
pub struct Falls {
    /// The most that one fell by, in its unit.
    pub most: f64,
    /// Iterations after a first one.
    pub steps: usize,
    /// Those whose bound must not fall by a thousandth.
    pub strict: usize,
}

/// What nobody would call a fall, in nats: the tolerance of fits.
const NOTHING: f64 = 1e-3;

/// The parameters of `case`, if they are accepted.
fn checked(case: &Case) -> Result<Params, ParamError> {
    Ok(match case.model.clone() {
        case::Model::Mixture(params) => params.check()?.into(),
        case::Model::KMeans(params) => params.check()?.into(),
    })
}

/// What came of `case`, or what is wrong.
pub fn of(case: &Case) -> Result<Outcome, String> {
    let Ok(params) = checked(case) else { return Ok(Outcome::Refused) };
    let mut engine = case.engine();
    let plan = Plan { params, auto: false };
    let fitted = match fit(engine.as_mut(), &plan, &mut ()) {
        Ok(fitted) => fitted,
        Err(error) => return refused(case, &error),
    };
    let falls = monotone(&fitted.fit)?;
    let model = fitted.model();
    let sum: f64 = model.weights().iter().sum();
    if (sum - 1.0).abs() > SUM_ERROR {
        return Err(format!("weights sum to {sum}"));
    }
    let scores: &[Score] = match model {
        Model::Mixture(_) => &[Score::Sklearn, Score::Predictive],
        Model::KMeans(_) => &[Score::Sklearn],
    };
    for &score in scores {
        scored(&model, score, engine.as_mut())?;
        scored(&model, score, &mut ReferenceEngine::new(others(&case.addresses)))?;
    }
    written(case, &fitted.fit, &fitted.params, engine.as_mut())?;
    Ok(Outcome::Fitted(falls))
}

/// Only what a parameter or a start is to blame for may be refused.
fn refused(case: &Case, error: &FitError) -> Result<Outcome, String> {
    let is_known = match error {
        FitError::TooFewAddresses { .. } | FitError::Start(_) | FitError::Centres(_) => true,
        FitError::NotPositiveDefinite { .. } => {
            matches!(&case.model, case::Model::Mixture(params) if params.reg_covar == 0.0)
        }
        _ => false,
    };
    if is_known { Ok(Outcome::Refused) } else { Err(format!("refused: {error}")) }
}

fn monotone(fit: &Fit) -> Result<Falls, String> {
    let Fit::Mixture(fit) = fit else { return Ok(Falls::default()) };
    let mut all = Falls::default();
    for course in &fit.restarts {
        if !course.lower_bounds.iter().chain(&course.allowances).all(|x| x.is_finite()) {
            return Err(format!("bounds {:?}", course.lower_bounds));
        }
        if course.excess() > 0.0 {
            let (bounds, allowances) = (&course.lower_bounds, &course.allowances);
            let tail = |list: &[f64]| list[..list.len().min(12)].to_vec();
            return Err(format!(
                "its bound fell by {:e} more than allowed, noise {:e}: {:?} {:?}",
                course.excess(),
                course.noise,
                tail(bounds),
                tail(allowances),
            ));
        }
        let falls = course.lower_bounds.windows(2).map(|pair| pair[0] - pair[1]);
        all.most = falls.fold(all.most, f64::max);
        let allowances = course.allowances.iter().skip(1);
        all.steps += allowances.len();
        all.strict += allowances.filter(|&allowed| allowed + course.noise < NOTHING).count();
    }
    Ok(all)
}

/// Addresses near and far.
fn others(addresses: &[u32]) -> Vec<u32> {
    let corner =
        |i: u32| u32::from_be_bytes([0, 1, 2, 3].map(|j| if (i >> j) & 1 == 1 { 255 } else { 0 }));
    let corners = (0..16).map(corner);
    let near = addresses.iter().flat_map(|&a| [a ^ 1, a ^ 0x80, a ^ 0x0100_0000, !a]);
    let far = (0..64u32).map(|i| i.wrapping_mul(0x9e37_79b9));
    corners.chain(near).chain(far).collect()
}

/// Checks the labels of all addresses of `engine`.
fn scored(model: &Model, score: Score, engine: &mut dyn Engine) -> Result<(), String> {
    let scorer = model.scorer(score).map_err(|error| error.to_string())?;
    let (k, mut wrong) = (model.weights().len(), None);
    let labelled = scorer.label(engine, &mut |addresses, labels| {
        for (address, label) in addresses.iter().zip(labels) {
            if !label.log_density.is_finite() || label.cluster as usize >= k {
                wrong = Some(format!("{score:?} of {address:#x}: {label:?}"));
            }
        }
        Ok(())
    });
    labelled.map_err(|error| error.to_string())?;
    wrong.map_or(Ok(()), Err)
}

/// Writes the model and reads it back.
fn written(case: &Case, fit: &Fit, params: &Params, engine: &mut dyn Engine) -> Result<(), String> {
    let model = fit.model();
    let scorer = model.scorer(Score::Sklearn).map_err(|error| error.to_string())?;
    let least = scorer.order_statistics(engine, &[0]).map_err(|error| error.to_string())?;
    let log_likelihood = fit.log_likelihood(engine).map_err(|error| error.to_string())?;
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = directory.path().join("model.json");
    let text = text(fit, params, case.addresses.len(), least[0], log_likelihood, &path);
    std::fs::write(&path, text.map_err(|error| error.to_string())?)
        .map_err(|error| error.to_string())?;
    let read = Loaded::read(&path).map_err(|error| error.to_string())?;
    if read.model == model { Ok(()) } else { Err(format!("read back as {:?}", read.model)) }
}

/// The text of a model whose threshold is `threshold`.
pub fn written_with(threshold: f64) -> Result<Vec<u8>, ModelError> {
    let addresses = [1, 2, 3, 9];
    let params: Params = BayesianMixture::params(1).check().expect("they are sound").into();
    let fit = params.fit(&mut ReferenceEngine::new(&addresses), &mut unobserved).expect("it fits");
    text(&fit, &params, addresses.len(), threshold, -1.0, Path::new("m.json"))
}

fn text(
    fit: &Fit,
    params: &Params,
    addresses: usize,
    threshold: f64,
    log_likelihood: f64,
    path: &Path,
) -> Result<Vec<u8>, ModelError> {
    let about = Provenance {
        role: "src",
        params,
        threshold: Some(AppliedThreshold {
            rule: ThresholdRule::Percentile { percentile: 0.0 },
            score: Score::Sklearn.into(),
            log_density: threshold,
        }),
        pca: &Pca::new(fit.moments()),
        addresses,
        weighted_by: WeightedBy::Addresses,
        log_likelihood: Some(log_likelihood),
        engine: "reference",
    };
    ModelFile::new(fit, &about).to_json(path)
}
