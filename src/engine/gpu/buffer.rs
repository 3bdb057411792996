//! Buffers of the device: addresses in chunks, parameters, and room that is used again.

use wgpu::BufferUsages as Usage;

use super::device::Gpu;

/// Addresses in the memory of the device.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    /// Four bytes an address.
    pub buffer: wgpu::Buffer,
    /// How many there are.
    pub addresses: usize,
    /// How often each of them counts.
    pub times: u64,
}

impl Chunk {
    /// `addresses`, of which each counts `times` times.
    pub fn upload(gpu: &Gpu, addresses: &[u32], times: u64) -> Self {
        let buffer = upload(gpu, "addresses", bytemuck::cast_slice(addresses), Usage::STORAGE);
        Self { buffer, addresses: addresses.len(), times }
    }
}

/// The first `bytes` of `buffer`, for binding.
pub(super) fn slice(buffer: &wgpu::Buffer, bytes: usize) -> wgpu::BindingResource<'_> {
    wgpu::BindingResource::Buffer(wgpu::BufferBinding {
        buffer,
        offset: 0,
        size: std::num::NonZeroU64::new(bytes as u64),
    })
}

/// A buffer that holds `contents`.
pub(super) fn upload(gpu: &Gpu, label: &str, contents: &[u8], usage: Usage) -> wgpu::Buffer {
    // Not `create_buffer_init`: that panics where the device cannot provide the memory.
    let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
        label: Some(label),
        size: contents.len() as u64,
        usage: usage | Usage::COPY_DST,
        mapped_at_creation: false,
    });
    gpu.queue().write_buffer(&buffer, 0, contents);
    buffer
}

/// `buffer`, made anew if it does not hold `bytes`.
pub(super) fn grow(
    gpu: &Gpu,
    buffer: &mut Option<wgpu::Buffer>,
    label: &str,
    bytes: usize,
    usage: Usage,
) -> wgpu::Buffer {
    let size = bytes as u64;
    match buffer {
        Some(buffer) if buffer.size() >= size => buffer.clone(),
        _ => buffer
            .insert(gpu.device().create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size,
                usage,
                mapped_at_creation: false,
            }))
            .clone(),
    }
}
