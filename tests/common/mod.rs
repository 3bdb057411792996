//! What the integration tests share: address lists and golden files.

use std::net::Ipv4Addr;
use std::path::PathBuf;

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
