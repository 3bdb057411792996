//! Passes on a GPU, through wgpu: Vulkan, Metal, DX12.
//!
//! Addresses are sorted and uploaded once, 4 bytes each, in chunks, as far as the device has room;
//! weighted ones plane by plane. A sweep leaves one partial sum a thread and row; a second kernel sums
//! those by 64; the host sums the rest in f64, in a fixed order. What is said of each address is said
//! in the set's own order: where that is another, addresses are uploaded for it.

mod assign;
mod buffer;
mod centres;
mod chunk;
pub mod device;
pub mod diagnose;
mod expectation;
mod flight;
pub mod kernel;
mod label;
pub mod listing;
mod lloyd;
mod mixture;
mod moments;
pub mod plan;
pub mod shader;
mod stream;
mod student;
mod sums;
mod tally;

pub use self::centres::PackedCentre;
pub use self::chunk::Segment;
pub use self::label::LabelWord;
pub use self::mixture::PackedComponent;
pub use self::student::PackedStudent;
pub use self::sums::Reduction;
pub use self::tally::Round;

use std::sync::Arc;

use bytemuck::{Pod, Zeroable};

use self::assign::ASSIGN;
use self::chunk::{Chunk, Loads, Place, chunks};
pub use self::device::{Gpu, GpuError, Wanted};
use self::flight::Slots;
use self::label::{LABEL_EACH, LABEL_GAUSSIAN, LABEL_JOINT};
use self::plan::{LANES, Layout, PARTIALS, Pace, TRIPS, spans};
use self::student::Students;
use super::host::Local;
use super::{Arithmetic, Engine, EngineError, Precision, Sink};
use crate::address::Points;
use crate::pass::label::Label;
use crate::pass::{Centres, Density, Tail};

/// How the kernels round: a lane's sum of four, the trips of its thread, the partials of a word.
pub const ARITHMETIC: Arithmetic = Arithmetic {
    sums: Precision::F32,
    chain: LANES + TRIPS + PARTIALS,
    // What is smaller than the least normal number may be flushed to 0.
    negligible: f32::MIN_POSITIVE as f64,
    labels: Precision::F32,
};

/// `Sweep` of `shaders/sweep.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct Sweep {
    /// The first segment or address to visit.
    pub start: u32,
    /// The end of what to visit.
    pub end: u32,
    /// Components of a parameter set.
    pub components: u32,
}

/// The engine of a GPU.
#[derive(Debug)]
pub struct GpuEngine<'a> {
    gpu: Gpu,
    layout: Layout,
    points: Points<'a>,
    /// What sums are taken over: the planes of the points, one after the other.
    chunks: Arc<[Chunk<'a>]>,
    pace: Pace,
    loads: Loads,
    partials: Option<wgpu::Buffer>,
    slots: Slots,
}

impl<'a> GpuEngine<'a> {
    /// Uploads `points` to `gpu`.
    pub fn new(gpu: &Gpu, points: impl Into<Points<'a>>) -> Self {
        Self::with_layout(gpu, points, Layout::of(gpu.info()))
    }

    /// As [`new`](Self::new) with a layout of one's own, such as one that cuts small sets.
    pub fn with_layout(gpu: &Gpu, points: impl Into<Points<'a>>, layout: Layout) -> Self {
        let points = points.into();
        Self {
            gpu: gpu.clone(),
            layout,
            chunks: chunks(gpu, &points, layout),
            points,
            pace: Pace::default(),
            loads: Loads::default(),
            partials: None,
            slots: Slots::default(),
        }
    }

    /// The device.
    pub(super) fn device(&self) -> &Gpu {
        &self.gpu
    }

    /// The points that it holds.
    pub(super) fn held(&self) -> &Points<'a> {
        &self.points
    }

    /// Every address once, in any order.
    fn once(&self) -> Vec<Place<'a>> {
        if self.points.weights().is_some() {
            return self.in_order();
        }
        self.chunks.iter().map(|chunk| chunk.place.clone()).collect()
    }

    /// Every address once, in the order of the points: the chunks, if those are in that order.
    fn in_order(&self) -> Vec<Place<'a>> {
        let addresses = self.points.addresses();
        if self.points.weights().is_none() && addresses.is_sorted() {
            return self.once();
        }
        let cut = spans(addresses.len(), self.layout.chunk.max(1));
        cut.map(|span| Place::Host(addresses.slice(span))).collect()
    }

    /// Binds `buffers`, in order, to group 0 of `pipeline` and dispatches `workgroups`.
    fn dispatch(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        pipeline: &wgpu::ComputePipeline,
        buffers: &[wgpu::BindingResource<'_>],
        workgroups: [u32; 3],
    ) {
        let entries: Vec<_> = buffers
            .iter()
            .enumerate()
            .map(|(i, resource)| wgpu::BindGroupEntry {
                binding: i as u32,
                resource: resource.clone(),
            })
            .collect();
        let bind_group = self.gpu.device().create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, &bind_group, &[]);
        pass.dispatch_workgroups(workgroups[0], workgroups[1], workgroups[2]);
    }
}

