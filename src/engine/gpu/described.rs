//! The adapters of this machine in words: what each is, and when it would be used.

use wgpu::AdapterInfo;

use super::device::can_compute;
use super::select::{is_again, is_software};
use crate::engine::Device;
use crate::words::shown;

/// What there is to tell of `adapters`, which stand in the order in which they would be used.
pub fn describe(adapters: &[wgpu::Adapter]) -> Vec<Device> {
    let mut before = Vec::new();
    adapters.iter().map(|adapter| one(adapter, &mut before)).collect()
}

/// `adapter` after those `before` that can be used, which it joins if it can.
fn one(adapter: &wgpu::Adapter, before: &mut Vec<AdapterInfo>) -> Device {
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
pub fn kind(info: &AdapterInfo) -> &'static str {
    match info.device_type {
        wgpu::DeviceType::DiscreteGpu => "discrete GPU",
        wgpu::DeviceType::IntegratedGpu => "integrated GPU",
        wgpu::DeviceType::VirtualGpu => "virtual GPU",
        wgpu::DeviceType::Cpu => "software",
        wgpu::DeviceType::Other => "other",
    }
}

/// The driver of `info`, with its version.
pub fn driver(info: &AdapterInfo) -> String {
    format!("{} {}", info.driver, info.driver_info).trim().to_owned()
}
