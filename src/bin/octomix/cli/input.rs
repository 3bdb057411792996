//! What to read, and how.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use octomix::behaviour::Counting;
use octomix::input::{self, Directories, Notation, PRESETS, Preset, Roles, Tunnels};

use super::FilterArgs;
use super::choice::{Choice, one_of};
use super::filter::union;

/// What to read.
#[derive(Debug, Clone, Default, Args)]
pub struct InputArgs {
    /// Packet captures (pcap, pcapng), flow logs, CSV, JSON lines, lists of addresses, or what octomix
    /// extract wrote; patterns such as 'day*.csv'; - is standard input
    #[arg(required = true, value_name = "CAPTURE")]
    pub captures: Vec<PathBuf>,
    /// Read directories: all files in them and below, but hidden ones and results of octomix
    #[arg(short = 'r', long, help_heading = "Input")]
    pub recursive: bool,
    /// The side of the packets to look at [default: both; of a list, src]
    #[arg(long, value_parser = one_of(ROLES), help_heading = "Input")]
    pub role: Option<Roles>,
    /// The column of the source addresses by its name or its number from 1, or the path of a JSON field
    /// [default: known names, such as ip.src]
    #[arg(long, visible_alias = "src-field", value_name = "NAME", help_heading = "Input")]
    pub src_column: Option<String>,
    /// The column of the destination addresses, in the same way [default: known names, such as ip.dst]
    #[arg(long, visible_alias = "dst-field", value_name = "NAME", help_heading = "Input")]
    pub dst_column: Option<String>,
    /// The columns of a table without a header
    #[arg(long, value_parser = layout(), value_name = "NAME", help_heading = "Input")]
    pub layout: Option<&'static Preset>,
    /// The IPv4 header of a packet capture that counts where packets carry others, as in GRE or VXLAN
    #[arg(long, value_parser = one_of(TUNNELS), default_value = "outer", help_heading = "Input")]
    pub tunnels: Tunnels,
    /// Read whole numbers as addresses: 3232235777 is 192.168.1.1
    #[arg(long, help_heading = "Input")]
    pub integers: bool,
    /// Read octets that are padded with zeros as decimals: 010.001.001.147 is 10.1.1.147
    #[arg(long, help_heading = "Input")]
    pub zero_padded: bool,
    /// Read 05/07/2017 as the fifth of July
    #[arg(long, help_heading = "Input")]
    pub day_first: bool,
    /// Read 05/07/2017 as the seventh of May
    #[arg(long, conflicts_with = "day_first", help_heading = "Input")]
    pub month_first: bool,
    /// The year of times that name none, as in syslog
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(1970..=2261), help_heading = "Input")]
    pub year: Option<i16>,
    /// Fail on damaged or cut files and on malformed addresses, which are counted and told otherwise
    #[arg(long, help_heading = "Input")]
    pub strict: bool,
    /// Count what each address does: its records, bytes, peers, services, peers that never answer, and when it
    /// was seen
    #[arg(long, value_parser = one_of(COUNTINGS), default_value = "auto", help_heading = "Input")]
    pub behaviour: Counting,
    #[command(flatten)]
    pub filter: FilterArgs,
}

impl InputArgs {
    /// How the captures are to be read.
    pub fn options(&self) -> input::Options {
        input::Options {
            roles: self.role,
            source_column: self.src_column.clone(),
            destination_column: self.dst_column.clone(),
            layout: self.layout,
            tunnels: self.tunnels,
            notation: Notation {
                integers: self.integers,
                zero_padded: self.zero_padded,
                day_first: self.day_first,
                month_first: self.month_first,
                year: self.year,
            },
            directories: match self.recursive {
                true => Directories::Files,
                false => Directories::Refused,
            },
            strict: self.strict,
            filter: self.filter.condition.clone(),
            only: union(&self.filter.only),
            exclude: union(&self.filter.exclude),
            times: self.filter.times,
            behaviour: self.behaviour,
        }
    }
}

/// A parser that takes the name of a layout.
fn layout() -> impl TypedValueParser<Value = &'static Preset> {
    let names = PRESETS.iter().map(|preset| PossibleValue::new(preset.name).help(preset.what));
    PossibleValuesParser::new(names)
        .try_map(|given| Preset::named(&given).ok_or("there is no such layout"))
}

pub(super) const COUNTINGS: &[Choice<Counting>] = &[
    (
        Counting::Auto,
        "auto",
        "Exactly, and peers and services approximately beyond 2 GiB of conversations",
    ),
    (Counting::Off, "off", "Not at all"),
    (Counting::Exact, "exact", "Exactly, whatever memory it takes"),
    (Counting::Approximate, "approximate", "Peers and services approximately, to some 13 %"),
];

const TUNNELS: &[Choice<Tunnels>] = &[
    (Tunnels::Outer, "outer", "The outermost, as TShark's first ip.src"),
    (Tunnels::Inner, "inner", "The innermost"),
];

/// The roles that make one set.
pub(super) const ONE_ROLE: &[Choice<Roles>] = &[
    (Roles::Source, "src", "Sources"),
    (Roles::Destination, "dst", "Destinations"),
    (Roles::Any, "any", "Sources and destinations as one set"),
];

pub(super) const ROLES: &[Choice<Roles>] = &[
    (Roles::Source, "src", "Sources"),
    (Roles::Destination, "dst", "Destinations"),
    (Roles::Both, "both", "Sources and destinations, each on its own"),
    (Roles::Any, "any", "Sources and destinations as one set"),
];
