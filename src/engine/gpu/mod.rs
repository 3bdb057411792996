//! Passes on a GPU, through wgpu: Vulkan, Metal, DX12.
//!
//! Addresses are uploaded once, 4 bytes each, in chunks. A sweep leaves one partial sum a thread and
//! row; a second kernel sums those by 64; the host sums the rest in f64, in a fixed order.

pub mod device;
pub mod diagnose;
pub mod kernel;
pub mod shader;

use bytemuck::{Pod, Zeroable};
use wgpu::util::DeviceExt;

use self::device::is_software;
pub use self::device::{Gpu, GpuError, Wanted};
use self::kernel::{Kernel, pack_mixture};
use self::shader::Shape;
use super::{Arithmetic, Engine, EngineError, Precision, Run};
use crate::pass::label::Label;
use crate::pass::{Mixture, Stats};

/// Components whose sums a thread keeps: eight take 120 registers.
const LARGEST_BLOCK: usize = 8;

/// Addresses a trip of a thread, one a lane of a vector.
const LANES: usize = 4;

/// Trips a thread at most, so that an f32 sums some hundred terms and not millions.
pub const TRIPS: usize = 256;

/// Partials a word of the reduction at most. With [`TRIPS`] x [`LANES`] addresses a partial a u32
/// holds 65,536 products of two octets: 65,536 x 255^2 < 2^32.
pub const PARTIALS: usize = 64;

/// Addresses a thread should have at least, lest partial sums cost more than the addresses.
const WORTH_A_THREAD: usize = 16;

/// Rows that fit in the second dimension of a dispatch.
const ROWS_A_DISPATCH: usize = 65_535;

/// Addresses times components a dispatch: tens of milliseconds of an integrated GPU, far below the
/// two seconds after which a display resets it.
const WORK_A_DISPATCH: usize = 1 << 28;

/// How work is laid out on a kind of device.
#[derive(Debug, Clone, Copy)]
struct Layout {
    /// Threads a workgroup.
    workgroup: u32,
    /// Threads a sweep at most.
    threads: usize,
    /// Addresses a buffer.
    chunk: usize,
}

/// Enough threads to fill a GPU and hide its memory.
const HARDWARE: Layout = Layout { workgroup: 64, threads: 65_536, chunk: 1 << 24 };
/// A processor wants few threads, each a vector wide.
const SOFTWARE: Layout = Layout { workgroup: 8, threads: 4096, chunk: 1 << 22 };

/// `Sweep` of `shaders/sweep.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct Sweep {
    /// Addresses in the chunk.
    pub addresses: u32,
    /// Threads along x.
    pub threads: u32,
    /// Trips of four addresses a thread.
    pub trips: u32,
    /// Components of a parameter set.
    pub components: u32,
}

/// `Reduction` of `shaders/reduce.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct Reduction {
    /// Rows of partial sums.
    pub rows: u32,
    /// Partials a row.
    pub threads: u32,
    /// Sums a row that are left.
    pub segments: u32,
}

/// `Label` of `shaders/label.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct LabelWord {
    /// The component of largest responsibility.
    pub cluster: u32,
    /// The log2-density.
    pub log2_density: f32,
}

/// The engine of a GPU.
#[derive(Debug)]
pub struct GpuEngine<'a> {
    gpu: Gpu,
    layout: Layout,
    addresses: &'a [u32],
    chunks: Vec<Chunk>,
    partials: Option<wgpu::Buffer>,
    sums: Option<wgpu::Buffer>,
    staging: Option<wgpu::Buffer>,
}

#[derive(Debug)]
struct Chunk {
    buffer: wgpu::Buffer,
    addresses: usize,
}

impl<'a> GpuEngine<'a> {
    /// Uploads `addresses` to `gpu`.
    pub fn new(gpu: &Gpu, addresses: &'a [u32]) -> Self {
        let layout = if is_software(gpu.info()) { SOFTWARE } else { HARDWARE };
        Self::with_chunks(gpu, addresses, layout.chunk)
    }

    /// As [`new`](Self::new), in chunks of at most `chunk` addresses: for tests of what many do.
    pub fn with_chunks(gpu: &Gpu, addresses: &'a [u32], chunk: usize) -> Self {
        let layout = if is_software(gpu.info()) { SOFTWARE } else { HARDWARE };
        // All of a chunk must be reached within the trips of its threads.
        let chunk = chunk.clamp(1, layout.threads * TRIPS * LANES).min(layout.chunk);
        let chunks = addresses
            .chunks(chunk)
            .map(|chunk| Chunk {
                buffer: gpu.device().create_buffer_init(&wgpu::util::BufferInitDescriptor {
                    label: Some("addresses"),
                    contents: bytemuck::cast_slice(chunk),
                    usage: wgpu::BufferUsages::STORAGE,
                }),
                addresses: chunk.len(),
            })
            .collect();
        Self {
            gpu: gpu.clone(),
            layout,
            addresses,
            chunks,
            partials: None,
            sums: None,
            staging: None,
        }
    }

