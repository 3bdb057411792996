//! Reading golden files: numbers, addresses, rows, starts.

use octomix::model::Checked;
use octomix::model::kmeans::{self, Seeding};
use serde_json::Value;

use super::{address, list};

/// Bound on the relative error of parameters after a fixed number of iterations: both sides are
/// f64, summed in different orders.
pub const FIXED_ITERATIONS: f64 = 1e-9;
/// The same where each side decides by its own bound when to stop.
pub const STOPPED_BY_TOLERANCE: f64 = 1e-6;

pub fn floats(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(floats).collect(),
        number => vec![number.as_f64().unwrap_or_else(|| panic!("not a number: {number}"))],
    }
}

pub fn points(value: &Value) -> Vec<[f64; 4]> {
    floats(value).chunks(4).map(|row| row.try_into().unwrap()).collect()
}

pub fn indices(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|x| x.as_u64().unwrap() as usize).collect()
}

pub fn addresses_of(value: &Value) -> Vec<u32> {
    value.as_array().unwrap().iter().map(|x| address(x.as_str().unwrap())).collect()
}

/// Asserts that `found` is `expected` within `bound` times the largest magnitude expected.
pub fn assert_close(what: &str, found: &[f64], expected: &[f64], bound: f64) {
    assert_eq!(found.len(), expected.len(), "{what}: lengths");
    let scale = expected.iter().fold(1e-300f64, |m, x| m.max(x.abs()));
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        let error = (f - e).abs() / scale;
        assert!(error <= bound, "{what}[{i}]: {f} for {e}, error {error:e} over {bound:e}");
    }
}

/// The addresses of a golden file, repeated by their weights where it has any.
pub fn rows(file: &Value) -> Vec<u32> {
    if let Some(name) = file["list"].as_str() {
        return list(name.strip_prefix("lists/").unwrap());
    }
    let block = |a: u32, b: u32, n: u32| (0..n).map(move |i| a << 24 | b << 16 | i);
    if let Some(rows) = file["rows"].as_str() {
        let mut all: Vec<u32> = block(10, 20, 65536).collect();
        if rows.starts_with("rows in order") {
            all.extend(
                block(10, 21, 65536).chain(block(172, 16, 65536)).chain(block(192, 168, 3392)),
            );
        }
        assert_eq!(all.len() as u64, file["n"].as_u64().unwrap());
        return all;
    }
    let distinct = addresses_of(&file["addresses"]);
    match file.get("row_weights") {
        Some(weights) => {
            let weights = indices(weights);
            distinct.iter().zip(weights).flat_map(|(&a, w)| std::iter::repeat_n(a, w)).collect()
        }
        None => distinct,
    }
}

/// The cluster each row starts in.
pub fn initial_labels(file: &Value, case: &Value, rows: &[u32], k: usize) -> Vec<u32> {
    match case["init_labels"].as_str() {
        None => indices(&case["init_labels"]).iter().map(|&label| label as u32).collect(),
        Some("floor(i*k/n) for row i") => {
            (0..rows.len()).map(|i| (i * k / rows.len()) as u32).collect()
        }
        Some(text) => {
            assert!(text.starts_with("per distinct address: 0 for index<32, 1 for <64, else 2"));
            let weights = indices(&file["row_weights"]);
            let of = |i| u32::from(i >= 32) + u32::from(i >= 64);
            weights.iter().enumerate().flat_map(|(i, &w)| std::iter::repeat_n(of(i), w)).collect()
        }
    }
}

/// The files that have K-Means of rows that count alike.
pub const KMEANS: [&str; 7] = [
    "kmeans_src",
    "kmeans_dst",
    "kmeans_mix600",
    "nasty_kmeans_empty",
    "nasty_slash24_k3",
    "nasty_two_points_k2",
    "nasty_big200k_k4",
];

/// The cases of K-Means in file `name`.
pub fn kmeans_cases<'a>(name: &str, file: &'a Value) -> Vec<(&'a Value, Checked<kmeans::Params>)> {
    let cases = file.get("cases").unwrap_or(&file["kmeans"]).as_array().unwrap();
    let params = |case: &Value| {
        let params = kmeans::Params {
            seeding: Seeding::Centres(points(&case["init"])),
            tol: case["tol"].as_f64().unwrap(),
            // The cases of empty clusters were cut off after an iteration or two.
            max_iter: match name {
                "nasty_kmeans_empty" => case["n_iter"].as_u64().unwrap() as usize,
                _ => 300,
            },
            ..kmeans::Params::new(case["k"].as_u64().unwrap() as usize)
        };
        params.check().unwrap()
    };
    cases.iter().map(|case| (case, params(case))).collect()
}

/// The distinct addresses of a file and how often each counts.
pub fn weighted(file: &Value) -> (Vec<u32>, Vec<u64>) {
    let weights = indices(&file["row_weights"]).iter().map(|&weight| weight as u64).collect();
    (addresses_of(&file["addresses"]), weights)
}
