//! Where to compute, by the name of an engine.

use octomix::address::Points;
use octomix::conformance::{Check, Parameters, check_centres, check_mixtures};
use octomix::engine::Engine;
use octomix::engine::choice::{Choice, EngineKind};
use octomix::engine::gpu::described::describe;
use octomix::engine::gpu::device::adapters;
use pyo3::prelude::*;

use crate::array::Rows;
use crate::error;
use crate::words::told;

/// The GPU adapters of this machine, in JSON, as `octomix devices --format json` lists them.
#[pyfunction]
pub fn devices(py: Python<'_>) -> PyResult<String> {
    let found = py.detach(|| describe(&adapters()));
    serde_json::to_string(&found).map(|found| told(&found)).map_err(error::octomix)
}

/// A pass, one of its statistics, the error, its bound, and whether it is within.
type Checked = (&'static str, &'static str, f64, f64, bool);

/// Every statistic of every pass on this engine beside the reference's.
#[pyfunction]
pub fn validate(
    py: Python<'_>,
    rows: Rows<'_>,
    components: usize,
    device: Device,
) -> PyResult<Vec<Checked>> {
    let points = rows.points()?;
    let (mut engine, _) = device.over(points.clone(), components)?;
    let checked = py.detach(|| {
        let parameters = Parameters::new(points.addresses(), components)?;
        let mut checks = check_centres(engine.as_mut(), &points, &parameters.centres)?;
        checks.extend(check_mixtures(engine.as_mut(), &points, &parameters.mixtures)?);
        Ok(checks)
    });
    let row =
        |check: &Check| (check.pass, check.statistic, check.error, check.bound, check.holds());
    checked.map(|checks| checks.iter().map(row).collect()).map_err(error::fit)
}

/// The engine that is asked for.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Device {
    engine: String,
    adapter: Option<String>,
}

impl Device {
    /// The choice for so many addresses and components.
    pub fn choose(&self, addresses: usize, components: usize) -> PyResult<(EngineKind, Choice)> {
        let kinds = [EngineKind::Auto, EngineKind::Gpu, EngineKind::Cpu, EngineKind::Reference];
        let kind = kinds.into_iter().find(|kind| kind.name() == self.engine).ok_or_else(|| {
            error::value(format!(
                "engine must be 'auto', 'gpu', 'cpu' or 'reference'; got '{}'",
                self.engine
            ))
        })?;
        let choice = Choice::new(kind, self.adapter.as_deref(), addresses, components);
        Ok((kind, choice.map_err(error::gpu)?))
    }

    /// The engine over `points` for so many components, and its name.
    pub fn over<'a>(
        &self,
        points: Points<'a>,
        components: usize,
    ) -> PyResult<(Box<dyn Engine + 'a>, &'static str)> {
        let (_, choice) = self.choose(points.addresses().len(), components)?;
        Ok((choice.engine(points), choice.name()))
    }
}
