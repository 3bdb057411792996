//! The threads that compute: as many as there are cores, or as asked for, and never so many that they are in each
//! other's way.

use std::env;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use octomix::words::shown;
use rayon::{ThreadPoolBuildError, ThreadPoolBuilder};

use crate::console;

/// The variable by which rayon is told how many threads to start.
const VARIABLE: &str = "RAYON_NUM_THREADS";

/// Threads for each core, beyond which more only cost memory and time.
const MOST_PER_CORE: usize = 4;

/// Starts the pool, of which this thread is one: work handed to it from outside wakes a thread up each time, which
/// takes as long as a pass over a small set. With one thread there is no other.
///
/// # Errors
/// When the system starts no more threads; the message is for the user.
pub fn start(asked: Option<NonZeroUsize>) -> Result<(), String> {
    let cores = available_parallelism().map_or(1, usize::from);
    let most = MOST_PER_CORE * cores;
    let asked = asked.or_else(by_environment);
    let threads = asked.map_or(cores, usize::from);
    if threads > most {
        let cores = if cores == 1 { "one core".to_owned() } else { format!("{cores} cores") };
        console::tell("warning", &format!("{most} threads run, not {threads}: there are {cores}"));
    }
    let threads = threads.min(most);
    let started = ThreadPoolBuilder::new().num_threads(threads).use_current_thread().build_global();
    started.map_err(|error| refused(threads, &error))
}

/// How many the environment asks for. Nothing and 0 stand for as many as there are cores, as in rayon.
fn by_environment() -> Option<NonZeroUsize> {
    let asked = env::var_os(VARIABLE).filter(|asked| !asked.is_empty())?;
    let asked = asked.to_string_lossy();
    let Ok(threads) = asked.parse::<usize>() else {
        let ignored = format!("{VARIABLE}={} is ignored: expected a number", shown(&asked));
        console::tell("warning", &ignored);
        return None;
    };
    NonZeroUsize::new(threads)
}

fn refused(threads: usize, error: &ThreadPoolBuildError) -> String {
    let reason = std::error::Error::source(error).map_or(error.to_string(), ToString::to_string);
    format!(
        "cannot start {threads} threads: {reason}; let more run (see ulimit -u), or give --threads 1"
    )
}
