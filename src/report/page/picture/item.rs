//! What a picture is made of: paths, texts and pixels, in the colours of the page.

use tiny_skia::Pixmap;

/// The size, in pixels.
pub(super) const WIDTH: u32 = 1400;
pub(super) const HEIGHT: u32 = 820;

/// Where the plot lies in it, and its size.
pub(super) const PLOT: [f64; 2] = [64.0, 36.0];
pub(super) const PLOT_WIDTH: u32 = 1100;
pub(super) const PLOT_HEIGHT: u32 = 720;

/// The size of letters, in pixels.
pub(super) const LETTERS: f64 = 13.0;

pub(super) type Rgb = [u8; 3];

/// The page's colours of clusters, in its light theme.
pub(super) const COLOURS: [Rgb; 8] = [
    [0x00, 0x72, 0xb2],
    [0xcc, 0x80, 0x00],
    [0x00, 0x9e, 0x73],
    [0xb1, 0x59, 0x8f],
    [0x2f, 0x97, 0xd3],
    [0x8a, 0x6d, 0x1d],
    [0x5a, 0x55, 0xc9],
    [0x6c, 0x75, 0x7d],
];
/// Of findings, and of what is only remote.
pub(super) const ODD: Rgb = [0xc8, 0x10, 0x2e];
pub(super) const REMOTE: Rgb = [0x3a, 0x40, 0x48];
pub(super) const PAPER: Rgb = [0xff; 3];
pub(super) const GRID: Rgb = [0xe4, 0xe2, 0xdc];
pub(super) const SOFT: Rgb = [0x5b, 0x63, 0x6e];
pub(super) const INK: Rgb = [0x1b, 0x1e, 0x23];

pub(super) fn colour(cluster: usize) -> Rgb {
    COLOURS[cluster % COLOURS.len()]
}

/// One thing that is drawn.
pub(super) enum Item {
    Path {
        points: Vec<[f64; 2]>,
        closed: bool,
        fill: Option<(Rgb, f64)>,
        stroke: Option<Pen>,
    },
    /// A text of ours, whose baseline has `at` as its `anchor`.
    Text {
        at: [f64; 2],
        anchor: Anchor,
        ink: Rgb,
        text: String,
    },
    /// Pixels of the whole plot, over what is there.
    Pixels(Box<Pixmap>),
}

/// The place of a text that is given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Clone, Copy)]
pub(super) struct Pen {
    pub ink: Rgb,
    pub width: f64,
    pub dashed: bool,
}

/// The items of a picture, the lowest first.
pub struct Picture {
    /// Those of the plot, where its corner is the origin; what leaves it is cut off.
    pub(super) plot: Vec<Item>,
    /// Those around it.
    pub(super) frame: Vec<Item>,
}
