//! The odd addresses of a capture, in ten lines.
//!
//! `cargo run --release --example detect -- examples/tutorial_packets.csv`

use std::error::Error;
use std::ops::ControlFlow;
use std::process::ExitCode;

use octomix::analysis::{Criteria, Plan, detect};
use octomix::engine::CpuEngine;
use octomix::input::{Options, read};
use octomix::{BayesianMixture, Search};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let files: Vec<_> = std::env::args_os().skip(1).map(Into::into).collect();
    let capture = read(&files, &Options::default(), &mut |_| ControlFlow::Continue(()))?;
    let set = &capture.sets.source;
    let mut engine = CpuEngine::new(set.addresses());
    let params = BayesianMixture::params(7).search(Search::MergeSplit(None)).check()?;
    let plan = Plan { params: params.into(), auto: true };
    let found = detect(set, &mut engine, &plan, &Criteria::default(), &mut ())?;
    for odd in &found.judged.findings {
        println!("{}", odd.reason);
    }
    Ok(())
}
