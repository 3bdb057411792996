//! A GPU: how it is found, opened, given kernels, and how its failures become errors.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::diagnose::why_no_adapter;
use super::kernels::{Kernel, Word};
use super::select::{Wanted, rank, select};
use crate::engine::EngineError;

/// Why no GPU could be opened.
#[derive(Debug, thiserror::Error)]
pub enum GpuError {
    /// No adapter at all.
    #[error("no GPU adapter was found: {0}")]
    NoAdapter(String),
    /// None by that name.
    #[error("no adapter's name contains '{wanted}'; there are: {found}")]
    NoSuchAdapter {
        /// The name asked for, or several.
        wanted: String,
        /// The names there are.
        found: String,
    },
    /// Only software adapters, where a real GPU was wanted.
    #[error("the only adapter is a software one ({0}), which runs on the CPU")]
    OnlySoftware(String),
    /// The adapter refused to open.
    #[error(
        "adapter '{adapter}' cannot be opened: {reason}; try another with --adapter, or --engine cpu"
    )]
    Open {
        /// The adapter.
        adapter: String,
        /// What it said.
        reason: String,
    },
}

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
}

/// What a pipeline is built for: kernel and word, components a block, threads a workgroup.
type Built = (&'static str, Word, usize, u32);

/// What went wrong on the device, kept until it is asked for.
#[derive(Debug)]
enum Failure {
    Lost(String),
    OutOfMemory(String),
}

impl Gpu {
    /// Opens the adapters that are `wanted`: at least one, and one as often as it is named.
    ///
    /// # Errors
    /// When there is none, or one refuses.
    pub fn open(wanted: &Wanted) -> Result<Vec<Self>, GpuError> {
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
                GpuError::Open { adapter: info.name.clone(), reason: error.to_string() }
            })?;
        let failure = Arc::new(Mutex::new(None));
        let note = |failure: &Arc<Mutex<Option<Failure>>>, new: Failure| {
            failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(new);
        };
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
                note(&on_lost, Failure::Lost(message));
            }
        });
        Ok(Self(Arc::new(Inner { device, queue, info, pipelines: Mutex::default(), failure })))
    }

    /// What the adapter says of itself.
    pub fn info(&self) -> &wgpu::AdapterInfo {
        &self.0.info
    }

    /// Takes the device away, as an unplugged or crashed one goes.
    #[cfg(test)]
    pub(in crate::engine) fn lose(&self) {
        self.0.device.destroy();
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

    /// Waits until `submission` is done.
    pub(super) fn wait(&self, submission: &wgpu::SubmissionIndex) -> Result<(), EngineError> {
        let submission_index = Some(submission.clone());
        let polled = self.device().poll(wgpu::PollType::Wait { submission_index, timeout: None });
        self.check()?;
        polled.map(|_| ()).map_err(|error| EngineError::DeviceLost(self.says(&error.to_string())))
    }

    /// The first failure since the device was opened, if there was one.
    fn check(&self) -> Result<(), EngineError> {
        match &*self.0.failure.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Ok(()),
            Some(Failure::Lost(message)) => Err(EngineError::DeviceLost(self.says(message))),
            Some(Failure::OutOfMemory(message)) => {
                Err(EngineError::OutOfMemory(self.says(message)))
            }
        }
    }
    /// `message` of this device, with its lines joined: errors are one line.
    fn says(&self, message: &str) -> String {
        let words: Vec<_> = message.split_whitespace().collect();
        format!("{}: {}", self.0.info.name, words.join(" "))
    }
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
        [one] => one.info().name.clone(),
        several => format!("{} x {}", several.len(), several[0].info().name),
    };
    alike.map(name).collect::<Vec<_>>().join(" + ")
}
