//! The tutorial's export, to the addresses that the article publishes.

use std::collections::BTreeSet;

use predicates::str::contains;

use crate::{Folder, TUTORIAL, golden, without_gpu};

fn published_anomalies_are_found_on(engine: &str) {
    let folder = Folder::new();
    folder.stdout(&[TUTORIAL, "--role", "src", "-k", "3", "--engine", engine, "-o", "a"]);
    let article = golden("article_src_from_labels.json");
    let published: BTreeSet<&str> = article["percentiles"]["4"]["addresses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|address| address.as_str().unwrap())
        .collect();
    let rows = folder.rows("a/src/anomalies.csv");
    assert_eq!(rows.iter().map(|row| row[0].as_str()).collect::<BTreeSet<_>>(), published);
    assert_eq!(rows.len(), 8);
    assert!(!folder.path("a/dst").exists());

    folder.stdout(&[TUTORIAL, "--role", "dst", "-k", "4", "--engine", engine, "-o", "b"]);
    assert_eq!(folder.rows("b/dst/anomalies.csv").len(), 107);
    assert_eq!(folder.json("b/summary.json")["engine"]["used"], engine);
    assert_eq!(folder.json("b/dst/model.json")["engine"], engine);
}

#[test]
fn published_anomalies_are_found_on_the_reference_engine() {
    published_anomalies_are_found_on("reference");
}

#[test]
fn published_anomalies_are_found_on_the_cpu() {
    published_anomalies_are_found_on("cpu");
}

/// Without an adapter this fails with the command's own error, which says what to install.
#[test]
fn published_anomalies_are_found_on_the_gpu() {
    if without_gpu() {
        return;
    }
    published_anomalies_are_found_on("gpu");
}

#[test]
fn auto_takes_the_cpu_for_the_tutorial_and_says_why() {
    let folder = Folder::new();
    let printed = folder.stdout(&[TUTORIAL]);
    assert!(printed.contains("\nEngine cpu: f64, "), "{printed}");
    assert!(printed.contains("\n  too few addresses to repay a GPU\n"), "{printed}");
    let engine = &folder.json("octomix-out/summary.json")["engine"];
    assert_eq!((&engine["requested"], &engine["used"]), (&"auto".into(), &"cpu".into()));
}

#[test]
#[cfg_attr(not(feature = "gpu"), ignore = "the build has no GPU support")]
fn gpu_without_an_adapter_says_what_is_missing() {
    let folder = Folder::new();
    let mut command = folder.detect(&[TUTORIAL, "--engine", "gpu"]);
    // The search paths of the Vulkan loader, pointed at nothing.
    command.env("VK_DRIVER_FILES", "/nonexistent.json");
    command.env("VK_ICD_FILENAMES", "/nonexistent.json");
    let done = command.assert().code(1).stdout("");
    if cfg!(target_os = "linux") {
        done.stderr(contains("octomix: error: no GPU adapter was found: "));
    }
    assert!(!folder.path("octomix-out").exists());
}
