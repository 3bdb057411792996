//! A trial of GPUs in a process of its own, the program started again: drivers are opened and every kernel is run
//! once. Whatever a driver does to that process, this one goes on.
//!
//! It keeps out what fails at once. What fails later, in the middle of the work, is a crash here too.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use octomix::conformance::Check;
use octomix::conformance::kernels::check_kernels;
use octomix::engine::GpuEngine;
use octomix::engine::gpu::{Gpu, GpuError, Wanted};

/// The first argument of a process that makes a trial.
const ARGUMENT: &str = "--gpu-trial";
/// How long one may take. On a software adapter of two cores it takes a second.
const LIMIT: Duration = Duration::from_secs(30);
/// How often it is looked after.
const INTERVAL: Duration = Duration::from_millis(5);

/// The status of one that opened nothing, for a reason that the caller meets as well.
const REFUSED: u8 = 3;
/// The status of one that prints what is wrong with the kernels.
const WRONG: u8 = 4;
/// The status of one that prints what is wrong with the driver.
const BROKEN: u8 = 5;

/// What is tried.
pub struct Trial {
    /// The adapters that are opened.
    pub wanted: Wanted,
    /// Whether their kernels are run too.
    pub kernels: bool,
}

/// How it went.
pub enum Tried {
    /// These adapters pass; without kernels, none is named.
    Passed(Vec<String>),
    /// None was opened, for a reason that the caller meets as well.
    Refused,
    /// What is wrong with the kernels.
    Wrong(String),
    /// What is wrong with a driver.
    Broken(String),
}

impl Trial {
    /// Of every adapter, hardware if there is any.
    pub fn all() -> Self {
        Self { wanted: Wanted { name: Some("all".into()), software: true }, kernels: true }
    }

    /// What a process is told that makes it.
    pub fn arguments(&self) -> Vec<&str> {
        let what = if self.kernels { "kernels" } else { "drivers" };
        let of = if self.wanted.software { "any" } else { "hardware" };
        [ARGUMENT, what, of].into_iter().chain(self.wanted.name.as_deref()).collect()
    }

    /// The trial that `arguments` tell of.
    fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        arguments.next().filter(|first| first == ARGUMENT)?;
        let (what, of) = (arguments.next()?, arguments.next()?);
        let wanted = Wanted { name: arguments.next(), software: of == "any" };
        Some(Self { wanted, kernels: what == "kernels" })
    }

    /// Makes it, with all drivers or with that of one manifest.
    pub fn run(&self, manifest: Option<&Path>) -> Tried {
        let child = env::current_exe().and_then(|program| {
            let mut command = Command::new(program);
            // Older loaders know the second name alone.
            for variable in ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"] {
                manifest.iter().for_each(|path| _ = command.env(variable, path));
            }
            command.args(self.arguments());
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
        });
        match child.and_then(|child| end(child, LIMIT)) {
            Ok(Some((status, said))) => judge(status, &said),
            Ok(None) => Tried::Broken(format!(
                "a graphics driver does not answer (tried for {} s)",
                LIMIT.as_secs()
            )),
            Err(error) => {
                Tried::Wrong(format!("no GPU can be tried in a process of its own ({error})"))
            }
        }
    }
}

fn judge(status: ExitStatus, said: &str) -> Tried {
    let said = said.trim();
    match status.code() {
        Some(0) => Tried::Passed(said.lines().map(str::to_owned).collect()),
        Some(code) if code == i32::from(REFUSED) => Tried::Refused,
        Some(code) if code == i32::from(WRONG) => Tried::Wrong(said.to_owned()),
        Some(code) if code == i32::from(BROKEN) => Tried::Broken(said.to_owned()),
        _ => Tried::Broken(format!("a graphics driver crashed as it was tried ({status})")),
    }
}

