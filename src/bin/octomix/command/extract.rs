//! `octomix extract` and `octomix merge`: turn captures, or their shards, into shards.

use std::path::Path;
use std::time::Instant;

use octomix::address::AddressSet;
use octomix::input::{
    Capture, Directories, InputError, Options, Role, Roles, Sources, is_behaviour, shard_role,
};
use octomix::report::summary::extraction::{Extracted, Extraction, ExtractionSeconds};
use octomix::report::summary::reading::Reading;
use octomix::report::text;
use octomix::store::behaviour::{self, SHARD};
use octomix::store::shard::ShardFormat;
use octomix::store::{Intent, MadeFrom, Output, Targets};
use octomix::words::{counted, escaped, shown_path};

use super::run::{timed, warn_of_swept};
use super::{Failure, all_read, print, read, shards, write_json};
use crate::cli::{ExtractArgs, MergeArgs, PrintArgs};
use crate::console::{Console, terminal_width};

/// Extracts the addresses of captures.
///
/// # Errors
/// When the captures cannot be read, or a file cannot be written.
pub fn run(args: &ExtractArgs) -> Result<(), Failure> {
    let ExtractArgs { input, output, form, print, .. } = args;
    // What cannot be found is told when it is read.
    let found = Sources::find(&input.captures, input.options().directories).unwrap_or_default();
    let files = found.files.iter().map(|source| &*source.path).chain(input.filter.files());
    extract(&output.directory, form.form, input.role, print, files, |console| {
        Ok(read(&input.captures, &input.options(), console)?)
    })
}

/// Unites shards.
///
/// # Errors
/// When a file is not a shard, or not as it was written, one cannot be read, or a file cannot be written.
pub fn merge(args: &MergeArgs) -> Result<(), Failure> {
    let MergeArgs { shards: paths, role: roles, behaviour, output, form, print } = args;
    let found = Sources::find(paths, Directories::Shards)?;
    let sets: Vec<_> = found.files.iter().filter(|file| !is_behaviour(&file.path)).collect();
    let nameless = sets.iter().find(|file| shard_role(&file.path).is_none());
    if let (Some(file), None) = (nameless, roles) {
        let name = shown_path(&file.path);
        return Err(Failure::Usage(format!(
            "the name of '{name}' does not tell its role: call it src.csv, dst.csv, src.roaring or dst.roaring, \
             or give --role"
        )));
    }
    // Where there are no others, nothing else can be meant.
    let are_any =
        !sets.is_empty() && sets.iter().all(|file| shard_role(&file.path) == Some(Role::Any));
    let roles = roles.or(are_any.then_some(Roles::Any));
    let of_both = sets.iter().find(|file| shard_role(&file.path) == Some(Role::Any));
    if let Some(file) = of_both.filter(|_| roles != Some(Roles::Any)) {
        return Err(InputError::OneSet { name: shown_path(&file.path) }.into());
    }
    let files = found.files.iter().map(|source| &*source.path);
    extract(&output.directory, form.form, roles, print, files, |console| {
        let lost = shards::check(&found, console)?;
        let directories = Directories::Shards;
        let options = Options { roles, directories, behaviour: *behaviour, ..Options::default() };
        let mut capture = read(paths, &options, console)?;
        capture.account.lost_before = lost;
        match capture.account.files.iter().find(|file| !file.format.is_shard()) {
            Some(file) => Err(Failure::NoShard { name: file.name.clone() }),
            None => Ok(capture),
        }
    })
}

/// What an extraction means to write.
pub const INTENT: Intent<'static> = Intent {
    by: "extract",
    folders: &[],
    files: &[
        "any.csv",
        "any.roaring",
        "behaviour.bin",
        "dst.csv",
        "dst.roaring",
        "manifest.json",
        "src.csv",
        "src.roaring",
        "summary.json",
    ],
};

