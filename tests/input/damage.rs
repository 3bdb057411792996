//! Small files of every format, compression and archive, the seeds of the fuzz targets: cut at every byte, and with
//! bytes changed at random.
//!
//! Of each reading: no panic; an end within the limit; errors and warnings of one line; an account that adds up, by
//! the rules of the fuzz targets; and of a cut file all that stands before the cut. `OCTOMIX_FLIPS=1000000` changes
//! so many files instead of ten thousand, `OCTOMIX_FLIPS=7..8` one alone.

use std::fs;
use std::ops::{ControlFlow, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use octomix::behaviour::Counting;
use octomix::input::{Capture, Options, Role, read};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::account;

/// Files changed where no number is asked for.
const FLIPS: u64 = 10_000;

/// How long one reading may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

/// The folders of seeds that are files, and the name under which each is read.
const FOLDERS: [(&str, &str); 14] = [
    ("archive", "x"),
    ("bare", "x"),
    ("behaviour", "behaviour.bin"),
    ("bitmap", "src.roaring"),
    ("compressed", "x"),
    ("delimited", "x"),
    ("json", "x"),
    ("list", "x"),
    ("log", "x"),
    ("parquet", "x"),
    ("pcap", "x"),
    ("pcapng", "x"),
    ("shard", "src.csv"),
    ("zeek", "x"),
];

#[derive(Clone)]
struct Sample {
    /// The folder and name of its seed.
    seed: String,
    /// The name under which it is read.
    file: &'static str,
    bytes: Vec<u8>,
}

impl Sample {
    /// Where it is cut: everywhere, but for large ones of whose format and archive there is a small one.
    fn cuts(&self) -> impl Iterator<Item = usize> {
        let is_large = self.bytes.len() > 1000 && self.seed != "archive/ustar";
        (0..self.bytes.len()).step_by(if is_large { 7 } else { 1 })
    }
}

fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (folder, file) in FOLDERS {
        if folder == "parquet" && cfg!(not(feature = "parquet")) {
            continue;
        }
        let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(folder);
        let paths = fs::read_dir(seeds).unwrap().map(|entry| entry.unwrap().path());
        // What targets found lies in a folder of its own.
        let paths = paths.filter(|path| path.is_file());
        samples.extend(paths.map(|path| {
            let seed = format!("{folder}/{}", path.file_name().unwrap().display());
            // The first two bytes choose options of the fuzz target.
            Sample { seed, file, bytes: fs::read(path).unwrap()[2..].to_vec() }
        }));
    }
    samples.sort_by(|a, b| a.seed.cmp(&b.seed));
    samples
}

/// What a worker tells.
enum Told {
    /// It begins a reading.
    Begun(usize, String),
    /// It has read a file, or been told an error.
    Read(bool),
    Failed(String),
}

/// A worker, with a folder of its own.
struct Reader {
    number: usize,
    folder: tempfile::TempDir,
    told: Sender<Told>,
}

impl Reader {
    /// Reads `bytes` in place of those of `sample`, and checks what comes of it. Errors are what is wrong.
    fn read(
        &self,
        (sample, bytes): (&Sample, &[u8]),
        how: &str,
        exact: bool,
    ) -> Result<Option<Capture>, String> {
        let name = format!("{} {how}", sample.seed);
        let _ = self.told.send(Told::Begun(self.number, name.clone()));
        let read = catch_unwind(AssertUnwindSafe(|| self.attempt(sample, bytes, exact)));
        let read = read.unwrap_or_else(|_| Err("a panic, told above".to_owned()));
        let _ = self.told.send(Told::Read(matches!(read, Ok(Some(_)))));
        read.map_err(|wrong| format!("{name}: {wrong}"))
    }

