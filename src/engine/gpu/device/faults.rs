//! A device that fails because a test wants it to: lost, full or hanging. None of this is in the program.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Gpu;

impl Gpu {
    /// Takes the device away, as an unplugged or crashed one goes.
    pub(in crate::engine) fn lose(&self) {
        self.0.device.destroy();
    }

    /// The same that takes less for a hang.
    pub(in crate::engine) fn impatient(mut self, patience: Duration) -> Self {
        Arc::get_mut(&mut self.0).expect("there are no clones yet").patience = patience;
        self
    }

    /// Gives it seconds of work before all that comes.
    ///
    /// llvmpipe does all work before it returns from being given it, so there nothing comes back by decree.
    pub(in crate::engine) fn hang(&self) {
        if self.0.info.driver == "llvmpipe" {
            return self.0.hangs.store(true, Ordering::Relaxed);
        }
        const LOOP: &str = "
            @group(0) @binding(0) var<storage, read_write> result: array<u32>;
            @compute @workgroup_size(1) fn main() {
                var x = result[0];
                for (var i = 0u; i < 60000u; i++) { x = x * 1664525u + (x >> 16u) + i; }
                result[0] = x;
            }";
        let device = self.device();
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Wgsl(LOOP.into()),
        });
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: None,
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            cache: None,
        });
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: 4,
            usage: wgpu::BufferUsages::STORAGE,
            mapped_at_creation: false,
        });
        let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &[wgpu::BindGroupEntry { binding: 0, resource: buffer.as_entire_binding() }],
        });
        let mut encoder = device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &bind_group, &[]);
        // Some drivers end a loop after 65,535 turns.
        pass.dispatch_workgroups(40_000, 1, 1);
        drop(pass);
        self.queue().submit([encoder.finish()]);
    }

    /// Takes all its memory, as others may who compute on it, until what is returned is dropped.
    pub(in crate::engine) fn fill(&self) -> Vec<wgpu::Buffer> {
        let mut size = self.device().limits().max_buffer_size & !3;
        let mut taken = Vec::new();
        // Software adapters take the time of many small ones from the tests.
        while size >= 1 << 23 {
            let scope = self.device().push_error_scope(wgpu::ErrorFilter::OutOfMemory);
            let buffer = self.take(size);
            match pollster::block_on(scope.pop()) {
                None => taken.push(buffer),
                Some(_) => size = (size / 2) & !3,
            }
        }
        taken
    }

    /// A buffer of `size` bytes.
    fn take(&self, size: u64) -> wgpu::Buffer {
        self.device().create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size,
            usage: wgpu::BufferUsages::STORAGE,
            mapped_at_creation: false,
        })
    }

    /// Asks for more memory than it has.
    pub(in crate::engine) fn overfill(&self) {
        let mut taken = Vec::new();
        while self.check().is_ok() {
            taken.push(self.take(self.device().limits().max_buffer_size & !3));
        }
    }
}
