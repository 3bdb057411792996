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
    /// Partial sums: written by the kernel of a pass, read by the reduction.
    Partials,
    /// How partial sums are reduced.
    Reduction,
    /// Results: reduced sums.
    Sums,
    /// Results: the nearest centre of each address.
    Indices,
}

/// A kernel.
#[derive(Debug, Clone, Copy)]
pub struct Kernel {
    /// What it is called, as is the file of `shaders/` with its `main`.
    pub name: &'static str,
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
        wgsl(self.name, components.clamp(1, LARGEST_BLOCK), word)
    }
}

/// Declares a constant for each line and, of all lines, the table.
macro_rules! kernels {
    ($($constant:ident $name:literal $word:ident [$($binding:ident)*])*) => {
        $(pub(super) const $constant: Kernel = Kernel {
            name: $name,
            word: Word::$word,
            bindings: &[$(Binding::$binding),*],
        };)*

        /// All kernels: those of sums, then the one that tells of each address.
        pub const KERNELS: &[Kernel] = &[$($constant),*];
    };
}

kernels! {
    // constant  name          word  bindings
    MOMENTS      "moments"     U32   [Reach Addresses Centres Partials Segments]
    LLOYD        "lloyd"       U32   [Reach Addresses Centres Partials Segments]
    EXPECTATION  "expectation" F32   [Reach Addresses Components Partials Segments]
    REDUCE       "reduce"      F32   [Reduction Partials Sums]
    ASSIGN       "assign"      F32   [Reach Addresses Centres Indices]
}
