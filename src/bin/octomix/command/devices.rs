//! `octomix devices`: lists the GPU adapters and which of them octomix would use, or prints a kernel.

#[cfg(feature = "gpu")]
pub(super) mod adapter;

use std::io::{self, Write};

use octomix::report::text::wrap::write_wrapped;
use serde::Serialize;

use super::{Failure, print};
use crate::cli::DevicesArgs;
use crate::console::terminal_width;
use crate::gpu;

#[cfg(feature = "gpu")]
use adapter::found;

/// One adapter, as it is shown.
#[derive(Debug, Serialize)]
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "there is no adapter"))]
struct Device {
    name: String,
    kind: &'static str,
    backend: String,
    driver: String,
    /// The largest buffer a kernel may bind, in bytes.
    largest_binding: u64,
    /// The largest buffer, in bytes.
    largest_buffer: u64,
    /// The memory that a workgroup shares, at most, in bytes.
    workgroup_memory: u32,
    /// The threads of a workgroup, at most.
    workgroup_threads: u32,
    /// The workgroups in each dimension of a dispatch, at most.
    workgroups: u32,
    used: String,
}

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
