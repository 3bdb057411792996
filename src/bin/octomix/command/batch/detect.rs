//! `octomix detect --each`: models of each capture on its own. All share one device.

use std::time::Instant;

use octomix::engine::choice::Chooser;
use octomix::input::Capture;
use octomix::report::folder::intent;
use octomix::report::page::write_batch;
use octomix::report::summary::index::{Index, RoleCounts};
use octomix::store::model::BY;
use octomix::store::{EarlierRole, Intent, Output};

use super::super::detect;
use super::super::plan::Plan;
use super::super::run::{Run, warn_of_swept};
use super::super::{Failure, Machine, page};
use super::{Done, Each, Item, Setting, batch, fingerprint};
use crate::cli::DetectArgs;
use crate::console::Console;
use crate::gpu;

/// Detects anomalies in each capture on its own.
///
/// # Errors
/// When the engine asked for cannot be had, the index cannot be written, or any capture failed.
pub fn run(args: &DetectArgs, machine: &Machine) -> Result<(), Failure> {
    let plan = detect::plan(&args.model, &args.score)?;
    let chooser =
        Chooser::new(args.engine.engine, args.engine.adapter.as_deref()).opened_by(gpu::open);
    let DetectArgs { input, tables, pictures, model, score, rules, allow, engine, .. } = args;
    let options = input.options();
    let shown = format!(
        "{options:?} {tables:?} {pictures:?} {model:?} {score:?} {rules:?} {allow:?} {engine:?}"
    );
    let setting = Setting {
        machine,
        input,
        directory: &args.output.directory,
        print: &args.print,
        again: args.again,
        options: fingerprint(&shown),
        files: model.files().collect(),
        spared: model.start_file().chain(allow.files()).chain(input.filter.files()).collect(),
    };
    batch(&setting, Detection { args, plan: &plan, chooser })
}

struct Detection<'a> {
    args: &'a DetectArgs,
    plan: &'a Plan,
    chooser: Chooser,
}

impl Each for Detection<'_> {
    type Counts = RoleCounts;
    type Earlier = EarlierRole;

    const INTENT: Intent<'static> = intent(BY);

    fn one(
        &mut self,
        item: &Item,
        console: Console,
        capture: &Capture,
        started: Instant,
        read_seconds: f64,
    ) -> Result<Done<RoleCounts>, Failure> {
        let DetectArgs { input, output, engine, .. } = self.args;
        let output = Output::new(&output.directory.join(&item.name), Self::INTENT)?;
        warn_of_swept(&output, &console);
        let opened = Instant::now();
        let largest = capture.largest().len();
        let choice = self.chooser.choose(largest, self.plan.params.components())?;
        let mut run = Run {
            choice,
            console,
            output,
            requested: engine.engine,
            roles: input.options().roles,
            record: None,
            pairs: None,
            started,
            read_seconds,
            engine_seconds: opened.elapsed().as_secs_f64(),
        };
        if let Some(warning) = &run.choice.warning {
            run.console.warn(warning.clone());
        }
        let found = detect::roles(&mut run, capture, self.plan, self.args)?;
        let made_from = Some(item.made_from.clone());
        let summary = page::complete(run, capture, found, made_from)?;
        Ok(Done {
            roles: summary.roles.map(|_, found| found.as_ref().map(RoleCounts::from)),
            lost: summary.input.lost,
            seconds: summary.seconds.total,
            output: None,
        })
    }

    fn write_index(&self, index: &Index, output: &mut Output) -> Result<(), Failure> {
        output.write("index.html", |file| write_batch(index, &page::invocation(), file))?;
        Ok(())
    }
}
