//! How a run is laid out on a device: threads, trips, and dispatches short enough for any device.
//!
//! A dispatch takes at most 50 ms or so, lest a display hang, progress stand still, or a driver reset
//! the device, which some do after two seconds. The rule: work is counted in addresses times components;
//! the first run of a kernel takes as much a dispatch as the slowest device of its kind does in that
//! time ([`Layout::work`]); a run whose dispatches after the first were measured lets the next take as
//! many as it did in half that time (`Pace`). Where a run is cut changes no byte of what it returns.

use std::collections::HashMap;
use std::ops::Range;
use std::time::{Duration, Instant};

use super::chunk::Segment;
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

/// What a dispatch should take: half of what it may, as some addresses take longer than others.
const TARGET: Duration = Duration::from_millis(25);

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
    /// Addresses a buffer.
    pub chunk: usize,
    /// Addresses times components a dispatch, as long as the speed of the device is not known.
    pub work: usize,
    /// Bytes of addresses that stay on the device at most; as many as fit if there is more.
    pub resident: usize,
}

impl Layout {
    /// Of a processor that acts as a GPU: it wants few threads, each a vector wide.
    const SOFTWARE: Self =
        Self { workgroup: 8, threads: 4096, chunk: 1 << 22, work: 1 << 22, resident: usize::MAX };

    /// Of a GPU: threads enough to fill it and hide its memory.
    pub(super) const HARDWARE: Self = Self {
        workgroup: 64,
        threads: 65_536,
        chunk: 1 << 24,
        work: 1 << 26,
        resident: usize::MAX,
    };

    /// The layout for an adapter.
    pub fn of(info: &wgpu::AdapterInfo) -> Self {
        if is_software(info) { Self::SOFTWARE } else { Self::HARDWARE }
    }

    /// Addresses a segment at most, in a chunk of `addresses`.
    pub(super) fn segment(&self, addresses: usize) -> usize {
        let workgroup = self.workgroup as usize;
        (addresses * workgroup / self.threads)
            .clamp(workgroup * WORTH_A_THREAD, workgroup * TRIPS * LANES)
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
    /// Addresses times components a dispatch.
    work: usize,
    /// Threads a segment.
    workgroup: usize,
    /// Bytes of partial sums at most.
    partial_bytes: usize,
}

impl Plan {
    /// For sets of up to `components` components of kernel `K`, with `work` a dispatch.
    pub fn new<K: Kernel>(
        layout: Layout,
        binding: usize,
        components: usize,
        work: usize,
    ) -> Result<Self, EngineError> {
        let partial_bytes = binding.min(PARTIAL_BYTES);
        let workgroup = layout.workgroup as usize;
        let block = components.clamp(1, LARGEST_BLOCK);
        // A set without components is one of padding.
        let padded = components.max(1).next_multiple_of(block);
        let rows = padded / block * (block * K::ROWS + K::BLOCK_ROWS);
        let most_rows = ROWS_A_DISPATCH.min(partial_bytes / (4 * workgroup.max(PARTIALS)));
        if rows > most_rows {
            let most = most_rows * padded / rows;
            return Err(EngineError::TooManyComponents { components, most });
        }
        Ok(Self { block, components: padded, rows, work, workgroup, partial_bytes })
    }

    /// `segments` in pieces of a dispatch each. They are cut at whole words of the reduction, so that
    /// the same partials are added whatever the pieces.
    pub fn pieces(self, segments: &[Segment]) -> impl Iterator<Item = Range<usize>> {
        let unit = (PARTIALS / self.workgroup).max(1);
        let most = (self.partial_bytes / (4 * self.rows * self.workgroup)).min(WORKGROUPS);
        let most = (most / unit).max(1) * unit;
        let mut start = 0;
        std::iter::from_fn(move || {
            let (first, mut work) = (start, 0);
            while start < segments.len() {
                let next = (start + unit).min(segments.len());
                let addresses = addresses(&segments[start..next]);
                work += addresses * self.components;
                if start > first && (work > self.work || next - first > most) {
                    break;
                }
                start = next;
            }
            (start > first).then_some(first..start)
        })
    }

    /// Parameter sets that a dispatch over `segments` can serve.
    pub fn sets(&self, segments: &[Segment]) -> usize {
        (self.work / (addresses(segments) * self.components))
            .min(ROWS_A_DISPATCH / self.rows)
            .min(self.partial_bytes / (4 * self.rows * self.workgroup * segments.len()))
            .max(1)
    }
}

/// The addresses of `segments`.
fn addresses(segments: &[Segment]) -> usize {
    segments.iter().map(|segment| segment.addresses as usize).sum()
}

/// `0..all` in pieces of at most `span`.
pub(super) fn spans(all: usize, span: usize) -> impl Iterator<Item = Range<usize>> {
    (0..all).step_by(span).map(move |start| start..all.min(start + span))
}

/// How much each kernel does in a dispatch.
#[derive(Debug, Default)]
pub(super) struct Pace(HashMap<&'static str, usize>);

impl Pace {
    /// The work a dispatch of `kernel`.
    pub fn work(&self, kernel: &'static str, layout: Layout) -> usize {
        self.0.get(kernel).copied().unwrap_or(layout.work)
    }

    /// Takes in a run of `kernel`.
    pub fn learn(&mut self, kernel: &'static str, run: &Watch, layout: Layout) {
        let Some(start) = run.start.filter(|_| run.work >= layout.work) else { return };
        let share = TARGET.as_secs_f64() / start.elapsed().as_secs_f64().max(1e-9);
        // Never so little that starting dispatches is all there is to do.
        self.0.insert(kernel, ((run.work as f64 * share) as usize).max(layout.work / 64));
    }
}

/// The work of a run from the moment on at which its first dispatch was done: the first waits for the
/// kernel to be compiled.
#[derive(Debug, Default)]
pub(super) struct Watch {
    start: Option<Instant>,
    work: usize,
}

impl Watch {
    /// A dispatch is done.
    pub fn done(&mut self, work: usize) {
        match self.start {
            None => self.start = Some(Instant::now()),
            Some(_) => self.work += work,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pass::Lloyd;

    const LAYOUT: Layout =
        Layout { workgroup: 8, threads: 2, chunk: 1 << 20, work: 1000, resident: 0 };

    #[test]
    fn pieces_end_at_whole_words_of_the_reduction() {
        let segments: Vec<_> = (0..30).map(|i| Segment { start: 10 * i, addresses: 10 }).collect();
        let cut = |work| -> Vec<_> {
            let plan = Plan::new::<Lloyd>(LAYOUT, 1 << 27, 3, work).expect("few components");
            plan.pieces(&segments).collect()
        };
        // Eight segments of eight threads make 64 partials.
        assert_eq!(cut(1), [0..8, 8..16, 16..24, 24..30]);
        assert_eq!(cut(500), [0..16, 16..30]);
        assert_eq!(cut(10_000).first(), Some(&(0..30)));
    }

    #[test]
    fn the_pace_follows_the_device() {
        let mut pace = Pace::default();
        assert_eq!(pace.work("a", LAYOUT), 1000);
        let start = |ago| Instant::now().checked_sub(Duration::from_millis(ago));
        pace.learn("a", &Watch { start: start(100), work: 999 }, LAYOUT);
        assert_eq!(pace.work("a", LAYOUT), 1000);
        pace.learn("a", &Watch { start: start(100), work: 1_000_000 }, LAYOUT);
        // Time goes on while the test runs.
        assert!((200_000..=250_000).contains(&pace.work("a", LAYOUT)));
        assert_eq!(pace.work("b", LAYOUT), 1000);
    }
}
