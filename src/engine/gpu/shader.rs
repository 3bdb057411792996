//! Shaders as a device is given them: imports resolved, and unrolled for a block of components.
//!
//! - `#import name` brings in `shaders/name.wgsl`, once, before the file that names it.
//! - The lines between `//# for k` and `//# end` are repeated for each k of a block, with `$k` replaced.
//!   Dynamically indexed private arrays are slow on every device and barriers on some, so the sums of
//!   each component are scalars of their own.
//! - `$BLOCK` and `$WORD` are replaced everywhere: no `override` of WGSL can choose how often lines are
//!   repeated, or a type. The size of a workgroup is one.
//!
//! Nothing here parses WGSL or knows a device. The crate naga_oil also resolves imports, but it cannot
//! import an `override` into `@workgroup_size`, and what it prints has neither comments nor plain names.

/// Components whose sums a thread keeps at most: eight take 120 registers.
pub(super) const LARGEST_BLOCK: usize = 8;

/// The files of `shaders/` by their stems.
macro_rules! files {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../../shaders/", $name, ".wgsl")))),*]
    };
}

const FILES: &[(&str, &str)] = files! {
    "assign" "component" "expectation" "lloyd" "moments" "nearest" "reach" "reduce" "segment" "slice"
    "workgroup"
};

/// The WGSL of the file `entry` and of all it imports, for blocks of `block` components and partial
/// sums of the type `word`.
///
/// An import that no file answers stays as it is, so the module is invalid.
pub(super) fn wgsl(entry: &str, block: usize, word: &str) -> String {
    let mut source = String::new();
    append(entry, &mut Vec::new(), &mut source);
    unroll(&source, block).replace("$BLOCK", &block.to_string()).replace("$WORD", word)
}

/// Appends the file `name` to `source`, after those of its imports that are not in `seen`.
fn append<'a>(name: &'a str, seen: &mut Vec<&'a str>, source: &mut String) {
    if seen.contains(&name) {
        return;
    }
    seen.push(name);
    let Some((_, text)) = FILES.iter().find(|(file, _)| *file == name) else {
        source.push_str(&format!("#import {name}\n"));
        return;
    };
    let (imports, lines): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|line| line.starts_with("#import "));
    for import in imports {
        append(import.trim_start_matches("#import "), seen, source);
    }
    if !source.is_empty() {
        source.push('\n');
    }
    for line in lines {
        // Of the two blank lines around the imports one is left.
        if !line.is_empty() || !source.ends_with("\n\n") {
            source.push_str(line);
            source.push('\n');
        }
    }
}

/// `source` with its marked lines once for each component of a block.
fn unroll(source: &str, block: usize) -> String {
    let mut unrolled = String::new();
    let mut repeated: Option<String> = None;
    for line in source.lines() {
        match line.trim() {
            "//# for k" => repeated = Some(String::new()),
            "//# end" => {
                let body = repeated.take().unwrap_or_default();
                for k in 0..block {
                    unrolled.push_str(&body.replace("$k", &k.to_string()));
                }
            }
            _ => {
                let target = repeated.as_mut().unwrap_or(&mut unrolled);
                target.push_str(line);
                target.push('\n');
            }
        }
    }
    unrolled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_lines_are_repeated_for_each_component() {
        let source = unroll("a\n//# for k\n b$k = $ku;\n//# end\nc\n", 2);
        assert_eq!(source, "a\n b0 = 0u;\n b1 = 1u;\nc\n");
    }

    #[test]
    fn imports_come_first_and_once() {
        // The sums import the component, and so do the slices.
        let source = wgsl("expectation", 1, "f32");
        let at = |declaration: &str| {
            let found: Vec<_> = source.match_indices(declaration).collect();
            assert_eq!(found.len(), 1, "{declaration}");
            found[0].0
        };
        let order =
            ["struct Reach", "struct Segment", "struct Component", "struct Slice", "fn main"];
        assert!(order.map(at).is_sorted());
    }

    #[test]
    fn an_unknown_file_is_left_to_be_noticed() {
        assert_eq!(wgsl("absent", 1, "f32"), "#import absent\n");
    }
}
