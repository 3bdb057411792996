//! `octomix extract` and `octomix merge`: from captures, or shards of them, to shards.

use std::path::Path;
use std::time::Instant;

use octomix::address::AddressSet;
use octomix::input::{Capture, Directories, Options, Role, Roles, Sources, shard_role};
use octomix::report::summary::extraction::{Extracted, Extraction, ExtractionSeconds};
use octomix::report::summary::reading::Reading;
use octomix::report::text;
use octomix::store::Output;
use octomix::store::earlier_files;
use octomix::store::shard::ShardFormat;

use super::run::{skipped, timed};
use super::{Failure, print, read, write_json};
use crate::cli::{ExtractArgs, MergeArgs, PrintArgs};
use crate::console::Console;

/// Extracts the addresses of captures.
///
/// # Errors
/// When the captures cannot be read, or a file cannot be written.
pub fn run(args: &ExtractArgs) -> Result<(), Failure> {
    let ExtractArgs { input, output, form, print } = args;
    let mut job = Job::new(&output.directory, form.form, print)?;
    let (capture, seconds) = timed(|| read(&input.captures, &input.options(), &mut job.console));
    job.finish(&capture?, input.options().roles, seconds, print)
}

/// Unites shards.
///
/// # Errors
/// When there is something else among them, they cannot be read, or a file cannot be written.
pub fn merge(args: &MergeArgs) -> Result<(), Failure> {
    let MergeArgs { shards, role, output, form, print } = args;
    let roles = *role;
    let mut job = Job::new(&output.directory, form.form, print)?;
    let options = Options { roles, directories: Directories::Shards, ..Options::default() };
    for file in Sources::find(shards, Directories::Shards)?.files {
        if roles.is_none() && shard_role(&file.path).is_none() {
            let name = file.path.display();
            return Err(Failure::Usage(format!(
                "the name of '{name}' does not tell its role: call it src.csv, dst.csv, src.roaring \
                 or dst.roaring, or give --role"
            )));
        }
    }
    let (capture, seconds) = timed(|| read(shards, &options, &mut job.console));
    let capture = capture?;
    for file in &capture.account.files {
        if !file.format.is_shard() {
            return Err(Failure::NoShard { name: file.name.clone() });
        }
    }
    job.finish(&capture, roles, seconds, print)
}

/// The shards of the summary in `directory`, if there is one.
fn shards_of(directory: &Path) -> Vec<String> {
    let mut files = earlier_files(directory);
    files.retain(|file| !file.contains(['/', '\\']) && shard_role(Path::new(file)).is_some());
    files
}

/// An extraction under way.
struct Job {
    started: Instant,
    console: Console,
    output: Output,
    form: ShardFormat,
}

impl Job {
    fn new(directory: &Path, form: ShardFormat, print: &PrintArgs) -> Result<Self, Failure> {
        let output = Output::new(directory, &[])?;
        Ok(Self { started: Instant::now(), console: Console::new(print), output, form })
    }

    /// Writes the shards and the summary.
    fn finish(
        mut self,
        capture: &Capture,
        roles: Option<Roles>,
        read_seconds: f64,
        print_args: &PrintArgs,
    ) -> Result<(), Failure> {
        self.warn_of_lost_packets(capture);
        let (written, write_seconds) = timed(|| {
            let src = self.write(Role::Source, &capture.sets.source)?;
            let dst = self.write(Role::Destination, &capture.sets.destination)?;
            let any = self.write(Role::Any, &capture.sets.any)?;
            Ok::<_, Failure>([src, dst, any])
        });
        let [src, dst, any] = written?;
        for file in shards_of(self.output.directory()) {
            // Read together with those of this run it would count twice.
            if !self.output.files().contains(&file) {
                self.output.remove(&file)?;
            }
        }
        let Self { started, console, mut output, .. } = self;
        let summary_file = "summary.json";
        let summary = Extraction {
            octomix: env!("CARGO_PKG_VERSION"),
            input: Reading::new(&capture.account),
            src,
            dst,
            any,
            skipped_roles: skipped(roles, capture),
            warnings: console.into_warnings(),
            output: output.directory().display().to_string(),
            files: output.files().iter().cloned().chain([summary_file.to_owned()]).collect(),
            seconds: ExtractionSeconds {
                read: read_seconds,
                write: write_seconds,
                total: started.elapsed().as_secs_f64(),
            },
        };
        output.write(summary_file, |file| write_json(&summary, file))?;
        print(print_args.format, &summary, |out| text::shard::write(&summary, out))
    }

    fn write(&mut self, role: Role, set: &AddressSet) -> Result<Option<Extracted>, Failure> {
        if set.is_empty() {
            return Ok(None);
        }
        let (key, form) = (role.key(), self.form);
        self.output.write(&format!("{key}.{}", form.extension()), |out| form.write(set, out))?;
        Ok(Some(Extracted::new(set)))
    }

    fn warn_of_lost_packets(&mut self, capture: &Capture) {
        let has_several = |set: &AddressSet| (0..set.len()).any(|at| set.packets(at) > 1);
        if self.form == ShardFormat::Bitmap {
            if Role::ALL.iter().any(|&role| has_several(capture.sets.get(role))) {
                let lost = "bitmaps hold no packets: every address will count as one; \
                            use --as csv to keep them";
                self.console.warn(lost.to_owned());
            }
            return;
        }
        match capture.account.files.iter().filter(|file| file.format.is_bitmap()).count() {
            0 => {}
            1 => self.console.warn(
                "1 file is a bitmap, which holds no packets: each of its addresses counts as one"
                    .to_owned(),
            ),
            files => self.console.warn(format!(
                "{files} files are bitmaps, which hold no packets: each of their addresses counts \
                 as one"
            )),
        }
    }
}
