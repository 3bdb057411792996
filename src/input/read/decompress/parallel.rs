//! Members of bgzip and frames of Zstandard, decompressed by several threads.
//!
//! Only what tells its length without being decompressed is cut off: a member of bgzip has it in its head,
//! and a frame is a chain of blocks with theirs. One thread reads the file and cuts it, others decompress
//! the pieces, and these are handed on in order, so damage is where it is in the file. From the first member
//! or frame that is too long or of another kind, the file is read as any other.
//!
//! The threads are detached: the first may be stuck reading a pipe that never ends, and nobody waits for it.

use std::io::{self, Cursor, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::Builder;

use super::{Compression, Decompressed, SIGNATURE, gzip, zstd};
use crate::input::read::bytes::{damage, damaged, read_some};

/// Bytes of the file to read at a time.
const STEP: usize = 256 << 10;
/// The most bytes of a member or frame that is cut off, stored or decompressed, and about those of a piece.
pub(super) const LONGEST: usize = 8 << 20;
/// The most pieces that are being decompressed or wait to be handed on.
const MOST_AHEAD: usize = 16;

/// A piece, decompressed, and why nothing follows it.
type Decoded = (Vec<u8>, Option<io::Error>);
/// A piece of the file, the most bytes that it may hold, and where to send them.
type Job = (Vec<u8>, usize, SyncSender<Decoded>);
type File = Box<dyn Read + Send>;

/// What the cutting thread hands over, in the order of the file.
enum Next {
    Piece(Receiver<Decoded>),
    /// The rest of the file, which is not cut: bytes that have been read, and the file itself.
    Rest(Vec<u8>, File),
    Failed(io::Error),
}

/// How long a member or frame is.
pub(super) enum Length {
    /// Its bytes, and the most that they hold.
    Known(usize, usize),
    /// More bytes are needed to tell.
    Unknown,
    /// It cannot be cut off.
    Uncut,
}

/// The decompressed bytes of a file that is cut into pieces.
pub(crate) struct Parallel {
    compression: Compression,
    next: Receiver<Next>,
    piece: Cursor<Vec<u8>>,
    /// Why nothing follows the piece.
    error: Option<io::Error>,
    rest: Option<Decompressed<File>>,
}

impl Parallel {
    /// The compression of a file that begins with `start`, if it may be cut. A pipe is not: it may be slow,
    /// and no frame is waited for.
    pub fn suits(start: &[u8]) -> Option<Compression> {
        let compression = Compression::of(start)?;
        let suits = match compression {
            Compression::Gzip => !matches!(gzip::member_len(start), Length::Uncut),
            Compression::Zstd => true,
            _ => false,
        };
        (suits && rayon::current_num_threads() > 1).then_some(compression)
    }

    /// Decompresses `start` and then `file`.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn new(compression: Compression, start: Vec<u8>, file: File) -> io::Result<Self> {
        let threads = rayon::current_num_threads();
        let (jobs, taken) = channel();
        let taken = Arc::new(Mutex::new(taken));
        for _ in 0..threads {
            let taken = taken.clone();
            Builder::new()
                .name("octomix unpack".to_owned())
                .spawn(move || work(compression, &taken))?;
        }
        let (pieces, next) = sync_channel((2 * threads).min(MOST_AHEAD));
        Builder::new().name("octomix cut".to_owned()).spawn(move || {
            let end = cut(compression, start, file, &jobs, &pieces);
            // The receiver may be gone.
            let _ = end.map_or(Ok(()), |end| pieces.send(end));
        })?;
        Ok(Self { compression, next, piece: Cursor::default(), error: None, rest: None })
    }
}

