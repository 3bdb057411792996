//! The table of all kernels: what a device is given to run, and what `octomix devices --shader` prints.
//!
//! `tests/shaders.rs` holds every line of it to the WGSL that it names.

use super::shader::{LARGEST_BLOCK, wgsl};

/// The type of a partial sum; either is 4 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Word {
    /// Rounded sums.
    F32,
    /// Exact sums.
    U32,
}

impl Word {
    /// The number in `bits`. Sums of integers up to 2^53 stay exact.
    pub fn value(self, bits: u32) -> f64 {
        match self {
            Self::F32 => f64::from(f32::from_bits(bits)),
            Self::U32 => f64::from(bits),
        }
    }
}

/// A buffer that a kernel binds: the variable of that name in its shader, in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// How far the dispatch reaches.
    Reach,
    /// The addresses of a batch.
    Addresses,
    /// Parameters: K-Means centres.
    Centres,
    /// Parameters: the components of mixtures.
    Components,
    /// Segments of the batch.
    Segments,
    /// Rounds of a radix select.
    Rounds,
    /// Partial sums: written by the kernel of a pass, read by the reduction.
    Partials,
    /// How partial sums are reduced.
    Reduction,
    /// Results: reduced sums.
    Sums,
    /// Results: the nearest centre of each address.
    Indices,
    /// Results: the label of each address.
    Labels,
    /// Results: how many addresses have each value of a digit; added to, so they start from 0.
    Counts,
}

/// A kernel.
#[derive(Debug, Clone, Copy)]
pub struct Kernel {
    /// What it is called.
    pub name: &'static str,
    /// The file of `shaders/` with its `main`.
    entry: &'static str,
    /// The file of the tail that it imports, if it imports one.
    tail: &'static str,
    /// The type of its partial sums, if it has any.
    pub word: Word,
    /// What it binds in group 0, in the order of the binding numbers.
    pub bindings: &'static [Binding],
}

impl Kernel {
    /// The reduction of partial sums of type `word`.
    pub fn reduce(word: Word) -> Self {
        Self { word, ..REDUCE }
    }

    /// Its WGSL where sets have `components` components.
    pub fn wgsl(&self, components: usize) -> String {
        let word = match self.word {
            Word::F32 => "f32",
            Word::U32 => "u32",
        };
        wgsl(self.entry, self.tail, components.clamp(1, LARGEST_BLOCK), word)
    }
}

/// Declares a constant for each line and, of all lines, the table.
macro_rules! kernels {
    ($($constant:ident $name:literal $entry:literal $tail:literal $word:ident [$($binding:ident)*])*) => {
        $(pub(super) const $constant: Kernel = Kernel {
            name: $name,
            entry: $entry,
            tail: $tail,
            word: Word::$word,
            bindings: &[$(Binding::$binding),*],
        };)*

        /// All kernels: those of sums, then those that tell of each address, then those of order statistics.
        pub const KERNELS: &[Kernel] = &[$($constant),*];
    };
}

kernels! {
    // constant  name           entry         tail            word  bindings
    MOMENTS      "moments"      "moments"     ""              U32   [Reach Addresses Centres Partials Segments]
    LLOYD        "lloyd"        "lloyd"       ""              U32   [Reach Addresses Centres Partials Segments]
    EXPECTATION  "expectation"  "expectation" ""              F32   [Reach Addresses Components Partials Segments]
    REDUCE       "reduce"       "reduce"      ""              F32   [Reduction Partials Sums]
    ASSIGN       "assign"       "assign"      ""              F32   [Reach Addresses Centres Indices]
    LABEL        "label"        "label"       "gaussian"      F32   [Reach Addresses Components Labels]
    LABEL_JOINT  "label-joint"  "label"       "student_joint" F32   [Reach Addresses Components Labels]
    LABEL_AXES   "label-each"   "label"       "student_axes"  F32   [Reach Addresses Components Labels]
    TALLY        "tally"        "tally"       "gaussian"      F32   [Reach Addresses Components Counts Rounds]
    TALLY_JOINT  "tally-joint"  "tally"       "student_joint" F32   [Reach Addresses Components Counts Rounds]
    TALLY_AXES   "tally-each"   "tally"       "student_axes"  F32   [Reach Addresses Components Counts Rounds]
}
