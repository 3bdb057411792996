//! The addresses in batches, on the devices as far as their memory allows, and sorted for sums.

use wgpu::BufferUsages as Usage;

use super::buffer::{Ring, grow, load, upload};
use super::device::Gpu;
use super::layout::{Layout, Segment, segments, spans};
use super::share::shares;
use crate::address::{Held, Points};
use crate::engine::planes::planes;

/// Bytes left free for everything else where the addresses fill the memory of the device.
const RESERVE: usize = 1 << 30;

/// The addresses of a batch, where they are kept.
#[derive(Debug, Clone)]
pub(super) enum Stored<'a> {
    /// On the device: how many.
    Device(wgpu::Buffer, usize),
    /// On the host, uploaded each time that a run comes to them.
    Host(Held<'a, u32>),
}

impl Stored<'_> {
    /// How many addresses there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Device(_, addresses) => *addresses,
            Self::Host(addresses) => addresses.len(),
        }
    }

    /// The addresses on the device, in a buffer of `ring` if they do not stay there.
    pub fn on_device(&self, gpu: &Gpu, ring: &mut Ring) -> wgpu::Buffer {
        match self {
            Self::Device(buffer, _) => buffer.clone(),
            Self::Host(addresses) => {
                load(gpu, ring.next(), "addresses", bytemuck::cast_slice(addresses), Usage::STORAGE)
            }
        }
    }
}

/// Some addresses of a plane, ascending.
#[derive(Debug)]
pub(super) struct Batch<'a> {
    /// How often each of them counts; differs from plane to plane.
    pub times: u64,
    /// The addresses.
    pub addresses: Stored<'a>,
    /// How workgroups share them.
    pub segments: Vec<Segment>,
    /// The segments on the device.
    pub segment_buffer: wgpu::Buffer,
}

/// The batches of all planes of `points`, each on that of `gpus` that [`shares`] gives it to, as far as they fit
/// there and `layout` allows.
pub(super) fn batches<'a>(gpus: &[Gpu], points: &Points<'a>, layout: Layout) -> Vec<Batch<'a>> {
    let mut batches = Vec::new();
    let mut turns = gpus.iter().cycle();
    for plane in planes(points) {
        let mut push = |addresses: Held<'a, u32>| {
            let Some(gpu) = turns.next() else { return };
            let segments = segments(&addresses, layout);
            let bytes = bytemuck::cast_slice(&segments);
            let segment_buffer = upload(gpu, "segments", bytes, Usage::STORAGE);
            let addresses = Stored::Host(addresses);
            batches.push(Batch { times: plane.times, addresses, segments, segment_buffer });
        };
        let sorted = plane.ascending();
        spans(sorted.len(), layout.batch.max(1)).for_each(|span| push(sorted.slice(span)));
    }
    for (gpu, mine) in gpus.iter().zip(shares(batches.len(), gpus.len())) {
        settle(gpu, &mut batches, mine, layout.resident);
    }
    batches
}

/// Moves the batches `mine` to the device, from the first on, up to `most` bytes or until its memory is
/// full. If it is full, the last of them go back to leave memory for everything else.
fn settle(
    gpu: &Gpu,
    batches: &mut [Batch<'_>],
    mine: impl Iterator<Item = usize> + Clone,
    most: usize,
) {
    let (mut bytes, mut buffers, mut full) = (0, Vec::new(), false);
    for batch in mine.clone().map(|i| &batches[i]) {
        let Stored::Host(addresses) = &batch.addresses else { continue };
        bytes += size_of_val(&addresses[..]);
        if bytes > most {
            break;
        }
        let contents: &[u8] = bytemuck::cast_slice(addresses);
        let scope = gpu.device().push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let usage = Usage::STORAGE | Usage::COPY_DST;
        let buffer = grow(gpu, &mut None, "addresses", contents.len(), usage);
        full = pollster::block_on(scope.pop()).is_some();
        // Writing to a buffer that could not be had is an error that the scope does not catch.
        if full {
            break;
        }
        gpu.queue().write_buffer(&buffer, 0, contents);
        buffers.push(buffer);
    }
    let mut back = 0;
    while full && back < RESERVE {
        let Some(last) = buffers.pop() else { break };
        back += last.size() as usize;
    }
    for (i, buffer) in mine.zip(buffers) {
        batches[i].addresses = Stored::Device(buffer, batches[i].addresses.len());
    }
}
