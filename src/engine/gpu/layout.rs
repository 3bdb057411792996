//! How a run is laid out on a device: which addresses each workgroup takes, and where the run is cut
//! into dispatches. Nothing here touches a device.

use std::ops::Range;

use bytemuck::{Pod, Zeroable};

use super::device::Gpu;
use super::select::is_software;
use super::shader::LARGEST_BLOCK;
use crate::engine::EngineError;

/// Addresses that a thread takes in one trip, one a lane of a vector.
pub(super) const LANES: usize = 4;

/// Trips of a thread at most, so that an f32 sums some hundred terms and not millions.
pub(super) const TRIPS: usize = 256;

/// Partials that the reduction adds to a word at most. With `TRIPS` x `LANES` addresses a partial
/// that makes 65,536 products of two octets, which a u32 holds: 65,536 x 255^2 < 2^32.
pub const PARTIALS: usize = 64;

/// Addresses a thread should have at least; with fewer, partial sums cost more than the addresses.
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
    /// Threads a workgroup, a power of two.
    pub workgroup: u32,
    /// Threads that fill the device.
    pub threads: usize,
    /// Addresses a batch.
    pub batch: usize,
    /// Addresses times components a dispatch, until the speed of the device is known.
    pub work: usize,
    /// Bytes of addresses that stay on the device, at most and as far as they fit.
    pub resident: usize,
}

impl Layout {
    /// For a CPU that acts as a GPU: it prefers few threads, each a vector wide.
    const SOFTWARE: Self =
        Self { workgroup: 8, threads: 4096, batch: 1 << 22, work: 1 << 22, resident: usize::MAX };

    /// For a GPU: enough threads to fill it and to hide the latency of its memory.
    pub const HARDWARE: Self = Self {
        workgroup: 64,
        threads: 65_536,
        batch: 1 << 24,
        work: 1 << 26,
        resident: usize::MAX,
    };

    /// The layout for an adapter.
    pub fn of(info: &wgpu::AdapterInfo) -> Self {
        if is_software(info) { Self::SOFTWARE } else { Self::HARDWARE }
    }

    /// For all of `gpus` at once: the least of their layouts, which none of them is too small for. Of equal
    /// devices it is that of one, so that several sum what one would sum.
    pub fn of_all(gpus: &[Gpu]) -> Self {
        let layouts = gpus.iter().map(|gpu| Self::of(gpu.info()));
        layouts.reduce(Self::least).unwrap_or(Self::HARDWARE)
    }

    fn least(self, other: Self) -> Self {
        Self {
            workgroup: self.workgroup.min(other.workgroup),
            threads: self.threads.min(other.threads),
            batch: self.batch.min(other.batch),
            work: self.work.min(other.work),
            resident: self.resident.min(other.resident),
        }
    }

    /// Addresses a segment at most, in a batch of `addresses`.
    fn segment(&self, addresses: usize) -> usize {
        let workgroup = self.workgroup as usize;
        (addresses * workgroup / self.threads)
            .clamp(workgroup * WORTH_A_THREAD, workgroup * TRIPS * LANES)
    }
}

/// Addresses of a batch that share their first octet, for one workgroup: `Segment` of
/// `shaders/segment.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
pub struct Segment {
    /// The index of its first address in the batch.
    pub start: u32,
    /// How many addresses it has.
    pub addresses: u32,
}

