//! The launch loop of a device, one for all kernels: addresses are brought to it, kernels dispatched over
//! them, and results read back in order. While the device works on one dispatch, the host reads the
//! results of the one before and prepares the next.
//!
//! What is dispatched, and what its results mean, is for the callers to say: `fold`, `assign`. `share` runs the
//! loop on every device of an engine.

use std::collections::VecDeque;
use std::ops::Range;

use bytemuck::{Pod, Zeroable};
use wgpu::{BindingResource, BufferUsages as Usage};

use super::batch::Stored;
use super::buffer::{IN_FLIGHT, Ring, grow, slice, upload};
use super::device::Gpu;
use super::kernels::{Binding, Kernel};
use super::layout::Layout;
use super::pace::{Pace, Watch};
use crate::engine::EngineError;

/// What a dispatch visits: `Reach` of `shaders/reach.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct Reach {
    /// The first segment or address.
    pub start: u32,
    /// The end of the segments or addresses.
    pub end: u32,
    /// Components of a parameter set.
    pub components: u32,
}

/// How partial sums are reduced: `Reduction` of `shaders/reduce.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct Reduction {
    /// Rows of partial sums.
    pub rows: u32,
    /// Partials a row.
    pub threads: u32,
    /// Words a row of the result.
    pub words: u32,
}

/// One dispatch of a kernel, over part of a batch.
#[derive(Debug)]
pub(super) struct Dispatch<T> {
    /// What its results belong to.
    pub what: T,
    /// The segments or addresses that it visits.
    pub span: Range<usize>,
    /// Components of a parameter set.
    pub components: usize,
    /// Addresses times components, over all its parameter sets.
    pub work: usize,
    /// Workgroups in each dimension.
    pub workgroups: [u32; 3],
    /// What the kernel reads besides the addresses.
    pub inputs: Vec<(Binding, wgpu::Buffer)>,
    /// 4-byte words of results.
    pub words: usize,
    /// How its partial sums become results, if that is what it writes.
    pub reduction: Option<Reduction>,
}

/// Results on their way to the host.
#[derive(Debug)]
struct Flight {
    submission: wgpu::SubmissionIndex,
    staging: wgpu::Buffer,
    bytes: u64,
    work: usize,
}

impl Flight {
    /// Waits for the results.
    fn land(self, gpu: &Gpu) -> Result<Vec<u32>, EngineError> {
        gpu.wait(&self.submission)?;
        let view = self.staging.slice(..self.bytes).get_mapped_range();
        let view = view.map_err(|error| EngineError::DeviceLost(error.to_string()))?;
        Ok(bytemuck::pod_collect_to_vec(&view))
    }
}

impl Drop for Flight {
    /// Frees the buffer for the next dispatch, even if nobody waited for its results.
    fn drop(&mut self) {
        self.staging.unmap();
    }
}

/// An open device, how fast it is, and the buffers that its dispatches use again and again.
#[derive(Debug)]
pub(super) struct Launcher {
    pub gpu: Gpu,
    pub layout: Layout,
    pub pace: Pace,
    addresses: Ring,
    partials: Option<wgpu::Buffer>,
    results: Ring,
    staging: Ring,
}

impl Launcher {
    /// On `gpu`, with workgroups as `layout` says.
    pub fn new(gpu: &Gpu, layout: Layout) -> Self {
        Self {
            gpu: gpu.clone(),
            layout,
            pace: Pace::default(),
            addresses: Ring::default(),
            partials: None,
            results: Ring::default(),
            staging: Ring::default(),
        }
    }

