//! scikit-learn's other results, reproduced: the article's numbers, anomalies, K-Means, principal
//! components. Mixtures are in `golden_mixtures.rs`.

mod common;

use common::mixtures::{ANOMALIES, continued};
use common::sklearn::{
    KMEANS, STOPPED_BY_TOLERANCE, addresses_of, assert_close, floats, indices, initial_labels,
    kmeans_cases, points, rows, weighted,
};
use common::{golden, threshold};
use octomix::engine::{CpuEngine, ReferenceEngine};
use octomix::model::kmeans::{self, Seeding};
use octomix::model::pca::Pca;
use octomix::pass::label::Label;
use octomix::pass::{Centres, Density, Lloyd, Moments, Pass};
use octomix::rule::threshold::Threshold;
use octomix::{BayesianMixture, Init, KMeans, Points, unobserved};
use serde_json::Value;

fn labels(mixture: &Density, addresses: &[u32]) -> Vec<Label> {
    let mut labels = Vec::new();
    octomix::pass::label::label(mixture, addresses, &mut labels);
    labels
}

/// The threshold at percentile `q`, and how many lie below it.
fn anomalies(densities: &[f64], q: f64) -> (f64, usize) {
    let threshold = threshold(Threshold::Percentile(q), densities);
    (threshold, densities.iter().filter(|&&d| d < threshold).count())
}

#[test]
fn the_articles_clusters_give_its_published_numbers() {
    for (name, role) in
        [("article_src_from_labels.json", "src"), ("article_dst_from_labels.json", "dst")]
    {
        let file = golden(name);
        let published = &file["published"];
        let rows = rows(&file);
        let case = &file["cases"][0];
        let k = case["n_components"].as_u64().unwrap() as usize;
        let start = Init::Labels(initial_labels(&file, case, &rows, k));
        let params = BayesianMixture::params(k).init(start).check().unwrap();
        let fit = params.fit(&mut ReferenceEngine::new(&rows), &mut unobserved).unwrap();
        let expected = &case["stages"]["tol1e-3"];
        let means: Vec<f64> =
            fit.estimate.gaussians.iter().flat_map(|g| g.mean.data.0[0]).collect();
        assert_close(name, &means, &floats(&expected["means"]), STOPPED_BY_TOLERANCE);
        let bound = floats(&expected["lower_bound"]);
        assert_close(name, &[fit.course().lower_bound()], &bound, STOPPED_BY_TOLERANCE);

        let labels = labels(&fit.estimate.mixture().into(), &rows);
        let mut densities: Vec<f64> = labels.iter().map(|l| l.log_density).collect();
        for (q, expected) in file["percentiles"].as_object().unwrap() {
            let (threshold, count) = anomalies(&densities, q.parse().unwrap());
            let name = format!("{role} percentile {q}");
            let expected_threshold = floats(&expected["threshold"]);
            assert_close(&name, &[threshold], &expected_threshold, STOPPED_BY_TOLERANCE);
            assert_eq!(count as u64, expected["count"].as_u64().unwrap(), "{name}");
        }
        // The lists are reconstructed: they agree with the article's own numbers to 1e-4 or so.
        let (threshold, count) = anomalies(&densities, 4.0);
        assert_eq!(count as u64, published["anomalies"].as_u64().unwrap());
        assert!((threshold - published["threshold"].as_f64().unwrap()).abs() < 1e-3);
        densities.sort_by(f64::total_cmp);
        let [min, max] = [densities[0], *densities.last().unwrap()];
        assert!((min - published["min_density"].as_f64().unwrap()).abs() < 2e-3, "{min}");
        assert!((max - published["max_density"].as_f64().unwrap()).abs() < 1e-4, "{max}");
        let mut counts = vec![0; k];
        labels.iter().for_each(|l| counts[l.cluster as usize] += 1);
        assert_eq!(counts, indices(&file["counts"]));
    }
}

#[test]
fn anomalies_of_the_best_fits_are_scikit_learns() {
    for name in ANOMALIES {
        let file = golden(&format!("anomalies_{name}.json"));
        let rows = rows(&file);
        let params = continued(&file).check().unwrap();
        let ours = params.fit(&mut ReferenceEngine::new(&rows), &mut unobserved).unwrap();
        let found = ours.course().lower_bound();
        let best = file["fit"]["lower_bound"].as_f64().unwrap();
        assert!((found - best).abs() < 0.01, "{name}: bound {found} for {best}");
        let all: Vec<f64> =
            labels(&ours.estimate.mixture().into(), &rows).iter().map(|l| l.log_density).collect();
        let (threshold, _) = anomalies(&all, 4.0);
        let flagged: Vec<usize> = (0..all.len()).filter(|&i| all[i] < threshold).collect();
        let mut expected = indices(&file["percentiles"]["4"]["indices"]);
        expected.sort_unstable();
        assert_eq!(flagged, expected, "{name}");
    }
}