impl Read for Parallel {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(rest) = &mut self.rest {
                return rest.read(bytes);
            }
            let read = self.piece.read(bytes)?;
            if read > 0 || bytes.is_empty() {
                return Ok(read);
            }
            if let Some(error) = &self.error {
                return Err(match damage(error) {
                    Some(reason) => damaged(reason),
                    None => io::Error::new(error.kind(), error.to_string()),
                });
            }
            match self.next.recv() {
                Ok(Next::Piece(decoded)) => {
                    let lost = |_| io::Error::other("a thread that decompresses it has failed");
                    let (piece, error) = decoded.recv().map_err(lost)?;
                    (self.piece, self.error) = (Cursor::new(piece), error);
                }
                Ok(Next::Rest(start, file)) => {
                    self.rest = Some(Decompressed::new(self.compression, start, file));
                }
                Ok(Next::Failed(error)) => self.error = Some(error),
                Err(_) => return Ok(0),
            }
        }
    }
}

/// Reads and cuts the file. Returns what ends it, unless it ends with a piece.
fn cut(
    compression: Compression,
    mut bytes: Vec<u8>,
    mut file: File,
    jobs: &Sender<Job>,
    pieces: &SyncSender<Next>,
) -> Option<Next> {
    loop {
        let before = bytes.len();
        bytes.resize(before + STEP, 0);
        let read = read_some(&mut file, &mut bytes[before..]);
        bytes.truncate(before + read.as_ref().unwrap_or(&0));
        let has_ended = match read {
            Ok(read) => read == 0,
            Err(error) => return Some(Next::Failed(error)),
        };
        let mut from = 0;
        let is_uncut = loop {
            let Piece { len, most, is_uncut } = piece(compression, &bytes[from..], has_ended);
            if len > 0 {
                let (reply, decoded) = sync_channel(1);
                // Both fail if nobody wants the file any more.
                pieces.send(Next::Piece(decoded)).ok()?;
                jobs.send((bytes[from..from + len].to_vec(), most, reply)).ok()?;
                from += len;
            }
            if len == 0 || is_uncut {
                break is_uncut;
            }
        };
        bytes.drain(..from);
        if is_uncut || bytes.len() > LONGEST + STEP || has_ended && !bytes.is_empty() {
            return Some(Next::Rest(bytes, file));
        }
        if has_ended {
            return None;
        }
    }
}

/// Members or frames at the start of some bytes.
struct Piece {
    len: usize,
    /// The most bytes that they hold.
    most: usize,
    /// Whether one follows that cannot be cut off.
    is_uncut: bool,
}

/// The members or frames at the start of `bytes` after which another begins. What a wrong length leads to
/// is no beginning.
fn piece(compression: Compression, bytes: &[u8], has_ended: bool) -> Piece {
    let mut sure = Piece { len: 0, most: 0, is_uncut: false };
    let (mut len, mut most) = (0, 0);
    loop {
        let rest = &bytes[len..];
        let length = match compression {
            Compression::Gzip => gzip::member_len(rest),
            _ => zstd::frame_len(rest),
        };
        let is_sure = match length {
            Length::Uncut => return Piece { is_uncut: true, ..sure },
            Length::Known(..) => true,
            Length::Unknown => rest.len() >= SIGNATURE || has_ended && rest.is_empty(),
        };
        if is_sure {
            sure = Piece { len, most, is_uncut: false };
        }
        match length {
            Length::Known(more, holds) if sure.most < LONGEST => {
                (len, most) = (len + more, most + holds)
            }
            _ => return sure,
        }
    }
}

/// Decompresses pieces until no more arrive.
fn work(compression: Compression, jobs: &Mutex<Receiver<Job>>) {
    loop {
        // A thread that fails holds no lock.
        let Ok(job) = jobs.lock().map(|jobs| jobs.recv()) else { return };
        let Ok((piece, most, reply)) = job else { return };
        // The receiver may be gone.
        let _ = reply.send(decoded(compression, piece, most));
    }
}

fn decoded(compression: Compression, piece: Vec<u8>, most: usize) -> Decoded {
    let mut bytes = Vec::with_capacity(most);
    let content = Decompressed::new(compression, piece, io::empty());
    let read = content.take(most as u64 + 1).read_to_end(&mut bytes);
    let error = match read {
        Ok(_) if bytes.len() > most => Some(damaged("a member holds more than it says")),
        Ok(_) => None,
        Err(error) => Some(error),
    };
    (bytes, error)
}
