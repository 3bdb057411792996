//! An engine while it lasts, then the CPU: nothing that was computed is lost with a device.

use std::fmt;

use super::host::Local;
use super::totals::{Totals, checked};
use super::{Arithmetic, CpuEngine, Engine, EngineError, Run, Sink};
use crate::address::Points;
use crate::pass::expectation::ExpectationStats;
use crate::pass::label::Label;
use crate::pass::{Centres, Density, Mixture, Pass};

/// The engine of `auto` where there is a GPU.
pub struct FallbackEngine<'a> {
    first: First<'a>,
    /// Runs everything once the first has failed.
    cpu: CpuEngine<'a>,
}

/// The engine that may fail.
enum First<'a> {
    Runs(Box<dyn Engine + 'a>),
    /// It has failed, and was dropped with the memory that it held.
    Failed {
        trouble: EngineError,
        description: String,
    },
}

impl<'a> FallbackEngine<'a> {
    /// Runs on `first`, which is over `points`, until it fails.
    pub fn new(first: impl Engine + 'a, points: impl Into<Points<'a>>) -> Self {
        Self::boxed(Box::new(first), points.into())
    }

    fn boxed(first: Box<dyn Engine + 'a>, points: Points<'a>) -> Self {
        Self { first: First::Runs(first), cpu: CpuEngine::new(points) }
    }

    /// What `run` returns of the first engine; `None` if that has failed, now or before.
    fn attempt<T>(
        &mut self,
        run: impl FnOnce(&mut (dyn Engine + 'a)) -> Result<T, EngineError>,
    ) -> Option<Result<T, EngineError>> {
        let First::Runs(first) = &mut self.first else { return None };
        match run(&mut **first) {
            // Not a failure of the engine.
            Err(EngineError::Sink(error)) => Some(Err(EngineError::Sink(error))),
            Err(trouble) => {
                let description = first.description();
                self.first = First::Failed { trouble, description };
                None
            }
            done => Some(done),
        }
    }

    /// Hands what `first` tells of the addresses to `sink`; the CPU goes on where that stopped.
    fn stream<T>(
        &mut self,
        sink: &mut Sink<'_, T>,
        tell: impl Fn(&mut dyn Engine, &mut Sink<'_, T>) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let mut done = 0;
        let told = self.attempt(|first| {
            tell(first, &mut |addresses, items| {
                done += items.len();
                sink(addresses, items)
            })
        });
        told.unwrap_or_else(|| {
            let addresses = self.cpu.points().addresses();
            let rest = addresses.slice(done.min(addresses.len())..addresses.len());
            tell(&mut CpuEngine::new(rest), sink)
        })
    }
}

impl<'a, P: Pass<Stats: Totals>> Run<P> for FallbackEngine<'a>
where
    dyn Engine + 'a: Run<P>,
    CpuEngine<'a>: Run<P>,
{
    fn run(&mut self, params: &[P::Params]) -> Result<Vec<P::Stats>, EngineError> {
        let done = self.attempt(|first| {
            let stats = Run::<P>::run(first, params)?;
            checked(first, stats)
        });
        done.unwrap_or_else(|| Run::<P>::run(&mut self.cpu, params))
    }
}

impl Local for FallbackEngine<'_> {
    fn points(&self) -> &Points<'_> {
        self.cpu.points()
    }
}

impl Engine for FallbackEngine<'_> {
    fn label(&mut self, density: &Density, sink: &mut Sink<'_, Label>) -> Result<(), EngineError> {
        self.stream(sink, |engine, sink| engine.label(density, sink))
    }

    fn assign(&mut self, centres: &Centres, sink: &mut Sink<'_, u32>) -> Result<(), EngineError> {
        self.stream(sink, |engine, sink| engine.assign(centres, sink))
    }

    fn expectation_in_doubles(
        &mut self,
        mixtures: &[Mixture],
    ) -> Result<Vec<ExpectationStats>, EngineError> {
        let done = self.attempt(|first| first.expectation_in_doubles(mixtures));
        done.unwrap_or_else(|| self.cpu.expectation_in_doubles(mixtures))
    }

    fn over<'b>(&self, points: Points<'b>) -> Box<dyn Engine + 'b> {
        match &self.first {
            First::Runs(first) => {
                Box::new(FallbackEngine::boxed(first.over(points.clone()), points))
            }
            First::Failed { .. } => Box::new(CpuEngine::new(points)),
        }
    }

    fn arithmetic(&self) -> Arithmetic {
        match &self.first {
            First::Runs(first) => first.arithmetic(),
            First::Failed { .. } => self.cpu.arithmetic(),
        }
    }

    fn trouble(&self) -> Option<&EngineError> {
        match &self.first {
            First::Runs(_) => None,
            First::Failed { trouble, .. } => Some(trouble),
        }
    }

    fn description(&self) -> String {
        match &self.first {
            First::Runs(first) => first.description(),
            First::Failed { description, .. } => {
                format!("{description}, then {}", self.cpu.description())
            }
        }
    }
}

