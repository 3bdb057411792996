//! Written models load into scikit-learn and say there what octomix says.
//!
//! Needs a Python with scikit-learn, named by OCTOMIX_PYTHON; `scripts/test` looks for one.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

const TUTORIAL: &str = "examples/tutorial_packets.csv";
const COVARIANCES: [&str; 4] = ["full", "tied", "diag", "spherical"];

#[test]
fn models_of_every_kind_load_into_scikit_learn() -> io::Result<()> {
    let Some(python) = python("models_of_every_kind_load_into_scikit_learn") else { return Ok(()) };
    let output = tempfile::tempdir()?;
    let mut folders = Vec::new();
    let mut detect = |name: String, options: &[&str]| {
        // What other rules flag is no business of scikit-learn's.
        let detect = ["detect", TUTORIAL, "--rules", "low-density"];
        octomix(&detect, options, &output.path().join(&name))?;
        folders.extend(["src", "dst"].map(|role| output.path().join(&name).join(role)));
        io::Result::Ok(())
    };
    for covariance in COVARIANCES {
        let few = ["--covariance", covariance, "--n-init", "2", "--responsibilities"];
        for prior in ["dirichlet-process", "dirichlet-distribution"] {
            let bayesian = ["--model", "bayesian", "--weight-prior", prior];
            detect(format!("bayesian-{covariance}-{prior}"), &[&bayesian[..], &few].concat())?;
        }
        let gaussian = ["--model", "gaussian", "-k", "4"];
        detect(format!("gaussian-{covariance}"), &[&gaussian[..], &few].concat())?;
    }
    for covariance in COVARIANCES {
        let options = ["-k", "4", "--n-init", "1", "--score", "predictive", "--responsibilities"];
        let covariance = ["--covariance", covariance];
        detect(format!("predictive-{}", covariance[1]), &[&options[..], &covariance].concat())?;
    }
    let weighted = ["-k", "4", "--weight", "packets", "--responsibilities"];
    detect("bayesian-packets".to_owned(), &weighted)?;
    detect("gaussian-packets".to_owned(), &[&["--model", "gaussian"][..], &weighted].concat())?;
    let kmeans = ["--model", "kmeans", "-k", "5"];
    detect("kmeans".to_owned(), &kmeans)?;
    detect("kmeans-packets".to_owned(), &[&kmeans[..], &["--weight", "packets"]].concat())?;
    run(Command::new(&python).arg("tests/sklearn_model.py").args(&folders))
}

#[test]
fn the_python_on_the_page_loads_models_of_every_kind() -> io::Result<()> {
    let name = "the_python_on_the_page_loads_models_of_every_kind";
    let Some(python) = python(name) else { return Ok(()) };
    let output = tempfile::tempdir()?;
    let mut snippet = Command::new(&python);
    snippet.args(["tests/sklearn_model.py", "--snippet", "docs/scikit-learn.md"]);
    let kinds = [
        &["--model", "bayesian"][..],
        &["--model", "bayesian", "--weight-prior", "dirichlet-distribution"],
        &["--model", "bayesian", "--covariance", "tied"],
        &["--model", "gaussian"],
        &["--model", "gaussian", "--covariance", "diag"],
        &["--model", "kmeans"],
    ];
    for (n, kind) in kinds.into_iter().enumerate() {
        let folder = output.path().join(n.to_string());
        let few = ["-k", "4", "--n-init", "2", "--role", "dst"];
        octomix(&["detect", TUTORIAL], &[kind, &few].concat(), &folder)?;
        snippet.arg(folder.join("dst"));
    }
    run(&mut snippet)
}

#[test]
fn packets_are_repeated_rows_and_a_warm_start_is_scikit_learns() -> io::Result<()> {
    let name = "packets_are_repeated_rows_and_a_warm_start_is_scikit_learns";
    let Some(python) = python(name) else { return Ok(()) };
    let output = tempfile::tempdir()?;
    let (from, to) = (output.path().join("from"), output.path().join("to"));
    // A Dirichlet process would be put in order, which scikit-learn leaves.
    let packets = ["--weight", "packets", "--role", "src"];
    let packets = [&packets[..], &["--weight-prior", "dirichlet-distribution"]].concat();
    let short = ["-k", "4", "--n-init", "1", "--max-iter", "2", "--search", "restarts"];
    octomix(&["detect", TUTORIAL], &[&packets[..], &short].concat(), &from)?;
    let model = from.join("src/model.json");
    let warm = ["--warm-start", model.to_str().ok_or(io::ErrorKind::InvalidInput)?];
    octomix(&["detect", TUTORIAL], &[&packets[..], &warm].concat(), &to)?;
    let folders = [from.join("src"), to.join("src")];
    run(Command::new(&python).args(["tests/sklearn_model.py", "--go-on"]).args(&folders))
}

#[test]
fn the_page_on_scikit_learn_has_a_row_for_all_it_has() -> io::Result<()> {
    let name = "the_page_on_scikit_learn_has_a_row_for_all_it_has";
    let Some(python) = python(name) else { return Ok(()) };
    run(Command::new(&python).args(["tests/sklearn_model.py", "--names", "docs/scikit-learn.md"]))
}

/// The Python to use; without one, tells that `test` is left out.
fn python(test: &str) -> Option<OsString> {
    let python = std::env::var_os("OCTOMIX_PYTHON");
    if python.is_none() {
        // Past the test harness, which swallows what a passing test prints by `eprintln!`.
        let _ = writeln!(
            io::stderr(),
            "left out: {test}; set OCTOMIX_PYTHON to a Python with \
             scikit-learn (CI=true scripts/test installs one into .venv)"
        );
    }
    python
}

/// Runs octomix, results below `output`.
fn octomix(command: &[&str], options: &[&str], output: &Path) -> io::Result<()> {
    let mut octomix = Command::new(env!("CARGO_BIN_EXE_octomix"));
    run(octomix.args(command).args(options).args(["--engine", "cpu", "--quiet", "-o"]).arg(output))
}

/// Runs `command` in the repository and asserts its success.
fn run(command: &mut Command) -> io::Result<()> {
    let done = command.current_dir(env!("CARGO_MANIFEST_DIR")).output()?;
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}: {}\n{told}", done.status);
    Ok(())
}
