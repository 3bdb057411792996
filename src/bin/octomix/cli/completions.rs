//! The arguments of `octomix completions` and `octomix man`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  For bash, from the next shell on:
    mkdir -p ~/.local/share/bash-completion/completions
    octomix completions bash > ~/.local/share/bash-completion/completions/octomix

  For zsh, where that folder is in its fpath:
    mkdir -p ~/.zfunc
    octomix completions zsh > ~/.zfunc/_octomix

  For fish:
    mkdir -p ~/.config/fish/completions
    octomix completions fish > ~/.config/fish/completions/octomix.fish";

/// Prints what a shell needs to complete the commands and options of octomix.
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

const MAN_EXAMPLES: &str = "\
Examples:
  The page of the program:
    octomix man | man -l -

  One of each command as well, where man finds them:
    octomix man ~/.local/share/man/man1";

/// Prints the manual page, or writes those of all commands.
#[derive(Debug, Args)]
#[command(after_help = MAN_EXAMPLES)]
pub struct ManArgs {
    /// The directory to write all pages to, made if need be
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
}
