//! A checkpoint: what engines have answered so far, so that a run that is killed goes on where it stopped.
//!
//! A line of JSON says of which run it is, by which version, inputs, options and device; after it come the answers in
//! words of 64 bits, compressed by zstd. The file is replaced as a whole, some time after the last. One of another run is refused with
//! what differs, and nothing of it is used.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_128;

use super::original::Original;
use super::output::{Claim, Unfinished, WriteError, directory_of, sweep};
use crate::engine::{EngineError, Record};
use crate::words::{shown, shown_path};

const FORMAT: &str = "octomix checkpoint";
/// How hard the answers are compressed. Sums are hardly alike: more effort gains next to nothing.
const LEVEL: i32 = 1;
/// What a file begins with.
const BEGIN: &str = r#"{"format":"octomix checkpoint","#;

/// The run that a checkpoint is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The command and its options as they were given, to tell where they differ.
    pub command: Vec<String>,
    /// A fingerprint of the options, defaults and what is in lists among them.
    pub options: String,
    /// The files read: those of the captures, then those that options name.
    pub files: Vec<Original>,
}

/// The first line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    format: String,
    octomix: String,
    #[serde(flatten)]
    about: About,
    /// Engine and device.
    engine: String,
    /// The hash by XXH3 of what follows the line, in hexadecimal digits.
    xxh3: String,
}

/// Why a checkpoint cannot be gone on from.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// It cannot be read.
    #[error("cannot read '{}': {reason}; give another FILE to --checkpoint", shown_path(path))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// It is none.
    #[error(
        "'{}' is no whole checkpoint; give another FILE to --checkpoint, or remove it",
        shown_path(path)
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// It is of another run.
    #[error(
        "'{}' is the checkpoint of another run: {what}; give another FILE to --checkpoint, or remove it",
        shown_path(path)
    )]
    Differs {
        /// The file.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// It cannot be written.
    #[error(transparent)]
    Write(WriteError),
}

impl From<WriteError> for CheckpointError {
    fn from(error: WriteError) -> Self {
        Self::Write(error.with_advice("give another FILE to --checkpoint"))
    }
}

/// The answers of a run's engines, kept in a file.
#[derive(Debug)]
pub struct Checkpoint {
    path: PathBuf,
    about: About,
    engine: String,
    answers: Vec<(u128, Vec<u64>)>,
    /// The next that is asked for.
    next: usize,
    every: Duration,
    written: Instant,
    _claim: Claim,
}

impl Checkpoint {
    /// The checkpoint at `path` of the run that is told `about`, written `every` so often; a new one where there is
    /// none.
    ///
    /// # Errors
    /// When the file there is none of this version and run, another process has it, or a file cannot be made there:
    /// told now rather than after the first minute.
    pub fn open(path: &Path, about: About, every: Duration) -> Result<Self, CheckpointError> {
        let claim = Claim::of(path)?;
        // What a link leads to is the checkpoint; the link is the user's.
        let path = if path.is_symlink() { claim.target() } else { path }.to_path_buf();
        sweep(directory_of(&path));
        let (engine, answers) = match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Default::default(),
            Err(reason) => return Err(CheckpointError::Read { path, reason }),
            Ok(_) => read(&path, &about)?,
        };
        let written = Instant::now();
        Ok(Self { path, about, engine, answers, next: 0, every, written, _claim: claim })
    }

    /// The same for a run on `engine`, the engine and its device.
    ///
    /// # Errors
    /// When what is there was computed by another.
    pub fn by(self, engine: String) -> Result<Self, CheckpointError> {
        if !self.engine.is_empty() && self.engine != engine {
            let there = shown(&self.engine);
            let what = format!("it was computed by '{there}', not by '{engine}'");
            return Err(CheckpointError::Differs { path: self.path, what });
        }
        Ok(Self { engine, ..self })
    }

    /// Removes the file at `path`, if a checkpoint is there and nothing else.
    pub fn remove(path: &Path) {
        let begin = || {
            let mut begin = Vec::new();
            let file = super::bounded::open_regular(path)?;
            file.take(BEGIN.len() as u64).read_to_end(&mut begin)?;
            Ok::<_, io::Error>(begin)
        };
        if begin().is_ok_and(|begin| begin == BEGIN.as_bytes()) {
            // One that stays is taken for what it is the next time: a finished run is quickly done again.
            let _ = fs::remove_file(path);
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The answers that are there already.
    pub fn answers(&self) -> usize {
        self.answers.len()
    }

    fn write(&self) -> Result<(), WriteError> {
        let body: Vec<u8> = self.words().flat_map(u64::to_le_bytes).collect();
        let failed = |error| WriteError::new(&self.path, &error);
        let body = zstd::encode_all(body.as_slice(), LEVEL).map_err(failed)?;
        let header = Header {
            format: FORMAT.to_owned(),
            octomix: env!("CARGO_PKG_VERSION").to_owned(),
            about: self.about.clone(),
            engine: self.engine.clone(),
            xxh3: format!("{:032x}", XxHash3_128::oneshot(&body)),
        };
        let mut file = Unfinished::create(&self.path)?;
        serde_json::to_writer(&mut file, &header)
            .map_err(io::Error::from)
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.write_all(&body))
            .map_err(|error| file.failed(&error))?;
        file.keep()
    }

    /// Each answer: the question, how many words it has, and these.
    fn words(&self) -> impl Iterator<Item = u64> {
        self.answers.iter().flat_map(|(question, answer)| {
            let head = [*question as u64, (*question >> 64) as u64, answer.len() as u64];
            head.into_iter().chain(answer.iter().copied())
        })
    }
}

