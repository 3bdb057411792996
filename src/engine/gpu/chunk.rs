//! The addresses as sums take them: sorted, in chunks, each cut into segments of one first octet.

use std::sync::Arc;

use bytemuck::{Pod, Zeroable};
use rayon::slice::ParallelSliceMut;
use wgpu::BufferUsages as Usage;

use super::buffer::{load, upload};
use super::device::Gpu;
use super::flight::IN_FLIGHT;
use super::plan::{Layout, spans};
use crate::address::{Held, Points};
use crate::engine::planes::planes;

/// Bytes left free for everything else where the addresses fill the memory of the device.
const RESERVE: usize = 1 << 30;

/// `Segment` of `shaders/segment.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
pub struct Segment {
    /// Where in the chunk it starts.
    pub start: u32,
    /// How many addresses it has.
    pub addresses: u32,
}

/// Where addresses are kept.
#[derive(Debug, Clone)]
pub(super) enum Place<'a> {
    /// On the device, so many.
    Device(wgpu::Buffer, usize),
    /// Here, to be uploaded whenever a run comes to them.
    Host(Held<'a, u32>),
}

impl Place<'_> {
    /// How many addresses there are.
    pub fn addresses(&self) -> usize {
        match self {
            Self::Device(_, addresses) => *addresses,
            Self::Host(addresses) => addresses.len(),
        }
    }
}

/// Some addresses of a plane, ascending.
#[derive(Debug)]
pub(super) struct Chunk<'a> {
    /// How often each of them counts; differs from plane to plane.
    pub times: u64,
    /// Where they are.
    pub place: Place<'a>,
    /// How workgroups share them.
    pub segments: Vec<Segment>,
    /// The same on the device.
    pub segment_buffer: wgpu::Buffer,
}

/// The chunks of all planes of `points`, on the device as far as they fit there and `layout` allows.
pub(super) fn chunks<'a>(gpu: &Gpu, points: &Points<'a>, layout: Layout) -> Arc<[Chunk<'a>]> {
    let mut chunks = Vec::new();
    for plane in planes(points) {
        let mut push = |addresses: Held<'a, u32>| {
            let segments = segments(&addresses, layout);
            let bytes = bytemuck::cast_slice(&segments);
            let segment_buffer = upload(gpu, "segments", bytes, Usage::STORAGE);
            let place = Place::Host(addresses);
            chunks.push(Chunk { times: plane.times, place, segments, segment_buffer });
        };
        let cut = layout.chunk.max(1);
        let mut sorted = plane.addresses;
        if !sorted.is_sorted() {
            let mut copy = sorted.to_vec();
            copy.par_sort_unstable();
            sorted = copy.into();
        }
        spans(sorted.len(), cut).for_each(|span| push(sorted.slice(span)));
    }
    settle(gpu, &mut chunks, layout.resident);
    chunks.into()
}

/// Moves chunks to the device, from the first on, up to `most` bytes or until its memory is full;
/// then the last of them back, for everything else needs memory too.
fn settle(gpu: &Gpu, chunks: &mut [Chunk<'_>], most: usize) {
    let (mut bytes, mut buffers, mut full) = (0, Vec::new(), false);
    for chunk in chunks.iter() {
        let Place::Host(addresses) = &chunk.place else { continue };
        bytes += size_of_val(&addresses[..]);
        if bytes > most {
            break;
        }
        let scope = gpu.device().push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let buffer = upload(gpu, "addresses", bytemuck::cast_slice(addresses), Usage::STORAGE);
        full = pollster::block_on(scope.pop()).is_some();
        if full {
            break;
        }
        buffers.push(buffer);
    }
    let mut back = 0;
    while full && back < RESERVE {
        let Some(last) = buffers.pop() else { break };
        back += last.size() as usize;
    }
    for (chunk, buffer) in chunks.iter_mut().zip(buffers) {
        chunk.place = Place::Device(buffer, chunk.place.addresses());
    }
}

/// `sorted` by first octets, in pieces of much the same length: enough of them to fill the device, if
/// each thread has addresses worth its sums.
fn segments(sorted: &[u32], layout: Layout) -> Vec<Segment> {
    let most = layout.segment(sorted.len());
    let mut segments = Vec::new();
    let mut start = 0;
    for run in sorted.chunk_by(|a, b| a >> 24 == b >> 24) {
        let pieces = run.len().div_ceil(most);
        let cut = |piece: usize| start + run.len() * piece / pieces;
        segments.extend((0..pieces).map(|piece| Segment {
            start: cut(piece) as u32,
            addresses: (cut(piece + 1) - cut(piece)) as u32,
        }));
        start += run.len();
    }
    segments
}

/// Buffers for addresses that do not stay: one is filled while the device reads the other.
#[derive(Debug, Default)]
pub(super) struct Loads {
    buffers: [Option<wgpu::Buffer>; IN_FLIGHT],
    next: usize,
}

impl Loads {
    /// The addresses of `place` on the device, until as many others are asked for as may be in flight.
    pub fn get(&mut self, gpu: &Gpu, place: &Place<'_>) -> wgpu::Buffer {
        match place {
            Place::Device(buffer, _) => buffer.clone(),
            Place::Host(addresses) => {
                let buffer = &mut self.buffers[self.next];
                self.next = (self.next + 1) % IN_FLIGHT;
                load(gpu, buffer, "addresses", bytemuck::cast_slice(addresses), Usage::STORAGE)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_have_one_first_octet_and_at_most_their_share() {
        let layout = Layout { workgroup: 8, threads: 16, chunk: 1 << 20, work: 1, resident: 0 };
        let one = |start, addresses| Segment { start, addresses };
        assert_eq!(segments(&[], layout), []);
        assert_eq!(segments(&[1, 2, 1 << 24, u32::MAX], layout), [one(0, 2), one(2, 1), one(3, 1)]);
        // 300 addresses on 2 workgroups: 150 at most.
        let sorted: Vec<u32> = (0..300).collect();
        assert_eq!(segments(&sorted, layout), [one(0, 150), one(150, 150)]);
        // 8 threads of 1,024 addresses at most.
        let sorted: Vec<u32> = (0..20_000).collect();
        assert_eq!(segments(&sorted, layout).len(), 3);
    }
}