/// Writes the shards of the capture that `read` returns, which is made of `files`, and the summary.
fn extract<'a>(
    directory: &Path,
    form: ShardFormat,
    roles: Option<Roles>,
    print_args: &PrintArgs,
    files: impl Iterator<Item = &'a Path>,
    read: impl FnOnce(&mut Console) -> Result<Capture, Failure>,
) -> Result<(), Failure> {
    let started = Instant::now();
    let mut console = Console::new(print_args);
    let output = Output::new(directory, INTENT)?;
    warn_of_swept(&output, &console);
    Targets::of(directory, INTENT)?.spare(files)?;
    let (capture, read_seconds) = timed(|| read(&mut console));
    let capture = capture?;
    for file in &capture.account.files {
        let [one, several] = file.format.record;
        let records = counted(file.records, one, several);
        console.detail(&format!("{}: {records}, read as {}", file.name, file.format.name));
    }
    let source = Source { capture: &capture, roles, read_seconds, made_from: None };
    let (summary, output) = write(source, form, output, console, started)?;
    output.complete()?;
    let width = terminal_width().unwrap_or(text::WIDTH);
    print(print_args.format, &summary, |out| text::extraction::write(&summary, width, out))?;
    all_read(summary.input.lost)
}

/// What is extracted from.
pub struct Source<'a> {
    /// What was read.
    pub capture: &'a Capture,
    /// The roles asked for.
    pub roles: Option<Roles>,
    /// How long reading took.
    pub read_seconds: f64,
    /// What a batch tells of it.
    pub made_from: Option<MadeFrom>,
}

/// Writes the shards of a capture, and the summary, whose output is still to be completed.
///
/// # Errors
/// When a file cannot be written.
pub fn write(
    source: Source<'_>,
    form: ShardFormat,
    mut output: Output,
    mut console: Console,
    started: Instant,
) -> Result<(Extraction, Output), Failure> {
    let Source { capture, roles, read_seconds: read, made_from } = source;
    warn_of_lost_counts(form, capture, &mut console);
    let (written, write) = timed(|| {
        capture.sets.try_map(|role, set| {
            if set.is_empty() {
                return Ok(None);
            }
            let file = format!("{}.{}", role.key(), form.extension());
            output.write(&file, |out| form.write(set, out))?;
            Ok::<_, Failure>(Some(Extracted::new(set)))
        })
    });
    let extracted = written?;
    if capture.sets.iter().any(|(_, set)| !set.activities().sums().is_empty()) {
        output.write(SHARD, |out| behaviour::write(capture, out))?;
    }
    let summary_file = "summary.json";
    // Read together with the shards of this run, they would count twice.
    let earlier: Vec<String> =
        output.left(&[summary_file]).into_iter().map(str::to_owned).collect();
    earlier.iter().for_each(|shard| output.remove(shard));
    let summary = Extraction {
        octomix: env!("CARGO_PKG_VERSION"),
        input: Reading::new(&capture.account),
        roles: extracted,
        skipped_roles: capture.skipped(roles),
        warnings: console.into_warnings(),
        output: escaped(&output.directory().to_string_lossy()),
        files: output.files_with(&[summary_file]),
        replaced: output.replaced(),
        seconds: ExtractionSeconds { read, write, total: started.elapsed().as_secs_f64() },
        made_from,
    };
    output.write(summary_file, |file| write_json(&summary, file))?;
    Ok((summary, output))
}

fn warn_of_lost_counts(form: ShardFormat, capture: &Capture, console: &mut Console) {
    if form == ShardFormat::Bitmap {
        let has_several = |set: &AddressSet| (0..set.len()).any(|at| set.packets(at) > 1);
        if capture.sets.iter().any(|(_, set)| has_several(set)) {
            let lost = "bitmaps hold no counts: every address will count as one; \
                        use --as csv to keep them";
            console.warn(lost.to_owned());
        }
        return;
    }
    match capture.account.files.iter().filter(|file| file.format.is_bitmap()).count() {
        0 => {}
        1 => console.warn(
            "1 file is a bitmap, which holds no counts: each of its addresses counts as one"
                .to_owned(),
        ),
        files => console.warn(format!(
            "{files} files are bitmaps, which hold no counts: each of their addresses counts as one"
        )),
    }
}
