//! Questions and answers of engines as words of 64 bits: floats by their bits, lists after their length.

use twox_hash::XxHash3_128;

use crate::engine::host::Far;
use crate::pass::centres::Centre;
use crate::pass::expectation::{ExpectationStats, SoftMoments};
use crate::pass::lloyd::{Cluster, LloydStats};
use crate::pass::mixture::Component;
use crate::pass::moments::{ExactMoments, MomentsStats};
use crate::pass::{Centres, Density, Mixture, Tail};

/// What takes words.
pub trait Words {
    /// Takes the next.
    fn word(&mut self, word: u64);
}

impl Words for Vec<u64> {
    fn word(&mut self, word: u64) {
        self.push(word);
    }
}

/// A question on its way to a hash of 128 bits.
pub struct Question(XxHash3_128);

impl Question {
    /// A question of this kind.
    pub fn new(kind: &str) -> Self {
        let mut hash = XxHash3_128::new();
        hash.write(kind.as_bytes());
        Self(hash)
    }

    /// One about `params`.
    pub fn of<T: Put>(kind: &str, params: &[T]) -> Self {
        let mut question = Self::new(kind);
        params.put(&mut question);
        question
    }

    /// Goes on with `bytes`, which may be a whole set.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        self.0.write(bytes);
    }

    /// The hash.
    pub fn finish(self) -> u128 {
        self.0.finish_128()
    }
}

impl Words for Question {
    fn word(&mut self, word: u64) {
        self.0.write(&word.to_le_bytes());
    }
}

/// What can be written as words.
pub trait Put {
    /// Writes it.
    fn put(&self, words: &mut (impl Words + ?Sized));
}

/// What can be read from words again.
pub trait Wire: Put + Sized {
    /// Reads it, and leaves what follows; `None` where that is nothing of the kind.
    fn take(words: &mut &[u64]) -> Option<Self>;
}

/// The words of `value`.
pub fn words(value: &impl Put) -> Vec<u64> {
    let mut words = Vec::new();
    value.put(&mut words);
    words
}

/// What `words` are of, if they are of it alone.
pub fn read<T: Wire>(mut words: &[u64]) -> Option<T> {
    let value = T::take(&mut words)?;
    words.is_empty().then_some(value)
}

impl Put for u64 {
    fn put(&self, words: &mut (impl Words + ?Sized)) {
        words.word(*self);
    }
}

impl Wire for u64 {
    fn take(words: &mut &[u64]) -> Option<Self> {
        let (&first, rest) = words.split_first()?;
        *words = rest;
        Some(first)
    }
}

macro_rules! as_words {
    ($($kind:ty: |$value:ident| $word:expr, |$read:ident| $back:expr;)*) => {$(
        impl Put for $kind {
            fn put(&self, words: &mut (impl Words + ?Sized)) {
                let $value = *self;
                words.word($word);
            }
        }

        impl Wire for $kind {
            fn take(words: &mut &[u64]) -> Option<Self> {
                let $read = u64::take(words)?;
                $back
            }
        }
    )*};
}

as_words! {
    u32: |value| value.into(), |word| word.try_into().ok();
    usize: |value| value as u64, |word| word.try_into().ok();
    i64: |value| value.cast_unsigned(), |word| Some(word.cast_signed());
    f64: |value| value.to_bits(), |word| Some(f64::from_bits(word));
}

impl<T: Put> Put for [T] {
    fn put(&self, words: &mut (impl Words + ?Sized)) {
        self.len().put(words);
        self.iter().for_each(|entry| entry.put(words));
    }
}

impl<T: Put> Put for Vec<T> {
    fn put(&self, words: &mut (impl Words + ?Sized)) {
        self.as_slice().put(words);
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn take(words: &mut &[u64]) -> Option<Self> {
        let entries = usize::take(words)?;
        (0..entries).map(|_| T::take(words)).collect()
    }
}

impl<T: Put, const N: usize> Put for [T; N] {
    fn put(&self, words: &mut (impl Words + ?Sized)) {
        self.iter().for_each(|entry| entry.put(words));
    }
}

impl<T: Wire, const N: usize> Wire for [T; N] {
    fn take(words: &mut &[u64]) -> Option<Self> {
        let entries: Option<Vec<T>> = (0..N).map(|_| T::take(words)).collect();
        entries?.try_into().ok()
    }
}

/// Answers, by their fields.
macro_rules! fields {
    ($($of:ident { $($field:ident),* })*) => {$(
        impl Put for $of {
            fn put(&self, words: &mut (impl Words + ?Sized)) {
                $(self.$field.put(words);)*
            }
        }

        impl Wire for $of {
            fn take(words: &mut &[u64]) -> Option<Self> {
                Some(Self { $($field: Wire::take(words)?),* })
            }
        }
    )*};
}

fields! {
    Cluster { count, sum, squares }
    ExactMoments { count, sum, products }
    SoftMoments { anchor, weight, first, second }
    ExpectationStats { components, log_likelihood, entropy }
    Far { address, weight, centre }
    Centre { coordinates, half_norm }
    Component { bias, mean, precision_cholesky }
}

macro_rules! lists {
    ($($of:ident)*) => {$(
        impl Put for $of {
            fn put(&self, words: &mut (impl Words + ?Sized)) {
                self.0.put(words);
            }
        }

        impl Wire for $of {
            fn take(words: &mut &[u64]) -> Option<Self> {
                Some(Self(Wire::take(words)?))
            }
        }
    )*};
}

lists! { LloydStats MomentsStats Mixture }

impl Put for Centres {
    fn put(&self, words: &mut (impl Words + ?Sized)) {
        self.as_slice().put(words);
    }
}

impl Put for Density {
    fn put(&self, words: &mut (impl Words + ?Sized)) {
        self.components.put(words);
        match &self.tail {
            Tail::Gaussian => 0u64.put(words),
            Tail::Joint(freedom) => [&[1.0], freedom.as_slice()].concat().put(words),
            Tail::Each(freedom) => [&[2.0], freedom.as_slice()].concat().put(words),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_back_to_the_bit_and_others_are_refused() {
        let soft =
            SoftMoments { weight: -0.0, second: [f64::MIN_POSITIVE; 10], ..Default::default() };
        let stats = ExpectationStats {
            components: vec![soft, SoftMoments::about([0.1; 4])],
            log_likelihood: f64::NAN,
            entropy: 1e300,
        };
        let written = words(&vec![stats]);
        let back: Vec<ExpectationStats> = read(&written).expect("they were written");
        assert_eq!(words(&back), written);
        assert!(read::<Vec<ExpectationStats>>(&written[1..]).is_none());
        assert!(read::<Vec<ExpectationStats>>(&written[..written.len() - 1]).is_none());
        assert!(read::<Vec<f64>>(&[u64::MAX, 1]).is_none());
        assert!(read::<u32>(&[1 << 40]).is_none());
    }
}
