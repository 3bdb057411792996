//! Which flagged addresses are not told.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use octomix::address::Blocks;

/// What is known to be good.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Score")]
pub struct AllowArgs {
    /// Tell of no flag on the addresses in the CIDR blocks of this file, one a line; # starts a
    /// comment. The fit and the other addresses' flags are as without it, and the flags are counted
    #[arg(long, value_name = "FILE", value_parser = blocks)]
    pub allow: Vec<Arc<Blocks>>,
}

impl AllowArgs {
    /// The blocks of all files, if there is one.
    pub fn blocks(&self) -> Option<Blocks> {
        let all = self.allow.iter().flat_map(|blocks| blocks.ranges());
        (!self.allow.is_empty()).then(|| Blocks::new(all))
    }
}

/// Reads a list of blocks, so that its mistakes are those of the command line.
fn blocks(path: &str) -> Result<Arc<Blocks>, String> {
    let list = fs::read(Path::new(path)).map_err(|error| format!("cannot read it: {error}"))?;
    // Comments may be in any encoding.
    let blocks = Blocks::parse(&String::from_utf8_lossy(&list));
    blocks.map(Arc::new).map_err(|error| error.to_string())
}
