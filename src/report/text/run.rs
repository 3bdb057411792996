//! The summary of a run as text: what was read, what was found for each role, what was written.

use std::io::{self, Write};
use std::path::Path;

use super::files::write_files;
use super::findings::{Findings, Layout};
use super::reading::write_reading;
use super::scatter::Scatter;
use crate::input::{PerRole, Role};
use crate::report::summary::Summary;
use crate::words::{duration, title};

/// Seconds that a stage must take to be told: less rounds to nothing.
const LEAST_TOLD: f64 = 0.0005;

/// The columns of text that goes to no terminal.
pub const WIDTH: usize = 100;

/// Writes `summary` for people, `width` columns wide, with the `pictures` of its roles.
///
/// # Errors
/// When `out` fails.
pub fn write<R: Findings>(
    summary: &Summary<R>,
    pictures: &PerRole<Option<Scatter>>,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_reading(&summary.input, out)?;
    writeln!(out, "Engine {}\n  {}", summary.engine.device, summary.engine.reason)?;
    for (role, picture) in pictures.iter() {
        if let Some(found) = summary.role(role) {
            let output = Path::new(&summary.output);
            writeln!(out)?;
            found.write(role, &Layout { output, width, picture: picture.as_ref() }, out)?;
        } else if summary.skipped_roles.contains(&role.key()) {
            writeln!(out, "\n{}: no addresses, skipped", title(role))?;
        }
    }
    writeln!(out)?;
    write_end(summary, out)
}

fn write_end<R: Findings>(summary: &Summary<R>, out: &mut dyn Write) -> io::Result<()> {
    write_files(&summary.files, &summary.output, out)?;
    let roles =
        || Role::ALL.into_iter().filter_map(|role| summary.role(role)).map(Findings::seconds);
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
