//! Fits: each lets the interpreter's lock go until it has a model.

use numpy::{PyArrayMethods, PyReadonlyArray1};
use octomix::address::{OCTETS, Points};
use octomix::engine::{Engine, Run};
use octomix::model::any::{Fit, Params};
use octomix::model::pca::Pca;
use octomix::model::sufficient::symmetric;
use octomix::pass::{Centres, Moments};
use octomix::store::model::{ModelFile, Provenance, WeightedBy};
use pyo3::prelude::*;

use crate::array::Rows;
use crate::device::Device;
use crate::error;
use crate::model::Model;
use crate::options::{KMeansOptions, MixtureOptions, parse};
use crate::watch::Watch;

/// Fits a mixture to `rows`.
#[pyfunction]
#[pyo3(signature = (rows, options, device, progress=None, labels=None, warm=None))]
pub fn fit_mixture(
    py: Python<'_>,
    rows: Rows<'_>,
    options: &str,
    device: Device,
    progress: Option<Py<PyAny>>,
    labels: Option<PyReadonlyArray1<'_, u32>>,
    warm: Option<&Model>,
) -> PyResult<Model> {
    let points = rows.points()?;
    let labels = labels.map(|labels| labels.to_vec()).transpose().map_err(error::value)?;
    if labels.is_some() && points.addresses()[..] != *rows.addresses()? {
        return Err(error::value("labels to start from need distinct addresses; make them unique"));
    }
    let params = parse::<MixtureOptions>(options)?.params(labels, warm)?;
    fit(py, points, &device, progress, &params.clone().into(), |engine, watch| {
        let fit = params.fit(engine, &mut |at| watch.of_fit(at))?;
        Ok(Fit::Mixture(Box::new(fit)))
    })
}

/// Runs K-Means on `rows`.
#[pyfunction]
#[pyo3(signature = (rows, options, device, progress=None))]
pub fn fit_kmeans(
    py: Python<'_>,
    rows: Rows<'_>,
    options: &str,
    device: Device,
    progress: Option<Py<PyAny>>,
) -> PyResult<Model> {
    let params = parse::<KMeansOptions>(options)?.params()?;
    fit(py, rows.points()?, &device, progress, &params.clone().into(), |engine, watch| {
        params.fit(engine, &mut |at| watch.of_fit(at)).map(Fit::KMeans)
    })
}

fn fit(
    py: Python<'_>,
    points: Points<'_>,
    device: &Device,
    progress: Option<Py<PyAny>>,
    params: &Params,
    work: impl FnOnce(&mut dyn Engine, &mut Watch) -> Result<Fit, octomix::FitError> + Send,
) -> PyResult<Model> {
    let (addresses, weighted) = (points.addresses().len(), points.weights().is_some());
    let (mut engine, name) = device.over(points, params.components())?;
    let mut watch = Watch::new(progress)?;
    let fitted = py.detach(|| work(engine.as_mut(), &mut watch));
    let fit = watch.end(fitted, error::fit)?;
    let about = Provenance {
        role: "any",
        params,
        threshold: None,
        pca: &Pca::new(fit.moments()),
        addresses,
        weighted_by: if weighted { WeightedBy::Packets } else { WeightedBy::Addresses },
        log_likelihood: None,
        engine: name,
    };
    Model::new(&ModelFile::new(&fit, &about))
}

type ExactMoments = (u64, [f64; OCTETS], [[f64; OCTETS]; OCTETS]);

/// Fits with each number of components; a row of figures each, in JSON.
#[pyfunction]
#[pyo3(signature = (rows, ks, mixture, kmeans, device, progress=None))]
pub fn sweep(
    py: Python<'_>,
    rows: Rows<'_>,
    ks: Vec<usize>,
    mixture: Option<&str>,
    kmeans: Option<&str>,
    device: Device,
    progress: Option<Py<PyAny>>,
) -> PyResult<String> {
    let params: Params = match (mixture, kmeans) {
        (Some(options), _) => parse::<MixtureOptions>(options)?.params(None, None)?.into(),
        (None, Some(options)) => parse::<KMeansOptions>(options)?.params()?.into(),
        (None, None) => return Err(error::value("neither a mixture nor K-Means is given")),
    };
    let most = ks.iter().copied().max().unwrap_or(1);
    let (mut engine, _) = device.over(rows.points()?, most)?;
    let mut watch = Watch::new(progress)?;
    let swept = py.detach(|| params.sweep(engine.as_mut(), &ks, &mut |at| watch.of_fit(at)));
    serde_json::to_string(&watch.end(swept, error::fit)?).map_err(error::octomix)
}

/// How often addresses count, their mean and the rows of their covariance: what principal components follow from.
#[pyfunction]
pub fn moments(py: Python<'_>, rows: Rows<'_>, device: Device) -> PyResult<ExactMoments> {
    let (mut engine, _) = device.over(rows.points()?, 1)?;
    let stats = py.detach(|| Run::<Moments>::run(engine.as_mut(), &[Centres::single()]));
    let stats = stats.map_err(error::engine)?;
    let all = stats.first().map(|stats| stats.total()).unwrap_or_default();
    let covariance = symmetric(&all.covariance(1));
    Ok((all.count, all.mean(), covariance.into()))
}
