//! The laws of the passes: statistics of parts merge to those of the whole, in any order.

mod common;

use common::flat;
use octomix::address::{LARGEST_TOTAL, Points};
use octomix::conformance::bounds::expectation_bounds;
use octomix::conformance::{Parameters, check_centres, check_mixtures};
use octomix::engine::{Arithmetic, CpuEngine, Run};
use octomix::pass::centres::LARGEST_COORDINATE;
use octomix::pass::expectation::ExpectationStats;
use octomix::pass::{Centres, Expectation, Lloyd, Mixture, Moments, Pass, Stats};
use proptest::prelude::*;

/// Addresses that crowd into a few networks or spread over all, and places to cut them at.
fn addresses_and_cuts() -> impl Strategy<Value = (Vec<u32>, Vec<usize>)> {
    let crowded =
        (0u32..3, any::<u16>()).prop_map(|(net, host)| 0x0a00_0000 + (net << 24) + u32::from(host));
    let address = prop_oneof![crowded, any::<u32>()];
    prop::collection::vec(address, 2..300).prop_flat_map(|addresses| {
        let cuts = prop::collection::vec(0..=addresses.len(), 0..5);
        (Just(addresses), cuts)
    })
}

/// The statistics of the parts between `cuts`, merged in `order`.
fn merged<P: Pass>(
    params: &P::Params,
    addresses: &[u32],
    cuts: &[usize],
    backwards: bool,
) -> P::Stats {
    let mut cuts = [&[0], cuts, &[addresses.len()]].concat();
    cuts.sort_unstable();
    let mut parts: Vec<_> =
        cuts.windows(2).map(|w| P::reduce(params, &addresses[w[0]..w[1]])).collect();
    if backwards {
        parts.reverse();
    }
    let mut all = P::reduce(params, &[]);
    for part in &parts {
        all.merge(part);
    }
    all
}

/// `copies` copies of the statistics of `addresses` merged, and what `repeat` makes of one.
fn repeated<P: Pass>(params: &P::Params, addresses: &[u32], copies: u64) -> [P::Stats; 2] {
    let one = P::reduce(params, addresses);
    let mut all = P::reduce(params, &[]);
    (0..copies).for_each(|_| all.merge(&one));
    let mut scaled = one;
    scaled.repeat(copies);
    [all, scaled]
}

fn centres() -> impl Strategy<Value = Centres> {
    let point = prop::array::uniform4(-20.0..300.0);
    prop::collection::vec(point, 1..9).prop_map(|points| Centres::new(&points).unwrap())
}

/// Asserts that `found` is `expected` within the bounds of f64 sums.
fn assert_within(
    mixture: &Mixture,
    addresses: &[u32],
    found: &ExpectationStats,
    expected: &ExpectationStats,
) {
    let arithmetic = Arithmetic::double(addresses.len());
    let bounds = expectation_bounds(arithmetic, mixture, addresses);
    for ((f, e), bound) in flat(found).iter().zip(flat(expected)).zip(flat(&bounds)) {
        assert!((f - e).abs() <= bound, "{f} for {e}, over {bound:e}");
    }
}

