//! Arrow's C interfaces: other libraries read an array of addresses where it lies, and a table as a stream.
//!
//! <https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>

use std::ptr::NonNull;
use std::sync::Arc;

use arrow_array::ffi::to_ffi;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int64Array, LargeStringArray, RecordBatch,
    RecordBatchIterator, UInt32Array, UInt64Array,
};
use arrow_buffer::alloc::Allocation;
use arrow_buffer::{Buffer, ScalarBuffer};
use numpy::{Element, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::error;

/// The capsules of a schema and of an array.
pub type Capsules<'py> = (Bound<'py, PyCapsule>, Bound<'py, PyCapsule>);

/// The capsules of `addresses`, which `owner` holds.
///
/// # Safety
/// `owner` keeps `addresses` where they are, and as they are, for as long as a clone of it lives.
pub unsafe fn export<'py>(
    py: Python<'py>,
    addresses: &[u32],
    owner: Arc<dyn Allocation>,
) -> PyResult<Capsules<'py>> {
    let (start, bytes) = (NonNull::from(addresses).cast::<u8>(), size_of_val(addresses));
    // SAFETY: the bytes are those of a slice, and the caller vouches for their owner.
    let buffer = unsafe { Buffer::from_custom_allocation(start, bytes, owner) };
    let array = UInt32Array::new(ScalarBuffer::from(buffer), None);
    let (array, schema) = to_ffi(&array.to_data()).map_err(error::octomix)?;
    let schema = PyCapsule::new_with_value(py, schema, c"arrow_schema")?;
    let array = PyCapsule::new_with_value(py, array, c"arrow_array")?;
    Ok((schema, array))
}

/// A column of a table, an array of numpy.
#[derive(FromPyObject)]
pub enum Column<'py> {
    Bool(PyReadonlyArray1<'py, bool>),
    Int(PyReadonlyArray1<'py, i64>),
    UInt(PyReadonlyArray1<'py, u64>),
    Float(PyReadonlyArray1<'py, f64>),
    /// A text a row: its characters as numbers, and zeros up to the longest.
    Text(PyReadonlyArray2<'py, u32>),
}

impl Column<'_> {
    fn array(&self) -> PyResult<ArrayRef> {
        Ok(match self {
            Self::Bool(column) => Arc::new(BooleanArray::from(values(column)?)),
            Self::Int(column) => Arc::new(Int64Array::from(values(column)?)),
            Self::UInt(column) => Arc::new(UInt64Array::from(values(column)?)),
            Self::Float(column) => Arc::new(Float64Array::from(values(column)?)),
            Self::Text(column) => {
                let texts = column.as_array();
                Arc::new(LargeStringArray::from_iter_values(texts.rows().into_iter().map(|row| {
                    let characters = row.iter().take_while(|&&character| character != 0);
                    // Python's lone surrogates are no text elsewhere.
                    let known =
                        |&number| char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
                    characters.map(known).collect::<String>()
                })))
            }
        })
    }
}

fn values<T: Element + Copy>(column: &PyReadonlyArray1<'_, T>) -> PyResult<Vec<T>> {
    Ok(column.as_slice().map_err(error::value)?.to_vec())
}

/// The capsule of a stream of these columns, which have names and one length.
#[pyfunction]
pub fn stream<'py>(
    py: Python<'py>,
    columns: Vec<(String, Column<'py>)>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let columns = columns.iter().map(|(name, column)| Ok((name, column.array()?)));
    let columns = columns.collect::<PyResult<Vec<_>>>()?;
    let batch = RecordBatch::try_from_iter(columns).map_err(error::value)?;
    let schema = batch.schema();
    let batches = RecordBatchIterator::new([Ok(batch)], schema);
    let stream = FFI_ArrowArrayStream::new(Box::new(batches));
    PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
}
