//! Reading alone: captures in any format, folded into distinct addresses and their packets or records.
//!
//! `cargo run --release --example reading -- examples/tutorial_packets.csv`

use std::error::Error;
use std::ops::ControlFlow;
use std::process::ExitCode;

use octomix::address::dotted;
use octomix::input::{Options, read};

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
    for (role, set) in capture.sets.iter().filter(|(_, set)| !set.is_empty()) {
        let (count, unit) = (set.total(), set.unit().name());
        println!("{role}s: {} distinct addresses in {count} {unit}", set.len());
        let busiest = (0..set.len()).max_by_key(|&at| set.packets(at));
        if let Some(at) = busiest {
            println!("  busiest: {} ({})", dotted(set.addresses()[at]), set.packets(at));
        }
    }
    Ok(())
}
