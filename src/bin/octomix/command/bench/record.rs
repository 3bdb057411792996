//! What `octomix bench --report` finds out, as its JSON has it. Nothing here measures or renders.

use octomix::engine::choice::Choice;
use serde::Serialize;

use super::super::validate::Row;
use super::budget::{LeftOut, Step};
use super::host::Host;
use super::report::Report;

/// All of it.
#[derive(Debug, Serialize)]
pub struct Record {
    pub octomix: &'static str,
    /// When it began, in UTC.
    pub date: String,
    pub command: String,
    /// What it might take.
    pub budget_seconds: f64,
    /// What it took.
    pub seconds: f64,
    pub host: Host,
    /// The GPUs.
    pub devices: Vec<Adapter>,
    pub validation: Validation,
    /// The passes: checks, uploads, timings, crossovers.
    pub passes: Report,
    pub fits: Vec<WholeFit>,
    pub occupancy: Occupancy,
    /// What was run, in order.
    pub steps: Vec<Step>,
    /// What was not, and why.
    pub left_out: Vec<LeftOut>,
    /// What is wrong with the answers.
    pub wrong: Vec<String>,
    /// What ended the report before its time.
    pub failure: Option<String>,
}

/// A GPU, as its driver describes it.
#[derive(Debug, Serialize)]
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "there is no GPU"))]
pub struct Adapter {
    pub name: String,
    pub kind: &'static str,
    pub backend: String,
    pub driver: String,
    /// Of the vendor and the device, on the bus.
    pub pci: String,
    /// Whether it is the CPU that acts as a GPU.
    pub software: bool,
}

impl Adapter {
    /// Those of all `engines`.
    #[cfg(feature = "gpu")]
    pub fn all(engines: &[Choice]) -> Vec<Self> {
        use octomix::engine::gpu::Gpu;
        use octomix::engine::gpu::select::is_software;

        use octomix::engine::gpu::described::{driver, kind};

        let new = |gpu: &Gpu| {
            let info = gpu.info();
            Self {
                name: info.name.clone(),
                kind: kind(info),
                backend: info.backend.to_string(),
                driver: driver(info),
                pci: format!("{:04x}:{:04x}", info.vendor, info.device),
                software: is_software(info),
            }
        };
        engines.iter().flat_map(Choice::gpus).map(new).collect()
    }

    /// None.
    #[cfg(not(feature = "gpu"))]
    pub fn all(_: &[Choice]) -> Vec<Self> {
        Vec::new()
    }
}

/// Every engine against the reference.
#[derive(Debug, Default, Serialize)]
pub struct Validation {
    /// The models whose parameters the engines were compared under.
    pub models: &'static str,
    /// Every kernel of the GPU: none without one.
    pub kernels: Vec<KernelCheck>,
    pub comparisons: Vec<Comparison>,
    /// Fits that could not be compared.
    pub left_out: Vec<String>,
}

/// Whether a kernel computes what it should.
#[derive(Debug, Serialize)]
pub struct KernelCheck {
    pub kernel: &'static str,
    /// The passes whose statistics it computes.
    pub passes: Vec<&'static str>,
    /// How many statistics were held against the reference's.
    pub statistics: usize,
    /// The numbers of components that it was built for.
    pub components: Vec<usize>,
    /// Whether all are within bounds; `None` if none was compared.
    pub within: Option<bool>,
}

/// One engine beside the reference over one set.
#[derive(Debug, Serialize)]
pub struct Comparison {
    pub set: &'static str,
    pub addresses: usize,
    pub components: usize,
    pub engine: &'static str,
    pub checks: Vec<Row>,
}

/// A fit by the defaults, to its end.
#[derive(Debug, Serialize)]
pub struct WholeFit {
    pub set: &'static str,
    pub addresses: usize,
    pub engine: &'static str,
    pub components: usize,
    /// Of the best course, in the last fit.
    pub iterations: usize,
    /// In nats.
    pub lower_bound: f64,
    pub seconds: f64,
    /// By how much the bound is above the CPU's, in nats.
    pub above: Option<f64>,
    /// Whether that is the same end, within what `octomix validate` allows of fits from the same start.
    pub same_end: Option<bool>,
}

/// How many threads the device holds at a time.
#[derive(Debug, Serialize)]
pub struct Occupancy {
    pub share: Option<f64>,
    pub reason: &'static str,
}
