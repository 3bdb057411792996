//! The shell of every page: its head, its style and scripts, and the policy that allows nothing else.

use super::embed;

/// The name of the page below the output directory.
pub const FILE: &str = "report.html";

/// The style sheet.
const STYLE: &str = include_str!("page.css");

/// The scripts, within one scope, in the order in which they need each other.
const SCRIPT: &str = concat!(
    "\"use strict\";{\n",
    include_str!("common.js"),
    include_str!("plane.js"),
    include_str!("space.js"),
    include_str!("table.js"),
    include_str!("page.js"),
    "}\n",
);

/// What `shell.html` shows.
pub(super) struct Shell {
    pub policy: String,
    pub heading: String,
    pub style: &'static str,
    pub script: &'static str,
    pub version: &'static str,
}

impl Shell {
    pub fn new(heading: String) -> Self {
        let policy = format!(
            "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
            embed::hash(SCRIPT),
            embed::hash(STYLE)
        );
        let version = env!("CARGO_PKG_VERSION");
        Self { policy, heading, style: STYLE, script: SCRIPT, version }
    }
}
