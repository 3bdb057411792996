//! Files under a name of their own until they are whole, and the removal of what never became whole.
//!
//! Each is locked while its process lives, so that one without a lock is known to be a dead one's. Nothing here
//! knows what the files are.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, scope, sleep};
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;
use twox_hash::XxHash3_128;

use super::WriteError;
use super::exchange::{Change, exchange};
use super::manifest::Entry;
use super::target::Target;

/// How long a folder may be locked: the worker of a batch that was killed holds it for a moment longer.
const PATIENCE: Duration = Duration::from_secs(2);
const INTERVAL: Duration = Duration::from_millis(10);

/// Digits of the number of directories that were made for a file: paths have fewer parts than that.
const MOST_DIGITS: u64 = 4;

/// What the names of unfinished files begin with.
const PREFIX: &str = ".octomix-";

/// A file that is being written: until it is [kept](Self::keep) it has another name, and it is gone
/// when dropped before. What goes to a device or a pipe goes there at once.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    content: BufWriter<Hashed>,
}

/// Bytes on their way, and what is known of those that have passed.
struct Hashed {
    to: Place,
    bytes: u64,
    hash: XxHash3_128,
}

#[derive(Debug)]
enum Place {
    /// A file that will have the path `target`.
    File {
        hidden: NamedTempFile,
        target: PathBuf,
        listed: Listed,
    },
    Stream(File),
}

impl Unfinished {
    /// Starts the file at `path`, and its directory where there is none. Links are followed.
    ///
    /// # Errors
    /// When it is a directory, or cannot be made.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        let failed = |error| WriteError::new(path, &error);
        let to = match Target::of(path).map_err(failed)? {
            Target::Stream(path) => Place::Stream(Target::open(&path).map_err(failed)?),
            Target::File(target) => Place::hidden(target).map_err(failed)?,
        };
        let hashed = Hashed { to, bytes: 0, hash: XxHash3_128::new() };
        Ok(Self { path: path.to_path_buf(), content: BufWriter::with_capacity(1 << 16, hashed) })
    }

    /// The error to report when writing it failed with `error`.
    pub fn failed(&self, error: &io::Error) -> WriteError {
        WriteError::new(&self.path, error)
    }

    /// Puts it in place of any older file of its name, once its bytes are on the disk.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn keep(self) -> Result<(), WriteError> {
        let finished = self.finish()?;
        finished.sync()?;
        publish([finished], [])
    }

    /// Ends writing; the file keeps its other name.
    pub(super) fn finish(self) -> Result<Finished, WriteError> {
        let Self { path, content } = self;
        match content.into_inner() {
            Ok(Hashed { to, bytes, hash }) => {
                Ok(Finished { path, to, bytes, hash: hash.finish_128() })
            }
            Err(error) => Err(WriteError::new(&path, error.error())),
        }
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.content.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.content.flush()
    }
}

impl fmt::Debug for Hashed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hashed").field("to", &self.to).finish_non_exhaustive()
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match &mut self.to {
            Place::File { hidden, .. } => hidden.write(bytes),
            Place::Stream(stream) => stream.write(bytes),
        }?;
        self.hash.write(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            Place::File { hidden, .. } => hidden.flush(),
            Place::Stream(stream) => stream.flush(),
        }
    }
}

impl Place {
    fn hidden(target: PathBuf) -> io::Result<Self> {
        let directory = directory_of(&target);
        let mut leftovers = leftovers();
        make(directory, &mut leftovers)?;
        let hidden = temporary().tempfile_in(directory)?;
        leftovers.files.push(hidden.path().to_path_buf());
        // Where files cannot be locked, those of the dead stay.
        let _ = hidden.as_file().try_lock();
        if let Ok(older) = fs::metadata(&target) {
            // As readable as it was; where that is refused, as readable as other files.
            let _ = hidden.as_file().set_permissions(older.permissions());
        }
        let listed = Listed(hidden.path().to_path_buf());
        Ok(Self::File { hidden, target, listed })
    }
}

/// A whole file under its other name.
#[derive(Debug)]
pub(super) struct Finished {
    path: PathBuf,
    to: Place,
    bytes: u64,
    hash: u128,
}

impl Finished {
    /// What a manifest says of it as `file`; nothing of what a device or pipe has taken.
    pub fn entry(&self, file: &str, by: &str) -> Option<Entry> {
        let is_file = matches!(self.to, Place::File { .. });
        is_file.then(|| Entry::new(file, by, self.bytes, self.hash))
    }

    /// Waits until its bytes are on the disk.
    pub fn sync(&self) -> Result<(), WriteError> {
        match &self.to {
            Place::File { hidden, .. } => {
                hidden.as_file().sync_all().map_err(|error| WriteError::new(&self.path, &error))
            }
            Place::Stream(_) => Ok(()),
        }
    }
}

