//! GPUs, opened with care: first in a process of its own, which may crash or hang as it likes, and with every
//! kernel checked there. What has passed is remembered, so that only the first start takes the time.
//!
//! Only the program does this. The library starts no process of its host.

mod passed;
pub mod trial;

use std::hash::{DefaultHasher, Hash, Hasher};

use clap::builder::{PossibleValuesParser, ValueParser};
use octomix::engine::gpu::device::adapters;
use octomix::engine::gpu::diagnose::manifests;
use octomix::engine::gpu::kernels::KERNELS;
use octomix::engine::gpu::{Gpu, GpuError, Wanted};
use octomix::words::shown_path;
use passed::Passed;
use trial::{Trial, Tried};

/// Opens GPUs that do not crash and compute as the reference does.
///
/// # Errors
/// When there is none as `wanted`, or it fails its trial.
pub fn open(wanted: &Wanted) -> Result<Vec<Gpu>, GpuError> {
    guarded(&Trial { wanted: wanted.clone(), kernels: true }, || Gpu::open(wanted))
}

/// Opens GPUs that do not crash, whatever they compute: to measure them and hold them against the reference.
///
/// # Errors
/// As [`open`].
pub fn open_unchecked(wanted: &Wanted) -> Result<Vec<Gpu>, GpuError> {
    guarded(&Trial { wanted: wanted.clone(), kernels: false }, || Gpu::open(wanted))
}

/// All adapters, where opening them crashes nothing and their kernels are right.
///
/// # Errors
/// When it does, or one is wrong.
pub fn list() -> Result<Vec<wgpu::Adapter>, GpuError> {
    let mut found = Vec::new();
    let listed = guarded(&Trial::all(), || {
        found = adapters();
        Ok(Vec::new())
    });
    listed.map(|_| found)
}

/// The names of the kernels.
pub fn kernels() -> impl Iterator<Item = &'static str> {
    KERNELS.iter().map(|kernel| kernel.name)
}

/// Takes the name of a kernel.
pub fn kernel_parser() -> ValueParser {
    PossibleValuesParser::new(kernels()).into()
}

/// The kernel `name` for so many components, as a GPU is given it.
pub fn wgsl(name: &str, components: usize) -> String {
    let kernels = KERNELS.iter().filter(|kernel| kernel.name == name);
    kernels.map(|kernel| kernel.wgsl(components)).collect()
}

/// Runs `open` once the `trial` of it has passed, now or before.
fn guarded(
    trial: &Trial,
    open: impl FnOnce() -> Result<Vec<Gpu>, GpuError>,
) -> Result<Vec<Gpu>, GpuError> {
    let mut passed = Passed::read();
    let drivers = drivers(trial);
    // Taken out until it has passed again: what crashes this process now is tried elsewhere the next time.
    if !passed.take(&drivers) {
        passed.extend(tried(trial)?);
    }
    let opened = open();
    if let (Ok(gpus), true) = (&opened, trial.kernels) {
        // The same manifest may be of another version of its driver.
        if !gpus.iter().all(|gpu| passed.contains(&adapter(gpu.info()))) {
            passed.extend(tried(trial)?);
        }
    }
    if !matches!(opened, Err(GpuError::Unusable(_))) {
        passed.extend([drivers]);
    }
    passed.write();
    opened
}

/// The adapters that pass `trial`; none where it opens none, which is for the caller to find out.
fn tried(trial: &Trial) -> Result<Vec<String>, GpuError> {
    const REMEDY: &str = "--engine cpu does without a GPU";
    match trial.run(None) {
        Tried::Passed(adapters) => Ok(adapters),
        Tried::Refused => Ok(Vec::new()),
        Tried::Wrong(what) => Err(GpuError::WrongResults(format!("{what}; {REMEDY}"))),
        Tried::Broken(how) => {
            let is_broken = |manifest: &_| {
                matches!(
                    Trial { kernels: trial.kernels, ..Trial::all() }.run(Some(manifest)),
                    Tried::Broken(_)
                )
            };
            let broken: Vec<_> = manifests().into_iter().filter(|path| is_broken(path)).collect();
            let names = broken.iter().map(|path| shown_path(path)).collect::<Vec<_>>();
            let which = match names.is_empty() {
                true => String::new(),
                false => format!(": that of {}", names.join(" and ")),
            };
            Err(GpuError::Unusable(format!("{how}{which}; {REMEDY}")))
        }
    }
}

/// What is remembered of `trial` before any driver is touched: it changes with the manifests, the variables of the
/// loader and octomix.
fn drivers(trial: &Trial) -> String {
    let mut hasher = DefaultHasher::new();
    for path in manifests() {
        let modified = path.metadata().and_then(|file| file.modified()).ok();
        (modified, std::fs::read(&path).ok(), path).hash(&mut hasher);
    }
    let mut variables: Vec<_> = std::env::vars_os()
        .filter(|(name, _)| name.as_encoded_bytes().starts_with(b"VK_"))
        .collect();
    variables.sort();
    variables.hash(&mut hasher);
    std::fs::read("/proc/driver/nvidia/version").ok().hash(&mut hasher);
    line(hasher, &format!("drivers, {}", trial.arguments().join(" ")))
}

/// What is remembered of an adapter whose kernels are right: it changes with the driver, the kernels and octomix.
fn adapter(info: &wgpu::AdapterInfo) -> String {
    let mut hasher = DefaultHasher::new();
    for kernel in KERNELS {
        kernel.wgsl(usize::MAX).hash(&mut hasher);
    }
    let wgpu::AdapterInfo { name, driver, driver_info, backend, .. } = info;
    line(hasher, &format!("{name}, {driver} {driver_info}, {backend}"))
}

/// One line that tells of `what` and all that was hashed.
fn line(hasher: DefaultHasher, what: &str) -> String {
    let what: String = what.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{} {:016x} {what}", env!("CARGO_PKG_VERSION"), hasher.finish())
}
