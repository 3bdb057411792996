//! The arguments of `octomix generate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use octomix::synthetic::Shape;

use super::choice::{Choice, one_of};

const EXAMPLES: &str = "\
Examples:
  A million addresses all over the space, straight into a fit:
    octomix generate --addresses 1M | octomix detect -

  A hundred million in whole /24s, in a file:
    octomix generate --addresses 100M --shape slash24 -o list.txt

  A capture of ten million packets between fifty thousand addresses:
    octomix generate --addresses 50k --shape mixed --packets 10M -o day.csv
    octomix detect day.csv

  The same packets as tcpdump would have captured them:
    octomix generate --addresses 50k --shape mixed --packets 10M --format pcap -o day.pcap";

/// Writes synthetic addresses, distinct, one a line, or a capture of packets between them.
///
/// The same seed gives the same bytes on every machine.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct GenerateArgs {
    /// How many addresses: a number, or thousands (100k), millions (10M), thousands of millions (2G)
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count)]
    pub addresses: u64,
    /// How they lie in the address space
    #[arg(long, value_parser = one_of(SHAPES), default_value = "sparse")]
    pub shape: Shape,
    /// Write a capture of so many packets instead: sources drawn evenly, a few destinations far more often
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count)]
    pub packets: Option<u64>,
    /// How a capture is written
    #[arg(long, value_enum, default_value_t = CaptureFormat::Csv, requires = "packets")]
    pub format: CaptureFormat,
    /// The seed of all choices
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// The file to write, whole or not at all [default: standard output]
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

pub(super) const SHAPES: &[Choice<Shape>] = &[
    (Shape::Sparse, "sparse", "Uniform over the whole space"),
    (Shape::Slash24, "slash24", "Whole /24s at random places"),
    (Shape::Slash16, "slash16", "Whole /16s at random places"),
    (
        Shape::Mixed,
        "mixed",
        "As in captures: full and half-filled /24s, clusters in a few /8s and /16s, strays",
    ),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CaptureFormat {
    /// Rows under the names that TShark gives its fields
    Csv,
    /// Frames of Ethernet, 60 bytes each
    Pcap,
}

/// Reads a count, at least 1, with its unit.
pub(super) fn count(text: &str) -> Result<u64, String> {
    let unit = |suffix, unit: u64| text.strip_suffix(suffix).map(|number| (number, unit));
    let units = [unit('k', 1_000), unit('M', 1_000_000), unit('G', 1_000_000_000)];
    let (number, unit) = units.into_iter().flatten().next().unwrap_or((text, 1));
    let digits = number.bytes().all(|byte| byte.is_ascii_digit()); // `parse` takes a sign, too
    let number = number.parse::<u64>().ok().filter(|&number| digits && number > 0);
    number
        .and_then(|number| number.checked_mul(unit))
        .ok_or_else(|| "expected a count from 1, such as 5000, 100k, 10M or 1G".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_units() {
        assert_eq!(count("5000"), Ok(5_000));
        assert_eq!(
            ["1k", "10M", "4G"].map(|text| count(text).unwrap()),
            [1_000, 10_000_000, 4_000_000_000]
        );
        for wrong in ["", "0", "k", "0M", "-1", "+1", "1.5M", "1K", "1kk", "99999999999G"] {
            let expected = "expected a count from 1, such as 5000, 100k, 10M or 1G";
            assert_eq!(count(wrong), Err(expected.to_owned()), "{wrong}");
        }
    }
}
