//! Fitting: with the components asked for, or with as many as prove to be needed.

use super::Watcher;
use crate::engine::Engine;
use crate::model::FitError;
use crate::model::any::{Fit, Model, Params};
use crate::model::auto::{self, Trial};

/// What to fit.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How to fit; with `auto`, its number of components is the most.
    pub params: Params,
    /// Whether to fit with [as many components as prove to be needed](auto). Not for a start that fixes their number.
    pub auto: bool,
}

impl Plan {
    /// The same with as many components as there are `addresses`, where these are fewer.
    #[must_use]
    pub fn within(mut self, addresses: usize) -> Self {
        if addresses < self.params.components() {
            self.params = self.params.with_components(addresses);
        }
        self
    }
}

/// What was fitted.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// The fits with other numbers of components, if these were tried.
    pub others: Vec<Fit>,
    /// The fit.
    pub fit: Fit,
    /// How it was fitted.
    pub params: Params,
    /// Whether it has the most components that were allowed, so that a larger number might be better.
    pub at_limit: bool,
}

impl Fitted {
    /// The fitted model.
    pub fn model(&self) -> Model {
        self.fit.model()
    }

    /// All fits on the way, the model's last.
    pub fn fits(&self) -> impl Iterator<Item = &Fit> {
        self.others.iter().chain([&self.fit])
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
    let (trials, (mut fit, params)) = if *auto {
        let mut trials = auto::fit(params, engine, &mut observer)?;
        // There is always one.
        let Trial { params, fit } = trials.pop().ok_or(FitError::NoAddresses)?;
        (trials, (fit, params))
    } else {
        (Vec::new(), (params.fit(engine, &mut observer)?, params.clone()))
    };
    let mut others: Vec<Fit> = trials.into_iter().map(|trial| trial.fit).collect();
    others.iter_mut().chain([&mut fit]).try_for_each(|fit| fit.number(engine))?;
    let most = plan.params.components();
    // No more components than addresses can be fitted.
    let at_limit = *auto && params.components() == most && most < engine.len();
    Ok(Fitted { others, fit, params, at_limit })
}
