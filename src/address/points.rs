//! Addresses with what each counts: what an engine runs over.

use super::Held;

/// The most that the weights of a set may add up to: two million million packets.
///
/// Under it every sum of integers is exact: products of octets stay below 2^59 in a `u64`, and the
/// inertia about centres within [`LARGEST_COORDINATE`](crate::pass::centres::LARGEST_COORDINATE)
/// below 2^127 in an `i128`.
pub const LARGEST_TOTAL: u64 = 1 << 41;

/// Addresses to run passes over, each once or as many times as its weight says.
///
/// Passes count an address of weight w as they would count w addresses: whole weights make that
/// exact. One of weight 0 counts in no sum, and is labelled as any other.
///
/// ```
/// use octomix::address::Points;
/// let points = Points::weighted(&[7, 9], &[3, 0])?;
/// assert_eq!((points.total(), points.weight(1)), (3, 0));
/// assert_eq!(Points::new(&[7, 9]).total(), 2);
/// # Ok::<(), octomix::address::WeightsError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Points<'a> {
    addresses: Held<'a, u32>,
    weights: Option<Held<'a, u64>>,
    total: u64,
}

/// Weights that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeightsError {
    /// Not one weight an address.
    #[error("there are {addresses} addresses, but {weights} weights; each address needs one")]
    Count {
        /// The addresses.
        addresses: usize,
        /// The weights.
        weights: usize,
    },
    /// Too large for exact sums.
    #[error("the weights add up to more than {LARGEST_TOTAL}; divide them by a common factor")]
    TooLarge,
    /// No address counts.
    #[error("the weights add up to 0; at least one address must count")]
    Zero,
}

impl<'a> Points<'a> {
    /// Every one of `addresses` once.
    pub fn new(addresses: impl Into<Held<'a, u32>>) -> Self {
        let addresses = addresses.into();
        let total = addresses.len() as u64;
        Self { addresses, weights: None, total }
    }

    /// Each of `addresses` as many times as its weight in `weights` says.
    ///
    /// # Errors
    /// When there is not one weight an address, or the weights add up to 0 or to more than
    /// [`LARGEST_TOTAL`].
    pub fn weighted(
        addresses: impl Into<Held<'a, u32>>,
        weights: impl Into<Held<'a, u64>>,
    ) -> Result<Self, WeightsError> {
        let (addresses, weights) = (addresses.into(), weights.into());
        if addresses.len() != weights.len() {
            let (addresses, weights) = (addresses.len(), weights.len());
            return Err(WeightsError::Count { addresses, weights });
        }
        let total = weights.iter().try_fold(0u64, |total, &weight| total.checked_add(weight));
        match total {
            Some(0) => Err(WeightsError::Zero),
            Some(total @ ..=LARGEST_TOTAL) => Ok(Self { addresses, weights: Some(weights), total }),
            _ => Err(WeightsError::TooLarge),
        }
    }

    /// The addresses, each once.
    pub fn addresses(&self) -> &Held<'a, u32> {
        &self.addresses
    }

    /// The weight of each address; `None` where every one counts once.
    pub fn weights(&self) -> Option<&[u64]> {
        self.weights.as_deref()
    }

    /// What the weights add up to: the number of addresses where there are none.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The weight of address `i`.
    #[inline]
    pub fn weight(&self, i: usize) -> u64 {
        self.weights.as_ref().map_or(1, |weights| weights[i])
    }
}

impl<'a, A: Into<Held<'a, u32>>> From<A> for Points<'a> {
    fn from(addresses: A) -> Self {
        Self::new(addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_that_cannot_be_used_are_refused() {
        let refused = |weights: &[u64]| Points::weighted(&[1, 2], weights).unwrap_err();
        assert_eq!(refused(&[1]), WeightsError::Count { addresses: 2, weights: 1 });
        assert_eq!(refused(&[0, 0]), WeightsError::Zero);
        assert_eq!(refused(&[LARGEST_TOTAL, 1]), WeightsError::TooLarge);
        assert_eq!(refused(&[u64::MAX, 1]), WeightsError::TooLarge);
        let most = Points::weighted(&[1, 2], &[LARGEST_TOTAL - 1, 1]).unwrap();
        assert_eq!(most.total(), LARGEST_TOTAL);
    }
}
