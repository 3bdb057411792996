//! A GPU while it lasts, then the CPU: nothing that was computed is lost with a device.

use super::gpu::fold::Reduce;
use super::host::Local;
use super::{Arithmetic, CpuEngine, Engine, EngineError, GpuEngine, Run, Sink, cpu};
use crate::address::Points;
use crate::pass::expectation::ExpectationStats;
use crate::pass::label::Label;
use crate::pass::{Centres, Density, Mixture};

/// The engine of `auto` where there is a GPU.
#[derive(Debug)]
pub struct FallbackEngine<'a> {
    gpu: GpuEngine<'a>,
    /// Why the GPU failed, if it has: its CPU runs everything from then on.
    trouble: Option<EngineError>,
}

impl<'a> FallbackEngine<'a> {
    /// Runs on `gpu` until it fails.
    pub fn new(gpu: GpuEngine<'a>) -> Self {
        Self { gpu, trouble: None }
    }
}

impl<K: Reduce + cpu::ChunkPass> Run<K> for FallbackEngine<'_> {
    fn run(&mut self, params: &[K::Params]) -> Result<Vec<K::Stats>, EngineError> {
        if self.trouble.is_none() {
            match Run::<K>::run(&mut self.gpu, params) {
                Err(trouble) => self.trouble = Some(trouble),
                done => return done,
            }
        }
        Run::<K>::run(&mut self.gpu.cpu, params)
    }
}

impl Local for FallbackEngine<'_> {
    fn points(&self) -> &Points<'_> {
        self.gpu.points()
    }
}

