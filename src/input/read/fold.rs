//! Counts what all files hold: the addresses of each role on a thread of its own, conversations on another.

use std::io;
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{Builder, JoinHandle};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::address::{AddressSet, Counter, LARGEST_UNSORTED};
use crate::behaviour::{Activities, Added, ConversationCounter, Flow, Sums, Ties};
use crate::input::read::keys::Keys;

/// Batches waiting to be counted.
const AHEAD: usize = 4;
/// Items of a batch: many, because each batch wakes a thread.
const BATCH: usize = 1 << 15;

/// What is counted at a time.
pub(crate) trait Batch: Default + Send + 'static {
    fn len(&self) -> usize;
    /// Appends `others` and empties it.
    fn append(&mut self, others: &mut Self);
    fn clear(&mut self);
}

impl Batch for Keys {
    fn len(&self) -> usize {
        self.len()
    }

    fn append(&mut self, others: &mut Self) {
        self.append(others);
    }

    fn clear(&mut self) {
        self.clear();
    }
}

impl Batch for Vec<Flow> {
    fn len(&self) -> usize {
        self.len()
    }

    fn append(&mut self, others: &mut Self) {
        self.append(others);
    }

    fn clear(&mut self) {
        self.clear();
    }
}

/// What counts batches.
pub(crate) trait Counts<B>: Send + 'static {
    /// Counts `batch`.
    ///
    /// # Errors
    /// If threads for sorting cannot be started.
    fn count(&mut self, batch: &B) -> io::Result<()>;

    /// Counts what it held back.
    fn end(&mut self) {}
}

/// The way of batches to the thread that counts them, which gives them back empty to the lane that sent them: to get
/// memory anew for each would take longer than to count it.
pub(crate) struct Lane<B> {
    batches: SyncSender<(B, Sender<B>)>,
    back: Sender<B>,
    spare: Receiver<B>,
}

impl<B: Batch> Lane<B> {
    fn new(batches: SyncSender<(B, Sender<B>)>) -> Self {
        let (back, spare) = channel();
        Self { batches, back, spare }
    }

    /// An empty batch.
    fn spare(&self) -> B {
        self.spare.try_recv().unwrap_or_default()
    }

    fn send(&self, batch: B) {
        // If the thread is gone, its `finish` notices.
        let _ = self.batches.send((batch, self.back.clone()));
    }
}

/// A thread that counts batches in the order they are given.
pub(crate) struct Fold<B, C> {
    lane: Lane<B>,
    /// What has not been sent yet.
    batch: B,
    thread: JoinHandle<io::Result<C>>,
}

impl<B: Batch, C: Counts<B>> Fold<B, C> {
    /// Starts the thread.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn new(counts: C) -> io::Result<Self> {
        let (batches, taken) = sync_channel(AHEAD);
        let thread =
            Builder::new().name("octomix fold".to_owned()).spawn(move || count(counts, taken))?;
        Ok(Self { lane: Lane::new(batches), batch: B::default(), thread })
    }

    /// Where others, too, may send what is to be counted, until they drop it.
    pub fn lane(&self) -> Lane<B> {
        Lane::new(self.lane.batches.clone())
    }

    /// Counts `batch` and empties it.
    pub fn add(&mut self, batch: &mut B) {
        self.batch.append(batch);
        if self.batch.len() >= BATCH {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        let spare = self.lane.spare();
        self.lane.send(std::mem::replace(&mut self.batch, spare));
    }

    /// Waits for the counts.
    ///
    /// # Errors
    /// If the thread has failed.
    pub fn finish(mut self) -> io::Result<C> {
        self.hand_over();
        drop(self.lane);
        let failed = |_| Err(io::Error::other("a thread that counts addresses has failed"));
        self.thread.join().unwrap_or_else(failed)
    }
}

fn count<B: Batch, C: Counts<B>>(
    mut counts: C,
    batches: Receiver<(B, Sender<B>)>,
) -> io::Result<C> {
    for (mut batch, back) in batches {
        counts.count(&batch)?;
        batch.clear();
        // The lane may be gone.
        let _ = back.send(batch);
    }
    counts.end();
    Ok(counts)
}

