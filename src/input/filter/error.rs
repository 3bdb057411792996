//! What is wrong with an expression of `--where`.

use thiserror::Error;

/// An expression that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected {expected} at character {at}, found {found}; write e.g. {example}")]
pub struct FilterError {
    /// The character, from 1, at which the mistake is.
    pub at: usize,
    /// What was expected there.
    pub expected: &'static str,
    /// What was found there, safe to display.
    pub found: String,
    /// A correct expression.
    pub example: &'static str,
}
