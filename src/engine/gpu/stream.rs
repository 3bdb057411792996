//! Kernels that say something of every address, read back span by span.

use bytemuck::Pod;
use wgpu::BufferUsages as Usage;

use super::buffer::{slice, upload};
use super::chunk::Loads;
use super::flight::Flights;
use super::kernel::{Pack, Word};
use super::plan::{LANES, WORKGROUPS, spans};
use super::shader::Shape;
use super::{GpuEngine, Sweep};
use crate::engine::{EngineError, Sink};

/// A kernel that writes one item an address: four addresses a thread, one trip.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stream {
    /// The name of the kernel.
    pub name: &'static str,
    /// The parts of its shader.
    pub source: &'static [&'static str],
}

/// The components of `params` for the device, at least one.
pub(super) fn packed<P: Pack>(params: &P) -> Vec<P::Packed> {
    let mut packed = params.pack();
    if packed.is_empty() {
        packed.push(P::PADDING);
    }
    packed
}

impl GpuEngine<'_> {
    /// Hands what `kernel` says of every address under `params` to `sink`, in order.
    pub(super) fn stream<P: Pack, Item: Pod>(
        &mut self,
        kernel: Stream,
        params: &P,
        sink: &mut Sink<'_, Item>,
    ) -> Result<(), EngineError> {
        let workgroup = self.layout.workgroup;
        let shape = Shape { block: 1, workgroup, word: Word::F32 };
        let pipeline = self.gpu.pipeline(kernel.name, kernel.source, shape);
        let packed = packed(params);
        let params = upload(&self.gpu, "params", bytemuck::cast_slice(&packed), Usage::STORAGE);
        let trip = workgroup as usize * LANES;
        let span = (WORKGROUPS * trip).min((self.layout.work / packed.len()).max(LANES));
        let mut flights = Flights::new(&self.gpu);
        let all = self.points.addresses().clone();
        let mut done = 0;
        let mut hand_on = |words: Vec<u32>| {
            let items: &[Item] = bytemuck::cast_slice(&words);
            let addresses = &all[done..done + items.len()];
            done += items.len();
            sink(addresses, items)
        };
        for place in self.in_order() {
            let addresses = self.loads.get(&self.gpu, &place);
            for span in spans(place.addresses(), span) {
                if let Some(((), words)) = flights.make_room()? {
                    hand_on(words)?;
                }
                let bytes = size_of::<Item>() * span.len();
                let outputs = self.slots.take(&self.gpu, bytes);
                let sweep = Sweep {
                    start: span.start as u32,
                    end: span.end as u32,
                    components: packed.len() as u32,
                };
                let sweep = upload(&self.gpu, "sweep", bytemuck::bytes_of(&sweep), Usage::UNIFORM);
                let mut encoder = self.gpu.device().create_command_encoder(&Default::default());
                self.dispatch(
                    &mut encoder,
                    &pipeline,
                    &[
                        sweep.as_entire_binding(),
                        addresses.as_entire_binding(),
                        params.as_entire_binding(),
                        slice(&outputs[0], bytes),
                    ],
                    [span.len().div_ceil(trip) as u32, 1, 1],
                );
                flights.launch((), encoder, outputs, bytes);
            }
        }
        while let Some(((), words)) = flights.land()? {
            hand_on(words)?;
        }
        // What was uploaded for this alone.
        self.loads = Loads::default();
        Ok(())
    }
}