/// Counts conversations, and sends what they add to the sums of addresses to those who count these.
pub(crate) struct FlowCounter {
    counter: ConversationCounter,
    sources: Lane<Keys>,
    destinations: Lane<Keys>,
}

impl FlowCounter {
    /// Counts with `counter`.
    pub fn new(
        counter: ConversationCounter,
        sources: Lane<Keys>,
        destinations: Lane<Keys>,
    ) -> Self {
        Self { counter, sources, destinations }
    }

    /// The conversations, once all is sent.
    pub fn into_counter(self) -> ConversationCounter {
        self.counter
    }

    /// Counts with `count`, which gives away what flows add to the sums of addresses.
    fn sending(
        &mut self,
        count: impl FnOnce(&mut ConversationCounter, &mut dyn FnMut(&mut Added)),
    ) {
        count(&mut self.counter, &mut |Added { sources, destinations }| {
            for (sums, to) in [(sources, &self.sources), (destinations, &self.destinations)] {
                let mut keys = to.spare();
                std::mem::swap(&mut keys.sums, sums);
                to.send(keys);
            }
        });
    }
}

impl Counts<Vec<Flow>> for FlowCounter {
    fn count(&mut self, batch: &Vec<Flow>) -> io::Result<()> {
        self.sending(|counter, send| counter.extend(batch, send));
        Ok(())
    }

    fn end(&mut self) {
        self.sending(|counter, send| counter.settle(send));
    }
}

/// What is counted of the addresses of a role.
pub(crate) struct Folded {
    counter: Counter,
    sums: Option<Sums>,
    /// How many addresses were counted, repeated ones included.
    counted: u64,
    /// What sorts large sets, if not the global pool.
    own: Own,
}

/// Threads for sorting: those of the global pool may all be waiting for this very reading.
enum Own {
    /// The global pool will do.
    None,
    /// So many are to be started once they are needed.
    Wanted(usize),
    Pool(ThreadPool),
}

impl Folded {
    /// Counts nothing yet. Sums are gathered if asked for. Large sets are sorted by `own` threads, with `None`
    /// by the global pool.
    pub fn new(sums: bool, own: Option<usize>) -> Self {
        let own = own.map_or(Own::None, Own::Wanted);
        Self { counter: Counter::default(), sums: sums.then(Sums::default), counted: 0, own }
    }

    /// The distinct addresses, and their activities with the `ties` of all that have some.
    pub fn finish(self, ties: impl FnOnce() -> Option<Vec<(u32, Ties)>>) -> AddressSet {
        let set = self.counter.finish();
        match self.sums {
            Some(sums) if !set.is_empty() => {
                let activities = Activities::new(set.addresses(), sums.finish(), ties());
                set.with_activities(activities)
            }
            _ => set,
        }
    }

    fn add(&mut self, keys: &Keys) {
        let mut from = 0;
        // Blocks that follow one another, in the list and in their addresses, are one.
        let follows = |a: &(usize, u32, u32), b: &(usize, u32, u32)| {
            a.0 == b.0 && a.2.checked_add(1) == Some(b.1)
        };
        for blocks in keys.networks.chunk_by(follows) {
            let ((to, first, _), (.., last)) = (blocks[0], blocks[blocks.len() - 1]);
            self.add_some(keys, from..to);
            self.counter.extend_block(first, last);
            from = to;
        }
        self.add_some(keys, from..keys.addresses.len());
        if let Some(sums) = &mut self.sums {
            sums.add(&keys.sums);
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

impl Counts<Keys> for Folded {
    fn count(&mut self, keys: &Keys) -> io::Result<()> {
        if keys.addresses() == 0 {
            // Sums alone are sorted here: no other thread is woken.
            self.add(keys);
            return Ok(());
        }
        self.counted = self.counted.saturating_add(keys.addresses());
        // Fewer addresses are not sorted.
        if let Own::Wanted(threads) = self.own
            && self.counted > LARGEST_UNSORTED as u64
        {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build();
            self.own = Own::Pool(pool.map_err(io::Error::other)?);
        }
        match std::mem::replace(&mut self.own, Own::None) {
            Own::Pool(pool) => {
                pool.install(|| self.add(keys));
                self.own = Own::Pool(pool);
            }
            own => {
                self.add(keys);
                self.own = own;
            }
        }
        Ok(())
    }
}
