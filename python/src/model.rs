//! A fitted model: what its file holds, and what it says of addresses.

use std::io::Write;
use std::path::{Path, PathBuf};

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, ToPyArray};
use octomix::address::Points;
use octomix::engine::{self, CpuEngine};
use octomix::model::any;
use octomix::model::estimate::Estimate;
use octomix::model::sample::Sampler;
use octomix::model::scorer::{Score, Scorer};
use octomix::pass::label::Label;
use octomix::store::Unfinished;
use octomix::store::model::{Loaded, ModelFile};
use pyo3::prelude::*;

use crate::error;
use crate::watch::Watch;

/// What errors call a model that has no file.
const NAME: &str = "the model";

/// A model, as its file has it.
#[pyclass(frozen, module = "octomix._octomix")]
pub struct Model {
    text: String,
    loaded: Loaded,
}

impl Model {
    /// That of `file`.
    pub fn new(file: &ModelFile) -> PyResult<Self> {
        let text = file.to_json(Path::new(NAME)).map_err(error::model)?;
        // JSON is UTF-8.
        Self::parse(String::from_utf8_lossy(&text).into_owned())
    }

    /// The mixture.
    pub fn estimate(&self) -> PyResult<Estimate> {
        match &self.loaded.model {
            any::Model::Mixture(estimate) => Ok(estimate.clone()),
            any::Model::KMeans(_) => Err(error::value("K-Means is no mixture to go on from")),
        }
    }

    fn scorer(&self, score: &str) -> PyResult<Scorer> {
        let scores = [Score::Sklearn, Score::Predictive];
        let score = scores.into_iter().find(|known| known.name() == score).ok_or_else(|| {
            error::value(format!("score must be 'sklearn' or 'predictive'; got '{score}'"))
        })?;
        self.loaded.model.scorer(score).map_err(error::octomix)
    }

    /// What `of` makes of the label of each of `addresses`, in their order.
    fn labels<T: Send>(
        &self,
        py: Python<'_>,
        addresses: &PyReadonlyArray1<'_, u32>,
        score: &str,
        of: impl Fn(&Label) -> T + Sync,
    ) -> PyResult<Vec<T>> {
        let (scorer, addresses) =
            (self.scorer(score)?, addresses.as_slice().map_err(error::value)?);
        let mut watch = Watch::new(None);
        let labelled = py.detach(|| {
            let mut all = Vec::with_capacity(addresses.len());
            let mut engine = CpuEngine::new(Points::new(addresses));
            scorer.label(&mut engine, &mut |_, labels| {
                all.extend(labels.iter().map(&of));
                watch.labelled(all.len(), addresses.len())
            })?;
            Ok(all)
        });
        watch.end(labelled, error::engine)
    }
}

/// Addresses, and the component of each.
type Drawn<'py> = (Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<i64>>);

#[pymethods]
impl Model {
    /// The model that `text` holds, a file's.
    #[new]
    pub fn parse(text: String) -> PyResult<Self> {
        let loaded = Loaded::parse(Path::new(NAME), text.as_bytes()).map_err(error::model)?;
        Ok(Self { text, loaded })
    }

    /// What a pickled model is made again from.
    fn __getnewargs__(&self) -> (&str,) {
        (&self.text,)
    }

    /// Writes the file at `path`, whole or not at all.
    fn save(&self, path: PathBuf) -> PyResult<()> {
        let mut file = Unfinished::create(&path).map_err(error::write)?;
        file.write_all(self.text.as_bytes()).map_err(|error| error::write(file.failed(&error)))?;
        file.keep().map_err(error::write)
    }

    /// The model of the file at `path`.
    #[staticmethod]
    fn load(path: PathBuf) -> PyResult<Self> {
        let loaded = Loaded::read(&path).map_err(error::model)?;
        let text = loaded.file.to_json(&path).map_err(error::model)?;
        Ok(Self { text: String::from_utf8_lossy(&text).into_owned(), loaded })
    }

    /// The text of its file.
    fn json(&self) -> &str {
        &self.text
    }

    /// The cluster of each address.
    fn predict<'py>(
        &self,
        py: Python<'py>,
        addresses: PyReadonlyArray1<'py, u32>,
    ) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let clusters = self.labels(py, &addresses, "sklearn", |label| i64::from(label.cluster))?;
        Ok(PyArray1::from_vec(py, clusters))
    }

    /// The log-density of each address, in nats.
    fn score_samples<'py>(
        &self,
        py: Python<'py>,
        addresses: PyReadonlyArray1<'py, u32>,
        score: &str,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let densities = self.labels(py, &addresses, score, |label| label.log_density)?;
        Ok(PyArray1::from_vec(py, densities))
    }

    /// The probability of each component for each address.
    fn predict_proba<'py>(
        &self,
        py: Python<'py>,
        addresses: PyReadonlyArray1<'py, u32>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let density = match self.scorer("sklearn")? {
            Scorer::Mixture(density) => density,
            Scorer::Partition(..) => return Err(error::value("K-Means has no responsibilities")),
        };
        let addresses = addresses.as_slice().map_err(error::value)?;
        let rows = py.detach(|| engine::responsibilities(&density, addresses));
        let shape = [addresses.len(), density.components.0.len()];
        PyArray1::from_vec(py, rows).reshape(shape)
    }

    /// So many addresses and their components, drawn from the mixture.
    fn sample<'py>(&self, py: Python<'py>, count: usize, seed: u64) -> PyResult<Drawn<'py>> {
        let mut sampler =
            Sampler::new(&self.loaded.model.estimate(), seed).map_err(error::value)?;
        let drawn = (0..count).map(|_| sampler.draw());
        let (addresses, components): (Vec<u32>, Vec<i64>) =
            drawn.map(|(address, component)| (address, component as i64)).unzip();
        Ok((addresses.to_pyarray(py), components.to_pyarray(py)))
    }
}
