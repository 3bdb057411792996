//! Every kernel against the reference on a few thousand addresses: a driver that miscompiles one is found before
//! it computes anything, within a second even on a software adapter.
//!
//! It proves little of large sets, of many components and of whole fits: `octomix validate` does.

use super::{Check, Parameters, SUMS, check_centres, check_expectation};
use crate::address::Points;
use crate::engine::{Engine, ReferenceEngine, Run};
use crate::model::FitError;
use crate::pass::Expectation;
use crate::synthetic::{Shape, Synthetic};

/// Addresses that the kernels are run over.
const ADDRESSES: u64 = 4_000;
/// Components: fewer than a block of a kernel takes, and more.
const COMPONENTS: [usize; 2] = [3, 10];
/// Of the mixtures of [`Parameters`] one in so many: a kernel knows no kinds of covariance.
const EVERY: usize = 4;

/// Runs every pass that has a kernel on the engine that `over` makes, and compares.
///
/// # Errors
/// When the engine fails.
pub fn check_kernels<'e>(
    over: impl FnOnce(Points<'static>) -> Box<dyn Engine + 'e>,
) -> Result<Vec<Check>, FitError> {
    // A size that every shape may have.
    let set = Synthetic::new(Shape::Mixed, ADDRESSES, 1).expect("it is between 1 and 2^31");
    let points = Points::from(set.iter().collect::<Vec<u32>>());
    let mut engine = over(points.clone());
    let mut checks = Vec::new();
    for components in COMPONENTS {
        let Parameters { centres, mixtures } = Parameters::new(points.addresses(), components)?;
        let mixtures: Vec<_> = mixtures.into_iter().step_by(EVERY).collect();
        checks.extend(check_centres(engine.as_mut(), &points, &centres)?);
        let found = Run::<Expectation>::run(engine.as_mut(), &mixtures)?;
        let expected =
            Run::<Expectation>::run(&mut ReferenceEngine::new(points.clone()), &mixtures)?;
        let mut of_sums = Check::all("expectation", &SUMS);
        for (mixture, (found, expected)) in mixtures.iter().zip(found.iter().zip(&expected)) {
            let arithmetic = engine.arithmetic();
            check_expectation(arithmetic, &points, mixture, found, expected, &mut of_sums);
        }
        checks.extend(of_sums);
    }
    Ok(checks)
}
