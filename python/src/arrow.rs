//! Arrow's C data interface: other libraries read an array of addresses where it lies.
//!
//! <https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>

use std::ptr::NonNull;
use std::sync::Arc;

use arrow_buffer::Buffer;
use arrow_buffer::alloc::Allocation;
use arrow_data::ArrayData;
use arrow_data::ffi::FFI_ArrowArray;
use arrow_schema::DataType;
use arrow_schema::ffi::FFI_ArrowSchema;
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
    let array = ArrayData::builder(DataType::UInt32).len(addresses.len()).add_buffer(buffer);
    let array = FFI_ArrowArray::new(&array.build().map_err(error::octomix)?);
    let schema = FFI_ArrowSchema::try_from(&DataType::UInt32).map_err(error::octomix)?;
    let schema = PyCapsule::new_with_value(py, schema, c"arrow_schema")?;
    let array = PyCapsule::new_with_value(py, array, c"arrow_array")?;
    Ok((schema, array))
}
