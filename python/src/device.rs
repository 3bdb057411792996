//! Where to compute, by the name of an engine.

use octomix::address::Points;
use octomix::engine::Engine;
use octomix::engine::choice::{Choice, EngineKind};
use pyo3::prelude::*;

use crate::error;

/// The engine that is asked for.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Device {
    engine: String,
    adapter: Option<String>,
}

impl Device {
    /// The choice for so many addresses and components.
    pub fn choose(&self, addresses: usize, components: usize) -> PyResult<Choice> {
        let kinds = [EngineKind::Auto, EngineKind::Gpu, EngineKind::Cpu, EngineKind::Reference];
        let kind = kinds.into_iter().find(|kind| kind.name() == self.engine).ok_or_else(|| {
            error::value(format!(
                "engine must be 'auto', 'gpu', 'cpu' or 'reference'; got '{}'",
                self.engine
            ))
        })?;
        Choice::new(kind, self.adapter.as_deref(), addresses, components).map_err(error::gpu)
    }

    /// The engine over `points` for so many components, and its name.
    pub fn over<'a>(
        &self,
        points: Points<'a>,
        components: usize,
    ) -> PyResult<(Box<dyn Engine + 'a>, &'static str)> {
        let choice = self.choose(points.addresses().len(), components)?;
        Ok((choice.engine(points), choice.name()))
    }
}
