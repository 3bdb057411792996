//! Fitting: with the components asked for, or with as many as prove to be needed.

use super::Watcher;
use crate::engine::Engine;
use crate::model::FitError;
use crate::model::any::{Fit, Model, Params};

/// What to fit.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How to fit; with `auto`, its number of components is the most.
    pub params: Params,
    /// Whether to fit again with as many components as prove to be needed. Not for a start that fixes
    /// their number.
    pub auto: bool,
}

/// What was fitted.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// The fit that showed how many components are needed, if it is not the final one.
    pub first: Option<Fit>,
    /// The fit.
    pub fit: Fit,
    /// How it was fitted.
    pub params: Params,
}

impl Fitted {
    /// The fitted model.
    pub fn model(&self) -> Model {
        self.fit.model()
    }

    /// All fits on the way, the model's last.
    pub fn fits(&self) -> impl Iterator<Item = &Fit> {
        self.first.iter().chain([&self.fit])
    }
}

/// Fits the addresses of `engine`, and numbers the components by weight where their order is free.
///
/// # Errors
/// When there are too few addresses, a start does not fit, a covariance is not positive definite, the
/// engine fails, or `watcher` stops it.
pub fn fit(
    engine: &mut dyn Engine,
    plan: &Plan,
    watcher: &mut dyn Watcher,
) -> Result<Fitted, FitError> {
    let Plan { params, auto } = plan;
    let mut observer = |progress| watcher.progress(progress);
    let (mut first, mut fit) = match auto {
        true => params.fit_needed(engine, &mut observer)?,
        false => (None, params.fit(engine, &mut observer)?),
    };
    first.iter_mut().chain([&mut fit]).try_for_each(|fit| fit.number(engine))?;
    let params = params.with_components(fit.model().weights().len());
    Ok(Fitted { first, fit, params })
}
