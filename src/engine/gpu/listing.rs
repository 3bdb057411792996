//! The WGSL of each kernel as a GPU is given it, for those who want to read or profile it.

use super::assign::ASSIGN;
use super::kernel::{Kernel, Word};
use super::label::{LABEL_EACH, LABEL_GAUSSIAN, LABEL_JOINT};
use super::plan::{LARGEST_BLOCK, Layout};
use super::shader::{REDUCE, Shape, unroll};
use super::stream::Stream;
use super::tally::{TALLY_EACH, TALLY_GAUSSIAN, TALLY_JOINT};
use crate::pass::{Expectation, Lloyd, Moments};

/// A kernel by its name: the parts of its shader, and the type of its sums.
#[derive(Debug, Clone, Copy)]
pub struct Listing {
    /// What it is called.
    pub name: &'static str,
    parts: &'static [&'static str],
    word: Word,
}

/// All kernels: those of sums, then those of streams.
pub const LISTINGS: [Listing; 11] = [
    sum::<Moments>(),
    sum::<Lloyd>(),
    sum::<Expectation>(),
    Listing { name: "reduce", parts: &[REDUCE], word: Word::F32 },
    stream(ASSIGN),
    stream(LABEL_GAUSSIAN),
    stream(LABEL_JOINT),
    stream(LABEL_EACH),
    stream(TALLY_GAUSSIAN),
    stream(TALLY_JOINT),
    stream(TALLY_EACH),
];

const fn sum<K: Kernel>() -> Listing {
    Listing { name: K::NAME, parts: K::SOURCE, word: K::WORD }
}

const fn stream(kernel: Stream) -> Listing {
    Listing { name: kernel.name, parts: kernel.source, word: Word::F32 }
}

impl Listing {
    /// Its WGSL for `components` components on a real GPU.
    pub fn wgsl(&self, components: usize) -> String {
        let block = components.clamp(1, LARGEST_BLOCK);
        let workgroup = Layout::HARDWARE.workgroup;
        unroll(self.parts, Shape { block, workgroup, word: self.word })
    }
}
