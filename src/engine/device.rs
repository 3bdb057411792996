//! What there is to tell people of a GPU adapter.

use serde::Serialize;

/// One adapter of this machine.
#[derive(Debug, Clone, Serialize)]
pub struct Device {
    /// What its driver calls it.
    pub name: String,
    /// What it is: a discrete, integrated or virtual GPU, software.
    pub kind: &'static str,
    /// How it is spoken to: Vulkan, Metal, DX12.
    pub backend: String,
    /// Its driver, with the version.
    pub driver: String,
    /// The largest buffer a kernel may bind, in bytes.
    pub largest_binding: u64,
    /// The largest buffer, in bytes.
    pub largest_buffer: u64,
    /// The memory that a workgroup shares, at most, in bytes.
    pub workgroup_memory: u32,
    /// The threads of a workgroup, at most.
    pub workgroup_threads: u32,
    /// The workgroups in each dimension of a dispatch, at most.
    pub workgroups: u32,
    /// Whether and when octomix would use it.
    pub used: String,
}
