//! A GPU: how it is found, opened, given kernels, and how its failures become errors.

#[cfg(test)]
mod faults;

use std::collections::HashMap;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::diagnose::why_no_adapter;
use super::kernels::{Kernel, Word};
use super::select::{is_software, rank, select};
use super::{GpuError, Wanted};
use crate::engine::EngineError;
use crate::words::shown;

/// All adapters of the machine that octomix can speak to: Vulkan, Metal, DX12; the best first.
pub fn adapters() -> Vec<wgpu::Adapter> {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    // Drivers that say how much memory there is refuse more of it, rather than swap it to the host.
    descriptor.memory_budget_thresholds.for_resource_creation = Some(90);
    let instance = wgpu::Instance::new(descriptor);
    // No GL: it would be silently emulated where there is no driver.
    let backends = wgpu::Backends::VULKAN | wgpu::Backends::METAL | wgpu::Backends::DX12;
    let mut found = pollster::block_on(instance.enumerate_adapters(backends));
    found.sort_by_key(|adapter| rank(&adapter.get_info()));
    found
}

/// Whether `adapter` has compute shaders, and room for what the kernels bind.
pub fn can_compute(adapter: &wgpu::Adapter) -> bool {
    let flags = adapter.get_downlevel_capabilities().flags;
    flags.contains(wgpu::DownlevelFlags::COMPUTE_SHADERS)
        && wgpu::Limits::downlevel_defaults().check_limits(&adapter.limits())
}

/// An open GPU. Clones share it, its kernels and its state.
#[derive(Debug, Clone)]
pub struct Gpu(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    device: wgpu::Device,
    queue: wgpu::Queue,
    info: wgpu::AdapterInfo,
    pipelines: Mutex<HashMap<Built, wgpu::ComputePipeline>>,
    failure: Arc<Mutex<Option<Failure>>>,
    /// The least time that a dispatch is waited for.
    patience: Duration,
    /// The longest that one was waited for and came, in milliseconds.
    longest: AtomicU64,
    /// That nothing comes back any more, by decree of a test.
    #[cfg(test)]
    hangs: std::sync::atomic::AtomicBool,
}

