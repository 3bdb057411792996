//! `shaders/assign.wgsl`: the nearest centre of each address.

use super::batch::Stored;
use super::kernels::ASSIGN;
use super::launch::Launcher;
use super::pack::Packed;
use super::stream::stream;
use crate::engine::EngineError;
use crate::pass::Centres;

/// Hands the index of the nearest of `centres` of every address to `sink`, in the order of `batches`.
pub(super) fn assign(
    launcher: &mut Launcher,
    batches: &[Stored<'_>],
    centres: &Centres,
    sink: &mut dyn FnMut(&[u32]) -> std::io::Result<()>,
) -> Result<(), EngineError> {
    stream(launcher, batches, &ASSIGN, &Packed::one(centres), sink)
}
