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
    /// Once the GPU has failed: why, and what runs instead.
    instead: Option<(EngineError, CpuEngine<'a>)>,
}

impl<'a> FallbackEngine<'a> {
    /// Runs on `gpu` until it fails.
    pub fn new(gpu: GpuEngine<'a>) -> Self {
        Self { gpu, instead: None }
    }

    /// The CPU, over the same points.
    fn give_up(&mut self, trouble: EngineError) -> &mut CpuEngine<'a> {
        let cpu = CpuEngine::new(self.gpu.held().clone());
        &mut self.instead.insert((trouble, cpu)).1
    }

    /// Hands what `run` says of every address to `sink`; the CPU goes on where the GPU stopped.
    fn stream<Item>(
        &mut self,
        run: impl Fn(&mut dyn Engine, &mut Sink<'_, Item>) -> Result<(), EngineError>,
        sink: &mut Sink<'_, Item>,
    ) -> Result<(), EngineError> {
        let mut done = 0;
        if self.instead.is_none() {
            let streamed = run(&mut self.gpu, &mut |addresses, items| {
                done += items.len();
                sink(addresses, items)
            });
            match streamed {
                Ok(()) | Err(EngineError::Sink(_)) => return streamed,
                Err(trouble) => self.give_up(trouble),
            };
        }
        let addresses = self.gpu.held().addresses();
        run(&mut CpuEngine::new(addresses.slice(done..addresses.len())), sink)
    }
}

impl<K: Reduce + cpu::ChunkPass> Run<K> for FallbackEngine<'_> {
    fn run(&mut self, params: &[K::Params]) -> Result<Vec<K::Stats>, EngineError> {
        let cpu = match &mut self.instead {
            Some((_, cpu)) => cpu,
            None => match Run::<K>::run(&mut self.gpu, params) {
                Err(trouble) => self.give_up(trouble),
                done => return done,
            },
        };
        Run::<K>::run(cpu, params)
    }
}

impl Local for FallbackEngine<'_> {
    fn points(&self) -> &Points<'_> {
        self.gpu.points()
    }
}

impl Engine for FallbackEngine<'_> {
    fn label(&mut self, density: &Density, sink: &mut Sink<'_, Label>) -> Result<(), EngineError> {
        self.stream(|engine, sink| engine.label(density, sink), sink)
    }

    fn order_statistics(
        &mut self,
        density: &Density,
        ranks: &[u64],
    ) -> Result<Vec<f64>, EngineError> {
        let cpu = match &mut self.instead {
            Some((_, cpu)) => cpu,
            None => match self.gpu.order_statistics(density, ranks) {
                Err(trouble) => self.give_up(trouble),
                done => return done,
            },
        };
        cpu.order_statistics(density, ranks)
    }

    fn assign(&mut self, centres: &Centres, sink: &mut Sink<'_, u32>) -> Result<(), EngineError> {
        self.stream(|engine, sink| engine.assign(centres, sink), sink)
    }

    fn expectation_in_doubles(
        &mut self,
        mixtures: &[Mixture],
    ) -> Result<Vec<ExpectationStats>, EngineError> {
        match &mut self.instead {
            Some((_, cpu)) => cpu.expectation_in_doubles(mixtures),
            None => self.gpu.expectation_in_doubles(mixtures),
        }
    }

    fn over<'b>(&self, points: Points<'b>) -> Box<dyn Engine + 'b> {
        match &self.instead {
            None => Box::new(FallbackEngine::new(GpuEngine::new(self.gpu.gpu(), points))),
            Some((_, cpu)) => cpu.over(points),
        }
    }

    fn arithmetic(&self) -> Arithmetic {
        match &self.instead {
            None => self.gpu.arithmetic(),
            Some((_, cpu)) => cpu.arithmetic(),
        }
    }

    fn trouble(&self) -> Option<&EngineError> {
        self.instead.as_ref().map(|(trouble, _)| trouble)
    }

    fn description(&self) -> String {
        match &self.instead {
            None => self.gpu.description(),
            Some((_, cpu)) => format!("{}, then {}", self.gpu.description(), cpu.description()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::Parameters;
    use crate::engine::gpu::layout::Layout;
    use crate::engine::gpu::test_gpu;
    use crate::pass::assign::assign;
    use crate::pass::label::label;
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
    fn labels_and_centres_go_on_where_the_gpu_was_lost() {
        let addresses: Vec<u32> = (0..100_000u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let Parameters { centres, mut mixtures } =
            Parameters::new(&addresses[..1000], 3).expect("distinct");
        let density = Density::from(mixtures.remove(0));
        let Some(gpu) = test_gpu() else { return };
        let layout = Layout { batch: 10_000, ..Layout::of(gpu.info()) };
        let mut engine = FallbackEngine::new(GpuEngine::with_layout(&gpu, &addresses, layout));
        let mut found = Vec::new();
        let mut take_and_lose = |_: &[u32], labels: &[Label]| {
            found.extend_from_slice(labels);
            gpu.lose();
            Ok(())
        };
        engine.label(&density, &mut take_and_lose).expect("the CPU is there");
        assert!(engine.trouble().is_some());
        let mut expected = Vec::new();
        label(&density, &addresses, &mut expected);
        assert_eq!(found.len(), expected.len());
        for (f, e) in found.iter().zip(&expected) {
            assert!((f.log_density - e.log_density).abs() < 1e-3, "{f:?} for {e:?}");
        }

        let Some(gpu) = test_gpu() else { return };
        let mut engine = FallbackEngine::new(GpuEngine::with_layout(&gpu, &addresses, layout));
        let mut found = Vec::new();
        let mut take_and_lose = |_: &[u32], indices: &[u32]| {
            found.extend_from_slice(indices);
            gpu.lose();
            Ok(())
        };
        engine.assign(&centres[0], &mut take_and_lose).expect("the CPU is there");
        assert!(engine.trouble().is_some());
        let mut expected = Vec::new();
        assign(&centres[0], &addresses, &mut expected);
        assert_eq!(found, expected);
    }
}
