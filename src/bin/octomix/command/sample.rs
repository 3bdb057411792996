//! `octomix sample`: addresses such as a fitted mixture expects.

use std::io::{self, BufWriter, Write};

use octomix::address::dotted;
use octomix::model::any::Model;
use octomix::model::sample::Sampler;
use octomix::store::model::{Loaded, ModelError};

use super::Failure;
use crate::cli::SampleArgs;

/// Draws addresses and prints them as CSV.
///
/// # Errors
/// When the model cannot be used, or standard output fails.
pub fn run(args: &SampleArgs) -> Result<(), Failure> {
    let loaded = Loaded::read(&args.model)?;
    let Model::Mixture(estimate) = &loaded.model else {
        let (path, found) = (args.model.clone(), loaded.file.kind);
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
