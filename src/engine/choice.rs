//! Which engine runs: what was asked for, what the machine has, what the size repays.

use super::gpu::select::is_software;
use super::gpu::{Gpu, GpuEngine, GpuError, Wanted, names};
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

/// Makes choices one after the other: GPUs are opened when the first set needs them, and shared.
#[derive(Debug)]
pub struct Chooser {
    kind: EngineKind,
    adapter: Option<String>,
    gpus: Option<Vec<Gpu>>,
    /// Why `Auto` goes on without one.
    missing: Option<String>,
}

impl Chooser {
    /// For an engine of this kind, on the GPUs that `adapter` names: see [`Wanted::name`].
    pub fn new(kind: EngineKind, adapter: Option<&str>) -> Self {
        Self { kind, adapter: adapter.map(str::to_owned), gpus: None, missing: None }
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
                    gpus.iter().filter(|gpu| is_software(gpu.info())).cloned().collect();
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
        if self.missing.is_none() {
            match self.open(false) {
                Ok(gpus) => {
                    let reason = "enough addresses to repay a GPU";
                    return chosen(Chosen::GpuWhileItLasts(gpus), reason);
                }
                Err(error) => self.missing = Some(format!("{error}; going on with the CPU")),
            }
        }
        chosen(Chosen::Cpu, self.missing.as_deref().unwrap_or_default())
    }

    fn open(&mut self, software: bool) -> Result<Vec<Gpu>, GpuError> {
        if let Some(gpus) = &self.gpus {
            return Ok(gpus.clone());
        }
        let gpus = Gpu::open(&Wanted { name: self.adapter.clone(), software })?;
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

    /// The engine over `points`.
    pub fn engine<'a>(&self, points: impl Into<Points<'a>>) -> Box<dyn Engine + 'a> {
        let points = points.into();
        match &self.place {
            Chosen::Gpus(gpus) => Box::new(GpuEngine::new(gpus, points)),
            Chosen::GpuWhileItLasts(gpus) => {
                Box::new(FallbackEngine::new(GpuEngine::new(gpus, points)))
            }
            Chosen::Cpu => Box::new(CpuEngine::new(points)),
            Chosen::Reference => Box::new(ReferenceEngine::new(points)),
        }
    }
}
