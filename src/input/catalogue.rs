//! What octomix reads, for people: from the very tables that the readers use.

use serde::Serialize;

use crate::input::formats::FORMATS;
use crate::input::names::TOOLS;

/// Everything that is read.
#[derive(Debug, Serialize)]
pub struct Catalogue {
    /// The formats, in the order in which they are tried.
    pub formats: Vec<ReadFormat>,
    /// The names of columns and fields, in the order in which they are preferred.
    pub names: Vec<ToolNames>,
}

/// A format that is read.
#[derive(Debug, Serialize)]
pub struct ReadFormat {
    /// Its name in summaries.
    pub name: &'static str,
    /// What its files are.
    pub what: &'static str,
}

/// The names that a tool gives its columns or fields.
#[derive(Debug, Serialize)]
pub struct ToolNames {
    /// The tool.
    pub tool: &'static str,
    /// For each kind of field, such as `addresses`, its names: of a pair `a/b` the first is of the source
    /// or the way out, and the second of the destination or the way back; commas separate alternatives.
    pub columns: Vec<(&'static str, &'static str)>,
}

impl Catalogue {
    /// What this build reads.
    pub fn new() -> Self {
        let mut formats: Vec<ReadFormat> = Vec::new();
        for format in FORMATS {
            // A format may be tried twice.
            if formats.iter().all(|known| known.name != format.name) {
                formats.push(ReadFormat { name: format.name, what: format.what });
            }
        }
        let names = TOOLS
            .iter()
            .map(|tool| ToolNames { tool: tool.name, columns: tool.columns().collect() });
        Self { formats, names: names.collect() }
    }
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::new()
    }
}
