//! Buffers of the device that are filled once, and such that grow and are used again.

use wgpu::BufferUsages as Usage;

use super::device::Gpu;

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
    load(gpu, &mut None, label, contents, usage)
}

/// `buffer`, made anew if it does not hold `contents`, with those in it.
pub(super) fn load(
    gpu: &Gpu,
    buffer: &mut Option<wgpu::Buffer>,
    label: &str,
    contents: &[u8],
    usage: Usage,
) -> wgpu::Buffer {
    // Not `create_buffer_init`: that panics where the device cannot provide the memory.
    let buffer = grow(gpu, buffer, label, contents.len(), usage | Usage::COPY_DST);
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
