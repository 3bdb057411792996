//! Counts the addresses of all files, each role on a thread of its own.

use std::io;
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{Builder, JoinHandle};

use rayon::ThreadPoolBuilder;

use crate::address::{AddressSet, Counter, LARGEST_UNSORTED, LEAST_SORTED, Times};
use crate::input::read::keys::Keys;

/// Batches of keys waiting to be counted.
const AHEAD: usize = 4;
/// Addresses of a batch: many, because each batch wakes a thread.
const BATCH: usize = 1 << 15;
/// Sets so small that they are not sorted need no sorting for their counts either.
const _: () = assert!(LEAST_SORTED <= LARGEST_UNSORTED as u64);

/// Counts the addresses of one role, in the order they are given.
pub(crate) struct Fold {
    keys: SyncSender<Keys>,
    /// Keys that have not been sent yet.
    batch: Keys,
    spare: Receiver<Keys>,
    thread: JoinHandle<io::Result<Folded>>,
}

/// The counts, and the times if the run wants them.
pub(crate) struct Folded {
    counter: Counter,
    times: Option<Times>,
}

impl Folded {
    /// The distinct addresses.
    pub fn finish(self) -> AddressSet {
        let set = self.counter.finish();
        if let Some(times) = self.times { set.with_times(times) } else { set }
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
    /// Starts the counting thread, which records times if asked to. It sorts with `own` threads of its own,
    /// because those of the global pool may all be waiting for this very reading; with `None` it uses the
    /// global pool.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn new(times: bool, own: Option<usize>) -> io::Result<Self> {
        let (keys, taken) = sync_channel::<Keys>(AHEAD);
        let (returned, spare) = channel();
        let folded = Folded { counter: Counter::default(), times: times.then(Times::default) };
        let thread = Builder::new()
            .name("octomix fold".to_owned())
            .spawn(move || count(folded, taken, &returned, own))?;
        Ok(Self { keys, batch: Keys::default(), spare, thread })
    }

    /// Counts `keys` and empties it.
    pub fn add(&mut self, keys: &mut Keys) {
        self.batch.append(keys);
        if self.batch.len() >= BATCH {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        let spare = self.spare.try_recv().unwrap_or_default();
        // If the thread is gone, `finish` notices.
        let _ = self.keys.send(std::mem::replace(&mut self.batch, spare));
    }

    /// Waits for the counts.
    ///
    /// # Errors
    /// If the thread has failed or could not start threads for sorting.
    pub fn finish(mut self) -> io::Result<Folded> {
        self.hand_over();
        drop(self.keys);
        let failed = |_| Err(io::Error::other("a thread that counts addresses has failed"));
        self.thread.join().unwrap_or_else(failed)
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
        // The receiver may be gone.
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
