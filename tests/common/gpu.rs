//! The GPU of a test.

use std::io::Write;
use std::sync::OnceLock;

use octomix::engine::gpu::{Gpu, Wanted};

/// A GPU to test, a software one where there is no other; `None` if OCTOMIX_NO_GPU=1 says so.
///
/// Panics where there is none: kernels that were not run must not look as if they had passed.
pub fn gpu() -> Option<Gpu> {
    static GPU: OnceLock<Gpu> = OnceLock::new();
    if std::env::var_os("OCTOMIX_NO_GPU").is_some_and(|value| value == "1") {
        // Past the test harness, which swallows what a passing test prints by `eprintln!`.
        let _ = writeln!(std::io::stderr(), "OCTOMIX_NO_GPU=1: the GPU is left out");
        return None;
    }
    Some(GPU.get_or_init(open_gpu).clone())
}

fn open_gpu() -> Gpu {
    Gpu::open(&Wanted { software: true, ..Wanted::default() })
        .unwrap_or_else(|error| panic!("{error}; or set OCTOMIX_NO_GPU=1 to leave the GPU out"))
        .remove(0)
}

/// The same GPU opened twice, as [`gpu`] opens it once: two devices that compute alike.
pub fn two_gpus() -> Option<[Gpu; 2]> {
    Some([gpu()?, open_gpu()])
}
