//! The reading thread: opens files, finds their formats, fills blocks and cuts them after whole records.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::Builder;

use crate::input::account::{FileAccount, RecordNumber};
use crate::input::error::InputError;
use crate::input::foreign::Foreign;
use crate::input::format::{Cut, Cutter, Damage, Parser};
use crate::input::formats;
use crate::input::found::{PassedOver, Reason};
use crate::input::message::file_name;
use crate::input::options::Options;
use crate::input::read::archive::{self, Archive, Contents};
use crate::input::read::block::{Block, REMEMBERED};
use crate::input::read::head::Head;
use crate::input::read::source::Source;
use crate::input::read::stream::{Stream, StreamEnd};
use crate::input::read::unread::Unread;
use crate::input::read::wanted::Wanted;

/// Bytes of a block. With half as many, waking threads takes up to a tenth of the time (benches/README.md).
pub(crate) const BLOCK: usize = 1 << 20;
/// The longest record, in bytes: a quote that is never closed must not pull the whole file into memory.
pub(crate) const LONGEST_RECORD: usize = 16 << 20;

/// The memory of one block, which is reused.
#[derive(Default)]
pub(crate) struct Slab {
    pub bytes: Vec<u8>,
    pub block: Block,
}

/// A block, before and after parsing.
pub(crate) struct Parsed {
    pub slab: Slab,
    /// The bytes to parse, at the start of the slab's.
    pub len: usize,
    pub parser: Arc<dyn Parser>,
    /// Whether nothing follows.
    pub is_last: bool,
    /// How many of them the parser used.
    pub used: usize,
    /// What reads the next block, if a header in this one names other columns.
    pub successor: Option<Arc<dyn Parser>>,
}

impl Parsed {
    /// Parses the block from scratch.
    pub fn run(&mut self) {
        let Slab { bytes, block } = &mut self.slab;
        block.restart();
        (self.used, self.successor) = block.parse(&self.parser, &bytes[..self.len], self.is_last);
    }
}

/// A block to parse, and where to send the result.
pub(crate) type ParseJob = (Parsed, SyncSender<Parsed>);

/// What the reading thread reports, in file order.
pub(crate) enum Event {
    /// The next file begins: its account before its first record, and where that is.
    Opened(Box<(FileAccount, Position)>),
    /// The next file is skipped, or what follows in an archive.
    PassedOver(PassedOver),
    /// A block of the open file, which arrives once it is parsed.
    Block(Receiver<Parsed>),
    /// The open file ends.
    End(Ending),
    /// The reading ends, with the last file.
    Finished,
    /// The reading ends early.
    Failed(InputError),
}

/// The parser of the blocks that are still to be cut, if it is not the cutter's.
pub(crate) type Latest = Arc<Mutex<Option<Arc<dyn Parser>>>>;

/// How much of one file has been collected.
pub(crate) struct Position {
    /// Whether the file was named. One found in a directory or an archive may be of any kind.
    pub is_named: bool,
    /// Decompressed bytes of the records collected, and of what comes before the first.
    pub offset: u64,
    /// Lines or packets.
    pub number: u64,
    /// What its records are numbered by.
    pub at: fn(u64) -> RecordNumber,
    /// How many more of its malformed cells to keep.
    pub malformed_left: Arc<AtomicUsize>,
    /// Records with a time, if the run wants times.
    pub timed: u64,
    /// Times that cannot be read.
    pub unread_times: Unread,
    pub unread_packets: Unread,
    /// The rest of a block whose last record continues in the next one, and its parser.
    pub rest: Vec<u8>,
    pub parser: Option<Arc<dyn Parser>>,
    /// What reads the file from here on, if a header further down named other columns.
    pub successor: Option<Arc<dyn Parser>>,
    /// The same for the reading thread, which may be far ahead.
    pub latest: Latest,
    /// Why the rest of the file is not read.
    pub damage: Option<String>,
}

impl Position {
    /// Makes `successor` read the file from here on.
    pub fn follow(&mut self, successor: Arc<dyn Parser>) {
        // If the reading thread has failed, nothing more is cut.
        if let Ok(mut latest) = self.latest.lock() {
            *latest = Some(successor.clone());
        }
        self.successor = Some(successor);
    }
}

/// A file after its last block.
pub(crate) struct Ending {
    /// Bytes of the file as it is stored.
    pub bytes: u64,
    /// Bytes after the last block that form no whole record.
    pub cut: u64,
    /// Why reading stopped before the end.
    pub damage: Option<String>,
    pub wanted: Arc<Wanted>,
}

/// Says that the record with this number does not end.
pub(crate) fn endless(at: RecordNumber) -> String {
    let limit = LONGEST_RECORD >> 20;
    match at {
        RecordNumber::Line(_) => format!(
            "the record on {at} is longer than {limit} MiB, look there for a quote that is not closed"
        ),
        _ => format!("{at} is longer than {limit} MiB"),
    }
}

