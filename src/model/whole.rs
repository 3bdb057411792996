//! What a fit asks of the whole set first: its size, and its moments.

use super::FitError;
use super::error::ParamError;
use crate::engine::{Engine, Run};
use crate::pass::moments::ExactMoments;
use crate::pass::{Centres, Moments};

/// Checks that there are components, and enough addresses for them.
pub(super) fn check_size(engine: &dyn Engine, components: usize) -> Result<(), FitError> {
    match engine.len() {
        _ if components == 0 => Err(ParamError::NoComponents.into()),
        0 => Err(FitError::NoAddresses),
        addresses if addresses < components => {
            Err(FitError::TooFewAddresses { components, addresses })
        }
        _ => Ok(()),
    }
}

/// The moments of all addresses, exact.
pub(super) fn moments_of_all(engine: &mut dyn Engine) -> Result<ExactMoments, FitError> {
    let stats = Run::<Moments>::run(engine, &[Centres::single()])?;
    Ok(stats.first().map(|stats| stats.total()).unwrap_or_default())
}
