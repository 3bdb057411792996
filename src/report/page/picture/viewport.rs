//! The part of the plane that a picture shows.

use super::item::{HEIGHT, WIDTH};
use crate::describe::plane::Extent;

/// Pixels left free about the addresses.
const MARGIN: f64 = 48.0;

/// Maps the plane to pixels, at one scale for both axes unless that would leave most of it empty.
#[derive(Clone, Copy)]
pub(super) struct Viewport {
    middle: [f64; 2],
    scale: [f64; 2],
}

impl Viewport {
    pub fn new(Extent { x, y }: Extent) -> Self {
        let fits =
            |size: u32, [low, high]: [f64; 2]| (f64::from(size) - 2.0 * MARGIN) / (high - low);
        let (across, up) = (fits(WIDTH, x), fits(HEIGHT, y));
        let scale = match across.min(up) {
            least if across.max(up) < 3.5 * least => [least; 2],
            _ => [across, up],
        };
        Self { middle: [(x[0] + x[1]) / 2.0, (y[0] + y[1]) / 2.0], scale }
    }

    pub fn place(self, [x, y]: [f64; 2]) -> [f64; 2] {
        let ([cx, cy], [sx, sy]) = (self.middle, self.scale);
        [f64::from(WIDTH) / 2.0 + (x - cx) * sx, f64::from(HEIGHT) / 2.0 - (y - cy) * sy]
    }

    /// The part of the plane that is visible.
    pub fn seen(self) -> Extent {
        let reach = |middle: f64, size: u32, scale: f64| {
            let half = f64::from(size) / 2.0 / scale;
            [middle - half, middle + half]
        };
        Extent {
            x: reach(self.middle[0], WIDTH, self.scale[0]),
            y: reach(self.middle[1], HEIGHT, self.scale[1]),
        }
    }
}