    /// A buffer of small contents for one run.
    fn upload(&self, label: &str, contents: &[u8], usage: wgpu::BufferUsages) -> wgpu::Buffer {
        let label = Some(label);
        self.gpu.device().create_buffer_init(&wgpu::util::BufferInitDescriptor {
            label,
            contents,
            usage,
        })
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

    /// The sums over one chunk of `sets` parameter sets, `rows` rows in all.
    fn sweep<K: Kernel>(
        &mut self,
        chunk: usize,
        packed: &[K::Packed],
        sets: usize,
        block: usize,
    ) -> Result<Vec<f64>, EngineError> {
        use wgpu::BufferUsages as Usage;

        let addresses = self.chunks[chunk].addresses;
        let components = packed.len() / sets;
        let blocks = components / block;
        let threads = addresses.div_ceil(WORTH_A_THREAD).min(self.layout.threads);
        let trips = addresses.div_ceil(threads * LANES);
        let segments = threads.div_ceil(PARTIALS);
        let rows = sets * blocks * (block * K::ROWS + K::BLOCK_ROWS);
        let (partial_bytes, sum_bytes) = (4 * rows * threads, 4 * rows * segments);
        let device = self.gpu.device();
        grow(device, &mut self.partials, "partials", partial_bytes, Usage::STORAGE);
        grow(device, &mut self.sums, "sums", sum_bytes, Usage::STORAGE | Usage::COPY_SRC);
        grow(device, &mut self.staging, "staging", sum_bytes, Usage::MAP_READ | Usage::COPY_DST);
        let (Some(partials), Some(sums), Some(staging)) =
            (&self.partials, &self.sums, &self.staging)
        else {
            unreachable!("grow fills what it is given")
        };

        let sweep = Sweep {
            addresses: addresses as u32,
            threads: threads as u32,
            trips: trips as u32,
            components: components as u32,
        };
        let reduction =
            Reduction { rows: rows as u32, threads: threads as u32, segments: segments as u32 };
        let workgroup = self.layout.workgroup;
        let shape = Shape { block, workgroup, word: K::WORD };
        let kernel = self.gpu.pipeline(K::NAME, K::SOURCE, shape);
        let reduce = self.gpu.pipeline("reduce", &[shader::REDUCE], Shape { block: 0, ..shape });
        let mut encoder = device.create_command_encoder(&Default::default());
        let params = self.upload("params", bytemuck::cast_slice(packed), Usage::STORAGE);
        let sweep = self.upload("sweep", bytemuck::bytes_of(&sweep), Usage::UNIFORM);
        let reduction = self.upload("reduction", bytemuck::bytes_of(&reduction), Usage::UNIFORM);
        let groups = |n: usize| (n as u32).div_ceil(workgroup);
        self.dispatch(
            &mut encoder,
            &kernel,
            &[
                sweep.as_entire_binding(),
                self.chunks[chunk].buffer.as_entire_binding(),
                params.as_entire_binding(),
                slice(partials, partial_bytes),
            ],
            [groups(threads), blocks as u32, sets as u32],
        );
        self.dispatch(
            &mut encoder,
            &reduce,
            &[
                reduction.as_entire_binding(),
                slice(partials, partial_bytes),
                slice(sums, sum_bytes),
            ],
            [groups(segments), rows as u32, 1],
        );
        encoder.copy_buffer_to_buffer(sums, 0, staging, 0, sum_bytes as u64);
        self.gpu.queue().submit([encoder.finish()]);
        let words = self.gpu.read(staging.slice(..sum_bytes as u64))?;
        Ok(words.chunks(segments).map(|row| row.iter().map(|&w| K::word(w)).sum()).collect())
    }
}

/// The first `bytes` of `buffer`, for binding.
fn slice(buffer: &wgpu::Buffer, bytes: usize) -> wgpu::BindingResource<'_> {
    wgpu::BindingResource::Buffer(wgpu::BufferBinding {
        buffer,
        offset: 0,
        size: std::num::NonZeroU64::new(bytes as u64),
    })
}

/// Makes `buffer` hold at least `bytes`.
fn grow(
    device: &wgpu::Device,
    buffer: &mut Option<wgpu::Buffer>,
    label: &str,
    bytes: usize,
    usage: wgpu::BufferUsages,
) {
    let size = bytes as u64;
    if buffer.as_ref().is_none_or(|buffer| buffer.size() < size) {
        *buffer = Some(device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size,
            usage,
            mapped_at_creation: false,
        }));
    }
}