impl Engine for FallbackEngine<'_> {
    fn label(&mut self, density: &Density, sink: &mut Sink<'_, Label>) -> Result<(), EngineError> {
        self.gpu.label(density, sink)
    }

    /// The CPU goes on where the GPU stopped.
    fn assign(&mut self, centres: &Centres, sink: &mut Sink<'_, u32>) -> Result<(), EngineError> {
        let mut done = 0;
        if self.trouble.is_none() {
            let assigned = self.gpu.assign(centres, &mut |addresses, indices| {
                done += indices.len();
                sink(addresses, indices)
            });
            match assigned {
                Ok(()) | Err(EngineError::Sink(_)) => return assigned,
                Err(trouble) => self.trouble = Some(trouble),
            }
        }
        let addresses = self.gpu.points().addresses();
        CpuEngine::new(addresses.slice(done..addresses.len())).assign(centres, sink)
    }

    fn expectation_in_doubles(
        &mut self,
        mixtures: &[Mixture],
    ) -> Result<Vec<ExpectationStats>, EngineError> {
        self.gpu.expectation_in_doubles(mixtures)
    }

    fn over<'b>(&self, points: Points<'b>) -> Box<dyn Engine + 'b> {
        match &self.trouble {
            None => Box::new(FallbackEngine::new(GpuEngine::new(&self.gpu.gpus(), points))),
            Some(_) => Box::new(CpuEngine::new(points)),
        }
    }

    fn arithmetic(&self) -> Arithmetic {
        match &self.trouble {
            None => self.gpu.arithmetic(),
            Some(_) => self.gpu.cpu.arithmetic(),
        }
    }

    fn trouble(&self) -> Option<&EngineError> {
        self.trouble.as_ref()
    }

    fn description(&self) -> String {
        let gpu = self.gpu.description();
        match &self.trouble {
            None => gpu,
            Some(_) => format!("{gpu}, then {}", self.gpu.cpu.description()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::Parameters;
    use crate::engine::gpu::layout::Layout;
    use crate::engine::gpu::{Gpu, test_gpu};
    use crate::pass::assign::assign;
    use crate::pass::{Expectation, Lloyd, Pass};

    #[test]
    fn a_lost_gpu_is_replaced_and_told_of() {
        let Some(gpu) = test_gpu() else { return };
        let addresses: Vec<u32> = (0..1000u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let Parameters { centres, mixtures } = Parameters::new(&addresses, 3).expect("distinct");
        let mut engine = FallbackEngine::new(GpuEngine::new(&gpu, &addresses));
        let expected = Lloyd::reduce(&centres[0], &addresses);
        let run = |engine: &mut FallbackEngine<'_>| Run::<Lloyd>::run(engine, &centres[..1]);
        assert_eq!(run(&mut engine).expect("the GPU is there"), std::slice::from_ref(&expected));
        assert!(engine.trouble().is_none());

        gpu.lose();
        assert_eq!(run(&mut engine).expect("the CPU is there"), [expected]);
        assert!(matches!(engine.trouble(), Some(EngineError::DeviceLost(_))));
        let stats = Run::<Expectation>::run(&mut engine, &mixtures[..1]).expect("the CPU is there");
        let cpu = Run::<Expectation>::run(&mut CpuEngine::new(&addresses), &mixtures[..1]);
        assert_eq!(stats, cpu.expect("threads do not fail"));
        assert!(engine.description().contains(", then cpu: "));
    }

    #[test]
    fn labels_and_sums_in_doubles_need_no_gpu() {
        let addresses: Vec<u32> = (0..100_000u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let mixtures = Parameters::new(&addresses[..1000], 3).expect("distinct").mixtures;
        let density = Density::from(mixtures[0].clone());
        let Some(gpu) = test_gpu() else { return };
        let mut engine = FallbackEngine::new(GpuEngine::new(&gpu, &addresses));
        gpu.lose();
        let of = |engine: &mut dyn Engine| {
            let mut labels = Vec::new();
            let mut take = |_: &[u32], found: &[Label]| {
                labels.extend_from_slice(found);
                Ok(())
            };
            engine.label(&density, &mut take).expect("the CPU is there");
            let ranks = [0, 4_000, 99_999];
            let ranked = engine.order_statistics(&density, &ranks).expect("the CPU is there");
            let sums = engine.expectation_in_doubles(&mixtures).expect("the CPU is there");
            (labels, ranked, sums)
        };
        assert!(of(&mut engine) == of(&mut CpuEngine::new(&addresses)));
        assert!(engine.trouble().is_none());
    }

    #[test]
    fn assignments_go_on_where_the_gpu_was_lost() {
        let Some(gpu) = test_gpu() else { return };
        assignments_go_on_without(&gpu, std::slice::from_ref(&gpu));
    }

    #[test]
    fn assignments_go_on_where_one_of_two_gpus_was_lost() {
        let (Some(first), Some(second)) = (test_gpu(), test_gpu()) else { return };
        assignments_go_on_without(&second, &[first.clone(), second.clone()]);
        let Some(second) = test_gpu() else { return };
        assignments_go_on_without(&first, &[first.clone(), second]);
    }

    fn assignments_go_on_without(lost: &Gpu, gpus: &[Gpu]) {
        let addresses: Vec<u32> = (0..100_000u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let centres = Parameters::new(&addresses[..1000], 3).expect("distinct").centres;
        let layout = Layout { batch: 10_000, ..Layout::of_all(gpus) };
        let mut engine = FallbackEngine::new(GpuEngine::with_layout(gpus, &addresses, layout));
        let mut found = Vec::new();
        let mut take_and_lose = |_: &[u32], indices: &[u32]| {
            found.extend_from_slice(indices);
            lost.lose();
            Ok(())
        };
        engine.assign(&centres[0], &mut take_and_lose).expect("the CPU is there");
        assert!(engine.trouble().is_some());
        let mut expected = Vec::new();
        assign(&centres[0], &addresses, &mut expected);
        assert_eq!(found, expected);
        let run = Run::<Lloyd>::run(&mut engine, &centres[..1]).expect("the CPU is there");
        assert_eq!(run, [Lloyd::reduce(&centres[0], &addresses)]);
    }
}
