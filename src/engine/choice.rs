//! Which engine runs: what was asked for, what the machine has, what the size repays.

use super::gpu::{self, Gpu, GpuError, Wanted, names};
use super::{CpuEngine, Engine, FallbackEngine, ReferenceEngine};
use crate::address::Points;

/// Address-components from which a GPU repays its start.
///
/// A fit of ten restarts takes some 300 iterations. At 0.6 ns an address-component and core (`octomix
/// bench`, f32) 16 million of them take 3 core-seconds: as much on 6 cores as the half second it takes
/// to open a GPU and compile its kernels.
const WORTH_A_GPU: usize = 16_000_000;

/// The engine asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineKind {
    /// The fastest for the size on this machine; a software adapter only if it is named.
    Auto,
    /// A GPU; a software adapter will do.
    Gpu,
    /// All cores.
    Cpu,
    /// One thread, the definitions.
    Reference,
}

impl EngineKind {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Gpu => "gpu",
            Self::Cpu => "cpu",
            Self::Reference => "reference",
        }
    }
}

/// A decision: where to run, and why there.
#[derive(Debug, Clone)]
pub struct Choice {
    place: Chosen,
    /// Why, in a few words.
    pub reason: String,
    /// What people should know of it, such as that the adapter is a software one.
    pub warning: Option<String>,
}

#[derive(Debug, Clone)]
enum Chosen {
    Gpus(Vec<Gpu>),
    /// A GPU that was not asked for by name: the CPU takes over should it fail.
    GpuWhileItLasts(Vec<Gpu>),
    Cpu,
    Reference,
}

/// How GPUs are opened: [`Gpu::open`], or that after a trial.
pub type Opener = fn(&Wanted) -> Result<Vec<Gpu>, GpuError>;

/// Makes choices one after the other: GPUs are opened when the first set needs them, and shared.
#[derive(Debug)]
pub struct Chooser {
    opener: Opener,
    kind: EngineKind,
    adapter: Option<String>,
    gpus: Option<Vec<Gpu>>,
    /// Why `Auto` goes on without one.
    missing: Option<String>,
}

impl Chooser {
    /// For an engine of this kind, on the GPUs that `adapter` names: see [`Wanted::name`].
    pub fn new(kind: EngineKind, adapter: Option<&str>) -> Self {
        let adapter = adapter.map(str::to_owned);
        Self { opener: Gpu::open, kind, adapter, gpus: None, missing: None }
    }

    /// The same that opens GPUs by `opener`.
    #[must_use]
    pub fn opened_by(self, opener: Opener) -> Self {
        Self { opener, ..self }
    }

    /// Decides where sets of up to `largest` addresses with `components` components run.
    ///
    /// # Errors
    /// When a GPU is asked for, by kind or by name, and cannot be had. `Auto` goes on with the CPU.
    pub fn choose(&mut self, largest: usize, components: usize) -> Result<Choice, GpuError> {
        let asked = |place| Choice { place, reason: "asked for".into(), warning: None };
        let adapter = self.adapter.as_deref();
        let no_gpu = || adapter.map(|name| format!("no GPU is used: --adapter {name} is ignored"));
        match self.kind {
            EngineKind::Reference => Ok(Choice { warning: no_gpu(), ..asked(Chosen::Reference) }),
            EngineKind::Cpu => Ok(Choice { warning: no_gpu(), ..asked(Chosen::Cpu) }),
            // Whoever names an adapter wants it, whatever the size.
            EngineKind::Auto if adapter.is_none() => Ok(self.fastest(largest, components)),
            EngineKind::Gpu | EngineKind::Auto => {
                let gpus = self.open(true)?;
                let software: Vec<Gpu> =
                    gpus.iter().filter(|gpu| gpu.is_software()).cloned().collect();
                let warning = (!software.is_empty()).then(|| {
                    let (adapters, are) = match software.len() {
                        1 => ("adapter", "is a software one: its"),
                        _ => ("adapters", "are software ones: their"),
                    };
                    let names = names(&software);
                    format!("the {adapters} {names} {are} kernels run on the CPU, for tests")
                });
                Ok(Choice { warning, ..asked(Chosen::Gpus(gpus)) })
            }
        }
    }

    fn fastest(&mut self, largest: usize, components: usize) -> Choice {
        let chosen = |place, reason: &str| Choice { place, reason: reason.into(), warning: None };
        if largest.saturating_mul(components) < WORTH_A_GPU {
            return chosen(Chosen::Cpu, "too few addresses to repay a GPU");
        }
        if let Some(missing) = &self.missing {
            return chosen(Chosen::Cpu, missing);
        }
        match self.open(false) {
            Ok(gpus) if gpus.iter().any(Gpu::has_failed) => {
                chosen(Chosen::Cpu, "the GPU failed before; going on with the CPU")
            }
            Ok(gpus) => chosen(Chosen::GpuWhileItLasts(gpus), "enough addresses to repay a GPU"),
            Err(error) => {
                let missing = format!("{error}; going on with the CPU");
                self.missing = Some(missing.clone());
                // Told once. That there is no GPU is no news.
                let warning = error.is_fault().then(|| missing.clone());
                Choice { warning, ..chosen(Chosen::Cpu, &missing) }
            }
        }
    }

    fn open(&mut self, software: bool) -> Result<Vec<Gpu>, GpuError> {
        if let Some(gpus) = &self.gpus {
            return Ok(gpus.clone());
        }
        let gpus = (self.opener)(&Wanted { name: self.adapter.clone(), software })?;
        Ok(self.gpus.insert(gpus).clone())
    }
}

