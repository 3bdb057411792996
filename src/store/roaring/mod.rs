//! Sets of addresses as portable Roaring bitmaps (<https://github.com/RoaringBitmap/RoaringFormatSpec>).

mod write;

pub use write::write;
