//! Written models load into scikit-learn and say there what octomix says.
//!
//! Needs a Python with scikit-learn, named by OCTOMIX_PYTHON; `scripts/test` looks for one.

use std::io::{self, Write};
use std::process::Command;

#[test]
fn models_load_into_scikit_learn() -> io::Result<()> {
    let Some(python) = std::env::var_os("OCTOMIX_PYTHON") else {
        // Past the test harness, which swallows what a passing test prints by `eprintln!`.
        return writeln!(
            io::stderr(),
            "left out: models_load_into_scikit_learn; set OCTOMIX_PYTHON to a Python with \
             scikit-learn (CI=true scripts/test installs one into .venv)"
        );
    };
    let output = tempfile::tempdir()?;
    run(Command::new(env!("CARGO_BIN_EXE_octomix"))
        .args(["detect", "examples/tutorial_packets.csv", "-k", "3", "--engine", "cpu"])
        .args(["--quiet", "-o"])
        .arg(output.path()))?;
    for role in ["src", "dst"] {
        run(Command::new(&python).arg("tests/sklearn_model.py").arg(output.path().join(role)))?;
    }
    Ok(())
}

/// Runs `command` in the repository and asserts its success.
fn run(command: &mut Command) -> io::Result<()> {
    let done = command.current_dir(env!("CARGO_MANIFEST_DIR")).output()?;
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}: {}\n{told}", done.status);
    Ok(())
}
