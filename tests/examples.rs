//! The examples run, and say what their heads promise. `cargo test` builds them with the tests; with
//! `--test examples` alone they are built by `cargo build --examples` in the same profile.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where example `name` is.
fn program(name: &str) -> PathBuf {
    // This test is in deps, beside which the examples are.
    let deps = std::env::current_exe().expect("a running test");
    let mut program: PathBuf = deps.ancestors().nth(2).expect("target").join("examples").join(name);
    program.set_extension(std::env::consts::EXE_EXTENSION);
    assert!(program.exists(), "{} is missing: cargo build --examples", program.display());
    program
}

/// What example `name` prints, given `args`.
fn printed(name: &str, args: &[&Path]) -> String {
    let output = Command::new(program(name)).args(args).output().expect("it was there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn tutorial() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/tutorial_packets.csv")
}

#[test]
fn detect_finds_the_tutorials_two() {
    let text = printed("detect", &[&tutorial()]);
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.starts_with("172.19.2.66: ") && text.contains("\n0.0.0.0: "), "{text}");
}

#[test]
fn without_a_file_they_say_what_is_missing() {
    for name in ["detect", "reading"] {
        let output = Command::new(program(name)).output().expect("it was there");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success());
        assert_eq!(told, "no input file given; name one or more, or - for standard input\n");
    }
}

#[test]
fn the_tutorial_in_one_process_finds_what_the_article_does() {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/lists/tutorial_src.txt");
    let text = printed("tutorial", &[&list, Path::new("3")]);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("mixture 3 -") && lines[0].ends_with(" 8"), "{text}");
    let sweeps = lines.iter().filter(|line| line.starts_with("sweep "));
    assert_eq!((sweeps.count(), lines.len()), (9, 12), "{text}");
}

#[test]
fn a_watched_fit_is_stopped() {
    let text = printed("watched_fit", &[]);
    assert!(text.contains("iteration 1: 2 restarts still under way"), "{text}");
    assert!(text.ends_with("stopped after 20 iterations\n"), "{text}");
}

#[test]
fn a_wrapped_engine_sees_every_run() {
    let text = printed("wrapped_engine", &[]);
    assert!(text.starts_with("counting, cpu: "), "{text}");
    let figures: Vec<usize> =
        text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [sets, runs] = figures[figures.len() - 2..] else { panic!("{text}") };
    assert!(runs > 1 && sets > 5 * runs, "restarts share runs: {text}");
}

#[test]
fn reading_counts_records() {
    let text = printed("reading", &[&tutorial()]);
    let expected = "sources: 187 distinct addresses in 4087 records\n";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("destinations: 2673 distinct addresses in 4068 records\n"), "{text}");
}
