//! Which records and addresses count, and whether their times do.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use octomix::address::Blocks;
use octomix::input::Filter;

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
    let list = fs::read(Path::new(path)).map_err(|error| format!("cannot read it: {error}"))?;
    // Comments may be in any encoding.
    let blocks = Blocks::parse(&String::from_utf8_lossy(&list));
    blocks.map(Arc::new).map_err(|error| error.to_string())
}
