//! What to read, and how; which records and addresses count, and whether their times do.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use octomix::address::Blocks;
use octomix::input::{self, Directories, Filter, Roles, Tunnels};

use super::{Choice, one_of};

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
    /// The column of the source addresses, or the path of a JSON field [default: known names, such as ip.src]
    #[arg(long, visible_alias = "src-field", value_name = "NAME", help_heading = "Input")]
    pub src_column: Option<String>,
    /// The column of the destination addresses, or the path of a JSON field [default: known names, such as ip.dst]
    #[arg(long, visible_alias = "dst-field", value_name = "NAME", help_heading = "Input")]
    pub dst_column: Option<String>,
    /// The IPv4 header of a packet capture that counts where packets carry others, as in GRE or VXLAN
    #[arg(long, value_parser = one_of(TUNNELS), default_value = "outer", help_heading = "Input")]
    pub tunnels: Tunnels,
    /// Fail on damaged or cut files and on malformed cells, which are counted and told otherwise
    #[arg(long, help_heading = "Input")]
    pub strict: bool,
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
            tunnels: self.tunnels,
            directories: match self.recursive {
                true => Directories::Files,
                false => Directories::Refused,
            },
            strict: self.strict,
            filter: self.filter.condition.clone(),
            only: union(&self.filter.only),
            exclude: union(&self.filter.exclude),
            times: self.filter.times,
        }
    }
}

const TUNNELS: &[Choice<Tunnels>] = &[
    (Tunnels::Outer, "outer", "The outermost, as TShark's first ip.src"),
    (Tunnels::Inner, "inner", "The innermost"),
];

pub(super) const ROLES: &[Choice<Roles>] = &[
    (Roles::Source, "src", "Sources"),
    (Roles::Destination, "dst", "Destinations"),
    (Roles::Both, "both", "Sources and destinations, each on its own"),
    (Roles::Any, "any", "Sources and destinations as one set"),
];

/// What to leave out of what is read.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Input")]
pub struct FilterArgs {
    /// Count only records that meet a condition, e.g. 'proto=tcp and (dport=80,443 or src private)'
    ///
    /// Conditions: proto=tcp,17; port=443, sport=1-1023, dport>=1024; time>=2026-01-01T00:00:00Z,
    /// time<1767225600; src in 10.0.0.0/8,192.0.2.1, dst not in 10.0.0.0/8; src private, dst public. Of
    /// each address by itself, whichever side it is on: ip in 10.0.0.0/8, private, public. Joined by and,
    /// or, not and parentheses. A record that does not say what is asked does not count.
    #[arg(long = "where", value_name = "EXPR")]
    pub condition: Option<Filter>,
    /// Count only addresses in the CIDR blocks of this file, one a line; # starts a comment
    #[arg(long, value_name = "FILE", value_parser = blocks)]
    pub only: Vec<Arc<Blocks>>,
    /// Leave out the addresses in the CIDR blocks of this file: those known to be good, say
    #[arg(long, value_name = "FILE", value_parser = blocks)]
    pub exclude: Vec<Arc<Blocks>>,
    /// Note when each address was first and last seen: first_seen and last_seen in the tables
    #[arg(long)]
    pub times: bool,
}

/// The blocks of all `files`, if there is one.
pub(super) fn union(files: &[Arc<Blocks>]) -> Option<Arc<Blocks>> {
    match files {
        [] => None,
        [blocks] => Some(blocks.clone()),
        all => Some(Arc::new(Blocks::new(all.iter().flat_map(|blocks| blocks.ranges())))),
    }
}

/// Reads a list of blocks, so that its mistakes are those of the command line.
pub(super) fn blocks(path: &str) -> Result<Arc<Blocks>, String> {
    let list = fs::read(path).map_err(|error| format!("cannot read it: {error}"))?;
    // Comments may be in any encoding.
    let blocks = Blocks::parse(&String::from_utf8_lossy(&list));
    blocks.map(Arc::new).map_err(|error| error.to_string())
}
