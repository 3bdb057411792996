//! What stands for `gpu` in a build without the feature of that name: there is no GPU, and whatever needs one says so.

use clap::builder::ValueParser;
use octomix::engine::gpu::{Gpu, GpuError, Wanted};

pub use open as open_unchecked;

/// Opens none.
///
/// # Errors
/// Always.
pub fn open(wanted: &Wanted) -> Result<Vec<Gpu>, GpuError> {
    Gpu::open(wanted)
}

/// The names of the kernels.
pub fn kernels() -> impl Iterator<Item = &'static str> {
    std::iter::empty()
}

/// Takes the name of a kernel, and says why there is none.
pub fn kernel_parser() -> ValueParser {
    ValueParser::new(|_: &str| Err::<String, _>(GpuError::NotBuilt))
}

/// The kernel `name` for so many components.
pub fn wgsl(_name: &str, _components: usize) -> String {
    String::new()
}
