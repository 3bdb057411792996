//! Threads do not outlive a fork: a child that waits for those of its parent would wait forever.

use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::{PyResult, pyfunction};

use crate::error;

/// Whether threads have been started, in this process or in one that it was forked from.
static HAS_THREADS: AtomicBool = AtomicBool::new(false);
/// Whether they are those of another process.
static IS_CUT_OFF: AtomicBool = AtomicBool::new(false);

/// To be called before work that may start threads.
///
/// Raises `OctomixError` where there are none any more.
pub fn begin() -> PyResult<()> {
    if IS_CUT_OFF.load(Ordering::Relaxed) {
        return Err(error::octomix(
            "this process was forked from one in which octomix had threads at work, which a fork does not copy; \
             start processes by 'spawn' or 'forkserver', as in multiprocessing.get_context('spawn')",
        ));
    }
    HAS_THREADS.store(true, Ordering::Relaxed);
    Ok(())
}

/// To be called in the child of a fork.
#[pyfunction]
pub fn forked() {
    IS_CUT_OFF.store(HAS_THREADS.load(Ordering::Relaxed), Ordering::Relaxed);
}
