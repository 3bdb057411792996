//! The laws of the passes: statistics of parts merge to those of the whole, in any order.

mod common;

use std::fmt::Debug;

use common::flat;
use octomix::address::{LARGEST_TOTAL, OCTETS, Points, octets};
use octomix::conformance::bounds::expectation_bounds;
use octomix::conformance::{Parameters, check_centres, check_mixtures};
use octomix::engine::{Arithmetic, CpuEngine, Run};
use octomix::pass::centres::LARGEST_COORDINATE;
use octomix::pass::expectation::{ExpectationStats, SoftMoments};
use octomix::pass::lloyd::LloydStats;
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
    let mut all = P::identity(params);
    for part in &parts {
        all.merge(part);
    }
    all
}

/// `copies` copies of the statistics of `addresses` merged, and what `repeat` makes of one.
fn repeated<P: Pass>(params: &P::Params, addresses: &[u32], copies: u64) -> [P::Stats; 2] {
    let one = P::reduce(params, addresses);
    let mut all = P::identity(params);
    (0..copies).for_each(|_| all.merge(&one));
    let mut scaled = one;
    scaled.repeat(copies);
    [all, scaled]
}

/// Asserts that merging the identity into the statistics of `addresses`, or them into it, changes
/// nothing.
fn assert_identity<P: Pass<Stats: Clone + PartialEq + Debug>>(
    params: &P::Params,
    addresses: &[u32],
) {
    let stats = P::reduce(params, addresses);
    let mut after = stats.clone();
    after.merge(&P::identity(params));
    assert_eq!(after, stats);
    let mut before = P::identity(params);
    before.merge(&stats);
    assert_eq!(before, stats);
    assert_eq!(P::reduce(params, &[]), P::identity(params));
}

/// Both ways of merging statistics of `more` and of `fewer` components.
fn merged_unequal<S: Stats + Clone>(more: &S, fewer: &S) -> [S; 2] {
    let (mut grown, mut kept) = (fewer.clone(), more.clone());
    grown.merge(more);
    kept.merge(fewer);
    [grown, kept]
}

/// The moments of `addresses` about `anchor`, the responsibilities by turns 1, 1/2, 1/3, ... 1/7.
fn soft(anchor: [f64; OCTETS], addresses: &[u32]) -> SoftMoments {
    let mut moments = SoftMoments::about(anchor);
    for (i, &address) in addresses.iter().enumerate() {
        moments.add_address(octets(address).map(f64::from), 1.0 / (1 + i % 7) as f64);
    }
    moments
}

/// Statistics of a single component.
fn single(moments: SoftMoments) -> ExpectationStats {
    ExpectationStats { components: vec![moments], log_likelihood: 0.0, entropy: 0.0 }
}

/// Asserts that sums over `addresses`, about the same anchor, are equal but for rounding: of a few
/// sums as long as the set, whose terms are as large as the farthest octets from either of `anchors`.
fn assert_rounded(
    found: &SoftMoments,
    expected: &SoftMoments,
    anchors: [[f64; OCTETS]; 2],
    addresses: &[u32],
) {
    assert_eq!(found.anchor, expected.anchor);
    let reach = anchors.concat().iter().map(|a| 255.0 + a.abs()).fold(0.0, f64::max);
    let n = addresses.len() as f64;
    let unit = 4.0 * (n + 8.0) * n * f64::EPSILON;
    let close = |found: &[f64], expected: &[f64], scale: f64| {
        for (f, e) in found.iter().zip(expected) {
            assert!((f - e).abs() <= unit * scale, "{f} for {e}, over {:e}", unit * scale);
        }
    };
    close(&[found.weight], &[expected.weight], 1.0);
    close(&found.first, &expected.first, reach);
    close(&found.second, &expected.second, reach * reach);
}