impl<K: Kernel> Run<K> for GpuEngine<'_> {
    fn run(&mut self, params: &[K::Params]) -> Result<Vec<K::Stats>, EngineError> {
        let Some(most) = params.iter().map(K::components).max() else { return Ok(Vec::new()) };
        let block = most.clamp(1, LARGEST_BLOCK);
        let padded = most.next_multiple_of(block);
        let rows_a_set = padded / block * (block * K::ROWS + K::BLOCK_ROWS);
        let binding = self.gpu.device().limits().max_storage_buffer_binding_size as usize;
        // The statistics of no address: what every set starts from.
        let mut all: Vec<K::Stats> = params.iter().map(|params| K::reduce(params, &[])).collect();
        for chunk in 0..self.chunks.len() {
            let addresses = self.chunks[chunk].addresses;
            let threads = addresses.div_ceil(WORTH_A_THREAD).min(self.layout.threads);
            let sets = (WORK_A_DISPATCH / (addresses * padded))
                .min(ROWS_A_DISPATCH / rows_a_set)
                .min(binding / (4 * rows_a_set * threads))
                .max(1);
            for (params, all) in params.chunks(sets).zip(all.chunks_mut(sets)) {
                let mut packed = Vec::with_capacity(params.len() * padded);
                for (i, params) in params.iter().enumerate() {
                    packed.extend(K::pack(params));
                    packed.resize((i + 1) * padded, K::padding());
                }
                let sums = self.sweep::<K>(chunk, &packed, params.len(), block)?;
                for ((all, params), sums) in all.iter_mut().zip(params).zip(sums.chunks(rows_a_set))
                {
                    all.merge(&K::unpack(sums, K::components(params), block));
                }
            }
        }
        Ok(all)
    }
}

impl Engine for GpuEngine<'_> {
    fn addresses(&self) -> &[u32] {
        self.addresses
    }

    fn label(
        &mut self,
        mixture: &Mixture,
        sink: &mut dyn FnMut(&[Label]) -> std::io::Result<()>,
    ) -> Result<(), EngineError> {
        use wgpu::BufferUsages as Usage;

        let workgroup = self.layout.workgroup;
        let shape = Shape { block: 1, workgroup, word: "f32" };
        let kernel = self.gpu.pipeline("label", shader::LABEL_SOURCE, shape);
        let params = pack_mixture(mixture);
        let components = params.len() as u32;
        let params = self.upload("params", bytemuck::cast_slice(&params), Usage::STORAGE);
        let mut labels = Vec::new();
        for chunk in 0..self.chunks.len() {
            let addresses = self.chunks[chunk].addresses;
            let threads = addresses.div_ceil(LANES) as u32;
            let bytes = size_of::<LabelWord>() * addresses;
            let device = self.gpu.device();
            grow(device, &mut self.sums, "labels", bytes, Usage::STORAGE | Usage::COPY_SRC);
            grow(device, &mut self.staging, "staging", bytes, Usage::MAP_READ | Usage::COPY_DST);
            let (Some(output), Some(staging)) = (&self.sums, &self.staging) else {
                unreachable!("grow fills what it is given")
            };
            let sweep = Sweep { addresses: addresses as u32, threads, trips: 1, components };
            let sweep = self.upload("sweep", bytemuck::bytes_of(&sweep), Usage::UNIFORM);
            let mut encoder = device.create_command_encoder(&Default::default());
            self.dispatch(
                &mut encoder,
                &kernel,
                &[
                    sweep.as_entire_binding(),
                    self.chunks[chunk].buffer.as_entire_binding(),
                    params.as_entire_binding(),
                    slice(output, bytes),
                ],
                [threads.div_ceil(workgroup), 1, 1],
            );
            encoder.copy_buffer_to_buffer(output, 0, staging, 0, bytes as u64);
            self.gpu.queue().submit([encoder.finish()]);
            let words = self.gpu.read(staging.slice(..bytes as u64))?;
            labels.clear();
            labels.extend(bytemuck::cast_slice::<u32, LabelWord>(&words).iter().map(|label| {
                Label {
                    cluster: label.cluster,
                    log_density: f64::from(label.log2_density) * std::f64::consts::LN_2,
                }
            }));
            sink(&labels)?;
        }
        Ok(())
    }

    fn arithmetic(&self) -> Arithmetic {
        // A lane's sum of four, the trips of its thread, the partials of a word.
        Arithmetic { precision: Precision::F32, chain: LANES + TRIPS + PARTIALS }
    }

    fn description(&self) -> String {
        format!("gpu: f32, {}", self.gpu.info().name)
    }
}
