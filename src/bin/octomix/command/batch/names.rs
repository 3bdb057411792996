//! Names for the folders of a batch: told from each other, and safe on every system.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path};

/// Characters of a name, so many of its begin and of its end around [`CUT`].
const KEPT: [usize; 2] = [20, 38];
/// What stands for those between.
const CUT: &str = "..";
/// What the batch itself writes.
const TAKEN: [&str; 4] = ["index.json", "index.csv", "index.html", "manifest.json"];
/// Names that Windows gives to devices, whatever follows them after a dot.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The names of folders.
pub struct Names {
    /// One for each path.
    pub all: Vec<String>,
    /// Those that depend on the other paths, whose last part is the same.
    pub told_apart: Vec<String>,
}

/// A name for each of `paths`: its last part, and as many before it as tell it from the others, so that
/// it does not depend on the others' order. Only the same path named twice is numbered.
pub fn names<'a>(paths: impl Iterator<Item = &'a Path>) -> Names {
    let parts: Vec<Vec<String>> = paths.map(parts).collect();
    let mut depths = vec![1; parts.len()];
    let mut found: Vec<String>;
    loop {
        found = parts.iter().zip(&depths).map(|(parts, &depth)| name(parts, depth)).collect();
        let mut times: HashMap<String, usize> = HashMap::new();
        found.iter().for_each(|name| *times.entry(name.to_lowercase()).or_default() += 1);
        let mut is_settled = true;
        for at in 0..found.len() {
            let is_double = times.get(&found[at].to_lowercase()).is_some_and(|&times| times > 1);
            if is_double && depths[at] < parts[at].len() {
                depths[at] += 1;
                is_settled = false;
            }
        }
        if is_settled {
            break;
        }
    }
    let mut taken: HashSet<String> = TAKEN.map(str::to_owned).into();
    for name in &mut found {
        let (plain, mut number) = (name.clone(), 1);
        // Some systems do not tell names apart that differ in the case of letters alone.
        while !taken.insert(name.to_lowercase()) {
            number += 1;
            *name = format!("{plain}-{number}");
        }
    }
    let told_apart = found.iter().zip(&parts).filter(|(found, parts)| **found != name(parts, 1));
    Names { told_apart: told_apart.map(|(found, _)| found.clone()).collect(), all: found }
}

/// The parts of `path` from the root, safe each.
fn parts(path: &Path) -> Vec<String> {
    if path.as_os_str() == "-" {
        return vec!["standard-input".to_owned()];
    }
    // A directory may be named as `.` or by a path that ends so; where `..` leads to only the system knows.
    let is_told = !path.components().any(|part| part == Component::ParentDir);
    let whole = if is_told { std::path::absolute(path) } else { path.canonicalize() };
    let whole = whole.unwrap_or_else(|_| path.to_path_buf());
    let parts = whole.components().filter_map(|part| match part {
        Component::Normal(part) => Some(safe(&part.to_string_lossy())),
        _ => None,
    });
    parts.collect()
}

/// The last `depth` of `parts`.
fn name(parts: &[String], depth: usize) -> String {
    let last = parts[parts.len() - depth.min(parts.len())..].join("_");
    let [begin, end] = KEPT;
    let name = match last.chars().count() {
        // The end tells more than the begin, and both more than what is between.
        long if long > begin + CUT.len() + end => {
            let kept = |part: &mut dyn Iterator<Item = char>| part.collect::<String>();
            let (begin, end) =
                (kept(&mut last.chars().take(begin)), kept(&mut last.chars().skip(long - end)));
            format!("{begin}{CUT}{end}")
        }
        _ => last,
    };
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let is_port = ["com", "lpt"].iter().any(|port| {
        let number = stem.strip_prefix(port).map(str::as_bytes);
        number.is_some_and(|number| matches!(number, [digit] if digit.is_ascii_digit()))
    });
    match name.as_str() {
        "" => "capture".to_owned(),
        _ if is_port || DEVICES.contains(&stem.as_str()) => format!("_{name}"),
        _ => name,
    }
}

/// `part` without what some system or shell takes for something else.
fn safe(part: &str) -> String {
    let is_safe = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '=' | '@');
    let mut safe: String = part.chars().map(|c| if is_safe(c) { c } else { '_' }).collect();
    // Hidden, an option, or lost on Windows.
    if safe.starts_with(['.', '-']) {
        safe.replace_range(..1, "_");
    }
    if safe.ends_with('.') {
        safe.replace_range(safe.len() - 1.., "_");
    }
    safe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(paths: &[&str]) -> Vec<String> {
        names(paths.iter().map(Path::new)).all
    }

    #[test]
    fn names_are_as_short_as_tells_them_apart() {
        assert_eq!(named(&["/c/mon/a.pcap", "/c/tue/b.pcap"]), ["a.pcap", "b.pcap"]);
        let days = named(&["/c/mon/a.pcap", "/c/tue/A.pcap", "/c/tue/b.pcap"]);
        assert_eq!(days, ["mon_a.pcap", "tue_A.pcap", "b.pcap"]);
        assert_eq!(named(&["/x/a", "/x/a", "/a"]), ["x_a", "x_a-2", "a"]);
        assert_eq!(named(&["-", "/c/mon/.", "/"]), ["standard-input", "mon", "capture"]);
    }

    #[test]
    fn names_that_depend_on_others_are_told() {
        let told = |paths: &[&str]| names(paths.iter().map(Path::new)).told_apart;
        assert_eq!(told(&["/c/mon/a", "/c/tue/a", "/c/tue/b"]), ["mon_a", "tue_a"]);
        assert_eq!(told(&["/c/mon/a", "/c/tue/b", "/con.csv"]), [""; 0]);
        assert_eq!(told(&["/index.csv"]), ["index.csv-2"]);
    }

    #[test]
    fn names_are_safe_everywhere() {
        let odd = named(&["/.hidden", "/a b;c", "/con.csv", "/COM1", "/index.csv", "/x.", "/-o"]);
        assert_eq!(odd, ["_hidden", "a_b_c", "_con.csv", "_COM1", "index.csv-2", "x_", "_o"]);
        let long = format!("/x{}z", "y".repeat(300));
        let cut = format!("x{}..{}z", "y".repeat(19), "y".repeat(37));
        assert_eq!(named(&[&long]), [cut]);
    }

    proptest! {
        #[test]
        fn no_two_names_are_the_same(
            paths in prop::collection::vec("(/[aAb.\\-]{1,2}){1,3}", 1..12),
        ) {
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            let found = named(&paths);
            let distinct: HashSet<String> = found.iter().map(|name| name.to_lowercase()).collect();
            prop_assert_eq!(distinct.len(), paths.len());
        }
    }
}
