//! The octomix command line.

#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod cli;
mod command;
mod console;
#[cfg(feature = "gpu")]
mod gpu;
#[cfg(not(feature = "gpu"))]
#[path = "no_gpu.rs"]
mod gpu;
mod memory;
mod progress;
mod signals;
mod threads;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: memory::Counted = memory::Counted;

fn main() -> ExitCode {
    #[cfg(feature = "gpu")]
    {
        quieten_device_select();
        if let Some(tried) = gpu::trial::child() {
            return tried;
        }
    }
    memory::start(std::env::args_os().skip(1));
    let cli = match cli::parse() {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(console::tell_of_arguments(&error)),
    };
    console::colour(cli.color);
    match command::run(&cli.command, &command::Machine { threads: cli.threads }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            console::tell("error", &failure.to_string());
            signals::end_by_file_size();
            ExitCode::from(failure.status())
        }
    }
}

/// Mesa's device-select layer warns on every start that it finds no display without this folder.
#[cfg(feature = "gpu")]
fn quieten_device_select() {
    if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        // SAFETY: first thing in `main`: no other thread exists that could read the environment.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
}
