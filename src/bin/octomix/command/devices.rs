//! `octomix devices`: lists the GPU adapters and which of them octomix would use, or prints a kernel.

use std::io::{self, Write};

use octomix::engine::Device;
#[cfg(feature = "gpu")]
use octomix::engine::gpu::{
    GpuError, described::describe, device::adapters, diagnose::why_no_adapter,
};
use octomix::report::text::wrap::write_wrapped;
use serde::Serialize;

use super::{Failure, print};
use crate::cli::DevicesArgs;
use crate::console::terminal_width;
use crate::gpu;

/// What the command prints.
#[derive(Debug, Serialize)]
struct Devices {
    devices: Vec<Device>,
    /// Why there is none, if so.
    none_because: Option<String>,
    /// Why one of them is not used, if it gives wrong results.
    wrong_results: Option<String>,
}

/// Lists the adapters, starting with the one that would be used, or prints a kernel. Their kernels are checked
/// the first time.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &DevicesArgs) -> Result<(), Failure> {
    if let Some(shader) = &args.shader {
        let wgsl = gpu::wgsl(shader, args.components as usize);
        return io::stdout().write_all(wgsl.as_bytes()).map_err(Failure::StandardOutput);
    }
    let devices = found();
    print(args.format, &devices, |out| write(&devices, out))
}

/// All adapters, or why there is none. Their kernels are checked the first time.
#[cfg(feature = "gpu")]
fn found() -> Devices {
    let (found, mut none_because, wrong_results) = match gpu::list() {
        Ok(found) => (found, None, None),
        // It crashes nothing.
        Err(GpuError::WrongResults(what)) => (adapters(), None, Some(what)),
        Err(broken) => (Vec::new(), Some(broken.to_string()), None),
    };
    if found.is_empty() {
        none_because.get_or_insert_with(|| why_no_adapter().to_string());
    }
    Devices { devices: describe(&found), none_because, wrong_results }
}

/// No adapters, and why.
#[cfg(not(feature = "gpu"))]
fn found() -> Devices {
    let why = octomix::engine::gpu::GpuError::NotBuilt.to_string();
    Devices { devices: Vec::new(), none_because: Some(why), wrong_results: None }
}

fn write(devices: &Devices, out: &mut dyn Write) -> io::Result<()> {
    let width = terminal_width().unwrap_or(usize::MAX);
    if let Some(reason) = &devices.none_because {
        write_wrapped("", &format!("No GPU adapter can be used: {reason}."), width, out)?;
        return writeln!(out, "octomix runs on the CPU.");
    }
    for (i, device) in devices.devices.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        let mebibytes = |bytes: u64| format!("{} MiB", bytes >> 20);
        let rows = [
            ("kind", format!("{}, {}", device.kind, device.backend)),
            ("driver", device.driver.clone()),
            (
                "limits",
                format!(
                    "bindings {}, buffers {}, workgroups of {} KiB and {} threads, {} a dimension",
                    mebibytes(device.largest_binding),
                    mebibytes(device.largest_buffer),
                    device.workgroup_memory >> 10,
                    device.workgroup_threads,
                    device.workgroups
                ),
            ),
            ("used", device.used.clone()),
        ];
        write_wrapped("", &device.name, width, out)?;
        for (name, value) in rows {
            write_wrapped(&format!("  {name:7} "), &value, width, out)?;
        }
    }
    if let Some(what) = &devices.wrong_results {
        writeln!(out)?;
        write_wrapped("NOT USED: ", what, width, out)?;
    }
    Ok(())
}
