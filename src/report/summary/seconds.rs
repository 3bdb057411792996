//! How long a role took.

use serde::Serialize;

/// Seconds of one role's work.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct RoleSeconds {
    /// Fitting.
    pub fit: f64,
    /// Finding the threshold, and what the rules flag that need no model.
    pub label: f64,
    /// Labelling every address, and writing the files.
    pub write: f64,
}
