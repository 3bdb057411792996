//! The plane as a picture to put elsewhere: SVG, and PNG drawn from the same items.

mod draw;
mod item;
mod legend;
mod letters;
mod png;
mod svg;

pub use item::Picture;