impl Record for Checkpoint {
    fn earlier(&mut self, question: u128) -> Result<Option<Vec<u64>>, EngineError> {
        let Some((of, answer)) = self.answers.get(self.next) else { return Ok(None) };
        if *of != question {
            let what = "its addresses or what was asked of them differ".to_owned();
            let path = self.path.clone();
            return Err(EngineError::Other(CheckpointError::Differs { path, what }.into()));
        }
        self.next += 1;
        Ok(Some(answer.clone()))
    }

    fn keep(&mut self, question: u128, answer: Vec<u64>) -> Result<(), EngineError> {
        self.answers.push((question, answer));
        self.next = self.answers.len();
        if self.written.elapsed() >= self.every {
            let written = self.write().map_err(CheckpointError::from);
            written.map_err(|error| EngineError::Other(error.into()))?;
            self.written = Instant::now();
        }
        Ok(())
    }
}

type Answers = Vec<(u128, Vec<u64>)>;

/// The engine and the answers of the file at `path`, if it is of the run that `about` tells of.
fn read(path: &Path, about: &About) -> Result<(String, Answers), CheckpointError> {
    let path = path.to_path_buf();
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(reason) => return Err(CheckpointError::Read { path, reason }),
    };
    let split = bytes.iter().position(|&byte| byte == b'\n').map(|at| bytes.split_at(at));
    let header = split.and_then(|(line, rest)| {
        let header: Header = serde_json::from_slice(line).ok()?;
        Some((header, rest.get(1..)?)).filter(|(header, _)| header.format == FORMAT)
    });
    let Some((header, body)) = header else { return Err(CheckpointError::Damaged { path }) };
    if let Some(what) = difference(&header, about) {
        return Err(CheckpointError::Differs { path, what });
    }
    let is_whole = header.xxh3 == format!("{:032x}", XxHash3_128::oneshot(body));
    let body = is_whole.then(|| zstd::decode_all(body).ok()).flatten();
    match body.and_then(|body| answers(&body)) {
        Some(answers) => Ok((header.engine, answers)),
        None => Err(CheckpointError::Damaged { path }),
    }
}

fn answers(body: &[u8]) -> Option<Answers> {
    let (words, rest) = body.as_chunks::<8>();
    let words: Vec<u64> = words.iter().map(|&word| u64::from_le_bytes(word)).collect();
    let (mut left, mut answers) = (words.as_slice(), Vec::new());
    while let [low, high, len, after @ ..] = left {
        let (answer, next) = after.split_at_checked(usize::try_from(*len).ok()?)?;
        answers.push((u128::from(*high) << 64 | u128::from(*low), answer.to_vec()));
        left = next;
    }
    (left.is_empty() && rest.is_empty()).then_some(answers)
}

/// What tells the run of `header` from the one that is told `about`.
fn difference(header: &Header, about: &About) -> Option<String> {
    let Header { octomix, about: there, .. } = header;
    let here = env!("CARGO_PKG_VERSION");
    if octomix != here {
        return Some(format!("octomix {} wrote it, and this is {here}", shown(octomix)));
    }
    let name = |file: &Original| shown(&file.path);
    if there.files.len() != about.files.len() {
        let (then, now) = (there.files.len(), about.files.len());
        return Some(format!("it is of {then} files, not of {now}"));
    }
    let mut pairs = there.files.iter().zip(&about.files);
    // The time alone may change: the addresses are known by every answer.
    if let Some((then, now)) = pairs.find(|(then, now)| !then.is_like(now)) {
        return Some(match Path::new(&then.path).file_name() == Path::new(&now.path).file_name() {
            true => format!("'{}' has changed since", name(now)),
            false => format!("it is of '{}', not of '{}'", name(then), name(now)),
        });
    }
    (there.options != about.options).then(|| {
        let [then, now] = [(&there.command, &about.command), (&about.command, &there.command)]
            .map(|(one, other)| shown(&only_in(one, other)));
        match (then.as_str(), now.as_str()) {
            ("", "") => "what a file holds that an option names has changed since".to_owned(),
            ("", now) => format!("it was started without '{now}'"),
            (then, "") => format!("it was started with '{then}', and this is not"),
            (then, now) => format!("it was started with '{then}', not with '{now}'"),
        }
    })
}