/// Starts a thread that reads `files` into the slabs of `pool`.
///
/// # Errors
/// If no thread can be started.
pub(crate) fn start(
    files: &[Source],
    options: &Options,
    pool: Receiver<Slab>,
    meter: Arc<AtomicU64>,
) -> io::Result<(Receiver<ParseJob>, Receiver<Event>)> {
    let (jobs, taken_jobs) = channel();
    let (events, taken_events) = channel();
    let (files, options) = (files.to_vec(), options.clone());
    Builder::new().name("octomix read".to_owned()).spawn(move || {
        let mut reader = Reader {
            options,
            pool,
            spare: None,
            meter,
            jobs,
            events,
            is_open: false,
            is_damaged: false,
        };
        // Nobody may want it any more.
        let _ = match files.iter().try_for_each(|source| reader.source(source)) {
            Err(None) => Ok(()),
            Err(Some(error)) => reader.tell(Event::Failed(error)),
            Ok(()) => reader.tell(Event::Finished),
        };
    })?;
    Ok((taken_jobs, taken_events))
}

struct Reader {
    options: Options,
    pool: Receiver<Slab>,
    /// A slab that was not needed after all.
    spare: Option<Slab>,
    meter: Arc<AtomicU64>,
    jobs: Sender<ParseJob>,
    events: Sender<Event>,
    /// Whether the current file has been reported as open.
    is_open: bool,
    /// Whether its bytes ended in damage.
    is_damaged: bool,
}

/// Why the reading thread ends early; `None` if the receiver of the records is gone.
type Stop = Option<InputError>;

impl Reader {
    fn tell(&self, item: Event) -> Result<(), Stop> {
        self.events.send(item).map_err(|_| None)
    }

    /// Reads the file, or the members of an archive.
    fn source(&mut self, source: &Source) -> Result<(), Stop> {
        self.is_open = false;
        let name = file_name(&source.path);
        let done = match archive::open(&source.path, self.meter.clone()) {
            Ok(Contents::File(stream)) => self.file(name.clone(), stream, Some(source)),
            Ok(Contents::Archive(archive)) => self.members(&name, archive),
            Err(error) => Err(error.into()),
        };
        if source.is_named { done } else { self.unless_unreadable(name, done) }
    }

    /// Skips a file that could not be opened, because nobody named it.
    fn unless_unreadable(&self, name: String, done: Result<(), Stop>) -> Result<(), Stop> {
        match done {
            Err(Some(error)) if !self.is_open => {
                let passed_over = PassedOver::new(name, &error);
                let is_damage = matches!(error, InputError::Damaged { .. });
                if self.options.strict && (is_damage || passed_over.why == Reason::Unreadable) {
                    return Err(Some(error));
                }
                self.tell(Event::PassedOver(passed_over))
            }
            done => done,
        }
    }

    fn members(&mut self, name: &str, mut archive: Archive) -> Result<(), Stop> {
        let mut is_empty = true;
        loop {
            self.is_open = false;
            let member = match archive.next() {
                Ok(Some(member)) => member,
                Ok(None) if is_empty => {
                    return Err(InputError::EmptyArchive { name: name.to_owned() }.into());
                }
                Ok(None) => return Ok(()),
                // The damage has been told as that of the last member.
                Err(_) if self.is_damaged => return Ok(()),
                Err(error) => {
                    let error = archive::unreadable(Path::new(name), error);
                    let is_fatal = is_empty || self.options.strict;
                    let done = Err(error.into());
                    return if is_fatal {
                        done
                    } else {
                        self.unless_unreadable(name.to_owned(), done)
                    };
                }
            };
            is_empty = false;
            let name = format!("{name}/{}", member.name);
            let stream = member.open(&name).map_err(Some);
            let done = stream.and_then(|stream| self.file(name.clone(), stream, None));
            self.unless_unreadable(name, done)?;
        }
    }