/// Gives all of `finished` their names, in place of any older files, and removes those at `removed`: all of it or none,
/// also should the process be told to end. The last of `finished` is renamed last.
pub(super) fn publish(
    finished: impl IntoIterator<Item = Finished>,
    removed: impl IntoIterator<Item = PathBuf>,
) -> Result<(), WriteError> {
    // What strikes itself off the list when dropped comes before what holds the list, and so outlives it.
    let mut listed = Vec::new();
    let mut changes: Vec<Change> = removed.into_iter().map(Change::removal).collect();
    for Finished { path, to, .. } in finished {
        let Place::File { hidden, target, listed: its } = to else { continue };
        listed.push(its);
        changes.push(Change::new(path, target, hidden));
    }
    let held = leftovers();
    let directories: BTreeSet<PathBuf> =
        changes.iter().map(|change| directory_of(change.target()).to_path_buf()).collect();
    exchange(changes)?;
    drop(held);
    directories.iter().for_each(|directory| sync_directory(directory));
    Ok(())
}

/// The directory of the file at `path`; that of a bare name is the empty path.
pub(in crate::store) fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."))
}

/// Waits until the bytes of all that is `finished` are on the disk, which takes hardly longer for several at once than
/// for one.
pub(super) fn sync_all<'a>(finished: impl Iterator<Item = &'a Finished>) -> Result<(), WriteError> {
    scope(|threads| {
        let sync = |finished: &'a Finished| {
            let thread = Builder::new().spawn_scoped(threads, || finished.sync());
            (finished, thread)
        };
        let started: Vec<_> = finished.map(sync).collect();
        started.into_iter().try_for_each(|(finished, thread)| {
            // Where there is no thread, or it has failed, here.
            let synced = thread.ok().and_then(|thread| thread.join().ok());
            synced.unwrap_or_else(|| finished.sync())
        })
    })
}

/// Makes what was renamed in `directory` outlast a loss of power, where the system can.
pub(super) fn sync_directory(directory: &Path) {
    if cfg!(unix) {
        // Some file systems refuse; then the names are as safe as they make them.
        let _ = File::open(directory).and_then(|directory| directory.sync_all());
    }
}

/// What is to be removed should the process end now.
#[derive(Debug)]
pub(super) struct Leftovers {
    /// Files under their temporary names.
    files: Vec<PathBuf>,
    /// Directories that were made, each after those above it. One that has a file stays.
    directories: Vec<PathBuf>,
}

static LEFTOVERS: Mutex<Leftovers> =
    Mutex::new(Leftovers { files: Vec::new(), directories: Vec::new() });

/// While it is held, no file appears and none is removed.
pub(super) fn leftovers() -> MutexGuard<'static, Leftovers> {
    LEFTOVERS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Leftovers {
    /// Removes the directories at or below `directory` that were made and hold nothing.
    pub fn remove_empty(&mut self, directory: &Path) {
        let below = |made: &Path| made.starts_with(directory) || directory.starts_with(made);
        for made in self.directories.iter().rev().filter(|made| below(made)) {
            // One that holds something stays, and should.
            let _ = fs::remove_dir(made);
        }
        self.directories.retain(|made| !below(made));
    }

    /// Takes `directory` and the next above it, `made` of them in all, for what this process has made.
    fn adopt(&mut self, directory: &Path, made: usize) {
        let above = directory.ancestors().take_while(|path| *path != Path::new(""));
        let mut adopted: Vec<PathBuf> = above.take(made).map(Path::to_path_buf).collect();
        adopted.reverse();
        self.directories.extend(adopted);
    }
}