impl fmt::Debug for FallbackEngine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (engine, trouble) = (self.description(), self.trouble());
        f.debug_struct("FallbackEngine")
            .field("engine", &engine)
            .field("trouble", &trouble)
            .finish()
    }
}

#[cfg(all(test, feature = "gpu"))]
mod tests {
    use std::ops::ControlFlow;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::BayesianMixture;
    use crate::conformance::Parameters;
    use crate::conformance::fits::{ITERATIONS, NATS, SHARE};
    use crate::engine::GpuEngine;
    use crate::engine::ReferenceEngine;
    use crate::engine::gpu::layout::Layout;
    use crate::engine::gpu::{Gpu, test_gpu};
    use crate::model::{Progress, Stage};
    use crate::pass::assign::assign;
    use crate::pass::{Expectation, Lloyd, Pass};
    use crate::synthetic::{Shape, Synthetic};

    fn on<'a>(gpu: &Gpu, addresses: &'a [u32]) -> FallbackEngine<'a> {
        FallbackEngine::new(GpuEngine::new(gpu, addresses), addresses)
    }

    #[test]
    fn a_lost_gpu_is_replaced_and_told_of() {
        let Some(gpu) = test_gpu() else { return };
        let addresses: Vec<u32> = (0..1000u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let Parameters { centres, mixtures } = Parameters::new(&addresses, 3).expect("distinct");
        let mut engine = on(&gpu, &addresses);
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
        let mut engine = on(&gpu, &addresses);
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
        let mut engine =
            FallbackEngine::new(GpuEngine::with_layout(gpus, &addresses, layout), &addresses);
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

    /// A fit whose device fails as `fail` makes it in the midst of K-Means ends where the reference's ends.
    fn a_fit_goes_on(fail: impl Fn(&Gpu), is_trouble: impl Fn(&EngineError) -> bool) {
        let Some(gpu) = test_gpu() else { return };
        let addresses: Vec<u32> =
            Synthetic::new(Shape::Mixed, 3_000, 5).expect("a size").iter().collect();
        let fit = |engine: &mut dyn Engine, failing: bool| {
            let params = BayesianMixture::params(6).n_init(1).check().expect("they hold");
            let mut watch = |progress: Progress| {
                if failing && progress.stage == Stage::KMeans && progress.iteration == 2 {
                    fail(&gpu);
                }
                ControlFlow::Continue(())
            };
            params.fit(engine, &mut watch).expect("the CPU is there")
        };
        let mut engine = on(&gpu, &addresses);
        let found = fit(&mut engine, true);
        assert!(engine.trouble().is_some_and(is_trouble), "{:?}", engine.trouble());
        let expected = fit(&mut ReferenceEngine::new(&addresses), false);
        let bounds = [&found, &expected].map(|fit| fit.course().lower_bound());
        assert!((bounds[0] - bounds[1]).abs() <= NATS, "{bounds:?}");
        let iterations = [found, expected].map(|fit| fit.course().lower_bounds.len() as f64);
        let most = ITERATIONS.max(SHARE * iterations[1]);
        assert!((iterations[0] - iterations[1]).abs() <= most, "{iterations:?}");
    }

    #[test]
    fn a_fit_goes_on_where_the_gpu_was_lost() {
        a_fit_goes_on(Gpu::lose, |trouble| matches!(trouble, EngineError::DeviceLost(_)));
    }

    #[test]
    fn a_fit_goes_on_where_the_gpu_ran_out_of_memory() {
        a_fit_goes_on(Gpu::overfill, |trouble| matches!(trouble, EngineError::OutOfMemory(_)));
    }

    #[test]
    fn a_gpu_that_hangs_is_given_up_and_waited_for_no_more() {
        let Some(gpu) = test_gpu() else { return };
        let gpu = gpu.impatient(Duration::from_millis(200));
        let addresses: Vec<u32> = (0..1000).map(|i| i * 7).collect();
        let Parameters { centres, .. } = Parameters::new(&addresses, 3).expect("distinct");
        let expected = Lloyd::reduce(&centres[0], &addresses);
        gpu.hang();
        let start = Instant::now();
        let mut engine = on(&gpu, &addresses);
        for _ in 0..2 {
            let run = Run::<Lloyd>::run(&mut engine, &centres[..1]).expect("the CPU is there");
            assert_eq!(run, std::slice::from_ref(&expected));
        }
        let trouble = engine.trouble().expect("it hangs").to_string();
        assert!(trouble.contains(": nothing came back for 0 s"), "{trouble}");
        // Nor by what is dropped.
        let mut asked = GpuEngine::new(&gpu, &addresses);
        let hung = Run::<Lloyd>::run(&mut asked, &centres[..1]);
        assert!(matches!(hung, Err(EngineError::Hung(_))), "{hung:?}");
        drop((engine, asked));
        drop(gpu);
        assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    }
}
