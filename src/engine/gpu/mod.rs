//! Passes on one GPU or several, through wgpu: Vulkan, Metal, DX12. What needs doubles, which WGSL does not have,
//! runs on the CPU: labels, order statistics, and the sums that fits end on.
//!
//! The way of a pass, from the device up:
//! - `select` says which adapters a name means, `device` opens them, `diagnose` says why there is none;
//! - `shader` puts WGSL together, `kernels` is the table of kernels;
//! - `layout` and `pace` cut a run into dispatches, `batch` keeps the addresses, `pack` the parameters;
//! - `launch` is the loop that runs every kernel on a device, `share` deals the batches to several devices;
//! - `fold` sums over all addresses (`moments`, `lloyd`, `expectation`), `assign` writes one index an
//!   address.
//!
//! Addresses are sorted and uploaded once, 4 bytes each, in batches, as far as the device has room;
//! weighted ones plane by plane. Assignments come in the set's own order; if that is not ascending, the
//! addresses are uploaded for each of these calls.

mod assign;
mod batch;
mod buffer;
pub mod described;
pub mod device;
pub mod diagnose;
mod expectation;
pub(super) mod fold;
pub mod kernels;
mod launch;
pub mod layout;
mod lloyd;
mod moments;
mod pace;
mod pack;
pub mod select;
mod shader;
mod share;

pub use self::device::Gpu;
pub(super) use self::device::names;
pub use self::launch::{Reach, Reduction};
pub use self::layout::Segment;
pub use self::pack::{PackedCentre, PackedComponent};
pub use super::opening::{GpuError, Wanted};

use self::batch::{Batch, Stored, batches};
use self::fold::Reduce;
use self::launch::Launcher;
use self::layout::{LANES, Layout, PARTIALS, TRIPS, spans};
use super::host::Local;
use super::{Arithmetic, CpuEngine, Engine, EngineError, Precision, Run, Sink};
use crate::address::Points;
use crate::pass::expectation::ExpectationStats;
use crate::pass::label::Label;
use crate::pass::{Centres, Density, Mixture};

/// How the kernels round: in the sum of a thread's four lanes, over its trips, and over the partials of
/// a word.
pub const ARITHMETIC: Arithmetic = Arithmetic {
    sums: Precision::F32,
    chain: LANES + TRIPS + PARTIALS,
    // What is smaller than the least normal number may be flushed to 0.
    // FLOOR of component.wgsl.
    negligible: 1.0 / (1u64 << 60) as f64,
};

/// The engine of one GPU, or of several that share the addresses: of equal ones, with the same results.
#[derive(Debug)]
pub struct GpuEngine<'a> {
    layout: Layout,
    launchers: Vec<Launcher>,
    /// What sums are taken over: the planes of the points, one after the other.
    batches: Vec<Batch<'a>>,
    /// What runs in doubles, over the same points, and all that runs once a device is lost.
    pub(super) cpu: CpuEngine<'a>,
}

impl<'a> GpuEngine<'a> {
    /// Uploads `points` to `gpus`, in shares. Without any, all that needs one fails.
    pub fn new(gpus: &(impl AsRef<[Gpu]> + ?Sized), points: impl Into<Points<'a>>) -> Self {
        Self::with_layout(gpus, points, Layout::of_all(gpus.as_ref()))
    }

    /// As [`new`](Self::new), with a given layout, such as one that cuts small sets.
    pub fn with_layout(
        gpus: &(impl AsRef<[Gpu]> + ?Sized),
        points: impl Into<Points<'a>>,
        layout: Layout,
    ) -> Self {
        let (gpus, points) = (gpus.as_ref(), points.into());
        Self {
            layout,
            launchers: gpus.iter().map(|gpu| Launcher::new(gpu, layout)).collect(),
            batches: batches(gpus, &points, layout),
            cpu: CpuEngine::new(points),
        }
    }

    /// The devices.
    pub(super) fn gpus(&self) -> Vec<Gpu> {
        self.launchers.iter().map(|launcher| launcher.gpu.clone()).collect()
    }

    /// Every address once, in the order of the points: the batches, if those are in that order.
    fn in_order(&self) -> Vec<Stored<'a>> {
        let points = &self.cpu.points;
        let addresses = points.addresses();
        if points.weights().is_none() && addresses.is_sorted() {
            return self.batches.iter().map(|batch| batch.addresses.clone()).collect();
        }
        let cut = spans(addresses.len(), self.layout.batch.max(1));
        cut.map(|span| Stored::Host(addresses.slice(span))).collect()
    }
}

impl<R: Reduce> Run<R> for GpuEngine<'_> {
    fn run(&mut self, params: &[R::Params]) -> Result<Vec<R::Stats>, EngineError> {
        fold::run::<R>(&mut self.launchers, self.layout, &self.batches, params)
    }
}

impl Local for GpuEngine<'_> {
    fn points(&self) -> &Points<'_> {
        self.cpu.points()
    }
}

