//! What octomix does with one set of addresses, as calls that return values.
//!
//! | call | what it does |
//! | --- | --- |
//! | [`fit`] | fits a model, with the components asked for or as many as are needed |
//! | [`detect`] | fits a model, and says which addresses are odd under it, and why |
//! | [`score`] | says so under a model that was fitted to another day |
//! | [`compare`] | sets a mixture against K-Means |
//!
//! A fit with several numbers of components is a [`sweep`](crate::model::any::Params::sweep). Nothing
//! here reads captures, prints or writes: a [`Watcher`] sees the addresses as they are judged, block by
//! block, because there are too many to keep.

mod compare;
mod detect;
mod fit;
mod judge;

use std::io;
use std::ops::ControlFlow;

pub use compare::{Compared, Labelled, compare};
pub use detect::{Detected, Scored, detect, score};
pub use fit::{Fitted, Plan, fit};
pub use judge::{Criteria, Judged};

use crate::describe::agreement::AgreementError;
use crate::describe::flagged::Flagged;
use crate::engine::EngineError;
use crate::model::{FitError, Progress};
use crate::rule::fdr::FdrError;
use crate::rule::judge::Verdict;

/// Why an analysis failed.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The model could not be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// No threshold could be found by draws from the model.
    #[error(transparent)]
    Fdr(#[from] FdrError),
    /// The two clusterings could not be compared.
    #[error(transparent)]
    Agreement(#[from] AgreementError),
    /// The engine failed, or the watcher did.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Watches an analysis; by default every method does nothing, as all of `()` do.
///
/// [`fit`] calls [`progress`](Self::progress) alone; [`detect`] calls all four; [`score`] judges and
/// flags; [`compare`] fits and judges twice, the mixture first.
pub trait Watcher {
    /// A fit has made progress; `Break` ends it with [`FitError::Interrupted`], inside
    /// [`AnalysisError::Fit`] except from [`fit`].
    fn progress(&mut self, _: Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// A model is fitted.
    ///
    /// # Errors
    /// An error ends the analysis with [`EngineError::Sink`].
    fn fitted(&mut self, _: &Fitted) -> io::Result<()> {
        Ok(())
    }

    /// The next addresses of the set are judged.
    ///
    /// # Errors
    /// As [`fitted`](Self::fitted).
    fn judged(&mut self, _: &[Verdict]) -> io::Result<()> {
        Ok(())
    }

    /// All addresses are judged, and these are flagged.
    ///
    /// # Errors
    /// As [`fitted`](Self::fitted).
    fn flagged(&mut self, _: &Flagged<'_>) -> io::Result<()> {
        Ok(())
    }
}

impl Watcher for () {}
