//! What the integration tests share: address lists and golden files.

#![allow(dead_code, reason = "each test binary uses a part of this")]

pub mod claiming;
pub mod counting;
pub mod faulty;
#[cfg(feature = "gpu")]
pub mod gpu;
pub mod mixtures;
pub mod planted;
pub mod propagation;
pub mod sklearn;

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::path::PathBuf;

use octomix::pass::expectation::ExpectationStats;
use octomix::rule::threshold::{Threshold, percentile};
use serde_json::Value;

/// The folder of golden files: scikit-learn's results, see its README.
pub fn golden_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The golden file `name`.
pub fn golden(name: &str) -> Value {
    let path = golden_dir().join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path:?}: {e}"))
}

/// The addresses of a list, one a line.
pub fn list(name: &str) -> Vec<u32> {
    let path = golden_dir().join("lists").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
    text.lines().map(address).collect()
}

/// A dotted quad as a number.
pub fn address(text: &str) -> u32 {
    text.parse::<Ipv4Addr>().unwrap_or_else(|e| panic!("{text}: {e}")).to_bits()
}

/// The threshold of `rule` for these log-densities.
pub fn threshold(rule: Threshold, densities: &[f64]) -> f64 {
    let mut sorted = densities.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let of_rank = |&rank: &u64| sorted[rank as usize];
    let of_ranks = |ranks: &[u64]| Ok::<_, Infallible>(ranks.iter().map(of_rank).collect());
    let Threshold::Percentile(q) = rule else { panic!("{rule} is not of densities alone") };
    let Ok(found) = percentile(q, densities.len(), of_ranks);
    found.expect("there are densities")
}

/// All sums of `stats`, one after the other.
pub fn flat(stats: &ExpectationStats) -> Vec<f64> {
    let sums =
        stats.components.iter().flat_map(|c| [&[c.weight][..], &c.first, &c.second].concat());
    sums.chain([stats.log_likelihood, stats.entropy]).collect()
}
