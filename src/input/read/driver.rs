//! Reads all files with threads: one reads and cuts, many parse, and the caller collects the blocks in
//! order.
//!
//! The reading thread fills blocks from a bounded pool and cuts each after its last whole record. Workers
//! parse the blocks. The calling thread collects them in file order, so the result does not depend on the
//! threads, and returns them to the pool. If a record turns out to continue beyond a cut, the next block
//! was parsed from the wrong place and is parsed again here.
//!
//! All threads but the caller's are detached: one may be stuck reading a pipe that never ends, and nobody
//! waits for it.

use std::fs;
use std::io;
use std::mem;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::Builder;
use std::time::Duration;

use super::reader::{self, BLOCK, Ending, Event, LONGEST_RECORD, ParseJob, Parsed, Position, Slab};
use crate::address::Unit;
use crate::behaviour::{ConversationCounter, Counting, Flow, Timeline};
use crate::input::account::{Account, FileAccount, MalformedCell};
use crate::input::error::InputError;
use crate::input::found::PassedOver;
use crate::input::options::Options;
use crate::input::read::block::{Block, MANY_LINES, REMEMBERED};
use crate::input::read::fold::{FlowCounter, Fold, Folded};
use crate::input::read::keys::Keys;
use crate::input::read::source::Sources;
use crate::input::role::Roles;
use crate::input::warning::Warning;

/// The longest time between two checks whether to stop.
const PATIENCE: Duration = Duration::from_millis(100);
/// Blocks per worker, and for the threads before and after the workers.
const BLOCKS_A_WORKER: usize = 2;
/// The most bytes of all blocks together, however many workers there are.
const MOST_BYTES: usize = 24 << 20;

/// How far reading has progressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read from all files, as stored.
    pub bytes: u64,
    /// Bytes of all files together; `None` if a pipe is among them.
    pub total: Option<u64>,
}

/// The counted addresses of both roles.
pub(crate) struct Counted {
    pub source: Folded,
    pub destination: Folded,
    /// Who asked whom for what, if that was wanted.
    pub conversations: Option<ConversationCounter>,
    /// When the records were made that count.
    pub timeline: Timeline,
    pub account: Account,
}

/// Reads the files of `sources`.
///
/// # Errors
/// The first file in order that cannot be read, or an interruption.
pub(crate) fn read(
    sources: Sources,
    options: &Options,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Counted, InputError> {
    let total = sources.bytes();
    let Sources { files, passed_over, repeated } = sources;
    let threads = rayon::current_num_threads();
    let workers = match total {
        // Compressed text expands about ten times.
        Some(total) => threads.min(1 + total as usize / (BLOCK / 10)),
        None => threads,
    };
    // Standard input has no path.
    let opened = files.iter().filter_map(|file| fs::canonicalize(&file.path).ok()).collect();
    let failed = InputError::Thread;
    let bytes = Arc::new(AtomicU64::new(0));
    let (free, pool) = channel();
    for _ in 0..(BLOCKS_A_WORKER * (workers + 1)).min(MOST_BYTES / BLOCK) {
        // Cannot fail: the receiver is alive, a few lines above.
        let _ = free.send(Slab::default());
    }
    let (jobs, events) = reader::start(&files, options, pool, bytes.clone()).map_err(failed)?;
    start_workers(workers, jobs).map_err(failed)?;
    let progress = Watch { bytes, total, report: progress };
    let own = rayon::current_thread_index().map(|_| threads);
    let sums = options.times || options.behaviour != Counting::Off;
    let fold = || Fold::new(Folded::new(sums, own)).map_err(failed);
    let [source, destination] = [fold()?, fold()?];
    let is_any = options.roles == Some(Roles::Any);
    let flows = ConversationCounter::new(options.behaviour, is_any)
        .map(|counter| FlowCounter::new(counter, source.lane(), destination.lane()))
        .map(|counter| Fold::new(counter).map_err(failed))
        .transpose()?;
    let folds = Folds { source, destination, flows };
    let account = Account { opened, passed_over, repeated, ..Account::default() };
    let timeline = Timeline::default();
    let mut collector = Collector { events, free, progress, folds, timeline, account };
    while let Some((file, is_named)) = collector.file()? {
        if !is_named && file.is_of_another_kind() {
            let error = InputError::NoList { name: file.name.clone() };
            collector.account.passed_over.push(PassedOver::new(file.name, &error));
        } else {
            collector.account.files.push(file);
        }
    }
    collector.progress.tell()?;
    let Collector { folds, timeline, account, .. } = collector;
    let Folds { source, destination, flows } = folds;
    // First the flows, which add to the addresses.
    let flows = flows.map(Fold::finish).transpose().map_err(failed)?;
    Ok(Counted {
        conversations: flows.map(FlowCounter::into_counter),
        timeline,
        source: source.finish().map_err(failed)?,
        destination: destination.finish().map_err(failed)?,
        account,
    })
}

/// Starts threads that parse blocks until no more arrive.
fn start_workers(workers: usize, jobs: Receiver<ParseJob>) -> io::Result<()> {
    let jobs = Arc::new(Mutex::new(jobs));
    for _ in 0..workers {
        let jobs = jobs.clone();
        Builder::new().name("octomix parse".to_owned()).spawn(move || {
            loop {
                // A worker that fails holds no lock.
                let Ok(job) = jobs.lock().map(|jobs| jobs.recv()) else { return };
                let Ok((mut parsed, reply)) = job else { return };
                parsed.run();
                // The receiver may be gone.
                let _ = reply.send(parsed);
            }
        })?;
    }
    Ok(())
}

/// Reports progress, and learns whether to stop.
struct Watch<'a> {
    bytes: Arc<AtomicU64>,
    total: Option<u64>,
    report: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl Watch<'_> {
    fn tell(&mut self) -> Result<(), InputError> {
        let bytes = self.bytes.load(Ordering::Relaxed);
        // A file may have grown.
        let total = self.total.map(|total| total.max(bytes));
        match (self.report)(Progress { bytes, total }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(InputError::Interrupted),
        }
    }

    /// The next item of `receiver`; `None` if its sender is gone.
    fn wait<T>(&mut self, receiver: &Receiver<T>) -> Result<Option<T>, InputError> {
        loop {
            match receiver.recv_timeout(PATIENCE) {
                Ok(received) => return Ok(Some(received)),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) => self.tell()?,
            }
        }
    }
}

