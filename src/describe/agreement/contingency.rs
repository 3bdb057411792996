//! The contingency table of two clusterings, and the adjusted Rand index.

/// How many addresses lie in each cluster of A and each of B.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contingency {
    rows: Vec<Vec<u64>>,
}

/// The number of pairs among `n`.
fn pairs(n: u64) -> i128 {
    let n = i128::from(n);
    n * (n - 1) / 2
}

impl Contingency {
    /// The table of addresses with two labels each, `a` below `rows` and `b` below `columns`.
    pub(super) fn new(rows: usize, columns: usize, a: &[u32], b: &[u32]) -> Self {
        let mut table = vec![vec![0; columns]; rows];
        for (&a, &b) in a.iter().zip(b) {
            table[a as usize][b as usize] += 1;
        }
        Self { rows: table }
    }

    /// The counts: a row for each cluster of A, a column for each of B.
    pub fn rows(&self) -> &[Vec<u64>] {
        &self.rows
    }

    /// The size of each cluster of A.
    pub fn row_sums(&self) -> Vec<u64> {
        self.rows.iter().map(|row| row.iter().sum()).collect()
    }

    /// The size of each cluster of B.
    pub fn column_sums(&self) -> Vec<u64> {
        let mut sums = vec![0; self.rows.first().map_or(0, Vec::len)];
        for row in &self.rows {
            for (sum, count) in sums.iter_mut().zip(row) {
                *sum += count;
            }
        }
        sums
    }

    /// The adjusted Rand index (Hubert & Arabie 1985): 1 for equal partitions, 0 for what
    /// chance gives, and -1/2 at the least.
    ///
    /// As scikit-learn's `adjusted_rand_score`, from pairs of addresses: those that are together in both
    /// clusterings, in neither, or in one alone. Pairs of 2^32 addresses are below 2^63, so both sides
    /// of the last division are exact in an `i128`.
    pub fn adjusted_rand_index(&self) -> f64 {
        let together = |sizes: &[u64]| sizes.iter().map(|&n| pairs(n)).sum::<i128>();
        let (rows, columns) = (self.row_sums(), self.column_sums());
        let all = pairs(rows.iter().sum());
        let both: i128 = self.rows.iter().map(|row| together(row)).sum();
        let only_a = together(&rows) - both;
        let only_b = together(&columns) - both;
        let neither = all - both - only_a - only_b;
        if only_a == 0 && only_b == 0 {
            return 1.0; // nothing to divide where both are one cluster, or single addresses
        }
        let numerator = both * neither - only_a * only_b;
        let denominator =
            (both + only_a) * (only_a + neither) + (both + only_b) * (only_b + neither);
        2.0 * numerator as f64 / denominator as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(a: &[u32], b: &[u32]) -> Contingency {
        let clusters = |labels: &[u32]| labels.iter().max().map_or(0, |&most| most as usize + 1);
        Contingency::new(clusters(a), clusters(b), a, b)
    }

    #[test]
    fn the_adjusted_rand_index_is_scikit_learns() {
        // sklearn.metrics.adjusted_rand_score, scikit-learn 1.9.1
        let cases: [(&[u32], &[u32], f64); 8] = [
            (&[0, 0, 1, 1], &[0, 0, 1, 2], 0.571_428_571_428_571_4),
            (&[0, 0, 1, 1], &[1, 1, 0, 0], 1.0),
            (&[0, 0, 1, 1], &[0, 1, 0, 1], -0.5),
            (&[0, 0, 0, 0], &[0, 1, 2, 3], 0.0),
            (&[0, 0, 0, 0], &[0, 0, 0, 0], 1.0),
            (&[0, 1, 2, 3], &[0, 1, 2, 3], 1.0),
            (&[0, 0, 0, 1, 1, 1], &[0, 0, 1, 1, 2, 2], 0.242_424_242_424_242_43),
            (&[], &[], 1.0),
        ];
        for (a, b, expected) in cases {
            assert_eq!(table(a, b).adjusted_rand_index(), expected, "{a:?} {b:?}");
            assert_eq!(table(b, a).adjusted_rand_index(), expected, "{b:?} {a:?}");
        }
        let of = |n: u32, label: fn(u32) -> u32| (0..n).map(label).collect::<Vec<u32>>();
        let unlike = table(&of(1000, |i| i * i % 7), &of(1000, |i| i / 10 % 5));
        assert_eq!(unlike.adjusted_rand_index(), -0.003_249_181_224_439_801_7);
        let alike = |i| if i % 10 == 0 { 0 } else { i % 3 };
        let alike = table(&of(100, |i| i % 3), &of(100, alike));
        assert_eq!(alike.adjusted_rand_index(), 0.820_465_966_194_609_4);
    }

    #[test]
    fn every_address_there_is_can_be_counted() {
        // Of 2^32 addresses one moves: some 2^32 of 2^63 pairs are no longer alike.
        let half = 1 << 31;
        let equal = Contingency { rows: vec![vec![half, 0], vec![0, half]] };
        assert_eq!(equal.adjusted_rand_index(), 1.0);
        let moved = Contingency { rows: vec![vec![half - 1, 1], vec![0, half]] };
        let index = moved.adjusted_rand_index();
        assert!((1.0 - index - 2f64.powi(-30)).abs() < 1e-15, "{index}");
        let crossed = Contingency { rows: vec![vec![half / 2; 2], vec![half / 2; 2]] };
        assert!(crossed.adjusted_rand_index().abs() < 1e-9);
        let single = Contingency { rows: vec![vec![2 * half]] };
        assert_eq!(single.adjusted_rand_index(), 1.0);
    }

    #[test]
    fn margins_are_the_sizes_of_the_clusters() {
        let table = table(&[0, 0, 2], &[1, 1, 0]);
        assert_eq!(table.rows(), [[0, 2], [0, 0], [1, 0]]);
        assert_eq!((table.row_sums(), table.column_sums()), (vec![2, 0, 1], vec![1, 2]));
    }
}
