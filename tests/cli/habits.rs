//! What every program of the command line has: help, versions, colours, completions, manual pages.

use predicates::str::{contains, starts_with};

use crate::{Folder, TUTORIAL};

#[test]
fn help_names_what_a_newcomer_needs_before_the_rest() {
    let folder = Folder::new();
    let done = folder.octomix(&["--help"]).assert().success();
    let help = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    let (_, commands) = help.split_once("\nFor a start:\n").unwrap();
    let (first, others) = commands.split_once("\nOther commands:\n").unwrap();
    let names = |list: &str| -> Vec<String> {
        let lines = list.lines().take_while(|line| !line.starts_with("Options"));
        let named = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        named.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
    };
    assert_eq!(names(first), ["detect", "extract", "score", "sets", "inputs"], "{help}");
    for name in ["fit", "sweep", "bench", "completions", "man", "help"] {
        assert!(names(others).iter().any(|other| other == name), "{name} in {help}");
    }
    assert!(help.contains("--memory-limit") && help.contains("Exit status: 0 done"), "{help}");
}

#[test]
fn components_are_k_in_every_command() {
    let folder = Folder::new();
    folder.write("x.txt", "10.0.0.1\n10.0.0.2\n10.0.0.3\n10.9.0.1\n");
    for command in ["detect", "fit", "compare", "sweep"] {
        for k in ["-k", "--k"] {
            folder.octomix(&[command, "x.txt", k, "2", "-q"]).assert().success();
        }
        let done = folder.octomix(&[command, "--help"]).assert().success();
        let help = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
        assert!(help.contains("\n  -k") && !help.contains("--k "), "{help}");
    }
    let done = folder.octomix(&["sweep", "--help"]).assert().success();
    assert!(!String::from_utf8_lossy(&done.get_output().stdout).contains("warm-start"));
}

#[test]
fn examples_of_the_help_fit_eighty_columns() {
    let folder = Folder::new();
    let done = folder.octomix(&["bench", "--help"]).assert().success();
    let help = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    let examples = help.lines().filter(|line| line.starts_with("    octomix "));
    assert!(examples.clone().count() > 4, "{help}");
    assert!(examples.clone().all(|line| line.len() <= 80), "{help}");
}

#[test]
fn the_version_tells_its_features() {
    let folder = Folder::new();
    let version = env!("CARGO_PKG_VERSION");
    let long = folder.octomix(&["--version"]).assert().success();
    long.stdout(starts_with(format!("octomix {version}\nfeatures: cli")));
    let short = folder.octomix(&["-V"]).assert().success();
    short.stdout(format!("octomix {version}\n"));
}

#[test]
fn colours_are_as_asked_for_whatever_the_environment_says() {
    let folder = Folder::new();
    let is_coloured = |arguments: &[&str], variable: &str| {
        let done = folder.octomix(arguments).env(variable, "1").assert().success();
        done.get_output().stdout.contains(&0x1b)
    };
    let plot = ["detect", TUTORIAL, "--plot", "--role", "src", "-q"];
    let with = |choice| [&plot[..], &["--color", choice]].concat();
    assert!(is_coloured(&with("always"), "NO_COLOR"));
    assert!(!is_coloured(&with("never"), "CLICOLOR_FORCE"));
    assert!(is_coloured(&with("auto"), "CLICOLOR_FORCE"));
    assert!(!is_coloured(&with("auto"), "NO_COLOR"));
    assert!(is_coloured(&["--color=always", "help"], "NO_COLOR"));
    assert!(!is_coloured(&["detect", "--help", "--color", "never"], "CLICOLOR_FORCE"));
    let wrong = folder.octomix(&["inputs", "--color", "red"]).assert().code(2);
    wrong.stderr(contains("[possible values: auto, always, never]"));
}

#[test]
fn shells_and_man_know_every_command() {
    let folder = Folder::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let done = folder.octomix(&["completions", shell]).assert().success();
        done.stdout(contains("detect")).stdout(contains("memory-limit"));
    }
    let done = folder.octomix(&["man"]).assert().success();
    done.stdout(contains(".TH octomix 1")).stdout(contains("octomix\\-detect(1)"));
    folder.octomix(&["man", "new/man1"]).assert().success().stdout("");
    for page in ["octomix.1", "octomix-detect.1", "octomix-man.1"] {
        assert!(folder.read(&format!("new/man1/{page}")).contains(".SH SYNOPSIS"), "{page}");
    }
}
