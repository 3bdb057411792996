//! Fitting one role's addresses to a plan, with a bar and warnings.

use std::ops::ControlFlow;

use octomix::address::{AddressSet, Points};
use octomix::engine::Engine;
use octomix::input::Role;
use octomix::model::any::{Fit, Params};
use octomix::model::{Progress, Stage};
use octomix::report::summary::fit::FitSummary;
use octomix::store::model::WeightedBy;
use octomix::{Init, ParamError};

use super::Failure;
use super::plan::Plan;
use crate::console::Console;
use crate::progress::{Bar, Unit};

/// The addresses of `set`, by these `weights` or each once.
///
/// # Errors
/// When the packets are too many to be counted exactly.
pub fn points<'a>(
    role: Role,
    set: &'a AddressSet,
    weights: Option<Vec<u64>>,
) -> Result<Points<'a>, Failure> {
    match weights {
        None => Ok(set.addresses().into()),
        Some(weights) => Points::weighted(set.addresses(), weights)
            .map_err(|reason| Failure::Weights { role, reason }),
    }
}

/// A fitted role.
pub struct Fitted {
    /// The model.
    pub fit: Fit,
    /// How it was fitted.
    pub params: Params,
    /// All fits on the way, the model last.
    pub summaries: Vec<FitSummary>,
}

impl Plan {
    /// The weights of `set`, if it is planned to have any: 8 bytes an address.
    pub fn weights(&self, set: &AddressSet) -> Option<Vec<u64>> {
        (self.weighted_by == WeightedBy::Packets).then(|| set.weights())
    }

    /// Fits the addresses of `engine`, which are those of `set`.
    ///
    /// # Errors
    /// When they cannot be fitted.
    pub fn fit(
        &self,
        role: Role,
        set: &AddressSet,
        engine: &mut dyn Engine,
        console: &mut Console,
    ) -> Result<Fitted, Failure> {
        let params = self.params_for(role, set, console)?;
        let mut bar = console.bar(format!("{role}s:"));
        let mut observer = |progress| show(&mut bar, progress);
        let fitted = match self.auto {
            true => params.fit_needed(engine, &mut observer),
            false => params.fit(engine, &mut observer).map(|fit| (None, fit)),
        };
        let failed = |reason| Failure::Fit { role, reason };
        let (mut first, mut fit) = fitted.map_err(failed)?;
        drop(bar);
        first
            .iter_mut()
            .chain([&mut fit])
            .try_for_each(|fit| fit.number(engine))
            .map_err(failed)?;
        let params = params.with_components(fit.model().weights().len());
        let summaries: Vec<FitSummary> = first.iter().chain([&fit]).map(FitSummary::new).collect();
        for summary in &summaries {
            tell(role, summary, console);
        }
        if summaries.last().is_some_and(|summary| !summary.converged) {
            console.warn(format!(
                "{role}s: the best fit had not converged when --max-iter {} stopped it; raise it",
                params.max_iter()
            ));
        }
        Ok(Fitted { fit, params, summaries })
    }

    /// The parameters for the addresses of `set`, which may be too few for all components.
    fn params_for(
        &self,
        role: Role,
        set: &AddressSet,
        console: &mut Console,
    ) -> Result<Params, Failure> {
        if let (Some(labels), Params::Mixture(params)) = (&self.labels, &self.params) {
            let init = Init::Labels(labels.of(set.addresses())?);
            let params = (**params).clone().into_inner().init(init).check();
            let failed = |reason: ParamError| Failure::Fit { role, reason: reason.into() };
            return Ok(params.map_err(failed)?.into());
        }
        let asked = self.params.components();
        if set.len() >= asked {
            return Ok(self.params.clone());
        }
        if !self.auto {
            console.warn(format!(
                "{role}s: fewer distinct addresses ({}) than components ({asked}); fitted with {0}",
                set.len()
            ));
        }
        Ok(self.params.with_components(set.len()))
    }
}

/// What `--verbose` tells of a fit.
pub fn tell(role: Role, fit: &FitSummary, console: &Console) {
    let fitted = format!("{role}s, {} components", fit.components);
    if let Some(search) = &fit.search {
        for step in &search.moves {
            let of: Vec<String> = step.components.iter().map(ToString::to_string).collect();
            let of = if of.is_empty() { String::new() } else { format!(" of {}", of.join(", ")) };
            let spent = 100.0 * step.evaluations / search.budget;
            let (kind, after) = (&step.kind, step.after);
            console.detail(&format!(
                "{fitted}, {spent:.0}% of the budget: {kind}{of}: lower bound {after:.3}"
            ));
        }
        return;
    }
    for (r, restart) in fit.restarts.iter().enumerate() {
        let best = if r == fit.best_restart { ", the best" } else { "" };
        let (objective, n_iter) = (restart.objective, restart.n_iter);
        console.detail(&format!("{fitted}, restart {r}: {objective} in {n_iter} iterations{best}"));
    }
}

/// Shows where a fit stands.
pub fn show(bar: &mut Bar, progress: Progress) -> ControlFlow<()> {
    let stage = match progress.stage {
        Stage::Seeding => "seeding",
        Stage::KMeans => "K-Means",
        Stage::Mixture => "mixture",
        Stage::Search => "search",
    };
    let (iteration, most, active) = (progress.iteration, progress.max_iter, progress.active);
    let message = format!("{stage} {iteration}/{most}, {active} restarts");
    bar.update(Unit::Steps, iteration as u64, Some(most as u64), message);
    ControlFlow::Continue(())
}
