//! Addresses that no block explains: alone in the part of the address space they lie in.
//!
//! Every address is taken to come from the whole space, evenly, or from one of the blocks that the
//! other addresses populate, a mixture over prefix lengths:
//!
//! ```text
//! p(x) = sum over L of w_L (n_L(x) - 1) / (N - 1) 2^(L - 32)
//! ```
//!
//! where `n_L(x)` of the N addresses share the leading L bits of x, and the term of L = 0 is `2^-32`.
//! Leaving x out of its own count is what lets an address stand alone. The weights are those of
//! largest leave-one-out likelihood, by EM (Dempster et al. 1977); `r(x) = w_0 2^-32 / p(x)` is then
//! the probability that x belongs to no block. The addresses flagged are the most for which the mean
//! of 1 - r, the share of mistakes to be expected among them, is at most 0.05.
//!
//! Standing alone says something only where few do. The set is diffuse, and nothing is flagged, if more than
//! a twentieth of it would be, or more than ten of a small set, or if many others may be alone as well: if
//! the sum of r over those that are not flagged exceeds a quarter of the flags.

use super::prefix::{Ascending, Classes, walk};

/// The prefix lengths beside 0: the octets' and those of smaller subnets.
const LENGTHS: [u32; 5] = [8, 16, 20, 24, 28];

const TERMS: usize = LENGTHS.len() + 1;

/// The share of mistakes to be expected among the flagged.
const MISTAKES: f64 = 0.05;

/// The share of all addresses beyond which none of them stands apart.
const DIFFUSE: f64 = 0.05;
/// In a small set the share is larger, up to so many addresses.
const DIFFUSE_IN_FEW: f64 = 1.0 / 3.0;
const FEW: f64 = 10.0;
/// How many others may be alone for each that is flagged; one may in any set.
const OTHERS: f64 = 0.25;

/// EM ends when no weight moves by more, or after so many iterations.
const TOLERANCE: f64 = 1e-10;
const ITERATIONS: usize = 2000;

/// The mixture over prefix lengths, and from where on an address stands apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Isolated {
    /// The weights of the prefix lengths, 0 first.
    weights: [f64; TERMS],
    /// Other addresses than one: N - 1.
    others: f64,
    /// The least probability that is flagged; above 1 where no address stands apart.
    least: f64,
    /// Whether so many addresses would stand apart, or might, that none does.
    pub diffuse: bool,
}

impl Isolated {
    /// Fits the mixture to `addresses`.
    pub fn new(addresses: &Ascending<'_>) -> Self {
        let addresses = addresses.addresses();
        let classes = Classes::of(addresses, &LENGTHS, |&counts| counts);
        let others = addresses.len().saturating_sub(1) as f64;
        let weights = [1.0 / TERMS as f64; TERMS];
        let mut found = Self { weights, others, least: f64::INFINITY, diffuse: false };
        if others == 0.0 {
            return found;
        }
        found.maximise(&classes, addresses.len() as f64);

        let mut ranked: Vec<(f64, u64)> =
            classes.iter().map(|(counts, size)| (found.probability(counts), *size)).collect();
        ranked.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let (mut flagged, mut best, mut mistakes) = (0u64, 0u64, 0.0);
        for alike in ranked.chunk_by(|a, b| a.0 == b.0) {
            let (probability, size) = (alike[0].0, alike.iter().map(|class| class.1).sum::<u64>());
            flagged += size;
            mistakes += (1.0 - probability) * size as f64;
            if mistakes > MISTAKES * flagged as f64 {
                break;
            }
            (best, found.least) = (flagged, probability);
        }
        let all = addresses.len() as f64;
        let flagged = best as f64;
        let alone = |&&(probability, _): &&(f64, u64)| probability < found.least;
        let others: f64 = ranked.iter().filter(alone).map(|&(p, size)| p * size as f64).sum();
        let most = (DIFFUSE * all).max(FEW.min(DIFFUSE_IN_FEW * all));
        found.diffuse = best > 0 && (flagged > most || others > (OTHERS * flagged).max(1.0));
        found
    }

    /// Calls `flag` with the rank of each address that stands apart, in ascending order.
    pub fn each(&self, addresses: &Ascending<'_>, mut flag: impl FnMut(usize)) {
        if self.diffuse || self.least > 1.0 {
            return;
        }
        walk(addresses.addresses(), &LENGTHS, |block, rank, counts| {
            if self.probability(counts) >= self.least {
                (rank..rank + block.len()).for_each(&mut flag);
            }
        });
    }

    /// The terms of p(x), times 2^32.
    fn terms(&self, counts: &[u32; LENGTHS.len()]) -> [f64; TERMS] {
        let mut terms = self.weights;
        for ((term, &count), length) in terms[1..].iter_mut().zip(counts).zip(LENGTHS) {
            *term *= f64::from(count - 1) / self.others * f64::from(1u32 << length);
        }
        terms
    }

    /// The probability that an address with these counts belongs to no block.
    fn probability(&self, counts: &[u32; LENGTHS.len()]) -> f64 {
        let terms = self.terms(counts);
        let sum: f64 = terms.iter().sum();
        // The weight of the whole space may have vanished, and with it all that an address has.
        if sum > 0.0 { terms[0] / sum } else { 0.0 }
    }