/// What is in `one` command and not in the `other`.
fn only_in(one: &[String], other: &[String]) -> String {
    let only: Vec<&str> =
        one.iter().filter(|part| !other.contains(part)).map(String::as_str).collect();
    only.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(command: &str) -> About {
        About {
            command: command.split(", ").map(str::to_owned).collect(),
            options: command.to_owned(),
            files: vec![Original::missing(Path::new("day.csv"))],
        }
    }

    #[test]
    fn what_was_kept_is_there_again_and_of_this_run_alone() -> Result<(), Box<dyn std::error::Error>>
    {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("x.checkpoint");
        let open = |about: About| Checkpoint::open(&path, about, Duration::ZERO);
        let mut kept = open(about("fit, -k 5"))?.by("cpu".to_owned())?;
        assert!(kept.earlier(7)?.is_none());
        kept.keep(7, vec![1, u64::MAX])?;
        kept.keep(u128::MAX, Vec::new())?;
        let busy = open(about("fit, -k 5")).err().map(|error| error.to_string());
        let what = "another octomix is writing there; wait for its end, or give another FILE to --checkpoint";
        assert!(busy.is_some_and(|busy| busy.ends_with(what)));
        drop(kept);
        let mut again = open(about("fit, -k 5"))?.by("cpu".to_owned())?;
        assert_eq!(again.answers(), 2);
        assert_eq!(again.earlier(7)?, Some(vec![1, u64::MAX]));
        assert!(again.earlier(8).is_err_and(|error| error.to_string().contains("addresses")));
        assert_eq!(again.earlier(u128::MAX)?, Some(Vec::new()));
        assert!(again.earlier(1)?.is_none());
        drop(again);
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);

        let told = |refused: Result<Checkpoint, CheckpointError>| {
            refused.err().map(|error| error.to_string()).unwrap_or_default()
        };
        let refused = told(open(about("fit, -k 6, --seed 1")));
        let what = "it was started with '-k 5', not with '-k 6 --seed 1'; give another FILE to \
                    --checkpoint, or remove it";
        assert!(refused.ends_with(what), "{refused}");
        let refused = told(open(about("fit, -k 5, --seed 1")));
        assert!(refused.contains("it was started without '--seed 1'; "), "{refused}");
        let refused = told(open(about("fit")));
        assert!(refused.contains("it was started with '-k 5', and this is not; "), "{refused}");
        let refused = told(open(about("fit, -k 5"))?.by("gpu".to_owned()));
        assert!(refused.contains("it was computed by 'cpu', not by 'gpu'"), "{refused}");
        let mut other = about("fit, -k 5");
        other.files[0].modified = Some(1);
        assert_eq!(told(open(other.clone())), "", "its time alone");
        let mut of_list = about("fit, -k 5");
        of_list.options.push('x');
        assert!(told(open(of_list)).contains("what a file holds that an option names has changed"));
        other.files[0].bytes = Some(3);
        assert!(told(open(other.clone())).contains("'day.csv' has changed since"));
        other.files.clear();
        assert!(told(open(other)).contains("it is of 1 files, not of 0"));

        let text = fs::read(&path)?;
        for at in [0, text.len() - 1] {
            let mut damaged = text.clone();
            damaged[at] ^= 1;
            fs::write(&path, damaged)?;
            assert!(told(open(about("fit, -k 5"))).contains("is no whole checkpoint"));
        }
        let version = format!("\"octomix\":\"{}\"", env!("CARGO_PKG_VERSION"));
        let end = text.iter().position(|&byte| byte == b'\n').ok_or("a line")?;
        let line =
            String::from_utf8(text[..end].to_vec())?.replace(&version, "\"octomix\":\"9.9.9\"");
        fs::write(&path, [line.as_bytes(), &text[end..]].concat())?;
        assert!(told(open(about("fit, -k 5"))).contains("octomix 9.9.9 wrote it, and this is"));
        Ok(())
    }
}
