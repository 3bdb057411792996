//! How a run is laid out on a device: threads, trips, and dispatches short enough for any device.

use std::ops::Range;

use super::device::is_software;
use super::kernel::Kernel;
use crate::engine::EngineError;

/// Components whose sums a thread keeps: eight take 120 registers.
pub(super) const LARGEST_BLOCK: usize = 8;

/// Addresses a trip of a thread, one a lane of a vector.
pub(super) const LANES: usize = 4;

/// Trips a thread at most, so that an f32 sums some hundred terms and not millions.
pub(super) const TRIPS: usize = 256;

/// Partials a word of the reduction at most. With [`TRIPS`] x [`LANES`] addresses a partial a u32
/// holds 65,536 products of two octets: 65,536 x 255^2 < 2^32.
pub(super) const PARTIALS: usize = 64;

/// Addresses a thread should have at least, lest partial sums cost more than the addresses.
const WORTH_A_THREAD: usize = 16;

/// Bytes of partial sums at most: more would crowd out the addresses on a small GPU.
const PARTIAL_BYTES: usize = 256 << 20;

/// Rows that fit in the second dimension of a dispatch.
const ROWS_A_DISPATCH: usize = 65_535;

/// Workgroups that fit in a dimension of a dispatch.
pub(super) const WORKGROUPS: usize = 65_535;

/// How work is laid out on a kind of device.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Threads a workgroup.
    pub workgroup: u32,
    /// Threads a sweep at most.
    pub threads: usize,
    /// Addresses a buffer.
    pub chunk: usize,
    /// Addresses times components a dispatch: tens of milliseconds of a slow device of the kind. A
    /// display resets a GPU that takes two seconds.
    pub work: usize,
}

impl Layout {
    /// The layout for an adapter.
    pub fn of(info: &wgpu::AdapterInfo) -> Self {
        if is_software(info) {
            // A processor wants few threads, each a vector wide.
            Self { workgroup: 8, threads: 4096, chunk: 1 << 22, work: 1 << 24 }
        } else {
            // Enough threads to fill a GPU and hide its memory.
            Self { workgroup: 64, threads: 65_536, chunk: 1 << 24, work: 1 << 28 }
        }
    }
}

/// How one run is cut into dispatches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// Components whose sums a thread keeps.
    pub block: usize,
    /// Components of each set, padded to whole blocks.
    pub components: usize,
    /// Rows of sums of each set.
    pub rows: usize,
    /// Threads a sweep at most.
    pub threads: usize,
    /// Addresses a sweep at most.
    pub span: usize,
    /// Bytes of partial sums at most.
    partial_bytes: usize,
    /// Addresses times components a dispatch.
    pub work: usize,
}

impl Plan {
    /// For sets of up to `components` components of kernel `K`.
    pub fn new<K: Kernel>(
        layout: Layout,
        binding: usize,
        components: usize,
    ) -> Result<Self, EngineError> {
        let partial_bytes = binding.min(PARTIAL_BYTES);
        let block = components.clamp(1, LARGEST_BLOCK);
        // A set without components is one of padding.
        let padded = components.max(1).next_multiple_of(block);
        let rows = padded / block * (block * K::ROWS + K::BLOCK_ROWS);
        let threads = layout.threads.min(partial_bytes / (4 * rows));
        if rows > ROWS_A_DISPATCH || threads == 0 {
            let most = ROWS_A_DISPATCH.min(partial_bytes / 4) * padded / rows;
            return Err(EngineError::TooManyComponents { components, most });
        }
        // A thread must stay within its trips, a dispatch within its time.
        let span = (threads * TRIPS * LANES).min((layout.work / padded).max(threads * LANES));
        Ok(Self {
            block,
            components: padded,
            rows,
            threads,
            span,
            partial_bytes,
            work: layout.work,
        })
    }

    /// Threads for `addresses` addresses.
    pub fn threads(&self, addresses: usize) -> usize {
        addresses.div_ceil(WORTH_A_THREAD).min(self.threads)
    }

    /// Parameter sets that a sweep over `addresses` addresses can serve.
    pub fn sets(&self, addresses: usize) -> usize {
        (self.work / (addresses * self.components))
            .min(ROWS_A_DISPATCH / self.rows)
            .min(self.partial_bytes / (4 * self.rows * self.threads(addresses)))
            .max(1)
    }
}

/// `0..all` in pieces of at most `span`.
pub(super) fn spans(all: usize, span: usize) -> impl Iterator<Item = Range<usize>> {
    (0..all).step_by(span).map(move |start| start..all.min(start + span))
}
