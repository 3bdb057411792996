//! From numpy arrays to the points of an engine.

use numpy::{PyArray1, PyReadonlyArray1, ToPyArray};
use octomix::address::{Counter, Points};
use octomix::input::parse_ipv4;
use pyo3::prelude::*;

use crate::{error, fork};

/// Addresses as an array has them, which may repeat, with what each counts.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Rows<'py> {
    addresses: PyReadonlyArray1<'py, u32>,
    weights: Option<PyReadonlyArray1<'py, u64>>,
}

impl Rows<'_> {
    /// The addresses, in the order of the array.
    pub fn addresses(&self) -> PyResult<&[u32]> {
        self.addresses.as_slice().map_err(error::value)
    }

    /// Each distinct address once, with what it counts. Ascending ones without repeats are borrowed.
    pub fn points(&self) -> PyResult<Points<'_>> {
        fork::begin()?;
        let addresses = self.addresses()?;
        let weights = self.weights.as_ref().map(|weights| weights.as_slice()).transpose();
        let weights = weights.map_err(error::value)?;
        if addresses.is_sorted_by(|a, b| a < b) {
            return match weights {
                None => Ok(Points::new(addresses)),
                Some(weights) => Points::weighted(addresses, weights).map_err(error::value),
            };
        }
        let mut counter = Counter::default();
        match weights {
            None => counter.extend(addresses),
            Some(weights) => {
                let counted = addresses.iter().zip(weights);
                counted.for_each(|(&address, &weight)| counter.add(address, weight));
            }
        }
        let set = counter.finish();
        let (distinct, counts) = (set.addresses().to_vec(), set.weights());
        match counts.iter().all(|&count| count == 1) {
            true => Ok(Points::new(distinct)),
            false => Points::weighted(distinct, counts).map_err(error::value),
        }
    }
}

/// The dotted quad of each address.
#[pyfunction]
pub fn dotted(addresses: PyReadonlyArray1<'_, u32>) -> PyResult<Vec<String>> {
    let addresses = addresses.as_slice().map_err(error::value)?;
    Ok(addresses.iter().map(|&address| octomix::address::dotted(address).to_string()).collect())
}

/// The addresses that `texts` name.
///
/// Raises `ValueError` with the first that is none.
#[pyfunction]
pub fn parse<'py>(py: Python<'py>, texts: Vec<String>) -> PyResult<Bound<'py, PyArray1<u32>>> {
    let parsed = |(at, text): (usize, &String)| {
        parse_ipv4(text.trim().as_bytes()).ok_or_else(|| {
            let shown = octomix::words::shown(text);
            error::value(format!("row {at} (from 0) is '{shown}', which is no IPv4 address"))
        })
    };
    let addresses = texts.iter().enumerate().map(parsed).collect::<PyResult<Vec<u32>>>()?;
    Ok(addresses.to_pyarray(py))
}
