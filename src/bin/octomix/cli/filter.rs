//! Which records and addresses count, and whether their times do.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use octomix::address::Blocks;
use octomix::input::{Filter, Notation, read_blocks};

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
    /// Count only addresses in the blocks of this file: a list, a table or JSON, compressed or not
    ///
    /// One block a line: 10.0.0.0/8, 192.0.2.1, 192.0.2.1-192.0.2.9, 10.0.0.0 255.0.0.0 or 10.*.*.*. What
    /// follows a block, # or ; is a comment. Lists of ipset, iptables, nft, PeerGuardian, Spamhaus and the
    /// registries are read as they are; blocks of IPv6 are passed over.
    #[arg(long, value_name = "FILE", value_parser = BlockFile::read)]
    pub only: Vec<BlockFile>,
    /// Leave out the addresses in the blocks of this file, read as for --only: those known to be good, say
    #[arg(long, value_name = "FILE", value_parser = BlockFile::read)]
    pub exclude: Vec<BlockFile>,
    /// Warn if no record says its time; with --behaviour off, note when each address was first and last seen all the same
    #[arg(long)]
    pub times: bool,
}

impl FilterArgs {
    /// The files of blocks.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.only.iter().chain(&self.exclude).map(BlockFile::path)
    }
}

/// A file of blocks that an option names.
#[derive(Clone)]
pub struct BlockFile {
    path: PathBuf,
    blocks: Arc<Blocks>,
}

/// Its blocks alone, which results depend on: fingerprints of options are made of what is shown.
impl fmt::Debug for BlockFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.blocks.fmt(f)
    }
}

impl BlockFile {
    /// Reads the list of blocks at `path` as the notations of the command line say, so that its mistakes are those of
    /// the command line too.
    pub(super) fn read(path: &str) -> Result<Self, String> {
        // clap shows a value to its parser before the other options are known.
        let is_given = |option: &str| std::env::args_os().any(|argument| argument == option);
        let notation = Notation {
            integers: is_given("--integers"),
            zero_padded: is_given("--zero-padded"),
            ..Notation::default()
        };
        let blocks = read_blocks(Path::new(path), notation).map_err(|error| error.to_string())?;
        Ok(Self { path: path.into(), blocks: Arc::new(blocks) })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The blocks of all `files`, if there is one.
pub(super) fn union(files: &[BlockFile]) -> Option<Arc<Blocks>> {
    match files {
        [] => None,
        [file] => Some(file.blocks.clone()),
        all => Some(Arc::new(Blocks::new(all.iter().flat_map(|file| file.blocks.ranges())))),
    }
}
