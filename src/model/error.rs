//! What can be wrong with parameters and fits: one variant per mistake.

use crate::engine::EngineError;
use crate::pass::centres::CentresError;

/// A parameter without a meaning.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ParamError {
    /// No components, or no clusters.
    #[error("the number of components is 0; at least 1 is needed")]
    NoComponents,
    /// No restarts.
    #[error("n_init is 0; at least 1 restart is needed")]
    NoRestarts,
    /// No iterations.
    #[error("max_iter is 0; at least 1 iteration is needed")]
    NoIterations,
    /// A tolerance that is negative or not a number.
    #[error("tol is {0}; it must be 0 or more")]
    Tolerance(f64),
    /// A regularisation that is negative, not a number, or beyond the limits of [`limits`](super::limits).
    #[error("reg_covar is {0:?}; it must be 0, or from 1e-12 to 65536 squared octets")]
    RegCovar(f64),
    /// A budget that allows nothing.
    #[error("the search budget is {0}; it must be more than 0 address-component evaluations")]
    Budget(f64),
    /// A concentration that is not positive.
    #[error("the weight concentration prior is {0:?}; it must be more than 0, and at most 2^32")]
    WeightConcentration(f64),
    /// A precision that is not positive, or of more addresses than there are.
    #[error(
        "the mean precision prior is {0:?}; it must be more than 0, and at most 2^32 addresses"
    )]
    MeanPrecision(f64),
    /// A mean that is not a number, or far from all addresses.
    #[error("the mean prior holds {0:?}; it must be four numbers from -512 to 512")]
    MeanPrior(f64),
    /// Degrees of freedom too few for a proper prior, or more than there are addresses.
    #[error("the degrees of freedom prior is {0:?}; it must be more than 3, and at most 2^32")]
    DegreesOfFreedom(f64),
    /// A covariance prior that is not positive definite.
    #[error("the covariance prior is not symmetric and positive definite")]
    CovariancePrior,
    /// A variance of the covariance prior beyond the limits of [`limits`](super::limits).
    #[error("the covariance prior has the variance {0:?}; variances must be from 1e-12 to 2^48")]
    PriorVariance(f64),
    /// A search by the lower bound without a prior.
    #[error(
        "merge-split search ranks by the evidence, and maximum likelihood has none; use restarts"
    )]
    SearchWithoutPrior,
}

/// A start that does not fit the fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StartError {
    /// Not one label an address.
    #[error("{found} labels were given for {expected} addresses; give one an address")]
    Labels {
        /// Labels given.
        found: usize,
        /// Addresses to fit to.
        expected: usize,
    },
    /// A label beyond the components.
    #[error(
        "address {address} (from 0) has the label {label}; with {components} components labels run from 0 to {}",
        components - 1
    )]
    Label {
        /// Which address, from 0.
        address: usize,
        /// Its label.
        label: u32,
        /// Components to be fitted.
        components: usize,
    },
    /// A list that is not one entry a component.
    #[error("{found} initial {what} were given for {expected} components; give one a component")]
    Count {
        /// What was given: means, weights, precisions.
        what: &'static str,
        /// Entries given.
        found: usize,
        /// Components to be fitted.
        expected: usize,
    },
    /// A mean that is not a number, or far from all addresses.
    #[error("the initial means hold {0:?}; they must be numbers from -512 to 512")]
    Mean(f64),
    /// Weights that are negative or do not sum to 1.
    #[error("the initial weights sum to {0}; they must not be negative, and sum to 1")]
    Weights(f64),
    /// A precision that is not positive definite.
    #[error("initial precision {0} (from 0) is not symmetric and positive definite")]
    Precision(usize),
    /// Parameters that no fit could go on from.
    #[error("the start is unsound: {0}; give another one")]
    Unsound(&'static str),
    /// A model of another kind.
    #[error("the model to start from {found}; the fit {expected}")]
    Model {
        /// What the model is.
        found: String,
        /// What the fit is.
        expected: String,
    },
}

/// Why a model could not be fitted.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// There is nothing to fit to.
    #[error("there are no addresses to fit to")]
    NoAddresses,
    /// More components than addresses.
    #[error(
        "{components} components were asked for, but there are only {addresses} distinct addresses; ask for at most {addresses}"
    )]
    TooFewAddresses {
        /// Components asked for.
        components: usize,
        /// Distinct addresses at hand.
        addresses: usize,
    },
    /// A parameter is out of its range.
    #[error(transparent)]
    Parameter(#[from] ParamError),
    /// A start does not fit.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A covariance is not positive definite.
    #[error(
        "the covariance of component {component} is not positive definite, usually because its addresses are alike; raise reg_covar (now {reg_covar:e})"
    )]
    NotPositiveDefinite {
        /// Which component, from 0.
        component: usize,
        /// The regularisation that did not suffice.
        reg_covar: f64,
    },
    /// What came out is no model: see [`sound`](super::sound). The limits of parameters prevent it.
    #[error("the fit ended in no sound model: {0}; raise reg_covar, or leave priors out")]
    Unsound(&'static str),
    /// The centres could not be used.
    #[error(transparent)]
    Centres(#[from] CentresError),
    /// A pass failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The observer asked to stop.
    #[error("interrupted")]
    Interrupted,
}
