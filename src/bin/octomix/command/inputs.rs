//! `octomix inputs`: lists what is read, and the names by which columns and fields are known.

use std::io::{self, Write};

use octomix::input::catalogue::Catalogue;

use super::{Failure, print};
use crate::cli::InputsArgs;

/// Prints the list.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &InputsArgs) -> Result<(), Failure> {
    let catalogue = Catalogue::new();
    print(args.format, &catalogue, |out| write(&catalogue, out))
}

fn write(catalogue: &Catalogue, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Formats, recognised by content:")?;
    for format in &catalogue.formats {
        writeln!(out, "  {:<10}{}", format.name, format.what)?;
    }
    writeln!(
        out,
        "\nNames of columns and fields; case and separators do not matter, and the first found counts:"
    )?;
    for names in &catalogue.names {
        writeln!(out, "  {}", names.tool)?;
        for (kind, known) in &names.columns {
            writeln!(out, "    {kind:<10}{known}")?;
        }
    }
    writeln!(out, "\nOther names: --src-column NAME and --dst-column NAME.")
}
