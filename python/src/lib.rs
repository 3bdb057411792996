//! The compiled half of the Python package: numpy arrays in, numpy arrays out, and nothing in between but the library.
//!
//! A module wraps one thing of the library each. What is scikit-learn's (parameters, attributes, checks) is Python's
//! and lives beside it in `octomix/`.

mod array;
mod arrow;
mod capture;
mod device;
mod error;
mod fit;
mod fork;
mod model;
mod options;
mod study;
mod watch;
mod words;

use pyo3::prelude::*;

#[pymodule]
mod _octomix {
    #[pymodule_export]
    use super::array::{dotted, parse};
    #[pymodule_export]
    use super::arrow::stream;
    #[pymodule_export]
    use super::capture::{Capture, Side, capture, read};
    #[pymodule_export]
    use super::device::{devices, validate};
    #[pymodule_export]
    use super::error::OctomixError;
    #[pymodule_export]
    use super::fit::{fit_kmeans, fit_mixture, moments, sweep};
    #[pymodule_export]
    use super::fork::forked;
    #[pymodule_export]
    use super::model::Model;
    #[pymodule_export]
    use super::study::{Study, compare, detect, score};
    use super::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
