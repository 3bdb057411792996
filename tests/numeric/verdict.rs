//! What is to be true of a case.

use octomix::analysis::{Plan, fit};
use octomix::engine::{Engine, ReferenceEngine};
use octomix::model::any::{Fit, Model, Params};
use octomix::model::pca::Pca;
use octomix::model::scorer::Score;
use octomix::model::sound::SUM_ERROR;
use octomix::model::{FitError, ParamError};
use octomix::store::model::{
    AppliedThreshold, Loaded, ModelFile, Provenance, ThresholdRule, WeightedBy,
};

use crate::case::{self, Case};

/// What came of a case in which all is well.
pub enum Outcome {
    Fitted(Falls),
    Refused,
}

/// The largest fall of a bound, and the largest that was allowed, in its unit.
#[derive(Default)]
pub struct Falls {
    pub fall: f64,
    pub allowed: f64,
}

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
        scored(&model, score, &mut ReferenceEngine::new(&others(&case.addresses)))?;
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
        all.fall = falls.fold(all.fall, f64::max);
        all.allowed = course.allowances.iter().skip(1).copied().fold(all.allowed, f64::max);
    }
    Ok(all)
}

/// Addresses near and far.
fn others(addresses: &[u32]) -> Vec<u32> {
    let corners = (0..16u32).map(|i| (0..4).fold(0, |all, j| all << 8 | 255 * (i >> j & 1)));
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
    let about = Provenance {
        role: "src",
        params,
        threshold: AppliedThreshold {
            rule: ThresholdRule::Percentile { percentile: 0.0 },
            score: Score::Sklearn.into(),
            log_density: least[0],
        },
        pca: &Pca::new(fit.moments()),
        addresses: case.addresses.len(),
        weighted_by: WeightedBy::Addresses,
        log_likelihood: fit.log_likelihood(engine).map_err(|error| error.to_string())?,
        engine: "reference",
    };
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = directory.path().join("model.json");
    let text = ModelFile::new(fit, &about).to_json(&path).map_err(|error| error.to_string())?;
    std::fs::write(&path, text).map_err(|error| error.to_string())?;
    let read = Loaded::read(&path).map_err(|error| error.to_string())?;
    if read.model == model { Ok(()) } else { Err(format!("read back as {:?}", read.model)) }
}
