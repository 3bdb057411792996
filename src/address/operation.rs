//! Sets of addresses made of others: union, intersection, difference.

/// What becomes of two sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// What is in either.
    Union,
    /// What is in both.
    Intersection,
    /// What is in the first and not in the second.
    Difference,
}

impl Operation {
    /// Its name, as on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Union => "union",
            Self::Intersection => "intersection",
            Self::Difference => "difference",
        }
    }

    /// What becomes of the distinct addresses of `a` and of `b`; all ascend.
    ///
    /// ```
    /// use octomix::address::Operation;
    /// assert_eq!(Operation::Union.apply(vec![1, 3], &[2, 3]), [1, 2, 3]);
    /// assert_eq!(Operation::Intersection.apply(vec![1, 3], &[2, 3]), [3]);
    /// assert_eq!(Operation::Difference.apply(vec![1, 3], &[2, 3]), [1]);
    /// ```
    #[must_use]
    pub fn apply(self, mut a: Vec<u32>, b: &[u32]) -> Vec<u32> {
        if self == Self::Union {
            a.extend_from_slice(b);
            // Finds the two runs, and merges them.
            a.sort();
            a.dedup();
            return a;
        }
        let mut others = b.iter().copied().peekable();
        a.retain(|&address| {
            while others.next_if(|&other| other < address).is_some() {}
            (others.peek() == Some(&address)) == (self == Self::Intersection)
        });
        a
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sets_are_made_as_the_standard_library_makes_them(
            a in prop::collection::btree_set(0u32..60, 0..40),
            b in prop::collection::btree_set(0u32..60, 0..40),
        ) {
            let of = |operation: Operation| {
                operation.apply(a.iter().copied().collect(), &b.iter().copied().collect::<Vec<_>>())
            };
            let vector = |set: BTreeSet<u32>| set.into_iter().collect::<Vec<_>>();
            prop_assert_eq!(of(Operation::Union), vector(&a | &b));
            prop_assert_eq!(of(Operation::Intersection), vector(&a & &b));
            prop_assert_eq!(of(Operation::Difference), vector(&a - &b));
        }
    }
}
