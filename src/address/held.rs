//! A list that an engine keeps: borrowed for as long as the engine lives, or shared with others.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Values borrowed from a caller, or owned together with others: a `Vec`, a mapped file, an array of
/// another language. A clone holds the same values.
pub struct Held<'a, T>(Values<'a, T>);

enum Values<'a, T> {
    Borrowed(&'a [T]),
    /// A range of what an owner holds.
    Shared(Arc<dyn AsRef<[T]> + Send + Sync + 'a>, Range<usize>),
}

impl<'a, T> Held<'a, T> {
    /// All values of `owner`, which lives as long as this and its clones.
    pub fn shared(owner: impl AsRef<[T]> + Send + Sync + 'a) -> Self {
        let all = 0..owner.as_ref().len();
        Self(Values::Shared(Arc::new(owner), all))
    }

    /// The values in `range`, held in the same way.
    ///
    /// # Panics
    /// As slices do, where `range` is not within the values.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        Self(match &self.0 {
            Values::Borrowed(values) => Values::Borrowed(&values[range]),
            Values::Shared(owner, of) => {
                assert!(range.start <= range.end && range.end <= of.len(), "{range:?} of {of:?}");
                let start = of.start + range.start;
                Values::Shared(Arc::clone(owner), start..start + range.len())
            }
        })
    }

    /// Whether these are the caller's own values, not shared ones.
    pub fn is_borrowed(&self) -> bool {
        matches!(self.0, Values::Borrowed(_))
    }
}

impl<T> Deref for Held<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Values::Borrowed(values) => values,
            Values::Shared(owner, range) => &(**owner).as_ref()[range.clone()],
        }
    }
}

impl<T> Clone for Held<'_, T> {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Values::Borrowed(values) => Values::Borrowed(values),
            Values::Shared(owner, range) => Values::Shared(Arc::clone(owner), range.clone()),
        })
    }
}

impl<T: fmt::Debug> fmt::Debug for Held<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<'a, T, V: AsRef<[T]> + ?Sized> From<&'a V> for Held<'a, T> {
    fn from(values: &'a V) -> Self {
        Self(Values::Borrowed(values.as_ref()))
    }
}

impl<'a, T: Send + Sync + 'a> From<Vec<T>> for Held<'a, T> {
    fn from(values: Vec<T>) -> Self {
        Self::shared(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_of_a_slice_is_the_same_borrowed_or_shared() {
        let values = vec![0, 1, 2, 3, 4, 5];
        for held in [Held::from(&values), Held::from(values.clone())] {
            let part = held.slice(1..5).slice(2..4);
            assert_eq!(*part, [3, 4]);
            assert!(part.slice(1..1).is_empty());
            assert_eq!(part.is_borrowed(), held.is_borrowed());
        }
    }

    #[test]
    fn what_is_shared_outlives_its_first_holder() {
        let held: Held<'static, u32> = vec![7, 8, 9].into();
        let part = held.slice(1..3);
        drop(held);
        assert_eq!(*part, [8, 9]);
    }
}
