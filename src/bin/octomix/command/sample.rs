//! `octomix sample`: addresses such as a fitted mixture expects.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use octomix::address::dotted;
use octomix::model::any::Model;
use octomix::model::sample::Sampler;
use octomix::store::model::{Loaded, ModelError, Models};
use octomix::words::shown_path;

use super::Failure;
use crate::cli::SampleArgs;
use crate::console;

/// Draws addresses and prints them as CSV.
///
/// # Errors
/// When the model cannot be used, or standard output fails.
pub fn run(args: &SampleArgs) -> Result<(), Failure> {
    let (path, loaded) = model(args)?;
    let Model::Mixture(estimate) = &loaded.model else {
        let found = loaded.file.kind;
        let expected = "only mixtures are densities to draw from: bayesian or gaussian";
        return Err(ModelError::Kind { path, found, expected }.into());
    };
    let mut sampler = Sampler::new(estimate, args.seed).map_err(Failure::Sample)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut write = || {
        writeln!(out, "address,cluster")?;
        for _ in 0..args.count {
            let (address, cluster) = sampler.draw();
            writeln!(out, "{},{cluster}", dotted(address))?;
        }
        out.flush()
    };
    write().map_err(Failure::StandardOutput)
}

/// The model asked for, and its file: of a directory the one that it holds, or that of the role.
fn model(args: &SampleArgs) -> Result<(PathBuf, Loaded), Failure> {
    if args.role.is_some() && !args.model.is_dir() {
        let path = shown_path(&args.model);
        return Err(Failure::Usage(format!(
            "--role chooses among the models of a directory, and '{path}' is a file; leave it out"
        )));
    }
    let models = Models::read(&args.model, args.role)?;
    models.doubts.iter().for_each(|doubt| console::tell("warning", doubt));
    let mut loaded = models.loaded.iter().filter_map(|(role, model)| Some((role, model.as_ref()?)));
    match (loaded.next(), loaded.next()) {
        (Some((role, model)), None) => Ok((models.file(role), model.clone())),
        _ => Err(Failure::Usage(format!(
            "'{}' holds a model of the sources and one of the destinations; choose with --role src or --role dst",
            shown_path(&args.model)
        ))),
    }
}
