//! What a pass computes: one run over the addresses, small parameters down, a small sum back.
//!
//! Each pass is defined here once, in plain loops, exact integers or `f64`, and no cleverness:
//! these definitions are the reference that every engine is compared with. Nothing here knows of
//! threads, devices or models.

pub mod assign;
pub mod centres;
pub mod density;
pub mod expectation;
pub mod label;
pub mod lloyd;
pub mod mixture;
pub mod moments;

pub use centres::Centres;
pub use density::{Density, Tail};
pub use expectation::Expectation;
pub use lloyd::Lloyd;
pub use mixture::Mixture;
pub use moments::Moments;

/// Sums over addresses: a commutative monoid under [`merge`](Stats::merge).
///
/// Statistics of K components are a sequence that is zero from entry K on, so any two have a sum and
/// none is cut short; the identity is [`Pass::identity`]. Sums of integers merge exactly; sums of floats
/// associate only up to rounding, so engines merge them in a fixed order.
pub trait Stats: Send {
    /// Adds the statistics of another set of addresses, taken with the same parameters.
    fn merge(&mut self, other: &Self);

    /// Makes these the statistics of the set in which every address stands `times` times: what
    /// merging as many copies gives, exactly for integers. A float is multiplied once,
    /// which is exact by a power of two.
    fn repeat(&mut self, times: u64);
}

/// One run over the addresses that returns a sum.
pub trait Pass {
    /// What the pass needs to know; small beside the addresses.
    type Params: Sync;
    /// What the pass returns; its size does not depend on the number of addresses.
    type Stats: Stats;

    /// The statistics of no addresses: merging them changes nothing.
    fn identity(params: &Self::Params) -> Self::Stats;

    /// The definition: the statistics of `addresses` under `params`.
    fn reduce(params: &Self::Params, addresses: &[u32]) -> Self::Stats;
}

/// Adds the entries of `other` to those of `entries`, which grow to as many.
fn merge_entries<T: Clone>(entries: &mut Vec<T>, other: &[T], add: impl Fn(&mut T, &T)) {
    entries.iter_mut().zip(other).for_each(|(a, b)| add(a, b));
    entries.extend_from_slice(other.get(entries.len()..).unwrap_or_default());
}

/// How many entries of a symmetric 4 x 4 matrix are kept.
pub const PAIRS: usize = 10;

/// Row and column of each kept entry of a symmetric matrix: the upper triangle by rows.
pub const PAIR: [(usize, usize); PAIRS] =
    [(0, 0), (0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3)];
