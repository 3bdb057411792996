//! The addresses of all files, counted by role: each role on a thread of its own.

use std::io;
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{Builder, JoinHandle};

use super::block::Keys;
use crate::address::{AddressSet, Counter, Times};

/// Batches of keys on their way to be counted.
const AHEAD: usize = 4;
/// Addresses of a batch: to wake a thread takes as long as counting a thousand.
const BATCH: usize = 1 << 15;

/// Counts the addresses of one role, in the order they are given.
pub(super) struct Fold {
    keys: SyncSender<Keys>,
    /// What has not been handed over yet.
    batch: Keys,
    spare: Receiver<Keys>,
    thread: JoinHandle<Folded>,
}

/// What was counted, and the times if they were wanted.
pub(super) struct Folded {
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
}

impl Fold {
    /// Counts, and notes times if they are wanted.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn new(times: bool) -> io::Result<Self> {
        let (keys, taken) = sync_channel::<Keys>(AHEAD);
        let (returned, spare) = channel();
        let thread = Builder::new()
            .name("octomix fold".to_owned())
            .spawn(move || count(taken, &returned, times))?;
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
    /// When the thread is gone.
    pub fn finish(mut self) -> io::Result<Folded> {
        self.hand_over();
        let Self { keys, thread, .. } = self;
        drop(keys);
        thread.join().map_err(|_| io::Error::other("a thread that counts addresses has failed"))
    }
}

fn count(keys: Receiver<Keys>, spare: &Sender<Keys>, times: bool) -> Folded {
    let mut counter = Counter::default();
    let mut times = times.then(Times::default);
    for mut keys in keys {
        let mut from = 0;
        for &(to, first, last) in &keys.networks {
            add(&mut counter, &keys, from..to);
            (first..=last).for_each(|address| counter.count(address));
            from = to;
        }
        add(&mut counter, &keys, from..keys.addresses.len());
        if let Some(times) = &mut times {
            for (&address, &time) in keys.addresses.iter().zip(&keys.times) {
                if let Some(time) = time {
                    times.see(address, time);
                }
            }
        }
        keys.clear();
        // Nobody may want it any more.
        let _ = spare.send(keys);
    }
    Folded { counter, times }
}

/// Counts the keys of `range`.
fn add(counter: &mut Counter, keys: &Keys, range: Range<usize>) {
    if keys.packets.is_empty() {
        return counter.extend(&keys.addresses[range]);
    }
    for (&address, &packets) in keys.addresses[range.clone()].iter().zip(&keys.packets[range]) {
        counter.add(address, packets);
    }
}