/// What counts the addresses of each role, and conversations.
struct Folds {
    source: Fold<Keys, Folded>,
    destination: Fold<Keys, Folded>,
    flows: Option<Fold<Vec<Flow>, FlowCounter>>,
}

/// Collects the work of the threads in file order.
struct Collector<'a> {
    events: Receiver<Event>,
    free: Sender<Slab>,
    progress: Watch<'a>,
    folds: Folds,
    timeline: Timeline,
    account: Account,
}

impl Collector<'_> {
    /// Collects the next file that is not skipped, and tells whether it was named; `None` after the last.
    fn file(&mut self) -> Result<Option<(FileAccount, bool)>, InputError> {
        let (mut file, mut position) = loop {
            match self.progress.wait(&self.events)? {
                Some(Event::Opened(opened)) => break *opened,
                Some(Event::PassedOver(passed_over)) => {
                    self.account.passed_over.push(passed_over);
                }
                Some(Event::Finished) => return Ok(None),
                Some(Event::Failed(error)) => return Err(error),
                _ => return Err(lost("a file")),
            }
        };
        let is_named = position.is_named;
        loop {
            match self.progress.wait(&self.events)? {
                Some(Event::Block(block)) => {
                    let parsed = self.progress.wait(&block)?.ok_or_else(|| lost(&file.name))?;
                    self.block(parsed, &mut position, &mut file);
                    self.progress.tell()?;
                }
                Some(Event::End(ending)) => {
                    self.end(ending, position, &mut file)?;
                    return Ok(Some((file, is_named)));
                }
                Some(Event::Failed(error)) => return Err(error),
                _ => return Err(lost(&file.name)),
            }
        }
    }

    /// Collects a block of `file`.
    fn block(&mut self, mut parsed: Parsed, position: &mut Position, file: &mut FileAccount) {
        if position.damage.is_some() {
            file.cut += parsed.len as u64;
        } else {
            let is_outdated = position
                .successor
                .as_ref()
                .is_some_and(|successor| !Arc::ptr_eq(successor, &parsed.parser));
            if let (true, Some(successor)) = (is_outdated, &position.successor) {
                parsed.parser = successor.clone();
            }
            if position.rest.is_empty() {
                if is_outdated {
                    parsed.run();
                }
            } else {
                // The block was parsed from the middle of a record.
                let mut bytes = mem::take(&mut position.rest);
                bytes.extend_from_slice(&parsed.slab.bytes[..parsed.len]);
                parsed.len = bytes.len();
                parsed.slab.bytes = bytes;
                parsed.run();
            }
            self.take(&mut parsed, position, file);
            if let Some(successor) = parsed.successor.take() {
                parsed.parser = successor.clone();
                position.follow(successor);
            }
            let rest = &parsed.slab.bytes[parsed.used..parsed.len];
            if rest.len() > LONGEST_RECORD {
                position.damage = Some(reader::endless((position.at)(position.number + 1)));
                file.cut += rest.len() as u64;
            } else {
                position.rest.extend_from_slice(rest);
                position.parser = Some(parsed.parser);
            }
        }
        // The reading thread may have finished.
        let _ = self.free.send(parsed.slab);
    }

    /// Adds the result of `parsed`.
    fn take(&mut self, parsed: &mut Parsed, position: &mut Position, file: &mut FileAccount) {
        let block = &mut parsed.slab.block;
        self.folds.source.add(&mut block.source.keys);
        self.folds.destination.add(&mut block.destination.keys);
        self.timeline.extend(&block.seconds);
        block.seconds.clear();
        for (shift, stretch, records) in block.stretches.drain(..) {
            self.timeline.add(shift, stretch, records);
        }
        if let Some(fold) = &mut self.folds.flows {
            fold.add(&mut block.flows);
        }
        file.source = file.source.plus(block.source.tally);
        file.destination = file.destination.plus(block.destination.tally);
        file.records += block.records;
        file.packets = said(file.packets, block.packets);
        file.traffic_bytes = said(file.traffic_bytes, block.bytes);
        file.unit = file.unit.into_iter().chain(block.unit()).reduce(Unit::and);
        position.timed += block.timed;
        position.unread_times.append(mem::take(&mut block.unread_times), position.number);
        position.unread_packets.append(mem::take(&mut block.unread_packets), position.number);
        file.irregular = file.irregular.plus(block.irregular);
        file.networks += block.networks;
        for place in block.malformed.drain(..).take(REMEMBERED - file.malformed.len()) {
            file.malformed.push(MalformedCell {
                at: (position.at)(position.number + place.number + 1),
                offset: position.offset + place.offset,
                column: place.column,
                value: place.value,
            });
        }
        position.malformed_left.store(REMEMBERED - file.malformed.len(), Ordering::Relaxed);
        let is_warned = file.warnings.iter().any(|w| matches!(w, Warning::LongRecord { .. }));
        if let (Some(number), false) = (block.long_record, is_warned) {
            let line = position.number + number + 1;
            file.warnings.push(Warning::LongRecord { line, limit: MANY_LINES });
        }
        let is_told = file.warnings.iter().any(|w| matches!(w, Warning::LargeNetwork { .. }));
        if let (Some(number), false) = (block.large_network, is_told) {
            let at = (position.at)(position.number + number + 1);
            file.warnings.push(Warning::LargeNetwork { at });
        }
        let unknown = block.unknown_link.map(|number| Warning::UnknownLink { number });
        file.warnings.extend(unknown.filter(|warning| !file.warnings.contains(warning)));
        let is_warned = file.warnings.iter().any(|w| matches!(w, Warning::Joined { .. }));
        if let (Some(joint), false) = (block.joint, is_warned) {
            let (offset, packet) =
                (position.offset + joint.offset, position.number + joint.number + 1);
            file.warnings.push(Warning::Joined { offset, packet });
        }
        position.number += block.passed;
        position.offset += parsed.used as u64;
    }

    /// Completes the account of `file` at its end.
    fn end(
        &mut self,
        ending: Ending,
        mut position: Position,
        file: &mut FileAccount,
    ) -> Result<(), InputError> {
        file.bytes = ending.bytes;
        let wanted = ending.wanted.clone();
        let mut damage = position.damage.take().or(ending.damage);
        if let (false, Some(parser)) = (position.rest.is_empty(), position.parser.take()) {
            // Nothing follows the rest, unless it was lost to damage.
            let bytes = mem::take(&mut position.rest);
            let mut slab = Slab { block: Block::new(ending.wanted), bytes };
            slab.block.malformed_left = REMEMBERED - file.malformed.len();
            let (len, is_last) = (slab.bytes.len(), damage.is_none());
            let mut parsed = Parsed { slab, len, parser, is_last, used: 0, successor: None };
            if is_last {
                parsed.run();
                self.take(&mut parsed, &mut position, file);
            }
            file.cut += (len - parsed.used) as u64;
        }
        file.cut += ending.cut;
        if damage.is_none() && file.cut > 0 {
            damage = Some(format!("the last {} is cut off", file.format.record[0]));
        }
        file.warnings.extend(Warning::of_overlong(file));
        file.warnings.extend(Warning::of_columns(file));
        file.warnings.extend(position.unread_packets.of_packets(position.at));
        if let Some(reason) = damage {
            file.warnings.push(Warning::Damaged { offset: position.offset, reason });
        }
        match position.unread_times.of_times(position.at).filter(|_| wanted.needs_times()) {
            Some(unread) => file.warnings.push(unread),
            None if wanted.times && position.timed == 0 && file.records > 0 => {
                file.warnings.push(Warning::NoTimes);
            }
            None => {}
        }
        let unsaid = file.source.unsaid + file.destination.unsaid;
        if let (1.., Some(filter)) = (unsaid, &wanted.filter) {
            file.warnings.push(Warning::Unsaid { addresses: unsaid, asked: filter.subjects() });
        }
        file.warn_of_emptiness();
        Ok(())
    }
}

/// What was said before, and `more` of it.
fn said(before: Option<u64>, more: u64) -> Option<u64> {
    match more {
        0 => before,
        more => Some(before.unwrap_or(0).saturating_add(more)),
    }
}

/// Says that a thread is gone. Its panic has been reported on standard error.
fn lost(name: &str) -> InputError {
    let reason = io::Error::other("a thread that reads it has failed");
    InputError::Read { name: name.to_owned(), reason }
}