proptest! {
    #[test]
    fn lloyd_merges_exactly((addresses, cuts) in addresses_and_cuts(), centres in centres(), backwards: bool) {
        prop_assert_eq!(merged::<Lloyd>(&centres, &addresses, &cuts, backwards), Lloyd::reduce(&centres, &addresses));
    }

    #[test]
    fn moments_merge_exactly((addresses, cuts) in addresses_and_cuts(), centres in centres(), backwards: bool) {
        prop_assert_eq!(merged::<Moments>(&centres, &addresses, &cuts, backwards), Moments::reduce(&centres, &addresses));
    }

    #[test]
    fn expectation_merges_within_rounding((addresses, cuts) in addresses_and_cuts(), k in 1usize..6, backwards: bool) {
        for mixture in Parameters::new(&addresses, k).unwrap().mixtures {
            let found = merged::<Expectation>(&mixture, &addresses, &cuts, backwards);
            assert_within(&mixture, &addresses, &found, &Expectation::reduce(&mixture, &addresses));
        }
    }

    #[test]
    fn repeating_is_merging_copies((addresses, _) in addresses_and_cuts(), centres in centres(), copies in 0u64..20) {
        let [merged, scaled] = repeated::<Lloyd>(&centres, &addresses, copies);
        prop_assert_eq!(merged, scaled);
        let [merged, scaled] = repeated::<Moments>(&centres, &addresses, copies);
        prop_assert_eq!(merged, scaled);
    }

    #[test]
    fn repeating_is_merging_copies_within_rounding((addresses, _) in addresses_and_cuts(), copies in 0u64..20) {
        for mixture in Parameters::new(&addresses, 2).unwrap().mixtures {
            let [merged, scaled] = repeated::<Expectation>(&mixture, &addresses, copies);
            for (m, s) in flat(&merged).iter().zip(flat(&scaled)) {
                // Partial sums have one sign, so each rounding is relative to the result.
                prop_assert!((m - s).abs() <= copies as f64 * f64::EPSILON * s.abs(), "{} for {}", m, s);
            }
            let [merged, scaled] = repeated::<Expectation>(&mixture, &addresses, 2);
            prop_assert_eq!(merged, scaled);
        }
    }

    #[test]
    fn lloyd_and_moments_agree_where_they_overlap((addresses, _) in addresses_and_cuts(), centres in centres()) {
        let lloyd = Lloyd::reduce(&centres, &addresses);
        let moments = Moments::reduce(&centres, &addresses);
        for (l, m) in lloyd.0.iter().zip(&moments.0) {
            prop_assert_eq!((l.count, l.sum), (m.count, m.sum));
            // Squares stand at 0, 4, 7 and 9 of the upper triangle.
            prop_assert_eq!(l.squares, [0, 4, 7, 9].iter().map(|&p| m.products[p]).sum::<u64>());
        }
    }

    #[test]
    fn inertia_is_the_sum_of_squared_distances((addresses, _) in addresses_and_cuts(), centres in centres()) {
        let unit = 2f64.powi(-32);
        let direct: f64 = addresses.iter().map(|&address| {
            let centre = centres.as_slice()[centres.nearest(address)];
            let x = octomix::address::octets(address);
            (0..4).map(|j| (f64::from(x[j]) - centre.coordinates[j] as f64 * unit).powi(2)).sum::<f64>()
        }).sum();
        let found = Lloyd::reduce(&centres, &addresses).inertia(&centres);
        prop_assert!((found - direct).abs() <= 1e-12 * direct.max(1.0), "{} for {}", found, direct);
    }
}

#[test]
fn the_largest_inertia_is_exact() {
    let addresses = [u32::MAX];
    let all = Points::weighted(&addresses, &[LARGEST_TOTAL]).unwrap();
    let far = Centres::new(&[[-LARGEST_COORDINATE; 4]]).unwrap();
    let stats = Run::<Lloyd>::run(&mut CpuEngine::new(all), std::slice::from_ref(&far)).unwrap();
    assert_eq!(stats[0].inertia(&far), LARGEST_TOTAL as f64 * 4.0 * 767.0 * 767.0);
}

#[test]
fn the_empty_set_is_the_identity() {
    let addresses: Vec<u32> = (0..5000u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
    let mixture = &Parameters::new(&addresses, 3).unwrap().mixtures[0];
    let whole = Expectation::reduce(mixture, &addresses);
    let mut with_nothing = whole.clone();
    with_nothing.merge(&Expectation::reduce(mixture, &[]));
    assert_eq!(with_nothing, whole);
}

#[test]
fn an_engine_over_no_addresses_returns_the_identity() {
    let addresses: Vec<u32> = (0..100).collect();
    let parameters = Parameters::new(&addresses, 3).unwrap();
    let mut engine = CpuEngine::new(&[]);
    let mut checks = check_centres(&mut engine, &parameters.centres).unwrap();
    checks.extend(check_mixtures(&mut engine, &parameters.mixtures).unwrap());
    assert!(checks.iter().all(|check| check.holds() && check.error == 0.0), "{checks:?}");
}