    /// Reads one file, which is `source` unless it is a member of an archive.
    fn file(
        &mut self,
        name: String,
        mut stream: Stream,
        source: Option<&Source>,
    ) -> Result<(), Stop> {
        self.is_damaged = false;
        let compression = stream.compression();
        let mut head = Head::read(&name, &mut stream);
        if let Some(kind) = Foreign::of(head.bytes()) {
            return Err(InputError::Foreign { name, kind }.into());
        }
        let opened = formats::open(&mut head, &self.options)?;
        let mut start = head.into_bytes();
        start.drain(..opened.skip.min(start.len()));
        let malformed_left = Arc::new(AtomicUsize::new(REMEMBERED));
        self.is_open = true;
        let wanted = Wanted::new(opened.roles, &self.options).of(&opened.format);
        let mut file = FileAccount::new(name.clone(), opened.format, compression);
        file.warnings = opened.warnings;
        let latest = Latest::default();
        let position = Position {
            is_named: source.is_some_and(|source| source.is_named),
            offset: opened.skip as u64,
            number: opened.lines_before,
            at: opened.counted_by,
            malformed_left: malformed_left.clone(),
            timed: 0,
            unread_times: Unread::default(),
            unread_packets: Unread::default(),
            rest: Vec::new(),
            parser: None,
            successor: None,
            latest: latest.clone(),
            damage: None,
        };
        self.tell(Event::Opened(Box::new((file, position))))?;
        let wanted = Arc::new(wanted);
        let cutter = Box::new(Succeeded { cutter: opened.cutter, latest });
        let (cut, damage) = self.blocks(start, cutter, &mut stream, &wanted, &malformed_left)?;
        let mut bytes = stream.bytes();
        let damage = match stream.into_end() {
            StreamEnd::Failed(reason) => return Err(InputError::Read { name, reason }.into()),
            StreamEnd::Damaged(reason) => {
                self.is_damaged = true;
                // How far threads have read beyond the damage is chance.
                bytes = source.and_then(|source| source.bytes).unwrap_or(bytes);
                damage.or(Some(reason))
            }
            StreamEnd::Whole => damage,
        };
        self.tell(Event::End(Ending { bytes, cut, damage, wanted }))
    }

    /// Reads `carry` and then `stream` to its end, and sends the records off in blocks. Returns how many
    /// bytes are left over, and why reading stopped before the end.
    fn blocks(
        &mut self,
        mut carry: Vec<u8>,
        mut cutter: Box<dyn Cutter>,
        stream: &mut Stream,
        wanted: &Arc<Wanted>,
        malformed_left: &AtomicUsize,
    ) -> Result<(u64, Option<String>), Stop> {
        loop {
            let mut slab = match self.spare.take() {
                Some(slab) => slab,
                None => self.pool.recv().map_err(|_| None)?,
            };
            let (cut, filled) = loop {
                let filled = fill(&mut slab.bytes, &carry, stream);
                // Damaged data may end in the middle of a record.
                let cut = cutter.cut(&slab.bytes[..filled], stream.is_whole());
                let is_short = matches!(cut, Ok(Cut { len: 0, .. }));
                if !is_short || stream.has_ended() || filled > LONGEST_RECORD {
                    break (cut, filled);
                }
                carry.clear();
                carry.extend_from_slice(&slab.bytes[..filled]);
            };
            let (len, parser, mut damage) = match cut {
                Ok(Cut { len, parser }) => (len.min(filled), parser, None),
                Err(Damage { sound, parser, reason }) => (sound.min(filled), parser, Some(reason)),
            };
            carry.clear();
            carry.extend_from_slice(&slab.bytes[len..filled]);
            if len == 0 && !stream.has_ended() && damage.is_none() {
                damage = Some(format!("a record is longer than {} MiB", LONGEST_RECORD >> 20));
            }
            let has_ended =
                damage.is_some() || stream.has_ended() && (len == 0 || carry.is_empty());
            if len > 0 {
                slab.block.reset(wanted.clone(), malformed_left.load(Ordering::Relaxed));
                let (reply, parsed) = sync_channel(1);
                let is_last = stream.is_whole() && carry.is_empty();
                let job = Parsed { slab, len, parser, is_last, used: 0, successor: None };
                self.jobs.send((job, reply)).map_err(|_| None)?;
                self.tell(Event::Block(parsed))?;
            } else {
                self.spare = Some(slab);
            }
            if has_ended {
                return Ok((carry.len() as u64 + stream.skim(), damage));
            }
        }
    }
}

/// Cuts as another cutter does, for the latest parser that a header further down asked for.
struct Succeeded {
    cutter: Box<dyn Cutter>,
    latest: Latest,
}

impl Cutter for Succeeded {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Result<Cut, Damage> {
        let cut = self.cutter.cut(bytes, at_end)?;
        // A thread that has failed ends the reading.
        let latest = self.latest.lock().ok().and_then(|latest| latest.clone());
        Ok(Cut { parser: latest.unwrap_or(cut.parser), ..cut })
    }
}

/// Fills `bytes` with `carry` and then from `stream`; returns how many bytes are filled.
fn fill(bytes: &mut Vec<u8>, carry: &[u8], stream: &mut Stream) -> usize {
    // If a record is longer than what is carried, as much again is needed.
    let room = BLOCK.max(2 * carry.len());
    // Bytes that will be overwritten need not be cleared. Memory that one long record needed is given back.
    if bytes.len() < room || bytes.len() > 4 * room {
        bytes.resize(room, 0);
        bytes.shrink_to_fit();
    }
    bytes[..carry.len()].copy_from_slice(carry);
    carry.len() + stream.fill(&mut bytes[carry.len()..room])
}
