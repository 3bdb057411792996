//! Errors of the library as Python's: mistakes of the caller are `ValueError`, files `OSError`, the rest `OctomixError`.

use std::fmt::Display;

use octomix::FitError;
use octomix::engine::EngineError;
use octomix::engine::gpu::GpuError;
use octomix::input::InputError;
use octomix::report::study::StudyError;
use octomix::store::WriteError;
use octomix::store::model::ModelError;
use pyo3::exceptions::{
    PyException, PyFileNotFoundError, PyOSError, PyPermissionError, PyValueError,
};
use pyo3::{PyErr, create_exception};

use crate::words;

create_exception!(
    _octomix,
    OctomixError,
    PyException,
    "What failed in octomix and is neither a wrong value nor a file: a device, for example."
);

/// What `error` tells those who call from Python.
fn told(error: impl Display) -> String {
    let told = words::told(&error.to_string());
    // What the system says has its number, which Python gives by itself.
    match told.split_once(" (os error ") {
        Some((before, after)) => {
            format!("{before}{}", after.split_once(')').map_or("", |(_, after)| after))
        }
        None => told,
    }
}

/// A mistake of the caller.
pub fn value(error: impl Display) -> PyErr {
    PyValueError::new_err(told(error))
}

/// What failed in octomix.
pub fn octomix(error: impl Display) -> PyErr {
    OctomixError::new_err(told(error))
}

/// Why a pass failed.
pub fn engine(error: EngineError) -> PyErr {
    match error {
        EngineError::TooManyComponents { .. } | EngineError::NoSuchAddress { .. } => value(error),
        _ => octomix(error),
    }
}

/// Why a fit failed.
pub fn fit(error: FitError) -> PyErr {
    match error {
        FitError::Engine(error) => engine(error),
        FitError::Centres(_) | FitError::Unsound(_) => octomix(error),
        _ => value(error),
    }
}

/// Why a capture could not be studied.
pub fn study(error: StudyError) -> PyErr {
    match error {
        StudyError::Engine(error) => engine(error),
        StudyError::Model(error) => model(error),
        StudyError::Write(error) => write(error),
        error => value(error),
    }
}

/// Why there is no such GPU.
pub fn gpu(error: GpuError) -> PyErr {
    octomix(error)
}

/// Why a capture could not be read.
pub fn input(error: InputError) -> PyErr {
    match error {
        InputError::NotFound { .. } => PyFileNotFoundError::new_err(told(error)),
        InputError::Denied { .. } => PyPermissionError::new_err(told(error)),
        InputError::Read { .. } => PyOSError::new_err(told(error)),
        error => value(error),
    }
}

/// Why a file could not be written.
pub fn write(error: WriteError) -> PyErr {
    PyOSError::new_err(told(error))
}

/// Why a file of a model cannot be used.
pub fn model(error: ModelError) -> PyErr {
    match error {
        ModelError::Read { ref reason, .. } => {
            let message = told(&error);
            match reason.raw_os_error() {
                Some(code) => PyOSError::new_err((code, message)),
                None => PyOSError::new_err(message),
            }
        }
        error => value(error),
    }
}