/// Anchors as mixtures have them: whole octets.
fn anchor() -> impl Strategy<Value = [f64; OCTETS]> {
    prop::array::uniform4((-20i32..300).prop_map(f64::from))
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
    let bounds = expectation_bounds(arithmetic, mixture, &addresses.into());
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
    fn statistics_of_nothing_are_the_identity((addresses, _) in addresses_and_cuts(), centres in centres(), k in 1usize..6) {
        assert_identity::<Lloyd>(&centres, &addresses);
        assert_identity::<Moments>(&centres, &addresses);
        for mixture in Parameters::new(&addresses, k).unwrap().mixtures {
            assert_identity::<Expectation>(&mixture, &addresses);
        }
    }

    #[test]
    fn merging_unequal_numbers_of_clusters_loses_nothing((addresses, cuts) in addresses_and_cuts(), more in centres(), fewer in centres()) {
        let (more, fewer) = if more.count() < fewer.count() { (fewer, more) } else { (more, fewer) };
        let cut = cuts.first().copied().unwrap_or(1);
        let (left, right) = addresses.split_at(cut);
        let n = fewer.count();

        let (long, short) = (Lloyd::reduce(&more, left), Lloyd::reduce(&fewer, right));
        let count = |stats: &LloydStats| stats.0.iter().map(|cluster| cluster.count).sum::<u64>();
        let [grown, kept] = merged_unequal(&long, &short);
        prop_assert_eq!(&grown, &kept);
        prop_assert_eq!(&kept.0[n..], &long.0[n..]);
        prop_assert_eq!(count(&kept), addresses.len() as u64);

        let (long, short) = (Moments::reduce(&more, left), Moments::reduce(&fewer, right));
        let [grown, kept] = merged_unequal(&long, &short);
        prop_assert_eq!(&grown, &kept);
        prop_assert_eq!(&kept.0[n..], &long.0[n..]);
        prop_assert_eq!(kept.total(), Moments::reduce(&Centres::single(), &addresses).total());
    }

    #[test]
    fn merging_unequal_numbers_of_components_loses_nothing((addresses, cuts) in addresses_and_cuts(), k in 2usize..6) {
        let (left, right) = addresses.split_at(cuts.first().copied().unwrap_or(1));
        for more in Parameters::new(&addresses, k).unwrap().mixtures {
            let fewer = Mixture(more.0[..1].to_vec());
            let (long, short) = (Expectation::reduce(&more, left), Expectation::reduce(&fewer, right));
            let [grown, kept] = merged_unequal(&long, &short);
            prop_assert_eq!(&grown, &kept);
            prop_assert_eq!(&kept.components[1..], &long.components[1..]);
            let weight = kept.components.iter().map(|component| component.weight).sum::<f64>();
            prop_assert!((weight - addresses.len() as f64).abs() <= 1e-9 * weight, "{}", weight);
            prop_assert_eq!(kept.log_likelihood, long.log_likelihood + short.log_likelihood);
            prop_assert_eq!(kept.entropy, long.entropy + short.entropy);
        }
    }

    #[test]
    fn sums_about_other_anchors_merge_to_those_about_one((addresses, cuts) in addresses_and_cuts(), here in anchor(), there in anchor()) {
        let cut = cuts.first().copied().unwrap_or(1);
        let (left, right) = addresses.split_at(cut);
        let mut merged = single(soft(here, left));
        merged.merge(&single(soft(there, right)));
        let mut expected = single(soft(here, left));
        expected.merge(&single(soft(here, right)));
        assert_rounded(&merged.components[0], &expected.components[0], [here, there], &addresses);
    }

    #[test]
    fn moving_the_anchor_is_summing_about_it_and_moving_back_undoes_it((addresses, _) in addresses_and_cuts(), here in anchor(), there in anchor()) {
        let moments = soft(here, &addresses);
        let moved = moments.moved_to(there);
        assert_rounded(&moved, &soft(there, &addresses), [here, there], &addresses);
        assert_rounded(&moved.moved_to(here), &moments, [here, there], &addresses);
        prop_assert_eq!(moments.moved_to(here), moments);
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
            let x = octets(address);
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
fn an_engine_over_no_addresses_returns_the_identity() {
    let addresses: Vec<u32> = (0..100).collect();
    let parameters = Parameters::new(&addresses, 3).unwrap();
    let none = Points::new(&[]);
    let mut engine = CpuEngine::new(none.clone());
    let mut checks = check_centres(&mut engine, &none, &parameters.centres).unwrap();
    checks.extend(check_mixtures(&mut engine, &none, &parameters.mixtures).unwrap());
    assert!(checks.iter().all(|check| check.holds() && check.error == 0.0), "{checks:?}");
}
