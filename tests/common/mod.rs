//! What the integration tests share: address lists and golden files.

#![allow(dead_code, reason = "each test binary uses a part of this")]

pub mod claiming;
pub mod counting;
pub mod faulty;
pub mod mixtures;
pub mod planted;
pub mod propagation;
pub mod sklearn;

use std::convert::Infallible;
use std::io::Write;
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

/// A GPU to test, a software one where there is no other; `None` if OCTOMIX_NO_GPU=1 says so.
///
/// Panics where there is none: kernels that were not run must not look as if they had passed.
pub fn gpu() -> Option<octomix::engine::gpu::Gpu> {
    use octomix::engine::gpu::Gpu;
    use std::sync::OnceLock;
    static GPU: OnceLock<Gpu> = OnceLock::new();
    if std::env::var_os("OCTOMIX_NO_GPU").is_some_and(|value| value == "1") {
        // Past the test harness, which swallows what a passing test prints by `eprintln!`.
        let _ = writeln!(std::io::stderr(), "OCTOMIX_NO_GPU=1: the GPU is left out");
        return None;
    }
    Some(GPU.get_or_init(open_gpu).clone())
}

fn open_gpu() -> octomix::engine::gpu::Gpu {
    use octomix::engine::gpu::{Gpu, Wanted};
    Gpu::open(&Wanted { software: true, ..Wanted::default() })
        .unwrap_or_else(|error| panic!("{error}; or set OCTOMIX_NO_GPU=1 to leave the GPU out"))
        .remove(0)
}

/// The same GPU opened twice, as [`gpu`] opens it once: two devices that compute alike.
pub fn two_gpus() -> Option<[octomix::engine::gpu::Gpu; 2]> {
    Some([gpu()?, open_gpu()])
}