#[test]
fn principal_components_are_scikit_learns() {
    let names = ["pca_src", "pca_dst", "pca_mix600", "nasty_slash16_k1", "nasty_big200k_k4"];
    for name in names {
        let file = golden(&format!("{name}.json"));
        let pca = Pca::new(&Moments::reduce(&Centres::single(), &rows(&file)).total());
        let expected = file.get("pca").unwrap_or(&file);
        let close = |what: &str, found: &[f64]| {
            assert_close(&format!("{name} {what}"), found, &floats(&expected[what]), 1e-9);
        };
        close("mean", &pca.mean);
        close("explained_variance", &pca.explained_variance);
        close("explained_variance_ratio", &pca.explained_variance_ratio);
        // Equal variances leave the axes free: the whole /16 has two alike.
        if name != "nasty_slash16_k1" {
            close("components", &pca.components.concat());
            let probes = addresses_of(&expected["probes"]);
            let found: Vec<f64> = probes.iter().flat_map(|&a| pca.project(a)).collect();
            close("probe_transform", &found);
        }
    }
}

#[test]
fn kmeans_from_given_centres_is_scikit_learns() {
    let mut compared = 0;
    for name in KMEANS {
        let file = golden(&format!("{name}.json"));
        let rows = rows(&file);
        for (case, params) in kmeans_cases(name, &file) {
            // Exact ties are decided by rounding on either side; there labels are free.
            let tied = case.get("independent_lloyd_agrees") == Some(&Value::Bool(false))
                || case["min_tie_margin_sq"].as_f64().is_some_and(|margin| margin < 1e-9);
            let n_iter = case["n_iter"].as_u64().unwrap() as usize;
            let mut engine = ReferenceEngine::new(&rows);
            let seeding = Seeding::Centres(points(&case["init"]));
            let params = kmeans::Params { seeding, ..(*params).clone() }.check().unwrap();
            let restart =
                kmeans::restarts(&mut engine, &params, &mut unobserved).unwrap().remove(0);
            let name = format!("{name} k={} tol={}", params.clusters, params.tol);
            let centres = Centres::new(&restart.points).unwrap();
            let inertia = Lloyd::reduce(&centres, &rows).inertia(&centres);
            assert_close(
                &format!("{name} inertia"),
                &[inertia],
                &floats(&case["inertia"]),
                if tied { 0.2 } else { 1e-9 },
            );
            if tied {
                continue;
            }
            compared += 1;
            assert_eq!(restart.n_iter, n_iter, "{name}: n_iter");
            assert_close(
                &format!("{name} centres"),
                &restart.points.concat(),
                &floats(&case["centres"]),
                1e-9,
            );
            if let Some(labels) = case.get("labels") {
                let found: Vec<usize> = rows.iter().map(|&a| centres.nearest(a)).collect();
                assert_eq!(found, indices(labels), "{name}: labels");
            }
        }
    }
    assert!(compared > 30, "only {compared} cases could be compared");
}

#[test]
fn weighted_kmeans_is_scikit_learns() {
    let file = golden("nasty_weighted_dups.json");
    let (distinct, weights) = weighted(&file);
    let points = Points::weighted(&distinct, &weights).unwrap();
    for (case, params) in kmeans_cases("nasty_weighted_dups", &file) {
        // scikit-learn scales its tolerance by the variance of the rows without their weights; here
        // a weight is a repetition. These cases stop by unchanged labels.
        let fit = params.fit(&mut CpuEngine::new(points.clone()), &mut unobserved).unwrap();
        assert_close("inertia", &[fit.inertia], &floats(&case["inertia"]), 1e-9);
        assert_close("centres", &fit.centres.concat(), &floats(&case["centres"]), 1e-9);
        let n_iter = case["n_iter"].as_u64().unwrap() as usize;
        assert_eq!(fit.restarts[fit.best].n_iter, n_iter, "k = {}", params.clusters);
    }
}

#[test]
fn two_hundred_restarts_find_the_best_inertia_known() {
    for name in ["src", "dst", "mix600"] {
        let file = golden(&format!("kmeans_{name}.json"));
        let rows = rows(&file);
        for best in file["best_of_200"].as_array().unwrap() {
            let k = best["k"].as_u64().unwrap() as usize;
            let params = KMeans::params(k).n_init(200).check().unwrap();
            let fit = params.fit(&mut CpuEngine::new(&rows), &mut unobserved).unwrap();
            let expected = best["inertia"].as_f64().unwrap();
            let relative = fit.inertia / expected - 1.0;
            println!("{name} k={k}: {} for {expected}, {relative:e}", fit.inertia);
            assert!(relative <= 1e-6, "{name} k={k}: {} for {expected}", fit.inertia);
        }
    }
}