/// What a pipeline is built for: kernel and word, components a block, threads a workgroup.
type Built = (&'static str, Word, usize, u32);

/// What went wrong on the device, kept until it is asked for.
#[derive(Debug)]
enum Failure {
    Lost(String),
    OutOfMemory(String),
    Hung(String),
}

/// The least time after which a dispatch counts as hanging: 1,200 times as long as it should take, because
/// software adapters are slow on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A dispatch also counts as hanging only after as many times the longest before.
const TIMES_THE_LONGEST: u32 = 100;

/// How long a dispatch is waited for at a time. A process that was stopped and goes on takes that for the end of
/// one such wait, not of its patience, while a software adapter was stopped too.
const WAIT: Duration = Duration::from_secs(1);

impl Gpu {
    /// Opens the adapters that are `wanted`: at least one, and one as often as it is named.
    ///
    /// A panic of what is below wgpu becomes an error. A driver that crashes ends the process, which only a
    /// trial in a process of its own keeps away: the program makes one.
    ///
    /// # Errors
    /// When there is none, or one refuses.
    pub fn open(wanted: &Wanted) -> Result<Vec<Self>, GpuError> {
        // Whatever panicked is not used again.
        catch_unwind(AssertUnwindSafe(|| Self::open_all(wanted))).unwrap_or_else(|panic| {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref().copied()).unwrap_or("a panic");
            Err(GpuError::Unusable(format!("a graphics driver is broken: {}", one_line(said))))
        })
    }

    fn open_all(wanted: &Wanted) -> Result<Vec<Self>, GpuError> {
        let mut found = adapters();
        found.retain(can_compute);
        if found.is_empty() {
            return Err(GpuError::NoAdapter(why_no_adapter().to_string()));
        }
        let infos: Vec<_> = found.iter().map(wgpu::Adapter::get_info).collect();
        let selected = select(wanted, &infos)?;
        selected.into_iter().map(|adapter| Self::request(&found[adapter])).collect()
    }

    fn request(adapter: &wgpu::Adapter) -> Result<Self, GpuError> {
        let info = adapter.get_info();
        let limits = adapter.limits();
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("octomix"),
            required_limits: wgpu::Limits {
                max_storage_buffer_binding_size: limits.max_storage_buffer_binding_size,
                max_buffer_size: limits.max_buffer_size,
                ..wgpu::Limits::downlevel_defaults()
            },
            ..Default::default()
        };
        let (device, queue) =
            pollster::block_on(adapter.request_device(&descriptor)).map_err(|error| {
                GpuError::Open { adapter: shown(&info.name), reason: shown(&error.to_string()) }
            })?;
        let failure = Arc::new(Mutex::new(None));
        let on_error = Arc::clone(&failure);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            note(
                &on_error,
                match error {
                    wgpu::Error::OutOfMemory { .. } => Failure::OutOfMemory(error.to_string()),
                    _ => Failure::Lost(error.to_string()),
                },
            );
        }));
        let on_lost = Arc::clone(&failure);
        device.set_device_lost_callback(move |reason, message| {
            // Dropping the device is no failure.
            if reason != wgpu::DeviceLostReason::Destroyed {
                note(&on_lost, lost(message));
            }
        });
        Ok(Self(Arc::new(Inner {
            device,
            queue,
            info,
            pipelines: Mutex::default(),
            failure,
            patience: PATIENCE,
            longest: AtomicU64::new(0),
            #[cfg(test)]
            hangs: Default::default(),
        })))
    }

    /// What the adapter says of itself.
    pub fn info(&self) -> &wgpu::AdapterInfo {
        &self.0.info
    }

    pub(super) fn device(&self) -> &wgpu::Device {
        &self.0.device
    }

    pub(super) fn queue(&self) -> &wgpu::Queue {
        &self.0.queue
    }

    /// The pipeline of `kernel` for blocks of `block` components and workgroups of `workgroup` threads,
    /// built when first asked for.
    pub(super) fn pipeline(
        &self,
        kernel: &Kernel,
        block: usize,
        workgroup: u32,
    ) -> wgpu::ComputePipeline {
        let mut pipelines = self.0.pipelines.lock().unwrap_or_else(PoisonError::into_inner);
        let label = Some(kernel.name);
        let build = || {
            let module = self.device().create_shader_module(wgpu::ShaderModuleDescriptor {
                label,
                source: wgpu::ShaderSource::Wgsl(kernel.wgsl(block).into()),
            });
            self.device().create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label,
                layout: None,
                module: &module,
                entry_point: Some("main"),
                compilation_options: wgpu::PipelineCompilationOptions {
                    constants: &[("WORKGROUP", f64::from(workgroup))],
                    ..Default::default()
                },
                cache: None,
            })
        };
        let built = (kernel.name, kernel.word, block, workgroup);
        pipelines.entry(built).or_insert_with(build).clone()
    }

    /// Waits for `submission`, no longer than `wait`.
    fn poll(
        &self,
        submission: &wgpu::SubmissionIndex,
        wait: Duration,
    ) -> Result<wgpu::PollStatus, wgpu::PollError> {
        #[cfg(test)]
        if self.0.hangs.load(Ordering::Relaxed) {
            std::thread::sleep(wait);
            return Err(wgpu::PollError::Timeout);
        }
        let submission_index = Some(submission.clone());
        self.device().poll(wgpu::PollType::Wait { submission_index, timeout: Some(wait) })
    }

    /// Waits until `submission` is done, or hangs.
    pub(super) fn wait(&self, submission: &wgpu::SubmissionIndex) -> Result<(), EngineError> {
        let longest = Duration::from_millis(self.0.longest.load(Ordering::Relaxed));
        let patience = self.0.patience.max(longest * TIMES_THE_LONGEST);
        let (start, mut waited) = (Instant::now(), Duration::ZERO);
        while waited < patience {
            let wait = WAIT.min(patience - waited);
            let polled = self.poll(submission, wait);
            self.check()?;
            match polled {
                Ok(_) => {
                    let took = start.elapsed().as_millis() as u64;
                    self.0.longest.fetch_max(took, Ordering::Relaxed);
                    return Ok(());
                }
                Err(wgpu::PollError::Timeout) => waited += wait,
                Err(error) => return Err(EngineError::DeviceLost(self.says(&error.to_string()))),
            }
        }
        let hung = format!("nothing came back for {:.0} s", patience.as_secs_f64());
        note(&self.0.failure, Failure::Hung(hung));
        // wgpu waits without end for a queue that it drops. So this one is never dropped: it goes with the
        // process.
        mem::forget(self.clone());
        self.check()
    }

    /// Whether it is a CPU that acts as a GPU.
    pub(in crate::engine) fn is_software(&self) -> bool {
        is_software(self.info())
    }

    /// Whether it has failed, once and for all.
    pub(in crate::engine) fn has_failed(&self) -> bool {
        self.check().is_err()
    }

    /// The first failure since the device was opened, if there was one.
    pub(super) fn check(&self) -> Result<(), EngineError> {
        let failure = self.0.failure.lock().unwrap_or_else(PoisonError::into_inner);
        Err(match &*failure {
            None => return Ok(()),
            Some(Failure::Lost(message)) => EngineError::DeviceLost(self.says(message)),
            Some(Failure::OutOfMemory(message)) => EngineError::OutOfMemory(self.says(message)),
            Some(Failure::Hung(message)) => EngineError::Hung(self.says(message)),
        })
    }

    /// `message` of this device: errors are one line.
    fn says(&self, message: &str) -> String {
        format!("{}: {}", shown(&self.0.info.name), one_line(message))
    }
}

/// Keeps the first failure.
fn note(failure: &Mutex<Option<Failure>>, new: Failure) {
    failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(new);
}

/// Why a device is gone. wgpu gives up one that has no memory left for what it uploads or submits, and tells
/// that by words alone.
fn lost(message: String) -> Failure {
    match message.to_lowercase().contains("out of memory") {
        true => Failure::OutOfMemory(message),
        false => Failure::Lost(message),
    }
}

/// The lines of `message` joined.
fn one_line(message: &str) -> String {
    shown(&message.split_whitespace().collect::<Vec<_>>().join(" "))
}

impl AsRef<[Gpu]> for Gpu {
    fn as_ref(&self) -> &[Gpu] {
        std::slice::from_ref(self)
    }
}

/// What `gpus` are called; of neighbours by the same name, how many they are.
pub(in crate::engine) fn names(gpus: &[Gpu]) -> String {
    let alike = gpus.chunk_by(|a, b| a.info().name == b.info().name);
    let name = |alike: &[Gpu]| match alike {
        [one] => shown(&one.info().name),
        several => format!("{} x {}", several.len(), shown(&several[0].info().name)),
    };
    alike.map(name).collect::<Vec<_>>().join(" + ")
}
