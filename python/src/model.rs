//! A fitted model: what its file holds, and what it says of addresses.

use std::io::Write;
use std::path::{Path, PathBuf};

use numpy::{Element, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyUntypedArray};
use octomix::engine;
use octomix::model::any;
use octomix::model::estimate::Estimate;
use octomix::model::sample::Sampler;
use octomix::model::scorer::{Score, Scorer};
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
}

/// Addresses that are looked at between two looks for a signal: a tenth of a second, on one core.
const AT_ONCE: usize = 1 << 21;

/// Addresses that are drawn between two.
const AT_ONCE_DRAWN: usize = 1 << 16;

/// An array with so many places, by numpy, which has large arrays on large pages.
///
/// Raises `MemoryError` where they cannot be had.
fn zeros<T: Element>(py: Python<'_>, places: usize) -> PyResult<Bound<'_, PyArray1<T>>> {
    let all = py.import("numpy")?.call_method1("zeros", (places, T::get_dtype(py)))?;
    Ok(all.cast_into()?)
}

/// An array with `width` places for each of `addresses`, which `fill` has filled without the interpreter's lock.
fn filled<'py, T: Element>(
    addresses: &PyReadonlyArray1<'py, u32>,
    width: usize,
    fill: impl Fn(&[u32], &mut [T]) + Sync,
) -> PyResult<Bound<'py, PyArray1<T>>> {
    let (py, addresses) = (addresses.py(), addresses.as_slice().map_err(error::value)?);
    let all = zeros(py, addresses.len().saturating_mul(width))?;
    let mut places = all.readwrite();
    let places = places.as_slice_mut().map_err(error::value)?;
    let mut watch = Watch::new(None)?;
    let filled = py.detach(|| {
        let parts = addresses.chunks(AT_ONCE).zip(places.chunks_mut(AT_ONCE * width.max(1)));
        for (done, (part, places)) in parts.enumerate() {
            watch.labelled(done * AT_ONCE, addresses.len())?;
            fill(part, places);
        }
        std::io::Result::Ok(())
    });
    watch.end(filled, error::octomix)?;
    Ok(all)
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

    /// The cluster of each address, in scikit-learn's type: of K-Means `int32`, of a mixture `int64`.
    fn predict<'py>(
        &self,
        addresses: PyReadonlyArray1<'py, u32>,
    ) -> PyResult<Bound<'py, PyUntypedArray>> {
        let labels = match self.scorer("sklearn")? {
            Scorer::Mixture(density) => filled(&addresses, 1, |addresses, all| {
                engine::label(&density, addresses, all, |label| i64::from(label.cluster));
            })?
            .as_untyped()
            .clone(),
            Scorer::Partition(_, centres) => filled(&addresses, 1, |addresses, all| {
                engine::assign(&centres, addresses, all, |_, cluster| cluster as i32);
            })?
            .as_untyped()
            .clone(),
        };
        Ok(labels)
    }

    /// The log-density of each address, in nats.
    fn score_samples<'py>(
        &self,
        addresses: PyReadonlyArray1<'py, u32>,
        score: &str,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let scorer = self.scorer(score)?;
        filled(&addresses, 1, |addresses, all| {
            scorer.label_each(addresses, all, |label| label.log_density);
        })
    }

    /// The probability of each component for each address.
    fn predict_proba<'py>(
        &self,
        addresses: PyReadonlyArray1<'py, u32>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let density = match self.scorer("sklearn")? {
            Scorer::Mixture(density) => density,
            Scorer::Partition(..) => return Err(error::value("K-Means has no responsibilities")),
        };
        let k = density.components.0.len();
        let rows = filled(&addresses, k, |addresses, rows| {
            engine::responsibilities(&density, addresses, rows);
        })?;
        rows.reshape([addresses.as_array().len(), k])
    }

    /// So many addresses and their components, drawn from the mixture.
    fn sample<'py>(&self, py: Python<'py>, count: usize, seed: u64) -> PyResult<Drawn<'py>> {
        let mut sampler =
            Sampler::new(&self.loaded.model.estimate(), seed).map_err(error::value)?;
        let (addresses, components) = (zeros(py, count)?, zeros(py, count)?);
        let (mut to, mut of) = (addresses.readwrite(), components.readwrite());
        let to: &mut [u32] = to.as_slice_mut().map_err(error::value)?;
        let of: &mut [i64] = of.as_slice_mut().map_err(error::value)?;
        let mut watch = Watch::new(None)?;
        let drawn = py.detach(|| {
            for (done, (address, component)) in to.iter_mut().zip(of).enumerate() {
                if done % AT_ONCE_DRAWN == 0 {
                    watch.labelled(done, count)?;
                }
                let (drawn, of) = sampler.draw();
                (*address, *component) = (drawn, of as i64);
            }
            std::io::Result::Ok(())
        });
        watch.end(drawn, error::octomix)?;
        Ok((addresses, components))
    }
}
