//! Standard error: warnings, and bars where a person watches.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

use clap::ColorChoice;
use octomix::words::{escaped, shown};

use crate::cli::PrintArgs;
use crate::progress::Bar;

/// Prints `message` on one line of standard error, with octomix's name and its `kind` before it. Whatever it holds,
/// a terminal obeys none of it.
pub fn tell(kind: &str, message: &str) {
    // There is no place left to report that standard error is closed.
    let _ = io::stderr().write_all(line(kind, message).as_bytes());
}

/// As [`tell`], where another thread may hold standard error for good.
pub fn tell_unlocked(kind: &str, message: &str) {
    #[cfg(unix)]
    {
        use std::mem::ManuallyDrop;
        use std::os::fd::FromRawFd;
        // SAFETY: it is only written to, and not closed.
        let stderr = unsafe { std::fs::File::from_raw_fd(2) };
        let _ = ManuallyDrop::new(stderr).write_all(line(kind, message).as_bytes());
    }
    #[cfg(not(unix))]
    tell(kind, message);
}

fn line(kind: &str, message: &str) -> String {
    let line = message.lines().collect::<Vec<_>>().join(" ");
    format!("octomix: {kind}: {}\n", escaped(&line))
}

/// Prints what clap says of the command line, and returns the exit status. Where an argument is what a terminal
/// would obey, or very long, as the name of a stranger's file can be, it is shown as such texts are, without colours.
pub fn tell_of_arguments(error: &clap::Error) -> u8 {
    let is_plain = |argument: OsString| {
        let argument = argument.to_string_lossy();
        shown(&argument) == argument
    };
    // Help may be piped to a program that has gone.
    let _ = match std::env::args_os().all(is_plain) {
        true => error.print(),
        false => {
            let text = error.render().to_string();
            let line = |line: &str| line.split(' ').map(shown).collect::<Vec<_>>().join(" ");
            writeln!(io::stderr(), "{}", text.lines().map(line).collect::<Vec<_>>().join("\n"))
        }
    };
    if error.use_stderr() { 2 } else { 0 }
}

/// Has text, pictures and bars take colours as `choice` says: where it does not, the terminal and the variables
/// NO_COLOR, CLICOLOR and CLICOLOR_FORCE do.
pub fn colour(choice: ColorChoice) {
    let is_coloured = match choice {
        ColorChoice::Auto => return,
        ColorChoice::Always => true,
        ColorChoice::Never => false,
    };
    ::console::set_colors_enabled(is_coloured);
    ::console::set_colors_enabled_stderr(is_coloured);
}

/// The columns of standard output, if COLUMNS says how many, or that is a terminal.
pub fn terminal_width() -> Option<usize> {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    if let Some(columns) = told.filter(|&columns: &usize| columns > 0) {
        return Some(columns);
    }
    let (_, columns) = ::console::Term::stdout().size_checked()?;
    io::stdout().is_terminal().then_some(columns.into())
}

/// Takes warnings instead of standard error.
pub type Taker = Box<dyn Fn(&str) + Send + Sync>;

/// What a command has to say beside its results.
pub struct Console {
    quiet: bool,
    verbose: bool,
    /// What precedes every message.
    prefix: String,
    taker: Option<Taker>,
    warnings: Vec<String>,
}

impl Console {
    /// A console that shows what `args` ask for.
    pub fn new(args: &PrintArgs) -> Self {
        Self {
            quiet: args.quiet,
            verbose: args.verbose,
            prefix: String::new(),
            taker: None,
            warnings: Vec::new(),
        }
    }

    /// One whose every message says what it is `about`, and whose warnings go to `taker`.
    pub fn of(args: &PrintArgs, about: &str, taker: Taker) -> Self {
        Self { prefix: format!("{about}: "), taker: Some(taker), ..Self::new(args) }
    }

    /// Tells what only those want to know who asked for it.
    pub fn detail(&self, message: &str) {
        if self.verbose {
            tell("detail", &format!("{}{message}", self.prefix));
        }
    }

    /// Shows what is good to know, and nothing to worry about.
    pub fn note(&self, message: &str) {
        if !self.quiet {
            tell("note", &format!("{}{message}", self.prefix));
        }
    }

    /// Shows a warning, and keeps it for the summary in any case.
    pub fn warn(&mut self, message: String) {
        self.notice(&message);
        self.warnings.push(message);
    }

    /// Shows what is of this run and not of its results, which do not tell of it.
    pub fn notice(&self, message: &str) {
        match &self.taker {
            _ if self.quiet => {}
            Some(take) => take(message),
            None => tell("warning", message),
        }
    }

    /// Shows a warning that several roles may give, the first time.
    pub fn warn_once(&mut self, message: &str) {
        if !self.warnings.iter().any(|warning| warning == message) {
            self.warn(message.to_owned());
        }
    }

    /// All warnings so far.
    pub fn into_warnings(self) -> Vec<String> {
        self.warnings
    }

    /// A progress bar for work described by `what`.
    pub fn bar(&self, what: &str) -> Bar {
        let what = format!("{}{what}", self.prefix);
        Bar::new(what, !self.quiet && io::stderr().is_terminal())
    }
}
