//! What stands for `gpu` in a build without the feature of that name: there is no GPU, and opening one says so.

pub use super::opening::{GpuError, Wanted};

use super::CpuEngine;
use crate::address::Points;

/// A GPU, of which there is none.
#[derive(Debug, Clone, Copy)]
pub enum Gpu {}

impl Gpu {
    /// Opens none.
    ///
    /// # Errors
    /// Always.
    pub fn open(_: &Wanted) -> Result<Vec<Self>, GpuError> {
        Err(GpuError::NotBuilt)
    }

    pub(super) fn is_software(&self) -> bool {
        match *self {}
    }

    pub(super) fn has_failed(&self) -> bool {
        match *self {}
    }
}

/// The names of no GPUs.
pub(super) fn names(gpus: &[Gpu]) -> String {
    gpus.iter().map(|gpu| -> &str { match *gpu {} }).collect()
}

/// The engine of no GPUs, which nobody can choose.
pub(super) fn engine<'a>(_: &[Gpu], points: Points<'a>) -> CpuEngine<'a> {
    CpuEngine::new(points)
}
