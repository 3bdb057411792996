//! Buffers of the device: some are filled once, others are used again and grow as needed.

use wgpu::BufferUsages as Usage;

use super::device::Gpu;

/// Dispatches in flight at most: one is worked on, one waits.
pub(super) const IN_FLIGHT: usize = 2;

/// Buffers for what each dispatch in flight needs for itself, used in turn.
#[derive(Debug, Default)]
pub(super) struct Ring {
    buffers: [Option<wgpu::Buffer>; IN_FLIGHT],
    next: usize,
}

impl Ring {
    /// The next buffer; the one before stays as it is.
    pub fn next(&mut self) -> &mut Option<wgpu::Buffer> {
        let buffer = &mut self.buffers[self.next];
        self.next = (self.next + 1) % IN_FLIGHT;
        buffer
    }
}

/// The first `bytes` of `buffer`, to be bound.
pub(super) fn slice(buffer: &wgpu::Buffer, bytes: usize) -> wgpu::BindingResource<'_> {
    wgpu::BindingResource::Buffer(wgpu::BufferBinding {
        buffer,
        offset: 0,
        size: std::num::NonZeroU64::new(bytes as u64),
    })
}

/// A new buffer with `contents`.
pub(super) fn upload(gpu: &Gpu, label: &str, contents: &[u8], usage: Usage) -> wgpu::Buffer {
    load(gpu, &mut None, label, contents, usage)
}

/// Writes `contents` to `buffer`, which is replaced if it is too small.
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

/// `buffer`, which is replaced if it is smaller than `bytes`.
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