impl Engine for GpuEngine<'_> {
    fn label(&mut self, density: &Density, sink: &mut Sink<'_, Label>) -> Result<(), EngineError> {
        self.cpu.label(density, sink)
    }

    fn assign(&mut self, centres: &Centres, sink: &mut Sink<'_, u32>) -> Result<(), EngineError> {
        let batches = self.in_order();
        let mut rest: &[u32] = self.cpu.points().addresses();
        assign::assign(&mut self.launchers, self.layout, &batches, centres, &mut |indices| {
            let (these, others) = rest.split_at(indices.len().min(rest.len()));
            rest = others;
            sink(these, indices)
        })
    }

    fn expectation_in_doubles(
        &mut self,
        mixtures: &[Mixture],
    ) -> Result<Vec<ExpectationStats>, EngineError> {
        self.cpu.expectation_in_doubles(mixtures)
    }

    fn over<'b>(&self, points: Points<'b>) -> Box<dyn Engine + 'b> {
        Box::new(GpuEngine::new(&self.gpus(), points))
    }

    fn arithmetic(&self) -> Arithmetic {
        ARITHMETIC
    }

    fn description(&self) -> String {
        format!("gpu: f32, {}", names(&self.gpus()))
    }
}

/// The engine of `gpus` over `points`, as [`choice`](super::choice) makes it in any build.
pub(super) fn engine<'a>(gpus: &[Gpu], points: Points<'a>) -> GpuEngine<'a> {
    GpuEngine::new(gpus, points)
}

/// A GPU of a test's own, so that it can be lost; `None` if OCTOMIX_NO_GPU=1 says so.
#[cfg(test)]
pub(super) fn test_gpu() -> Option<Gpu> {
    if std::env::var_os("OCTOMIX_NO_GPU").is_some_and(|value| value == "1") {
        return None;
    }
    let wanted = Wanted { software: true, ..Wanted::default() };
    Some(Gpu::open(&wanted).expect("see scripts/test").remove(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pass::{Expectation, Lloyd, Moments};

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
        let lost = engine.assign(&centres[0], &mut |_, _| Ok(()));
        assert!(matches!(lost, Err(EngineError::DeviceLost(_))), "{lost:?}");
        let lost = Run::<Expectation>::run(&mut engine, &[Mixture(Vec::new())]);
        assert!(matches!(lost, Err(EngineError::DeviceLost(_))), "{lost:?}");
        let lost = Run::<Moments>::run(&mut GpuEngine::new(&gpu, &addresses), &centres);
        assert!(matches!(lost, Err(EngineError::DeviceLost(_))), "{lost:?}");
    }

    #[test]
    fn a_full_device_is_an_error_of_memory() {
        let Some(gpu) = test_gpu() else { return };
        let addresses: Vec<u32> = (0..4_000_000).collect();
        let taken = gpu.fill();
        let mut engine = GpuEngine::new(&gpu, &addresses);
        // Others may have freed some since.
        match Run::<Lloyd>::run(&mut engine, &[Centres::single()]) {
            Ok(stats) => assert_eq!(stats[0].0[0].count, 4_000_000),
            Err(error) => assert!(matches!(error, EngineError::OutOfMemory(_)), "{error}"),
        }
        drop(taken);
    }

    /// Small batches, so that the devices run ahead of what is taken and have to be stopped.
    fn in_batches<'a>(gpus: &[Gpu], addresses: &'a [u32]) -> GpuEngine<'a> {
        let layout = Layout { batch: 100, ..Layout::of_all(gpus) };
        GpuEngine::with_layout(gpus, addresses, layout)
    }

    #[test]
    fn one_lost_device_of_two_is_an_error_that_names_it() {
        let (Some(first), Some(second)) = (test_gpu(), test_gpu()) else { return };
        let addresses: Vec<u32> = (0..2000).collect();
        let mut engine = in_batches(&[first, second.clone()], &addresses);
        let centres = [Centres::single()];
        assert_eq!(Run::<Lloyd>::run(&mut engine, &centres).expect("both are there").len(), 1);
        second.lose();
        for _ in 0..2 {
            let lost = Run::<Lloyd>::run(&mut engine, &centres);
            let Err(EngineError::DeviceLost(message)) = &lost else { panic!("{lost:?}") };
            assert!(message.starts_with(&second.info().name), "{message}");
            let mut taken = 0;
            let mut sink = |_: &[u32], indices: &[u32]| {
                taken += indices.len();
                Ok(())
            };
            let lost = engine.assign(&centres[0], &mut sink);
            assert!(matches!(lost, Err(EngineError::DeviceLost(_))), "{lost:?}");
            assert_eq!(taken, 100, "the batch before that of the lost device");
        }
    }

    #[test]
    fn a_sink_that_fails_stops_all_devices() {
        let (Some(first), Some(second)) = (test_gpu(), test_gpu()) else { return };
        let addresses: Vec<u32> = (0..5000).collect();
        let mut engine = in_batches(&[first, second], &addresses);
        let mut full = |_: &[u32], _: &[u32]| Err(std::io::ErrorKind::StorageFull.into());
        let failed = engine.assign(&Centres::single(), &mut full);
        let Err(EngineError::Sink(error)) = failed else { panic!("{failed:?}") };
        assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
        assert!(engine.assign(&Centres::single(), &mut |_, _| Ok(())).is_ok());
    }

    #[test]
    fn without_a_device_every_pass_fails() {
        let mut engine = GpuEngine::new(&[], &[1, 2, 3]);
        assert!(Run::<Lloyd>::run(&mut engine, &[Centres::single()]).is_err());
        assert!(engine.assign(&Centres::single(), &mut |_, _| Ok(())).is_err());
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