/// Cuts `sorted` by first octets, and each run into pieces of much the same length: enough of them to fill
/// the device, as far as each thread has addresses worth its sums.
pub(super) fn segments(sorted: &[u32], layout: Layout) -> Vec<Segment> {
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

/// Rows of sums that a kernel writes: one a sum, with a partial sum a thread.
#[derive(Debug, Clone, Copy)]
pub struct Rows {
    /// Of each component.
    pub component: usize,
    /// Of each block of components, after theirs.
    pub block: usize,
}

impl Rows {
    /// All rows of a block of `block` components.
    pub fn of_block(self, block: usize) -> usize {
        block * self.component + self.block
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
    /// Threads a segment.
    workgroup: usize,
    /// Bytes of partial sums at most.
    partial_bytes: usize,
}

impl Plan {
    /// For sets of up to `components` components, with bindings of up to `binding` bytes.
    ///
    /// # Errors
    /// When a set has more rows than a dispatch.
    pub fn new(
        layout: Layout,
        binding: usize,
        components: usize,
        rows: Rows,
    ) -> Result<Self, EngineError> {
        let partial_bytes = binding.min(PARTIAL_BYTES);
        let workgroup = layout.workgroup as usize;
        let block = components.clamp(1, LARGEST_BLOCK);
        // A set without components consists of padding.
        let padded = components.max(1).next_multiple_of(block);
        let rows = padded / block * rows.of_block(block);
        let most_rows = ROWS_A_DISPATCH.min(partial_bytes / (4 * workgroup.max(PARTIALS)));
        if rows > most_rows {
            let most = most_rows * padded / rows;
            return Err(EngineError::TooManyComponents { components, most });
        }
        Ok(Self { block, components: padded, rows, workgroup, partial_bytes })
    }

    /// Cuts `segments` and `sets` parameter sets into dispatches, each of some segments, some sets and up to
    /// `work` addresses times components, if it has any choice. Segments are cut at whole words of the reduction, so that the same partials are added up wherever
    /// a run is cut.
    pub fn pieces(
        &self,
        segments: &[Segment],
        sets: usize,
        work: usize,
    ) -> Vec<(Range<usize>, Range<usize>)> {
        let unit = (PARTIALS / self.workgroup).max(1);
        let most = (self.partial_bytes / (4 * self.rows * self.workgroup)).min(WORKGROUPS);
        let most = (most / unit).max(1) * unit;
        let mut pieces = Vec::new();
        let mut start = 0;
        while start < segments.len() {
            let (first, mut taken) = (start, 0);
            while start < segments.len() {
                let next = (start + unit).min(segments.len());
                taken += addresses(&segments[start..next]) * self.components;
                if start > first && (taken > work || next - first > most) {
                    break;
                }
                start = next;
            }
            let group = self.sets(&segments[first..start], work);
            pieces.extend(spans(sets, group).map(|sets| (first..start, sets)));
        }
        pieces
    }

    /// Parameter sets that one dispatch over `segments` with up to `work` can serve.
    fn sets(&self, segments: &[Segment], work: usize) -> usize {
        (work / (addresses(segments) * self.components))
            .min(ROWS_A_DISPATCH / self.rows)
            .min(self.partial_bytes / (4 * self.rows * self.workgroup * segments.len()))
            .max(1)
    }
}

/// The addresses of `segments`.
pub(super) fn addresses(segments: &[Segment]) -> usize {
    segments.iter().map(|segment| segment.addresses as usize).sum()
}

/// Cuts `0..all` into pieces of at most `span`.
pub(super) fn spans(all: usize, span: usize) -> impl Iterator<Item = Range<usize>> {
    (0..all).step_by(span).map(move |start| start..all.min(start + span))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout =
        Layout { workgroup: 8, threads: 2, batch: 1 << 20, work: 1000, resident: 0 };

    #[test]
    fn pieces_end_at_whole_words_of_the_reduction() {
        let segments: Vec<_> = (0..30).map(|i| Segment { start: 10 * i, addresses: 10 }).collect();
        let cut = |work| -> Vec<_> {
            let plan = Plan::new(LAYOUT, 1 << 27, 3, Rows { component: 7, block: 0 })
                .expect("few components");
            plan.pieces(&segments, 1, work).into_iter().map(|(segments, _)| segments).collect()
        };
        // Eight segments of eight threads make 64 partials.
        assert_eq!(cut(1), [0..8, 8..16, 16..24, 24..30]);
        assert_eq!(cut(500), [0..16, 16..30]);
        assert_eq!(cut(10_000).first(), Some(&(0..30)));
    }

    #[test]
    fn segments_have_one_first_octet_and_at_most_their_share() {
        let layout = Layout { workgroup: 8, threads: 16, batch: 1 << 20, work: 1, resident: 0 };
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