/// Makes `directory` and those above it, and returns how many were not there.
pub(super) fn make(directory: &Path, leftovers: &mut Leftovers) -> io::Result<usize> {
    let before = leftovers.directories.len();
    let missing: Vec<&Path> =
        directory.ancestors().take_while(|path| *path != Path::new("") && !path.exists()).collect();
    for path in missing.into_iter().rev() {
        match fs::create_dir(path) {
            Ok(()) => leftovers.directories.push(path.to_path_buf()),
            // Another process was faster.
            Err(_) if path.is_dir() => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(io::Error::other("it is a link that leads nowhere"));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(leftovers.directories.len() - before)
}

/// A path on the list of unfinished files, until it is dropped.
#[derive(Debug)]
struct Listed(PathBuf);

impl Drop for Listed {
    fn drop(&mut self) {
        leftovers().files.retain(|path| *path != self.0);
    }
}

/// Removes all unfinished files, and directories made for them, and ends the process by `end`.
///
/// For a program that is told to stop: once this is called no file appears, neither whole nor in part.
pub fn abandon(end: impl FnOnce()) -> ! {
    // Held to the end, so that no file is started or finished between.
    let leftovers = leftovers();
    for path in &leftovers.files {
        // One that cannot be removed stays, under a name that says what it is.
        let _ = fs::remove_file(path);
    }
    for path in leftovers.directories.iter().rev() {
        let _ = fs::remove_dir(path);
    }
    end();
    std::process::exit(1)
}

/// Removes the unfinished files in `directory` whose processes are dead, and returns how many there were.
pub fn sweep(directory: &Path) -> usize {
    unfinished(directory).filter(|path| is_dead(path) && fs::remove_file(path).is_ok()).count()
}

/// Whether there are unfinished files in `directory`, be their processes dead or not.
pub(super) fn holds_unfinished(directory: &Path) -> bool {
    unfinished(directory).next().is_some()
}

/// The unfinished files in `directory`.
fn unfinished(directory: &Path) -> impl Iterator<Item = PathBuf> {
    let is_ours = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(PREFIX.as_bytes());
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.filter(move |entry| is_ours(&entry.file_name())).map(|entry| entry.path())
}

fn is_dead(path: &Path) -> bool {
    let is_file = fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
    is_file && File::open(path).is_ok_and(|file| file.try_lock().is_ok())
}

/// Locks `directory`, which other processes then cannot lock, until what is returned is dropped.
///
/// # Errors
/// When another holds the lock. Where the system cannot lock directories there is no lock.
pub(super) fn lock(directory: &Path) -> Result<Option<File>, WriteError> {
    if !cfg!(unix) {
        return Ok(None);
    }
    let Ok(file) = File::open(directory) else { return Ok(None) };
    Ok(is_locked(&file, directory)?.then_some(file))
}

/// Locks `file`, which is or stands for what is at `path`; false where the system cannot.
fn is_locked(file: &File, path: &Path) -> Result<bool, WriteError> {
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::Error(_)) => return Ok(false),
            Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => sleep(INTERVAL),
            Err(TryLockError::WouldBlock) => return Err(WriteError::busy(path)),
        }
    }
}

/// A file that this process has to itself, though it is replaced again and again: beside it lies a hidden one that is
/// locked, and tells how many directories were made for it. That of a killed process is swept like its other files, and
/// the next that claims the file has the directories for its own, to be removed when nothing is left in them.
#[derive(Debug)]
pub(in crate::store) struct Claim {
    target: PathBuf,
    lock: PathBuf,
    _file: File,
}

impl Claim {
    /// Claims the file at `path`, whether it is there or not, and makes its directory.
    ///
    /// # Errors
    /// When another process has it, it is no regular file, or no file can be made there.
    pub fn of(path: &Path) -> Result<Self, WriteError> {
        let failed = |error| WriteError::new(path, &error);
        let Target::File(target) = Target::of(path).map_err(failed)? else {
            return Err(failed(io::Error::other("it is no regular file")));
        };
        let mut name = OsString::from(PREFIX);
        name.push(target.file_name().unwrap_or_default());
        let lock = directory_of(&target).join(name);
        let directory = directory_of(&target);
        let mut made = make(directory, &mut leftovers()).map_err(failed)?;
        let mut options = OpenOptions::new();
        options.create(true).read(true).append(true);
        loop {
            let mut file = options.open(&lock).map_err(failed)?;
            is_locked(&file, path)?;
            // One that was swept, or given up, before it was locked is nobody's.
            if is_linked(&file) {
                let mut leftovers = leftovers();
                leftovers.files.push(lock.clone());
                let earlier = directories_made(&file);
                leftovers.adopt(directory, earlier);
                made += earlier;
                // Where this cannot be told, directories stay if this process is killed.
                let _ = file.set_len(0).and_then(|()| write!(file, "{made}"));
                drop(leftovers);
                return Ok(Self { target, lock, _file: file });
            }
        }
    }

    /// The file, links followed.
    pub fn target(&self) -> &Path {
        &self.target
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut leftovers = leftovers();
        // One that stays is swept by the next run.
        let _ = fs::remove_file(&self.lock);
        leftovers.files.retain(|path| *path != self.lock);
        leftovers.remove_empty(directory_of(&self.lock));
    }
}

/// How many directories were made for a file that is claimed, as what stands beside it tells; none where it tells nothing.
fn directories_made(claim: &File) -> usize {
    let mut told = String::new();
    let is_read = claim.take(MOST_DIGITS).read_to_string(&mut told).is_ok();
    told.parse().ok().filter(|_| is_read).unwrap_or(0)
}

/// Whether `file` still has a name.
fn is_linked(file: &File) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        file.metadata().is_ok_and(|found| found.nlink() > 0)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        true
    }
}

/// Temporary files are private by default; results are as readable as the user's other files.
pub(super) fn temporary() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The user's umask takes from these.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}
