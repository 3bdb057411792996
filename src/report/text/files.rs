//! The result files as text.

use std::io::{self, Write};
use std::path::Path;

use crate::words::counted;

/// The `files` written below `output`, a folder a line.
pub(super) fn write_files(files: &[String], output: &str, out: &mut dyn Write) -> io::Result<()> {
    let count = counted(files.len() as u64, "file", "files");
    writeln!(out, "Wrote {count} to {output}:")?;
    for folder in files.chunk_by(|a, b| Path::new(a).parent() == Path::new(b).parent()) {
        writeln!(out, "  {}", folder.join("  "))?;
    }
    Ok(())
}
