//! What the machine can do at best: multiply and add, read, on all threads. And its clock of CPU time.

use std::fs;
use std::hint::black_box;
use std::time::Instant;

use rayon::prelude::*;
use serde::Serialize;

/// The rates that the least time of a pass is counted from.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Machine {
    /// Threads of the CPU engine.
    pub threads: usize,
    /// Multiply-adds of f32 a second, on all threads, in vectors of eight where there are such.
    pub multiply_adds_per_second: f64,
    /// Bytes of memory read a second, on all threads.
    pub read_bytes_per_second: f64,
}

/// Multiply-adds a thread and measurement: some milliseconds.
const TRIPS: usize = 1_000_000;
/// Bytes read: more than caches hold.
const READ: usize = 256 << 20;
/// Measurements, of which the best counts: nothing but others' work makes one slower.
const TIMES: usize = 9;

impl Machine {
    /// Measures.
    pub fn measure() -> Self {
        let threads = rayon::current_num_threads();
        let arithmetic = best(|| {
            let each = (0..threads).into_par_iter().with_max_len(1);
            each.map(|_| multiply_adds(TRIPS)).sum::<f32>()
        });
        let words = vec![1u32; READ / size_of::<u32>()];
        let sum = |chunk: &[u32]| chunk.iter().fold(0u32, |sum, &word| sum.wrapping_add(word));
        let read = best(|| {
            let chunks = words.par_chunks(1 << 18);
            chunks.map(sum).reduce(|| 0, u32::wrapping_add)
        });
        Self {
            threads,
            multiply_adds_per_second: (threads * TRIPS * CHAINS * WIDTH) as f64 / arithmetic,
            read_bytes_per_second: READ as f64 / read,
        }
    }
}

impl Machine {
    /// The better of two measurements.
    pub fn best(self, other: Self) -> Self {
        let (a, b) = (self.multiply_adds_per_second, other.multiply_adds_per_second);
        let (c, d) = (self.read_bytes_per_second, other.read_bytes_per_second);
        Self { multiply_adds_per_second: a.max(b), read_bytes_per_second: c.max(d), ..self }
    }
}

/// The least of several times that `work` takes, in seconds.
fn best<T>(work: impl Fn() -> T) -> f64 {
    let times = (0..TIMES).map(|_| {
        let started = Instant::now();
        black_box(work());
        started.elapsed().as_secs_f64()
    });
    times.fold(f64::INFINITY, f64::min)
}

/// Vectors that do not wait for each other: four cycles of two units, and some to spare.
const CHAINS: usize = 12;
/// Lanes of a vector.
const WIDTH: usize = 8;

/// `trips` multiply-adds in each lane of each chain.
fn multiply_adds(trips: usize) -> f32 {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        // SAFETY: the two features that it needs are there.
        return unsafe { fused(trips) };
    }
    chains(trips, |x, a, b| x * a + b)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn fused(trips: usize) -> f32 {
    chains(trips, f32::mul_add)
}

#[inline(always)]
fn chains(trips: usize, multiply_add: impl Fn(f32, f32, f32) -> f32) -> f32 {
    let (a, b) = (black_box(0.999_f32), black_box(1e-3_f32));
    let mut sums = [[black_box(1.0_f32); WIDTH]; CHAINS];
    for _ in 0..trips {
        for vector in &mut sums {
            for x in vector {
                *x = multiply_add(*x, a, b);
            }
        }
    }
    sums.iter().flatten().sum()
}

/// What the CPUs of the machine have done since a moment.
#[derive(Debug, Default)]
pub struct Load {
    began: Option<Spent>,
}

/// CPU time spent so far.
#[derive(Debug)]
struct Spent {
    /// By all processes, and in all, in ticks.
    busy: f64,
    all: f64,
    /// CPUs, and seconds by this process.
    cpus: f64,
    own: f64,
    at: Instant,
}

impl Load {
    /// From now on.
    pub fn begin() -> Self {
        Self { began: Spent::now() }
    }

    /// The share of the CPU time since then that other processes and machines took, where Linux tells.
    pub fn of_others(&self) -> Option<f64> {
        let (before, now) = (self.began.as_ref()?, Spent::now()?);
        let all = (now.busy - before.busy) / (now.all - before.all);
        let own = (now.own - before.own) / (now.cpus * (now.at - before.at).as_secs_f64());
        // Ticks are hundredths of a second: of a short moment they say nothing.
        (all - own).is_finite().then_some((all - own).max(0.0))
    }
}

impl Spent {
    /// From /proc/stat, as proc_stat(5) describes it.
    fn now() -> Option<Self> {
        let stat = fs::read_to_string("/proc/stat").ok()?;
        let cpus = stat.lines().filter(|line| line.starts_with("cpu")).count().checked_sub(1)?;
        let fields = stat.lines().next()?.split_whitespace().skip(1);
        let ticks: Vec<f64> = fields.take(8).map_while(|field| field.parse().ok()).collect();
        let all: f64 = ticks.iter().sum();
        // Idle, and waiting for a disk.
        let busy = all - ticks.get(3)? - ticks.get(4)?;
        Some(Self { busy, all, cpus: cpus as f64, own: cpu_seconds()?, at: Instant::now() })
    }
}

/// Seconds that all threads of the process have run, where the system tells.
#[cfg(unix)]
pub fn cpu_seconds() -> Option<f64> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Some(time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64)
}

/// Seconds that all threads of the process have run, where the system tells.
#[cfg(not(unix))]
pub fn cpu_seconds() -> Option<f64> {
    None
}