    /// Finds the weights of largest likelihood of `all` addresses in these classes: by EM, which goes on in the way that
    /// its last two steps point while the likelihood rises (SQUAREM, scheme S3 of Varadhan and Roland 2008).
    fn maximise(&mut self, classes: &[([u32; LENGTHS.len()], u64)], all: f64) {
        for _ in 0..ITERATIONS {
            let start = self.weights;
            let [(first, _), (second, likelihood)] = [(); 2].map(|()| {
                let likelihood = self.step(classes, all);
                (self.weights, likelihood)
            });
            let step = difference(&first, &start);
            let bend = difference(&difference(&second, &first), &step);
            if step.iter().all(|step| step.abs() <= TOLERANCE) {
                break;
            }
            let reach = (norm(&step) / norm(&bend)).max(1.0);
            let ahead: [f64; TERMS] = std::array::from_fn(|term| {
                start[term] + 2.0 * reach * step[term] + reach * reach * bend[term]
            });
            if ahead.iter().all(|&weight| weight >= 0.0) {
                self.weights = ahead;
                // Not so far where that is lower than what led there.
                if self.step(classes, all) < likelihood {
                    self.weights = second;
                }
            }
        }
    }

    /// A step of EM. Returns the logarithm of the likelihood before it, but for a constant.
    fn step(&mut self, classes: &[([u32; LENGTHS.len()], u64)], all: f64) -> f64 {
        let (mut next, mut likelihood) = ([0.0; TERMS], 0.0);
        for (counts, size) in classes {
            let (terms, size) = (self.terms(counts), *size as f64);
            let sum = terms.iter().sum::<f64>().max(f64::MIN_POSITIVE);
            likelihood += size * sum.ln();
            next.iter_mut().zip(terms).for_each(|(next, term)| *next += term * (size / sum));
        }
        self.weights = next.map(|weight| weight / all);
        likelihood
    }
}

fn difference(a: &[f64; TERMS], b: &[f64; TERMS]) -> [f64; TERMS] {
    std::array::from_fn(|term| a[term] - b[term])
}

fn norm(x: &[f64; TERMS]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition: counts by looking at every address.
    fn counts(addresses: &[u32], address: u32) -> [u32; LENGTHS.len()] {
        LENGTHS.map(|length| {
            let shares = |&&other: &&u32| (other ^ address).leading_zeros() >= length;
            addresses.iter().filter(shares).count() as u32
        })
    }

    /// Three subnets of 80 hosts, and one address elsewhere.
    fn network() -> Vec<u32> {
        let host = |i: u32| 0xc0a8_0000 | (i % 3) << 8 | (10 + i / 3);
        (0..240).map(host).chain([0xac13_0242]).collect()
    }

    #[test]
    fn weights_are_a_fixed_point_of_the_likelihood() {
        let addresses = network();
        let ascending = Ascending::new(&addresses);
        let isolated = Isolated::new(&ascending);
        assert!(!isolated.diffuse);
        let mut next = [0.0; TERMS];
        for &address in &addresses {
            // From the formula, without the factor 2^32.
            let n = counts(&addresses, address).map(f64::from);
            let others = addresses.len() as f64 - 1.0;
            let mut terms = [0.0; TERMS];
            terms[0] = isolated.weights[0] * 2f64.powi(-32);
            for (l, length) in LENGTHS.iter().enumerate() {
                let density = (n[l] - 1.0) / others * 2f64.powi(*length as i32 - 32);
                terms[l + 1] = isolated.weights[l + 1] * density;
            }
            let sum: f64 = terms.iter().sum();
            (0..TERMS).for_each(|l| next[l] += terms[l] / sum / addresses.len() as f64);
        }
        for (next, weight) in next.iter().zip(isolated.weights) {
            assert!((next - weight).abs() < 1e-8, "{next} for {weight}");
        }
        let mut flagged = Vec::new();
        isolated.each(&ascending, |rank| flagged.push(ascending.addresses()[rank]));
        assert_eq!(flagged, [0xac13_0242]);
    }

    #[test]
    fn few_addresses_do_not_stand_apart() {
        for addresses in [&[][..], &[7], &[7, 0xac13_0242]] {
            let ascending = Ascending::new(addresses);
            Isolated::new(&ascending).each(&ascending, |rank| panic!("{rank} of {addresses:?}"));
        }
    }

    #[test]
    fn a_lone_address_stands_apart_in_a_small_office() {
        let addresses: Vec<u32> =
            (10..22).map(|host| 0xc0a8_0100 + host).chain([0xac13_0242]).collect();
        let ascending = Ascending::new(&addresses);
        let isolated = Isolated::new(&ascending);
        assert!(!isolated.diffuse);
        let mut flagged = Vec::new();
        isolated.each(&ascending, |rank| flagged.push(ascending.addresses()[rank]));
        assert_eq!(flagged, [0xac13_0242]);
    }

    #[test]
    fn addresses_all_over_the_space_are_diffuse() {
        let addresses: Vec<u32> = (0..1_000u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        assert!(Isolated::new(&Ascending::new(&addresses)).diffuse);
    }
}
