//! The summary as text: 80 to 100 columns wide, plain; on a wide terminal anomalies have their reasons
//! beside them.

mod blocks;
mod changes;
mod compare;
pub mod index;
mod reading;
mod role;
mod scatter;
pub mod shard;
mod sweep;
pub mod table;

use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::path::Path;

use indicatif::HumanCount;

use super::summary::{RoleSeconds, Summary};
use crate::input::Role;
pub(super) use blocks::main_blocks;
pub(super) use changes::sentences;
pub(super) use role::flagged_by;
pub use scatter::Scatter;

use reading::write_reading;

/// Seconds that a stage must take to be told: less rounds to nothing.
const LEAST_TOLD: f64 = 0.0005;

/// What a summary is written on.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Where the files are that hold what is left out.
    pub output: &'a Path,
    /// Columns.
    pub width: usize,
}

/// What was found for a role, for people to read.
pub trait Found {
    /// Writes it on `page`.
    ///
    /// # Errors
    /// When `out` fails.
    fn write(&self, role: Role, page: &Page<'_>, out: &mut dyn Write) -> io::Result<()>;

    /// How long it took.
    fn seconds(&self) -> RoleSeconds;
}

/// The columns of a page that is no terminal.
pub const WIDTH: usize = 100;

/// Writes `summary` for people, on a page of `width` columns.
///
/// # Errors
/// When `out` fails.
pub fn write<R: Found>(summary: &Summary<R>, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let page = Page { output: Path::new(&summary.output), width };
    write_reading(&summary.input, out)?;
    writeln!(out, "Engine {}\n  {}", summary.engine.device, summary.engine.reason)?;
    for role in Role::ALL {
        if let Some(found) = summary.role(role) {
            writeln!(out)?;
            found.write(role, &page, out)?;
        } else if summary.skipped_roles.contains(&role.key()) {
            writeln!(out, "\n{}: no addresses, skipped", title(role))?;
        }
    }
    writeln!(out)?;
    write_end(summary, out)
}

fn write_end<R: Found>(summary: &Summary<R>, out: &mut dyn Write) -> io::Result<()> {
    write_files(&summary.files, &summary.output, out)?;
    let roles = || Role::ALL.into_iter().filter_map(|role| summary.role(role)).map(Found::seconds);
    let stages = [
        ("reading", summary.seconds.read),
        ("opening the engine", summary.seconds.engine),
        ("fitting", roles().map(|seconds| seconds.fit).sum()),
        ("labelling", roles().map(|seconds| seconds.label).sum()),
        ("writing", roles().map(|seconds| seconds.write).sum()),
    ];
    write!(out, "Took {}", duration(summary.seconds.total))?;
    let mut mark = ": ";
    for (stage, seconds) in stages {
        if seconds >= LEAST_TOLD {
            write!(out, "{mark}{stage} {}", duration(seconds))?;
            mark = ", ";
        }
    }
    writeln!(out)
}

/// The `files` written below `output`, a folder a line.
fn write_files(files: &[String], output: &str, out: &mut dyn Write) -> io::Result<()> {
    let count = counted(files.len() as u64, "file", "files");
    writeln!(out, "Wrote {count} to {output}:")?;
    for folder in files.chunk_by(|a, b| Path::new(a).parent() == Path::new(b).parent()) {
        writeln!(out, "  {}", folder.join("  "))?;
    }
    Ok(())
}

pub(super) fn title(role: Role) -> &'static str {
    match role {
        Role::Source => "Sources",
        Role::Destination => "Destinations",
        Role::Any => "Addresses",
    }
}

/// The first `most` of `addresses`, and how many more there are of `all`.
fn first_of(addresses: &[Ipv4Addr], most: usize, all: u64) -> String {
    let named: Vec<String> = addresses.iter().take(most).map(ToString::to_string).collect();
    match all - named.len() as u64 {
        0 => named.join(", "),
        more => format!("{} and {} more", named.join(", "), HumanCount(more)),
    }
}

/// `count` with the noun that it takes.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", HumanCount(count), if count == 1 { one } else { many })
}

/// At a glance: a run is told in three digits at most.
pub(super) fn duration(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{:.0} ms", 1000.0 * seconds)
    } else if seconds < 600.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.0} min", seconds / 60.0)
    }
}
