//! `octomix extract --each`: the shards of each capture on their own.

use std::time::Instant;

use octomix::input::Capture;
use octomix::report::summary::extraction::Extracted;
use octomix::store::{Intent, Output};

use super::super::extract::{INTENT, Source, write};
use super::super::run::warn_of_swept;
use super::super::{Failure, Machine};
use super::{Done, Each, Item, Setting, batch, fingerprint};
use crate::cli::ExtractArgs;
use crate::console::Console;

/// Extracts the addresses of each capture on its own.
///
/// # Errors
/// When the index cannot be written, or any capture failed.
pub fn run(args: &ExtractArgs, machine: &Machine) -> Result<(), Failure> {
    let setting = Setting {
        machine,
        input: &args.input,
        directory: &args.output.directory,
        print: &args.print,
        again: args.again,
        options: fingerprint(&format!("{:?} {:?}", args.input.options(), args.form)),
        files: Vec::new(),
        spared: args.input.filter.files().collect(),
    };
    batch(&setting, Shards { args })
}

struct Shards<'a> {
    args: &'a ExtractArgs,
}

impl Each for Shards<'_> {
    type Counts = Extracted;
    type Earlier = Extracted;

    const INTENT: Intent<'static> = INTENT;

    fn one(
        &mut self,
        item: &Item,
        console: Console,
        capture: &Capture,
        started: Instant,
        read_seconds: f64,
    ) -> Result<Done<Extracted>, Failure> {
        let ExtractArgs { input, output, form, .. } = self.args;
        let output = Output::new(&output.directory.join(&item.name), INTENT)?;
        warn_of_swept(&output, &console);
        let made_from = Some(item.made_from.clone());
        let source = Source { capture, roles: input.role, read_seconds, made_from };
        let (summary, output) = write(source, form.form, output, console, started)?;
        Ok(Done {
            roles: summary.roles,
            lost: summary.input.lost,
            seconds: summary.seconds.total,
            output: Some(output),
        })
    }
}
