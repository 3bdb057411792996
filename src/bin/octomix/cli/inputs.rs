//! The arguments of `octomix inputs`.

use clap::Args;

use super::Format;

const EXAMPLES: &str = "\
Examples:
  Is there a name for what my firewall exports?
    octomix inputs | grep -i palo -A 6";

/// Lists the formats that are read, and the known names of columns and fields.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct InputsArgs {
    /// What to print: a list to read, or JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}
