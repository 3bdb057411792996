//! How the program ends when a signal tells it to: nothing unfinished stays behind, and it dies of that signal, as
//! shells and schedulers expect. A signal that was ignored when it started, as `nohup` ignores SIGHUP, stays ignored.

#[cfg(not(unix))]
pub use others::{end_as_told, end_by_file_size, file_was_too_large};
#[cfg(unix)]
pub use unix::*;

#[cfg(unix)]
mod unix {
    use std::ffi::c_int;
    use std::io;
    use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
    use std::sync::{Arc, OnceLock};
    use std::thread::Builder;

    use octomix::store::abandon;
    use signal_hook::consts::{
        SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ,
    };
    use signal_hook::flag;
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::{emulate_default_handler, signal_name};

    use crate::console;

    /// Those that end a process unless it handles them, and that people, shells, terminals and schedulers send.
    const ENDS: [c_int; 7] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU, SIGUSR1, SIGUSR2];

    /// Whether a file has reached the largest size that a process may write.
    static TOO_LARGE: OnceLock<Arc<AtomicBool>> = OnceLock::new();

    /// Lets each of these signals end the program wherever it is, without an unfinished file.
    pub fn end_as_told() {
        // Without a handler they end it all the same, but an unfinished file stays.
        if let Err(error) = handle() {
            console::tell("warning", &format!("signals may leave a temporary file: {error}"));
        }
    }

    fn handle() -> io::Result<()> {
        if !is_ignored(SIGXFSZ) {
            // Handled, it lets the write fail, which tells which file it was.
            flag::register(SIGXFSZ, TOO_LARGE.get_or_init(Arc::default).clone())?;
        }
        let mut signals = Signals::new(ENDS.into_iter().filter(|&signal| !is_ignored(signal)))?;
        let wait = move || {
            let Some(signal) = signals.forever().next() else { return };
            let name = signal_name(signal).unwrap_or("a signal");
            let told = format!("ended by {name}; files that were not finished are removed");
            console::tell("error", &told);
            // It fails for no signal that it knows, and then the process ends by its own status.
            abandon(|| emulate_default_handler(signal).unwrap_or_default())
        };
        Builder::new().name("octomix signals".to_owned()).spawn(wait).map(drop)
    }

    /// Whether a file has reached the largest size that a process may write.
    pub fn is_file_too_large() -> bool {
        TOO_LARGE.get().is_some_and(|sent| sent.load(Ordering::SeqCst))
    }

    /// Notes that one has in a process that worked for this one.
    pub fn file_was_too_large() {
        TOO_LARGE.get_or_init(Arc::default).store(true, Ordering::SeqCst);
    }

    /// The process that works for this one, or 0.
    static WORKER: AtomicI32 = AtomicI32::new(0);

    /// Passes signals on to the process that works for this one, and dies of them where there is none.
    pub fn pass_on() {
        handle_by(handler as *const () as libc::sighandler_t);
    }

    /// Names the process to pass signals on to; 0 is none.
    pub fn pass_on_to(worker: libc::pid_t) {
        WORKER.store(worker, Ordering::SeqCst);
    }

    /// Lets signals do what they do by default, but for those that are ignored.
    pub fn stop_passing_on() {
        handle_by(libc::SIG_DFL);
    }

    fn handle_by(handler: libc::sighandler_t) {
        for signal in ENDS.into_iter().filter(|&signal| !is_ignored(signal)) {
            // SAFETY: all zeros are a `sigaction`; the handler is the default one or the one below.
            unsafe {
                let mut action: libc::sigaction = std::mem::zeroed();
                action.sa_sigaction = handler;
                action.sa_flags = libc::SA_RESTART;
                libc::sigaction(signal, &raw const action, std::ptr::null_mut());
            }
        }
    }

    extern "C" fn handler(signal: c_int) {
        let worker = WORKER.load(Ordering::SeqCst);
        // SAFETY: these calls are allowed in a handler.
        unsafe {
            if worker > 0 {
                libc::kill(worker, signal);
            } else {
                libc::signal(signal, libc::SIG_DFL);
                libc::raise(signal);
            }
        }
    }

    /// Ends the program by `signal`, of which the process that worked for it died, if it is one that is sent on
    /// purpose.
    pub fn end_as(signal: c_int) {
        if ENDS.contains(&signal) {
            stop_passing_on();
            abandon(|| emulate_default_handler(signal).unwrap_or_default())
        }
    }

    /// The name of `signal`.
    pub fn name(signal: c_int) -> String {
        signal_name(signal).map_or_else(|| format!("signal {signal}"), str::to_owned)
    }

    /// Ends the program by SIGXFSZ if it was sent: the write that failed has been told of.
    pub fn end_by_file_size() {
        if is_file_too_large() {
            abandon(|| emulate_default_handler(SIGXFSZ).unwrap_or_default())
        }
    }

    fn is_ignored(signal: c_int) -> bool {
        // SAFETY: all zeros are a `sigaction`, and without a new action the call only fills it in.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            libc::sigaction(signal, std::ptr::null(), &raw mut action) == 0
                && action.sa_sigaction == libc::SIG_IGN
        }
    }
}

#[cfg(not(unix))]
mod others {
    use octomix::store::abandon;

    use crate::console;

    /// Lets Ctrl-C end the program wherever it is, without an unfinished file.
    pub fn end_as_told() {
        let handled = ctrlc::set_handler(|| {
            console::tell("error", "interrupted; files that were not finished are removed");
            abandon(|| std::process::exit(130))
        });
        if let Err(error) = handled {
            console::tell("warning", &format!("Ctrl-C may leave a temporary file: {error}"));
        }
    }

    /// There is no such signal here.
    pub fn end_by_file_size() {}

    /// Nor is it told of.
    pub fn file_was_too_large() {}
}
