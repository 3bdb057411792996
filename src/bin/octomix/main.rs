//! The octomix command line.

mod cli;
mod command;
mod console;
mod gpu;
mod progress;

use std::process::ExitCode;

use clap::Parser;
use octomix::store::abandon;

fn main() -> ExitCode {
    quieten_device_select();
    if let Some(tried) = gpu::trial::child() {
        return tried;
    }
    end_when_interrupted();
    let cli = cli::Cli::parse();
    // On a thread of the pool: work handed to it from outside wakes one up each time, which takes as long as a
    // pass over a small set.
    match rayon::scope(|_| command::run(&cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            console::tell("error", &failure.to_string());
            if failure.is_usage() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// Mesa's device-select layer warns on every start that it finds no display without this folder.
fn quieten_device_select() {
    if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        // SAFETY: first thing in `main`: no other thread exists that could read the environment.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
}

/// The status of a program that Ctrl-C ended, as shells have it.
const INTERRUPTED: i32 = 130;

/// Ends the program at Ctrl-C wherever it is, and leaves no unfinished file.
fn end_when_interrupted() {
    let handled = ctrlc::set_handler(|| {
        console::tell("error", "interrupted; files that were not finished are removed");
        abandon(INTERRUPTED)
    });
    // Without a handler Ctrl-C ends it all the same, but an unfinished file stays.
    if let Err(error) = handled {
        console::tell("warning", &format!("Ctrl-C may leave a temporary file: {error}"));
    }
}
