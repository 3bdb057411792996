//! `octomix completions` and `octomix man`: the command line told to shells and to man.

use std::io::{self, Write};

use clap_mangen::Man;
use octomix::store::Unfinished;

use super::Failure;
use crate::cli::{self, CompletionsArgs, ManArgs};

/// Prints the completions of a shell.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut cli::command(), "octomix", &mut text);
    io::stdout().write_all(&text).map_err(Failure::StandardOutput)
}

/// Prints the manual page, or writes one of each command.
///
/// # Errors
/// When standard output or a file cannot be written.
pub fn man(args: &ManArgs) -> Result<(), Failure> {
    let program = cli::command();
    let Some(directory) = &args.directory else {
        let mut text = Vec::new();
        let rendered = Man::new(program).render(&mut text);
        return rendered
            .and_then(|()| io::stdout().write_all(&text))
            .map_err(Failure::StandardOutput);
    };
    let commands = program.get_subcommands().filter(|command| command.get_name() != "help");
    for command in commands.chain([&program]).cloned() {
        let page = Man::new(command);
        let mut file = Unfinished::create(&directory.join(page.get_filename()))?;
        page.render(&mut file).map_err(|error| file.failed(&error))?;
        file.keep()?;
    }
    Ok(())
}
