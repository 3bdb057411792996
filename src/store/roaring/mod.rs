//! Sets of addresses as portable Roaring bitmaps (<https://github.com/RoaringBitmap/RoaringFormatSpec>):
//! what reading and writing share.

mod read;
#[cfg(feature = "report")]
mod write;

pub(crate) use read::recognise;
#[cfg(feature = "report")]
pub use write::write;

/// The first four bytes of a bitmap without runs, as a little-endian number.
pub(crate) const WITHOUT_RUNS: u32 = 12346;
/// The first two bytes of a bitmap with runs; the containers but one follow in two more.
pub(crate) const WITH_RUNS: u32 = 12347;
/// With runs, a bitmap of fewer containers than this has no offsets.
pub(crate) const LEAST_WITH_OFFSETS: usize = 4;
/// A container of more addresses than this is written as bits.
pub(crate) const LARGEST_ARRAY: usize = 4096;
/// Bytes of a container of bits.
pub(crate) const BITS: usize = 1 << 13;

/// The form in which the lower halves of a container are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Ascending, two bytes each.
    Array,
    /// A bit for each of the 65,536.
    Bits,
    /// Runs of consecutive numbers: the first, and how many follow.
    Runs,
}