/// How `child` ends and what it says, or `None` if it takes longer than `limit` and is killed.
fn end(mut child: Child, limit: Duration) -> io::Result<Option<(ExitStatus, String)>> {
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if start.elapsed() >= limit {
            // Not waited for: one that hangs in the kernel does not even die.
            child.kill()?;
            return Ok(None);
        }
        thread::sleep(INTERVAL);
    };
    // It says a few lines, which a pipe holds.
    let mut said = String::new();
    if let Some(mut out) = child.stdout.take() {
        out.read_to_string(&mut said)?;
    }
    Ok(Some((status, said)))
}

/// Makes the trial that this process was started for, if it was started for one.
pub fn child() -> Option<ExitCode> {
    let arguments = env::args_os().skip(1).map_while(|argument| argument.into_string().ok());
    let trial = Trial::parse(arguments)?;
    let told = |status: u8, what: String| {
        println!("{what}");
        Some(ExitCode::from(status))
    };
    let gpus = match Gpu::open(&trial.wanted) {
        Ok(gpus) => gpus,
        Err(GpuError::Unusable(what)) => return told(BROKEN, what),
        Err(_) => return Some(ExitCode::from(REFUSED)),
    };
    for gpu in gpus.iter().filter(|_| trial.kernels) {
        match wrong(gpu) {
            None => println!("{}", super::adapter(gpu.info())),
            Some(what) => return told(WRONG, what),
        }
    }
    Some(ExitCode::SUCCESS)
}

/// What is wrong with the kernels on `gpu`, if anything is.
fn wrong(gpu: &Gpu) -> Option<String> {
    let name = &gpu.info().name;
    match check_kernels(|points| Box::new(GpuEngine::new(gpu, points))) {
        Err(error) => Some(format!("adapter '{name}' fails as its kernels are tried: {error}")),
        Ok(checks) => checks.into_iter().find(|check| !check.holds()).map(|check| {
            let Check { pass, statistic, error, bound, .. } = check;
            format!(
                "adapter '{name}' gives wrong results: {statistic} of the kernel {pass} are off by {error:.1e} an \
                 address, not by {bound:.1e} at most; octomix validate shows more"
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_tell_of_the_trial() {
        for (name, software, kernels) in [
            (None, false, true),
            (Some("llvmpipe (LLVM 15.0.6, 256 bits)"), true, false),
            (Some("--adapter"), true, true),
        ] {
            let wanted = Wanted { name: name.map(str::to_owned), software };
            let trial = Trial { wanted, kernels };
            let parsed = Trial::parse(trial.arguments().into_iter().map(str::to_owned)).unwrap();
            assert_eq!(parsed.arguments(), trial.arguments());
            assert_eq!(parsed.wanted.name.as_deref(), name);
        }
        assert!(
            Trial::parse(["detect", "kernels", "any"].map(str::to_owned).into_iter()).is_none()
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_hangs_is_ended_and_what_ends_is_judged() {
        let run = |script: &str| {
            let mut shell = Command::new("sh");
            let child = shell.args(["-c", script]).stdout(Stdio::piped()).spawn().unwrap();
            end(child, Duration::from_millis(500)).unwrap()
        };
        let start = Instant::now();
        assert!(run("exec sleep 60").is_none());
        assert!(start.elapsed() < Duration::from_secs(10));
        let tried = |script: &str| {
            let (status, said) = run(script).expect("it ends");
            judge(status, &said)
        };
        assert!(matches!(tried("echo a; echo b"), Tried::Passed(lines) if lines == ["a", "b"]));
        assert!(matches!(tried("exit 3"), Tried::Refused));
        assert!(matches!(tried("echo wrong; exit 4"), Tried::Wrong(what) if what == "wrong"));
        assert!(matches!(tried("echo bad; exit 5"), Tried::Broken(how) if how == "bad"));
        for script in ["exit 101", "kill -ABRT $$", "kill -SEGV $$"] {
            let Tried::Broken(how) = tried(script) else { panic!("{script}") };
            assert!(how.starts_with("a graphics driver crashed as it was tried ("), "{how}");
        }
    }
}
