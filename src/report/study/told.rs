//! What there is to warn of in a study, in the words of summaries.

use crate::analysis::{Fitted, Plan};
use crate::engine::Engine;
use crate::input::Role;
use crate::report::summary::fit::FitSummary;

/// Told if pairs are asked for and none is known.
pub const NO_PAIRS: &str =
    "no pairs: no record has both sides, or --behaviour is off or approximate";

/// Told if K-Means is asked for responsibilities.
pub(super) const NO_RESPONSIBILITIES: &str =
    "K-Means has no responsibilities: its clusters are certain";

/// Told if addresses are scored by a model that was fitted without judging any.
pub(super) const NO_THRESHOLD: &str = "the model has no threshold, because nothing was judged when it was fitted: the \
    4 % least dense of these addresses are ranked";

/// Told if `role` has fewer `addresses` than the `components` that were asked for.
pub fn told_of_few(role: Role, components: usize, addresses: usize) -> Option<String> {
    (addresses < components).then(|| {
        format!(
            "{role}s: fewer distinct addresses ({addresses}) than components ({components}); \
             fitted with {addresses}"
        )
    })
}

/// As [`told_of_few`], of what a `plan` asks for.
pub fn told_of_plan(role: Role, plan: &Plan, addresses: usize) -> Option<String> {
    // Of the most that are allowed, as many are fitted as prove to be needed.
    if plan.auto { None } else { told_of_few(role, plan.params.components(), addresses) }
}

/// Told if what was `fitted` to the addresses of `role` had not converged.
pub fn told_of_end(role: Role, fitted: &Fitted) -> Option<String> {
    (!FitSummary::new(&fitted.fit).converged).then(|| {
        format!(
            "{role}s: the best fit had not converged when --max-iter {} stopped it; raise it",
            fitted.params.max_iter()
        )
    })
}

/// Told if the CPU had to take over from the device of `engine`.
pub fn told_of_trouble(role: Role, engine: &dyn Engine) -> Option<String> {
    Some(format!("{role}s: the CPU took over: {}", engine.trouble()?))
}
