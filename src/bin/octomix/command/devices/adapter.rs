//! The adapters of this machine, as `octomix devices` and reports tell of them.

use octomix::engine::gpu::GpuError;
use octomix::engine::gpu::device::{adapters, can_compute};
use octomix::engine::gpu::diagnose::why_no_adapter;
use octomix::engine::gpu::select::{is_again, is_software};
use octomix::words::shown;
use wgpu::AdapterInfo;

use super::{Device, Devices};
use crate::gpu;

/// All of them, or why there is none. Their kernels are checked the first time.
pub(super) fn found() -> Devices {
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
    Devices { devices, none_because, wrong_results }
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
pub fn kind(info: &wgpu::AdapterInfo) -> &'static str {
    match info.device_type {
        wgpu::DeviceType::DiscreteGpu => "discrete GPU",
        wgpu::DeviceType::IntegratedGpu => "integrated GPU",
        wgpu::DeviceType::VirtualGpu => "virtual GPU",
        wgpu::DeviceType::Cpu => "software",
        wgpu::DeviceType::Other => "other",
    }
}

/// The driver of `info`, with its version.
pub fn driver(info: &wgpu::AdapterInfo) -> String {
    format!("{} {}", info.driver, info.driver_info).trim().to_owned()
}
