//! Names and values made safe to display in a message: one line, no control characters, not too long.

use std::path::Path;

use crate::words::{escaped, shown};

/// Characters of a value that a message shows.
const SHOWN: usize = 40;
/// Names that a message lists.
const LISTED: usize = 20;
const STANDARD_INPUT: &str = "standard input";

/// The name of `path` in messages.
pub(crate) fn file_name(path: &Path) -> String {
    if path.as_os_str() == "-" {
        return STANDARD_INPUT.to_owned();
    }
    escaped(&path.to_string_lossy())
}

/// `name` in quotes, unless it is that of standard input.
pub(crate) fn quoted(name: &str) -> String {
    if name == STANDARD_INPUT {
        return name.to_owned();
    }
    format!("'{}'", shown(name))
}

/// The first twenty `names`, quoted and separated by commas.
pub(crate) fn listed(names: &[String]) -> String {
    let mut list: Vec<String> = names.iter().take(LISTED).map(|name| quoted(name)).collect();
    if names.len() > LISTED {
        list.push(format!("and {} more", names.len() - LISTED));
    }
    list.join(", ")
}

/// The beginning of `bytes`, decoded as far as possible; of zero bytes, how many there are.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    if zeros > 0 {
        return format!("{zeros} zero bytes");
    }
    // A character has at most four bytes, but a cell may have millions.
    let start = &bytes[..bytes.len().min(4 * SHOWN + 4)];
    let decoded = String::from_utf8_lossy(start);
    let mut excerpt = escaped(&decoded.chars().take(SHOWN).collect::<String>());
    if decoded.chars().count() > SHOWN {
        excerpt.push('…');
    }
    excerpt
}
