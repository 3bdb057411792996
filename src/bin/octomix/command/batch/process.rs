//! Work in a process of its own, which tells by a pipe what becomes of it. It may die; the one that started it does
//! not. It is a copy of that one, made before any thread runs, and ends with it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use libc::{c_int, pid_t};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::work::{Event, Tell};
use crate::command::Failure;
use crate::{memory, signals};

/// Where a process that works tells.
static PIPE: OnceLock<Mutex<File>> = OnceLock::new();

/// Has `work` done in another process and hands on what it tells. Returns why that process died, if it did; where it
/// was told to end by a signal, this one ends too.
///
/// # Errors
/// When there can be no other process.
pub fn run<C: Serialize + DeserializeOwned + 'static>(
    work: impl FnOnce(Tell<C>) -> Result<(), Failure>,
    take: &mut dyn FnMut(Event<C>),
) -> io::Result<Option<String>> {
    let (events, pipe) = pipe()?;
    // SAFETY: a call without arguments. This process runs no other thread that could hold a lock, and both go on with
    // the code below.
    let (parent, child) = unsafe { (libc::getpid(), libc::fork()) };
    match child {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            drop(events);
            work_here(parent, pipe, work)
        }
        child => {
            signals::pass_on_to(child);
            drop(pipe);
            for line in BufReader::new(events).lines() {
                // The last line of a process that died may be cut off.
                let Some(event) = line.ok().and_then(|line| serde_json::from_str(&line).ok())
                else {
                    continue;
                };
                take(event);
            }
            let status = wait(child);
            signals::pass_on_to(0);
            Ok(death(status?))
        }
    }
}

/// A pipe: where to read and where to write.
fn pipe() -> io::Result<(File, File)> {
    let (read, write) = io::pipe()?;
    Ok((File::from(OwnedFd::from(read)), File::from(OwnedFd::from(write))))
}

/// Does `work` in this process, which does nothing else.
fn work_here<C: Serialize + 'static>(
    parent: pid_t,
    pipe: File,
    work: impl FnOnce(Tell<C>) -> Result<(), Failure>,
) -> ! {
    signals::stop_passing_on();
    end_with(parent);
    // It is set once in a process.
    let _ = PIPE.set(Mutex::new(pipe));
    memory::tell_by(|refusal| send(&Event::<()>::Refused(refusal.to_owned())));
    let tell: Tell<C> = Arc::new(|event| send(&event));
    let done = catch_unwind(AssertUnwindSafe(|| work(tell)));
    match done {
        Ok(done) => {
            if signals::is_file_too_large() {
                send(&Event::<()>::TooLarge);
            }
            if let Err(failure) = done {
                send(&Event::<()>::Ended { error: failure.to_string(), status: failure.status() });
            }
            std::process::exit(0)
        }
        // The panic has been told on standard error.
        Err(_) => std::process::exit(101),
    }
}

/// Ends this process when its `parent` ends.
fn end_with(parent: pid_t) {
    #[cfg(target_os = "linux")]
    // SAFETY: no memory is passed.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
    }
    // SAFETY: a call without arguments.
    if unsafe { libc::getppid() } != parent {
        std::process::exit(1)
    }
}

/// Tells of `event`. Without anyone to tell there is nothing to work for.
fn send<C: Serialize>(event: &Event<C>) {
    let Some(pipe) = PIPE.get() else { return };
    let told = serde_json::to_string(event).map_err(io::Error::other).and_then(|mut line| {
        line.push('\n');
        pipe.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes())
    });
    if told.is_err() {
        octomix::store::abandon(|| {})
    }
}

/// The status of `child` when it has ended.
fn wait(child: pid_t) -> io::Result<c_int> {
    let mut status = 0;
    loop {
        // SAFETY: the call only fills in the status.
        if unsafe { libc::waitpid(child, &raw mut status, 0) } == child {
            return Ok(status);
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// Why a process died that ended with `status`, if it did not end well.
fn death(status: c_int) -> Option<String> {
    if libc::WIFEXITED(status) {
        return match libc::WEXITSTATUS(status) {
            0 => None,
            code => Some(format!("the program failed on it, with status {code}")),
        };
    }
    let signal = libc::WTERMSIG(status);
    signals::end_as(signal);
    let name = signals::name(signal);
    Some(match signal {
        libc::SIGKILL | libc::SIGABRT => {
            format!("it ran out of memory, or the system ended it: {name}")
        }
        _ => format!("the program failed on it: {name}"),
    })
}
