//! The addresses of all files, counted by role: each role on a thread of its own.

use std::io;
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{Builder, JoinHandle};

use rayon::ThreadPoolBuilder;

use crate::address::{AddressSet, Counter, LARGEST_UNSORTED, LEAST_SORTED, Times};
use crate::input::read::block::Keys;

/// Batches of keys on their way to be counted.
const AHEAD: usize = 4;
/// Addresses of a batch: many, as a thread is woken for each.
const BATCH: usize = 1 << 15;
/// So few are not sorted for their counts either.
const _: () = assert!(LEAST_SORTED <= LARGEST_UNSORTED as u64);

/// Counts the addresses of one role, in the order they are given.
pub(crate) struct Fold {
    keys: SyncSender<Keys>,
    /// What has not been handed over yet.
    batch: Keys,
    spare: Receiver<Keys>,
    thread: JoinHandle<io::Result<Folded>>,
}

/// What was counted, and the times if they were wanted.
pub(crate) struct Folded {
    counter: Counter,
    times: Option<Times>,
}

impl Folded {
    /// The distinct addresses.
    pub fn finish(self) -> AddressSet {
        let set = self.counter.finish();
        match self.times {
            Some(times) => set.with_times(times),
            None => set,
        }
    }

    fn add(&mut self, keys: &Keys) {
        let mut from = 0;
        for &(to, first, last) in &keys.networks {
            self.add_some(keys, from..to);
            (first..=last).for_each(|address| self.counter.count(address));
            from = to;
        }
        self.add_some(keys, from..keys.addresses.len());
        if let Some(times) = &mut self.times {
            for (&address, &time) in keys.addresses.iter().zip(&keys.times) {
                if let Some(time) = time {
                    times.see(address, time);
                }
            }
        }
    }

    /// Counts the addresses of `range`.
    fn add_some(&mut self, keys: &Keys, range: Range<usize>) {
        let addresses = &keys.addresses[range.clone()];
        if keys.packets.is_empty() {
            return self.counter.extend(addresses);
        }
        for (&address, &packets) in addresses.iter().zip(&keys.packets[range]) {
            self.counter.add(address, packets);
        }
    }
}

impl Fold {
    /// Counts, and notes times if they are wanted. Sorts with as many threads of its own as `own` says: those of
    /// the pool may all be waiting for this very reading. `None`: by the pool.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn new(times: bool, own: Option<usize>) -> io::Result<Self> {
        let (keys, taken) = sync_channel::<Keys>(AHEAD);
        let (returned, spare) = channel();
        let folded = Folded { counter: Counter::default(), times: times.then(Times::default) };
        let thread = Builder::new()
            .name("octomix fold".to_owned())
            .spawn(move || count(folded, taken, &returned, own))?;
        Ok(Self { keys, batch: Keys::default(), spare, thread })
    }

    /// Counts `keys`, and empties them.
    pub fn add(&mut self, keys: &mut Keys) {
        self.batch.append(keys);
        if self.batch.len() >= BATCH {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        let spare = self.spare.try_recv().unwrap_or_default();
        // A thread that is gone is found by `finish`.
        let _ = self.keys.send(std::mem::replace(&mut self.batch, spare));
    }

    /// What was counted.
    ///
    /// # Errors
    /// When the thread is gone, or had none to sort with.
    pub fn finish(mut self) -> io::Result<Folded> {
        self.hand_over();
        let Self { keys, thread, .. } = self;
        drop(keys);
        let failed = || Err(io::Error::other("a thread that counts addresses has failed"));
        thread.join().unwrap_or_else(|_| failed())
    }
}

fn count(
    mut folded: Folded,
    keys: Receiver<Keys>,
    spare: &Sender<Keys>,
    own: Option<usize>,
) -> io::Result<Folded> {
    let mut keys = keys.into_iter().peekable();
    let mut add = |mut keys: Keys| {
        folded.add(&keys);
        keys.clear();
        // Nobody may want it any more.
        let _ = spare.send(keys);
    };
    let mut counted = 0;
    let mut is_few = |keys: &Keys| {
        counted += keys.addresses();
        counted < LEAST_SORTED
    };
    while let Some(keys) = keys.next_if(&mut is_few) {
        add(keys);
    }
    match own {
        Some(threads) if keys.peek().is_some() => {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build();
            pool.map_err(io::Error::other)?.install(|| keys.for_each(add));
        }
        _ => keys.for_each(add),
    }
    Ok(folded)
}