impl Choice {
    /// Decides where sets of up to `largest` addresses with `components` components run.
    ///
    /// # Errors
    /// When a GPU is asked for, by kind or by name, and cannot be had. `Auto` goes on with the CPU.
    pub fn new(
        kind: EngineKind,
        adapter: Option<&str>,
        largest: usize,
        components: usize,
    ) -> Result<Self, GpuError> {
        Chooser::new(kind, adapter).choose(largest, components)
    }

    /// The name of the engine chosen.
    pub fn name(&self) -> &'static str {
        match self.place {
            Chosen::Gpus(_) | Chosen::GpuWhileItLasts(_) => "gpu",
            Chosen::Cpu => "cpu",
            Chosen::Reference => "reference",
        }
    }

    /// The GPUs chosen, if any were.
    pub fn gpus(&self) -> &[Gpu] {
        match &self.place {
            Chosen::Gpus(gpus) | Chosen::GpuWhileItLasts(gpus) => gpus,
            Chosen::Cpu | Chosen::Reference => &[],
        }
    }

    /// What its engines are, for people: also the CPU, where it had to take over.
    pub fn description(&self) -> String {
        let engine = self.engine(&[]).description();
        match &self.place {
            Chosen::GpuWhileItLasts(gpus) if gpus.iter().any(Gpu::has_failed) => {
                format!("{}, then {engine}", gpu::engine(gpus, Points::new(&[])).description())
            }
            _ => engine,
        }
    }

    /// What answers depend on: the device, but not the number of threads.
    pub fn identity(&self) -> String {
        match &self.place {
            Chosen::Cpu => CpuEngine::new(&[]).processor(),
            _ => self.description(),
        }
    }

    /// The engine over `points`.
    pub fn engine<'a>(&self, points: impl Into<Points<'a>>) -> Box<dyn Engine + 'a> {
        let points = points.into();
        match &self.place {
            Chosen::Gpus(gpus) => Box::new(gpu::engine(gpus, points)),
            // Whoever met the failure has told of it.
            Chosen::GpuWhileItLasts(gpus) if gpus.iter().any(Gpu::has_failed) => {
                Box::new(CpuEngine::new(points))
            }
            Chosen::GpuWhileItLasts(gpus) => {
                Box::new(FallbackEngine::new(gpu::engine(gpus, points.clone()), points))
            }
            Chosen::Cpu => Box::new(CpuEngine::new(points)),
            Chosen::Reference => Box::new(ReferenceEngine::new(points)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A set that repays a GPU.
    const MANY: usize = 1 << 24;

    #[test]
    fn a_gpu_that_does_not_work_is_told_of_once_and_one_that_is_not_there_never() {
        let broken: Opener = |_| Err(GpuError::Unusable("it is broken".into()));
        let mut chooser = Chooser::new(EngineKind::Auto, None).opened_by(broken);
        assert_eq!(chooser.choose(1000, 8).expect("the CPU is there").warning, None);
        let choice = chooser.choose(MANY, 8).expect("the CPU is there");
        assert_eq!(choice.name(), "cpu");
        assert_eq!(choice.warning.as_deref(), Some("it is broken; going on with the CPU"));
        let choice = chooser.choose(MANY, 8).expect("the CPU is there");
        assert_eq!(
            (choice.warning, &*choice.reason),
            (None, "it is broken; going on with the CPU")
        );

        let none: Opener = |_| Err(GpuError::NoAdapter("none".into()));
        let mut chooser = Chooser::new(EngineKind::Auto, None).opened_by(none);
        assert_eq!(chooser.choose(MANY, 8).expect("the CPU is there").warning, None);
        assert!(Chooser::new(EngineKind::Gpu, None).opened_by(broken).choose(1, 1).is_err());
    }

    #[cfg(not(feature = "gpu"))]
    #[test]
    fn a_build_without_gpus_says_so_where_one_is_asked_for() {
        let choice = Choice::new(EngineKind::Auto, None, MANY, 8).expect("the CPU is there");
        assert_eq!((choice.name(), choice.warning), ("cpu", None));
        for (kind, adapter) in [(EngineKind::Gpu, None), (EngineKind::Auto, Some("all"))] {
            let refused = Choice::new(kind, adapter, MANY, 8);
            assert!(matches!(refused, Err(GpuError::NotBuilt)), "{refused:?}");
        }
    }

    #[cfg(feature = "gpu")]
    #[test]
    fn a_gpu_that_fails_is_told_of_by_one_engine_and_given_to_no_other() {
        use crate::engine::Run;
        use crate::engine::gpu::test_gpu;
        use crate::pass::{Centres, Lloyd};

        let Some(gpu) = test_gpu() else { return };
        drop(gpu);
        let software: Opener = |_| Ok(vec![test_gpu().expect("it was there")]);
        let mut chooser = Chooser::new(EngineKind::Auto, None).opened_by(software);
        let choice = chooser.choose(MANY, 8).expect("it is there");
        let addresses: Vec<u32> = (0..100).collect();
        let run = |engine: &mut dyn Engine| {
            let centres = [Centres::single()];
            let stats = Run::<Lloyd>::run(engine, &centres).expect("the CPU is there");
            assert_eq!(stats[0].0[0].count, 100);
        };
        let mut first = choice.engine(&addresses);
        run(first.as_mut());
        assert!(first.trouble().is_none() && choice.description().starts_with("gpu: "));
        choice.gpus()[0].lose();
        run(first.as_mut());
        assert!(first.trouble().is_some());
        let mut second = choice.engine(&addresses);
        run(second.as_mut());
        assert!(second.trouble().is_none());
        assert!(second.description().starts_with("cpu: "));
        assert!(choice.description().contains(", then cpu: "), "{}", choice.description());
        assert_eq!(chooser.choose(MANY, 8).expect("the CPU is there").name(), "cpu");
    }
}