    fn attempt(
        &self,
        sample: &Sample,
        bytes: &[u8],
        exact: bool,
    ) -> Result<Option<Capture>, String> {
        let options = match exact {
            true => Options { times: true, behaviour: Counting::Exact, ..Options::default() },
            false => Options::default(),
        };
        let write = |name: &str, bytes: &[u8]| -> PathBuf {
            let path = self.folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        let mut paths = vec![write(sample.file, bytes)];
        // Alone it holds no set.
        if sample.file == "behaviour.bin" {
            paths.push(write("src.csv", b"address,packets\n10.1.2.3,7\n"));
        }
        let found = read(&paths, &options, &mut |_| ControlFlow::Continue(()));
        match found {
            Err(error) => is_line(&error.to_string()).map(|()| None),
            Ok(found) => {
                for (_, warning) in found.account.warnings() {
                    is_line(&warning.to_string())?;
                }
                for file in &found.account.passed_over {
                    is_line(&file.reason)?;
                }
                if paths.len() == 1 && !sample.seed.starts_with("archive/") {
                    account::check(&found, bytes, &options);
                }
                Ok(Some(found))
            }
        }
    }
}

fn is_line(told: &str) -> Result<(), String> {
    match told.is_empty() || told.contains(['\n', '\r']) {
        true => Err(format!("not one line: {told:?}")),
        false => Ok(()),
    }
}

/// Does `check` on all `items`, on two threads. Returns how many files were read and how many refused.
///
/// # Panics
/// If any fails, or a reading has no end.
fn all<T: Clone + Send + Sync + 'static>(
    items: &[T],
    check: fn(&Reader, &T) -> Result<(), String>,
) -> [u64; 2] {
    let (told, heard) = mpsc::channel();
    for number in 0..2 {
        let reader = Reader { number, folder: tempfile::tempdir().unwrap(), told: told.clone() };
        let items: Vec<T> = items.iter().skip(number).step_by(2).cloned().collect();
        // Not scoped: one that hangs would be waited for.
        thread::spawn(move || {
            for item in items {
                if let Err(wrong) = check(&reader, &item) {
                    let _ = reader.told.send(Told::Failed(wrong));
                }
            }
        });
    }
    drop(told);
    let (mut last, mut failed, mut counts) = ([String::new(), String::new()], Vec::new(), [0; 2]);
    loop {
        match heard.recv_timeout(LIMIT) {
            Ok(Told::Begun(number, name)) => last[number] = name,
            Ok(Told::Read(is_read)) => counts[usize::from(!is_read)] += 1,
            Ok(Told::Failed(wrong)) => failed.push(wrong),
            Err(RecvTimeoutError::Timeout) => panic!("no end after {LIMIT:?}, one of {last:?}"),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
    counts
}

#[test]
fn a_file_cut_anywhere_keeps_what_stands_before() {
    let [read, refused] = all(&samples(), |reader, sample| {
        let whole = reader.read((sample, &sample.bytes), "whole", false)?;
        let mut before: Option<Capture> = None;
        for at in sample.cuts() {
            let cut = &sample.bytes[..at];
            let how = format!("cut at {at}");
            let Some(found) = reader.read((sample, cut), &how, at % 2 == 1)? else { continue };
            let is_single = found.account.files.len() == 1;
            if let (Some(whole), true) = (&whole, is_single) {
                is_start(&found, whole, cut).map_err(|e| format!("{} {how}: {e}", sample.seed))?;
            }
            if let Some(before) = before.as_ref().filter(|before| is_alike(before, &found)) {
                let [few, many] = [before, &found].map(addresses);
                if few > many {
                    return Err(format!("{} {how}: {few} addresses fell to {many}", sample.seed));
                }
            }
            if is_single && is_certain(&found, cut) {
                before = Some(found);
            }
        }
        Ok(())
    });
    println!("{read} files read, {refused} refused");
    assert!(read > refused);
}

/// Whether all that was read of `cut` is of whole records. The last cell may be the beginning of a longer one, without
/// any sign of it: 10.0.0.1 of 10.0.0.12.
fn is_certain(found: &Capture, cut: &[u8]) -> bool {
    cut.ends_with(b"\n") || found.account.warnings().any(|(_, warning)| warning.is_loss())
}

/// Usable cells. What is no whole record may look like another record, but takes no address from those before.
fn addresses(found: &Capture) -> u64 {
    found.account.tally(Role::Any).ipv4
}

/// Whether both were read in the same way. A shorter head may suggest another format or other columns.
fn is_alike(one: &Capture, other: &Capture) -> bool {
    match (&one.account.files[..], &other.account.files[..]) {
        ([one], [other]) => one.format == other.format && one.compression == other.compression,
        _ => false,
    }
}

/// That what was read of a cut file is the start of what is read of all of it.
fn is_start(start: &Capture, whole: &Capture, cut: &[u8]) -> Result<(), String> {
    if !is_alike(start, whole) || !is_certain(start, cut) {
        return Ok(());
    }
    if start.account.records() > whole.account.records() {
        return Err("it has more records than all of it".to_owned());
    }
    for role in Role::ALL {
        let [few, many] = [start, whole].map(|found| found.sets.get(role));
        if !many.addresses().starts_with(few.addresses()) {
            return Err(format!("{role}: other addresses"));
        }
        if (0..few.len()).any(|at| few.packets(at) > many.packets(at)) {
            return Err(format!("{role}: more packets"));
        }
    }
    Ok(())
}

/// The files to change.
fn flips() -> Range<u64> {
    let Ok(asked) = std::env::var("OCTOMIX_FLIPS") else { return 0..FLIPS };
    let number = |text: &str| text.parse().expect("OCTOMIX_FLIPS is a number, or two as in 7..8");
    match asked.split_once("..") {
        Some((first, end)) => number(first)..number(end),
        None => 0..number(&asked),
    }
}

#[test]
fn changed_bytes_do_no_harm() {
    static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(samples);
    let numbers: Vec<u64> = flips().collect();
    let [read, refused] = all(&numbers, |reader, &number| {
        let rng = &mut ChaCha8Rng::seed_from_u64(number);
        let sample = SAMPLES.choose(rng).unwrap();
        let mut bytes = sample.bytes.clone();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(0..bytes.len());
            bytes[at] = match rng.random_range(0..3) {
                0 => bytes[at] ^ (1 << rng.random_range(0..8)),
                // Sizes and counts at their ends, and what separates.
                1 => *[0, 0x7f, 0x80, 0xff, b'\n', b'"', b',', b'{', b'9'].choose(rng).unwrap(),
                _ => rng.random(),
            };
        }
        reader.read((sample, &bytes), &format!("changed as in {number}"), rng.random()).map(drop)
    });
    println!("{read} files read, {refused} refused");
    assert!(10 * read > refused);
}