impl Local for GpuEngine<'_> {
    fn points(&self) -> &Points<'_> {
        &self.points
    }
}

impl Engine for GpuEngine<'_> {
    fn label(&mut self, density: &Density, sink: &mut Sink<'_, Label>) -> Result<(), EngineError> {
        let Density { components, tail } = density;
        let mut labels = Vec::new();
        let mut sink = |addresses: &[u32], words: &[LabelWord]| {
            labels.clear();
            labels.extend(words.iter().map(Label::from));
            sink(addresses, &labels)
        };
        match tail {
            Tail::Gaussian => self.stream(LABEL_GAUSSIAN, components, &mut sink),
            Tail::Joint(freedom) => {
                self.stream(LABEL_JOINT, &Students::joint(components, freedom), &mut sink)
            }
            Tail::Each(freedom) => {
                self.stream(LABEL_EACH, &Students::each(components, freedom), &mut sink)
            }
        }
    }

    fn order_statistics(
        &mut self,
        density: &Density,
        ranks: &[u64],
    ) -> Result<Vec<f64>, EngineError> {
        self.ranked(density, ranks)
    }

    fn assign(&mut self, centres: &Centres, sink: &mut Sink<'_, u32>) -> Result<(), EngineError> {
        self.stream(ASSIGN, centres, sink)
    }

    fn over<'b>(&self, points: Points<'b>) -> Box<dyn Engine + 'b> {
        Box::new(GpuEngine::new(&self.gpu, points))
    }

    fn arithmetic(&self) -> Arithmetic {
        ARITHMETIC
    }

    fn description(&self) -> String {
        format!("gpu: f32, {}", self.gpu.info().name)
    }
}

/// A GPU of a test's own, so that it can be lost; `None` if OCTOMIX_NO_GPU=1 says so.
#[cfg(test)]
pub(super) fn test_gpu() -> Option<Gpu> {
    if std::env::var_os("OCTOMIX_NO_GPU").is_some_and(|value| value == "1") {
        return None;
    }
    Some(Gpu::open(&Wanted { software: true, ..Wanted::default() }).expect("see scripts/test"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Run;
    use crate::pass::{Expectation, Lloyd, Mixture, Moments};

    #[test]
    fn a_lost_device_is_an_error() {
        let Some(gpu) = test_gpu() else { return };
        let addresses: Vec<u32> = (0..100).collect();
        let mut engine = GpuEngine::new(&gpu, &addresses);
        let centres = [Centres::single()];
        assert_eq!(Run::<Moments>::run(&mut engine, &centres).expect("it is there").len(), 1);
        gpu.lose();
        let lost = Run::<Lloyd>::run(&mut engine, &centres);
        assert!(matches!(lost, Err(EngineError::DeviceLost(_))), "{lost:?}");
        let lost = engine.label(&Mixture(Vec::new()).into(), &mut |_, _| Ok(()));
        assert!(matches!(lost, Err(EngineError::DeviceLost(_))), "{lost:?}");
        let lost = Run::<Expectation>::run(&mut engine, &[Mixture(Vec::new())]);
        assert!(matches!(lost, Err(EngineError::DeviceLost(_))), "{lost:?}");
        let lost = Run::<Moments>::run(&mut GpuEngine::new(&gpu, &addresses), &centres);
        assert!(matches!(lost, Err(EngineError::DeviceLost(_))), "{lost:?}");
    }

    #[test]
    fn more_components_than_rows_are_refused() {
        let Some(gpu) = test_gpu() else { return };
        let addresses: Vec<u32> = (0..100).collect();
        let centres = Centres::new(&vec![[0.0; 4]; 10_000]).expect("within range");
        let refused = Run::<Lloyd>::run(&mut GpuEngine::new(&gpu, &addresses), &[centres]);
        let message = refused.expect_err("70,000 rows").to_string();
        assert!(message.starts_with("the GPU engine takes at most 9362 components"), "{message}");
    }
}
