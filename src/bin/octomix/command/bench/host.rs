//! What the machine says of itself: its CPU, its cores, its memory. What it does not say is `None`.

use std::fs;

use serde::Serialize;

use crate::memory::available;

/// The machine beside its GPU.
#[derive(Debug, Serialize)]
pub struct Host {
    pub system: &'static str,
    pub cpu: Option<String>,
    /// Cores that this process may use.
    pub cores: usize,
    pub memory_bytes: Option<u64>,
    /// Of these, what could be allocated when the report began.
    pub available_bytes: Option<u64>,
}

impl Host {
    /// This one.
    pub fn new() -> Self {
        Self {
            system: std::env::consts::OS,
            cpu: cpu(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: meminfo("MemTotal:"),
            available_bytes: available(),
        }
    }
}

/// The bytes that Linux tells under `key`.
fn meminfo(key: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

/// The name of the CPU, where Linux tells it.
fn cpu() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("model name"))?;
    Some(line.trim_start_matches([':', '\t', ' ']).to_owned())
}
