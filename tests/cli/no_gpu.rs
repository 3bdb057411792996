//! A build without GPU support: it says so in one line wherever a GPU is asked for, and nowhere else.

use predicates::prelude::PredicateBooleanExt;
use predicates::str::{contains, starts_with};
use serde_json::Value;

use crate::{Folder, TUTORIAL};

const TOLD: &str = "octomix was built without GPU support; build it with its default feature gpu, or use --engine cpu";

#[test]
fn a_gpu_that_is_asked_for_is_refused() {
    let folder = Folder::new();
    let error = format!("octomix: error: {TOLD}\n");
    for asked in [["--engine", "gpu"], ["--adapter", "all"]] {
        for command in ["detect", "validate"] {
            let done = folder.octomix(&[command, TUTORIAL]).args(asked).assert().code(1).stdout("");
            done.stderr(error.clone());
        }
        folder.octomix(&["bench", "--addresses", "500"]).args(asked).assert().stderr(error.clone());
    }
    assert!(!folder.path("octomix-out").exists());
}

#[test]
fn auto_takes_the_cpu_and_says_nothing() {
    let folder = Folder::new();
    folder.octomix(&["generate", "--addresses", "1M", "-o", "many"]).assert().success();
    let arguments =
        ["many", "-k", "20", "--max-iter", "1", "--search", "restarts", "--n-init", "1"];
    folder.detect(&arguments).assert().success().stderr(contains("GPU").not());
    let summary = folder.json("octomix-out/summary.json");
    assert_eq!(
        (&summary["engine"]["requested"], &summary["engine"]["used"]),
        (&"auto".into(), &"cpu".into())
    );
    let reason = summary["engine"]["reason"].as_str().unwrap();
    assert_eq!(reason, format!("{TOLD}; going on with the CPU"));
}

#[test]
fn devices_validate_bench_and_version_say_so() {
    let folder = Folder::new();
    let devices = folder.octomix(&["devices"]).assert().success();
    devices.stdout(format!("No GPU adapter can be used: {TOLD}.\noctomix runs on the CPU.\n"));
    let devices = folder.octomix(&["devices", "--format", "json"]).assert().success();
    let devices: Value = serde_json::from_slice(&devices.get_output().stdout).unwrap();
    assert_eq!(
        (&devices["devices"], &devices["none_because"]),
        (&Value::Array(vec![]), &TOLD.into())
    );
    let kernel = folder.octomix(&["devices", "--shader", "lloyd"]).assert().code(2).stdout("");
    kernel.stderr(contains(TOLD));

    let validated = folder.octomix(&["validate", TUTORIAL, "-k", "2"]).assert().success();
    validated.stdout(contains(format!("\nNOT RUN: gpu: {TOLD}\n")));
    let bench = ["bench", "--addresses", "500", "-k", "2", "--seconds", "1e-9"];
    folder.octomix(&bench).assert().success().stdout(contains(format!("gpu: {TOLD}")));
    let version = folder.octomix(&["--version"]).assert().success();
    let version = version.stdout(starts_with(format!("octomix {}\n", env!("CARGO_PKG_VERSION"))));
    version.stdout(contains(format!("\ngpu: {TOLD}\n")));
}
