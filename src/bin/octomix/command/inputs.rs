//! `octomix inputs`: lists what is read, and the names by which columns and fields are known.

use std::io::{self, Write};

use octomix::input::catalogue::Catalogue;
use octomix::report::text::wrap::write_wrapped;

use super::{Failure, print};
use crate::cli::InputsArgs;
use crate::console::terminal_width;

/// Prints the list.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &InputsArgs) -> Result<(), Failure> {
    let catalogue = Catalogue::new();
    print(args.format, &catalogue, |out| write(&catalogue, out))
}

fn write(catalogue: &Catalogue, out: &mut dyn Write) -> io::Result<()> {
    let width = terminal_width().unwrap_or(usize::MAX);
    writeln!(out, "Formats, recognised by content:")?;
    for format in &catalogue.formats {
        write_wrapped(&format!("  {:<10}", format.name), format.what, width, out)?;
    }
    let order = "case and separators do not matter, and the first found counts:";
    writeln!(out)?;
    write_wrapped("", &format!("Names of columns and fields; {order}"), width, out)?;
    for names in &catalogue.names {
        writeln!(out, "  {}", names.tool)?;
        for (kind, known) in &names.columns {
            write_wrapped(&format!("    {kind:<10}"), known, width, out)?;
        }
    }
    writeln!(out, "\nOther names: --src-column NAME and --dst-column NAME.")
}
