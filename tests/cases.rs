//! Small inputs after public reports, if their folder exists: what is read of each, and what is told.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The folder of the inputs, beside the project's.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases");
    let found = folder.join("splunk.csv").exists();
    if !found {
        println!("passed over: there is no {}", folder.display());
    }
    found.then_some(folder)
}

/// A line of the table.
struct Case<'t> {
    file: &'t str,
    options: Vec<&'t str>,
    expected: &'t str,
    told: &'t str,
}

fn cases() -> Vec<Case<'static>> {
    let lines = include_str!("cases.txt").lines().filter(|line| !line.starts_with('#'));
    let case = |line: &'static str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [file, options, expected, told] = cells[..] else { panic!("{line}") };
        Case { file, options: options.split_whitespace().collect(), expected, told }
    };
    lines.map(case).collect()
}

/// The distinct addresses and the sum of their counts in a shard; nothing if it was not written.
fn shard(path: &Path) -> (BTreeSet<String>, u64) {
    let Ok(table) = fs::read_to_string(path) else { return Default::default() };
    let rows: Vec<(&str, &str)> =
        table.lines().skip(1).map(|row| row.split_once(',').unwrap()).collect();
    let count = |rest: &str| rest.split(',').next().unwrap().parse::<u64>().unwrap();
    let counts = rows.iter().map(|(_, rest)| count(rest));
    (rows.iter().map(|(address, _)| (*address).to_owned()).collect(), counts.sum())
}

/// The sources and the destinations of the flows that most inputs hold.
fn flows(folder: &Path) -> [BTreeSet<String>; 2] {
    let table = fs::read_to_string(folder.join("splunk.csv")).unwrap();
    [1, 2].map(|at| {
        let rows = table.lines().skip(1);
        rows.map(|row| row.split(',').nth(at).unwrap().to_owned()).collect()
    })
}

fn run(folder: &Path, case: &Case<'_>, out: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_octomix"));
    command.current_dir(folder).arg("extract").args(&case.options).arg("-o").arg(out);
    match case.file {
        "20.txt" => {
            let list = out.with_extension("txt");
            fs::write(&list, "20.1.2.3\n21.0.0.1\n").unwrap();
            command.arg(list)
        }
        file => command.arg(file),
    };
    command.output().unwrap()
}

#[test]
fn every_case_is_read_as_wanted_or_refused_in_one_sentence() {
    let Some(folder) = folder() else { return };
    let flows = flows(&folder);
    let mut wrong = Vec::new();
    for case in cases() {
        let temporary = tempfile::tempdir().unwrap();
        let out = temporary.path().join("out");
        let output = run(&folder, &case, &out);
        let told = String::from_utf8(output.stderr).unwrap();
        let found = match output.status.code() {
            // What is damaged is read up to the damage.
            Some(0 | 3) => {
                let sides = ["src.csv", "dst.csv"].map(|name| shard(&out.join(name)));
                let shown = |at: usize| match &sides[at].0 {
                    set if *set == flows[at] => "flows".to_owned(),
                    set if *set == flows[1 - at] => "others".to_owned(),
                    set => set.len().to_string(),
                };
                format!("{} {} {}", shown(0), shown(1), sides[0].1.max(sides[1].1))
            }
            Some(1) => "refused".to_owned(),
            code => format!("{code:?}"),
        };
        let errors = told.lines().filter(|line| line.starts_with("octomix: error:")).count();
        let is_one = errors == usize::from(output.status.code() != Some(0));
        let is_plain = told.lines().all(|line| !line.contains("\\u{") && line.len() < 600);
        let is_quiet = !case.told.is_empty() || told.is_empty();
        if found != case.expected || !(is_one && is_plain && is_quiet && told.contains(case.told)) {
            wrong.push(format!(
                "{} {:?}: {found}, not {}, told {told:?}, not {:?}",
                case.file, case.options, case.expected, case.told
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_input_is_a_case() {
    let Some(folder) = folder() else { return };
    let cases = cases();
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_case = |case: &Case<'_>| case.file == name || case.options.contains(&name.as_str());
        assert!(name == "README.md" || cases.iter().any(is_case), "{name}");
    }
}
