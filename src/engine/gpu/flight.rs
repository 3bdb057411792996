//! Dispatches in flight: while the device works on one, the host reads the last and feeds the next.

use std::collections::VecDeque;

use wgpu::BufferUsages as Usage;

use super::buffer::grow;
use super::device::Gpu;
use crate::engine::EngineError;

/// Dispatches in flight at most: one to work on, one to wait.
pub(super) const IN_FLIGHT: usize = 2;

/// Where a kernel writes its results, and where the host reads them; used again and again.
#[derive(Debug, Default)]
struct Slot {
    output: Option<wgpu::Buffer>,
    staging: Option<wgpu::Buffer>,
}

/// The room for the results of as many dispatches as may be in flight.
#[derive(Debug, Default)]
pub(super) struct Slots {
    slots: [Slot; IN_FLIGHT],
    next: usize,
}

impl Slots {
    /// Room for `bytes` of results: for the kernel, and for the host.
    ///
    /// Only for a dispatch that is launched with [`Flights`] that have room.
    pub fn take(&mut self, gpu: &Gpu, bytes: usize) -> [wgpu::Buffer; 2] {
        let slot = &mut self.slots[self.next];
        self.next = (self.next + 1) % IN_FLIGHT;
        let written = Usage::STORAGE | Usage::COPY_SRC | Usage::COPY_DST;
        let read = Usage::MAP_READ | Usage::COPY_DST;
        [
            grow(gpu, &mut slot.output, "results", bytes, written),
            grow(gpu, &mut slot.staging, "staging", bytes, read),
        ]
    }
}

/// One dispatch in flight.
#[derive(Debug)]
struct Flight<T> {
    what: T,
    submission: wgpu::SubmissionIndex,
    staging: wgpu::Buffer,
    bytes: u64,
}

impl<T> Drop for Flight<T> {
    /// So that the buffer can be used again, also where nobody waited for what was to come.
    fn drop(&mut self) {
        self.staging.unmap();
    }
}

/// The dispatches in flight, each with a `T` that says what it is.
#[derive(Debug)]
pub(super) struct Flights<T> {
    gpu: Gpu,
    flying: VecDeque<Flight<T>>,
}

impl<T: Clone> Flights<T> {
    /// None.
    pub fn new(gpu: &Gpu) -> Self {
        Self { gpu: gpu.clone(), flying: VecDeque::new() }
    }

    /// Waits until there is room for another; what came of the one that was waited for.
    ///
    /// # Errors
    /// When the device failed.
    pub fn make_room(&mut self) -> Result<Option<(T, Vec<u32>)>, EngineError> {
        if self.flying.len() < IN_FLIGHT { Ok(None) } else { self.land() }
    }

    /// Submits `encoder` and then a copy of the first `bytes` of `output` to `staging`.
    pub fn launch(
        &mut self,
        what: T,
        mut encoder: wgpu::CommandEncoder,
        [output, staging]: [wgpu::Buffer; 2],
        bytes: usize,
    ) {
        let bytes = bytes as u64;
        encoder.copy_buffer_to_buffer(&output, 0, &staging, 0, bytes);
        let submission = self.gpu.queue().submit([encoder.finish()]);
        staging.slice(..bytes).map_async(wgpu::MapMode::Read, |_| ());
        self.flying.push_back(Flight { what, submission, staging, bytes });
    }

    /// Waits for the first that was launched of those in flight; `None` where there is none.
    ///
    /// # Errors
    /// When the device failed.
    pub fn land(&mut self) -> Result<Option<(T, Vec<u32>)>, EngineError> {
        let Some(flight) = self.flying.pop_front() else { return Ok(None) };
        self.gpu.wait(&flight.submission)?;
        let view = flight.staging.slice(..flight.bytes).get_mapped_range();
        let view = view.map_err(|error| EngineError::DeviceLost(error.to_string()))?;
        let words = bytemuck::pod_collect_to_vec(&view);
        drop(view);
        Ok(Some((flight.what.clone(), words)))
    }
}
