//! Why a study failed.

use crate::address::WeightsError;
use crate::analysis::AnalysisError;
use crate::describe::agreement::AgreementError;
use crate::engine::EngineError;
use crate::input::Role;
use crate::model::FitError;
use crate::rule::fdr::FdrError;
use crate::store::behaviour::DayError;
use crate::store::model::ModelError;
use crate::store::{Overwritten, WriteError};

/// Why a study failed.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// No model can be fitted.
    #[error("the {role}s cannot be fitted: {reason}")]
    Fit {
        /// Whose addresses were to be fitted.
        role: Role,
        /// Why they cannot.
        reason: FitError,
    },
    /// The packets cannot be weights.
    #[error("the {unit} of the {role}s cannot be their weights: {reason}, or leave --weight out")]
    Weights {
        /// Whose they are.
        role: Role,
        /// What they are.
        unit: &'static str,
        /// Why they cannot.
        reason: WeightsError,
    },
    /// A model cannot be used, or written.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// What is kept of another day cannot be used.
    #[error(transparent)]
    Day(#[from] DayError),
    /// No threshold could be found by draws from the model.
    #[error(transparent)]
    Fdr(#[from] FdrError),
    /// Two clusterings could not be compared.
    #[error(transparent)]
    Agreement(#[from] AgreementError),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file that was read would be lost.
    #[error(transparent)]
    Overwritten(#[from] Overwritten),
}

impl StudyError {
    /// The `error` of an analysis of `role`.
    pub fn of(role: Role, error: AnalysisError) -> Self {
        match error {
            AnalysisError::Fit(reason) => Self::Fit { role, reason },
            AnalysisError::Fdr(error) => error.into(),
            AnalysisError::Agreement(error) => error.into(),
            AnalysisError::Engine(error) => error.into(),
        }
    }
}