    /// Runs the `dispatches` of the batches `mine` of all that are `stored`, of `kernel` with blocks of `block`
    /// components, and hands the results of each to `take` in the same order.
    ///
    /// # Errors
    /// When the device fails, or `take` does.
    pub fn run<T, Dispatches: IntoIterator<Item = Dispatch<T>>>(
        &mut self,
        kernel: &Kernel,
        block: usize,
        stored: &[&Stored<'_>],
        mine: impl Iterator<Item = usize>,
        dispatches: impl Fn(&Self, usize) -> Dispatches,
        mut take: impl FnMut(usize, T, Vec<u32>) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        // A device that has failed is given nothing more: it may hang.
        self.gpu.check()?;
        let gpu = self.gpu.clone();
        let mut watch = Watch::default();
        let mut land = |(batch, what, flight): (usize, T, Flight)| {
            let work = flight.work;
            let results = flight.land(&gpu)?;
            watch.done(work);
            take(batch, what, results)
        };
        let mut flying = VecDeque::new();
        for batch in mine {
            let addresses = stored[batch].on_device(&gpu, &mut self.addresses);
            for dispatch in dispatches(self, batch) {
                if flying.len() == IN_FLIGHT
                    && let Some(first) = flying.pop_front()
                {
                    land(first)?;
                }
                let flight = self.launch(kernel, block, &addresses, &dispatch);
                flying.push_back((batch, dispatch.what, flight));
            }
        }
        flying.into_iter().try_for_each(land)?;
        if kernel.bindings.contains(&Binding::Partials) {
            self.pace.learn(kernel.name, &watch, self.layout);
        } else {
            // Sums come back to the same addresses soon, and other kernels rarely.
            self.addresses = Ring::default();
        }
        Ok(())
    }

    /// Submits `dispatch`, the reduction of its partial sums, and the copy of the results to the host.
    fn launch<T>(
        &mut self,
        kernel: &Kernel,
        block: usize,
        addresses: &wgpu::Buffer,
        dispatch: &Dispatch<T>,
    ) -> Flight {
        let gpu = &self.gpu;
        let Dispatch { span, components, workgroups, inputs, reduction, .. } = dispatch;
        let reach = Reach {
            start: span.start as u32,
            end: span.end as u32,
            components: *components as u32,
        };
        let reach = upload(gpu, "reach", bytemuck::bytes_of(&reach), Usage::UNIFORM);
        let bytes = 4 * dispatch.words;
        let written = Usage::STORAGE | Usage::COPY_SRC;
        let read = Usage::MAP_READ | Usage::COPY_DST;
        let results = grow(gpu, self.results.next(), "results", bytes, written);
        let staging = grow(gpu, self.staging.next(), "staging", bytes, read);
        let reduced = reduction.map(|reduction| {
            let bytes = 4 * reduction.rows as usize * reduction.threads as usize;
            let partials = grow(gpu, &mut self.partials, "partials", bytes, Usage::STORAGE);
            let reduction =
                upload(gpu, "reduction", bytemuck::bytes_of(&reduction), Usage::UNIFORM);
            (reduction, partials, bytes)
        });
        let resource = |binding| match binding {
            Binding::Reach => Some(reach.as_entire_binding()),
            Binding::Addresses => Some(addresses.as_entire_binding()),
            Binding::Centres | Binding::Components | Binding::Segments => {
                let input = inputs.iter().find(|(name, _)| *name == binding);
                input.map(|(_, buffer)| buffer.as_entire_binding())
            }
            Binding::Reduction => reduced.as_ref().map(|(uniform, ..)| uniform.as_entire_binding()),
            Binding::Partials => {
                reduced.as_ref().map(|(_, partials, bytes)| slice(partials, *bytes))
            }
            Binding::Sums | Binding::Indices => Some(slice(&results, bytes)),
        };
        let mut encoder = gpu.device().create_command_encoder(&Default::default());
        self.record(&mut encoder, kernel, block, *workgroups, resource);
        if let Some(Reduction { rows, words, .. }) = *reduction {
            let workgroups = [words.div_ceil(self.layout.workgroup), rows, 1];
            self.record(&mut encoder, &Kernel::reduce(kernel.word), 1, workgroups, resource);
        }
        let bytes = bytes as u64;
        encoder.copy_buffer_to_buffer(&results, 0, &staging, 0, bytes);
        let submission = self.gpu.queue().submit([encoder.finish()]);
        staging.slice(..bytes).map_async(wgpu::MapMode::Read, |_| ());
        Flight { submission, staging, bytes, work: dispatch.work }
    }

    /// Records `workgroups` of `kernel`, which binds what `resource` gives for each name.
    fn record<'b>(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        kernel: &Kernel,
        block: usize,
        [x, y, z]: [u32; 3],
        resource: impl Fn(Binding) -> Option<BindingResource<'b>>,
    ) {
        let pipeline = self.gpu.pipeline(kernel, block, self.layout.workgroup);
        // A name without a buffer leaves a binding empty, which is an error of the device.
        let entry = |(binding, &name)| {
            let resource = resource(name)?;
            Some(wgpu::BindGroupEntry { binding, resource })
        };
        let entries: Vec<_> = (0..).zip(kernel.bindings).filter_map(entry).collect();
        let bind_group = self.gpu.device().create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &bind_group, &[]);
        pass.dispatch_workgroups(x, y, z);
    }
}
