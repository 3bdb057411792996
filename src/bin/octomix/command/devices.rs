//! `octomix devices`: lists the GPU adapters and which of them octomix would use, or prints a kernel.

use std::io::{self, Write};

use octomix::engine::gpu::GpuError;
use octomix::engine::gpu::device::{adapters, can_compute};
use octomix::engine::gpu::diagnose::why_no_adapter;
use octomix::engine::gpu::kernels::KERNELS;
use octomix::engine::gpu::select::{is_again, is_software};
use octomix::report::text::wrap::write_wrapped;
use octomix::words::shown;
use serde::Serialize;
use wgpu::AdapterInfo;

use super::{Failure, print};
use crate::cli::DevicesArgs;
use crate::console::terminal_width;
use crate::gpu;

/// One adapter, as it is shown.
#[derive(Debug, Serialize)]
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
        let kernels = KERNELS.iter().filter(|kernel| kernel.name == *shader);
        let wgsl: String = kernels.map(|kernel| kernel.wgsl(args.components as usize)).collect();
        return io::stdout().write_all(wgsl.as_bytes()).map_err(Failure::StandardOutput);
    }
    let mut before = Vec::new();
    let (found, mut none_because, wrong_results) = match gpu::list() {
        Ok(found) => (found, None, None),
        // It crashes nothing.
        Err(GpuError::WrongResults(what)) => (adapters(), None, Some(what)),
        Err(broken) => (Vec::new(), Some(broken.to_string()), None),
    };
    if found.is_empty() {
        none_because.get_or_insert_with(|| why_no_adapter().to_string());
    }
    let devices = found.iter().map(|adapter| describe(adapter, &mut before)).collect();
    let devices = Devices { devices, none_because, wrong_results };
    print(args.format, &devices, |out| write(&devices, out))
}

/// `adapter` after those `before` that can be used, which it joins if it can.
fn describe(adapter: &wgpu::Adapter, before: &mut Vec<AdapterInfo>) -> Device {
    let (info, limits) = (adapter.get_info(), adapter.limits());
    let used = if !can_compute(adapter) {
        "no: it lacks compute shaders or the limits they need"
    } else if is_software(&info) {
        "only by --engine gpu or --adapter: it runs on the CPU, for tests"
    } else if before.is_empty() {
        "yes: by --engine auto for large sets, by --engine gpu for all"
    } else if is_again(&info, &*before) {
        "only if named by --adapter: one above is the same device by another driver"
    } else {
        "only if named by --adapter, or by --adapter all"
    };
    if can_compute(adapter) {
        before.push(info.clone());
    }
    Device {
        kind: kind(&info),
        backend: info.backend.to_string(),
        driver: driver(&info),
        name: shown(&info.name),
        largest_binding: limits.max_storage_buffer_binding_size,
        largest_buffer: limits.max_buffer_size,
        workgroup_memory: limits.max_compute_workgroup_storage_size,
        workgroup_threads: limits.max_compute_invocations_per_workgroup,
        workgroups: limits.max_compute_workgroups_per_dimension,
        used: used.into(),
    }
}

/// What kind of device `info` describes, for people.
pub(super) fn kind(info: &wgpu::AdapterInfo) -> &'static str {
    match info.device_type {
        wgpu::DeviceType::DiscreteGpu => "discrete GPU",
        wgpu::DeviceType::IntegratedGpu => "integrated GPU",
        wgpu::DeviceType::VirtualGpu => "virtual GPU",
        wgpu::DeviceType::Cpu => "software",
        wgpu::DeviceType::Other => "other",
    }
}

/// The driver of `info`, with its version.
pub(super) fn driver(info: &wgpu::AdapterInfo) -> String {
    format!("{} {}", info.driver, info.driver_info).trim().to_owned()
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
