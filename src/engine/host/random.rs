//! Random numbers that do not depend on who else draws.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// One of many independent streams of random numbers under a seed. It is two numbers, so it can be sent
/// to where the addresses are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomStream {
    /// The seed.
    pub seed: u64,
    /// Which stream: of a restart its number, whatever the number of restarts.
    pub stream: u64,
}

impl RandomStream {
    /// Stream `stream` under `seed`.
    pub fn new(seed: u64, stream: usize) -> Self {
        Self { seed, stream: stream as u64 }
    }

    /// Its numbers, from the first.
    pub fn rng(self) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(self.stream);
        rng
    }
}
