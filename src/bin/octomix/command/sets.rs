//! `octomix sets`: the addresses of several inputs, united, intersected or subtracted.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use octomix::address::{AddressSet, Counter, Unit};
use octomix::behaviour::Counting;
use octomix::input::{Lost, Options, Role, Roles, Sources};
use octomix::store::seen::SEEN;
use octomix::store::shard::ShardFormat;
use octomix::store::text::put_address;
use octomix::store::{Manifest, Overwritten, Unfinished};
use octomix::words::{counted, shown_path};

use super::{Failure, all_read, read};
use crate::cli::{Format, PrintArgs, SetForm, SetsArgs};
use crate::console::{Console, tell};

/// Writes what becomes of the addresses of all inputs.
///
/// # Errors
/// When an input cannot be read or has no addresses, or the file or standard output cannot be written.
pub fn run(args: &SetsArgs) -> Result<(), Failure> {
    let quiet = args.quiet;
    let mut console = Console::new(&PrintArgs { format: Format::Text, quiet, verbose: false });
    let roles = args.input.role.unwrap_or(Roles::Any);
    let options = Options { roles: Some(roles), behaviour: Counting::Off, ..args.input.options() };
    let count = |what: &str, addresses: &[u32]| {
        if !quiet {
            tell(what, &counted(addresses.len() as u64, "address", "addresses"));
        }
    };
    let inputs: Vec<Vec<PathBuf>> =
        args.input.captures.iter().map(|input| files(input, roles)).collect::<Result<_, _>>()?;
    if let Some(output) = args.output.as_deref().and_then(|path| fs::canonicalize(path).ok()) {
        // What cannot be found is told when it is read.
        let found = Sources::find(&inputs.concat(), options.directories).unwrap_or_default();
        let inputs = found.files.iter().map(|source| &*source.path);
        let is_output = |path: &&Path| fs::canonicalize(path).is_ok_and(|path| path == output);
        if let Some(path) = inputs.chain(args.input.filter.files()).find(is_output) {
            return Err(Overwritten(path.to_path_buf()).into());
        }
    }
    // Told now rather than after all is read.
    let output = args.output.as_deref().map(Unfinished::create).transpose()?;
    let mut lost = Lost::default();
    let mut found: Option<Vec<u32>> = None;
    for (input, files) in args.input.captures.iter().zip(&inputs) {
        let capture = read(files, &options, &mut console)?;
        lost = lost.plus(capture.account.lost());
        let mut addresses = capture.largest().addresses().to_vec();
        addresses.sort_unstable();
        count(&shown_path(input), &addresses);
        found = Some(match found {
            None => addresses,
            Some(before) => args.operation.apply(before, &addresses),
        });
    }
    // There is an input at least.
    let found = found.unwrap_or_default();
    count(args.operation.name(), &found);
    match output {
        Some(mut file) => {
            write(&found, form(args), &mut file).map_err(|error| file.failed(&error))?;
            file.keep()?;
        }
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            write(&found, form(args), &mut out)
                .and_then(|()| out.flush())
                .map_err(Failure::StandardOutput)?;
        }
    }
    all_read(lost)
}

/// The form asked for, or else that of the file's name.
fn form(args: &SetsArgs) -> SetForm {
    let extension = args.output.as_ref().and_then(|path| path.extension());
    let extension = extension.map(|extension| extension.to_ascii_lowercase());
    args.form.unwrap_or(match extension.as_deref().and_then(|extension| extension.to_str()) {
        Some("roaring") => SetForm::Shard(ShardFormat::Bitmap),
        Some("csv") => SetForm::Shard(ShardFormat::Csv),
        _ => SetForm::List,
    })
}

/// The files to read for `input`: of a folder of results those that its manifest lists and that hold its addresses.
fn files(input: &Path, roles: Roles) -> Result<Vec<PathBuf>, Failure> {
    let manifest = if input.is_dir() { Manifest::read(input)? } else { None };
    let Some(manifest) = manifest else { return Ok(vec![input.to_path_buf()]) };
    let roles: &[Role] = if roles == Roles::Any { &Role::ALL } else { roles.as_slice() };
    // Of those of runs that fit, that score and that extract: the first that there are.
    let kinds: [fn(&str) -> String; 5] = [
        |role| format!("{role}/{SEEN}"),
        |role| format!("{role}/addresses.csv"),
        |role| format!("{role}/addresses.parquet"),
        |role| format!("{role}.roaring"),
        |role| format!("{role}.csv"),
    ];
    for name in kinds {
        let entries = roles.iter().filter_map(|role| manifest.entry(&name(role.key())));
        let entries: Vec<_> = entries.collect();
        if !entries.is_empty() {
            entries.iter().try_for_each(|entry| entry.check(input))?;
            return Ok(entries.into_iter().map(|entry| input.join(&entry.file)).collect());
        }
    }
    Err(Failure::NoAddresses { path: input.to_path_buf() })
}

/// Writes ascending `addresses`.
fn write(addresses: &[u32], form: SetForm, out: &mut dyn Write) -> io::Result<()> {
    let SetForm::Shard(form) = form else {
        let mut text = Vec::new();
        for some in addresses.chunks(1 << 12) {
            text.clear();
            for &address in some {
                put_address(address, &mut text);
                text.push(b'\n');
            }
            out.write_all(&text)?;
        }
        return Ok(());
    };
    let mut counter = Counter::default();
    counter.extend(addresses);
    let set: AddressSet = counter.finish().counting(Unit::Records);
    form.write(&set, out)
}
