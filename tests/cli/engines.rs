//! `octomix validate`, `octomix devices`, and the engine that `auto` takes.

use std::fmt::Write;

use predicates::prelude::PredicateBooleanExt;
use predicates::str::{contains, starts_with};
use serde_json::{Value, json};

use crate::{Folder, TUTORIAL, without_gpu};

/// Points the Vulkan loader's search paths at nothing.
const NO_DRIVER: [(&str, &str); 2] =
    [("VK_DRIVER_FILES", "/nonexistent.json"), ("VK_ICD_FILENAMES", "/nonexistent.json")];

#[test]
fn validate_finds_every_engine_within_bounds() {
    let folder = Folder::new();
    let done = folder.octomix(&["validate", TUTORIAL, "--format", "json"]).assert().success();
    let report: Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
    assert_eq!(report["within"], true);
    let validations = report["validations"].as_array().unwrap();
    let engines: Vec<_> =
        validations.iter().map(|v| (v["role"].as_str(), v["engine"].as_str())).collect();
    let [src, dst, cpu, gpu] = ["src", "dst", "cpu", "gpu"].map(Some);
    if without_gpu() {
        assert!(engines.contains(&(src, cpu)) && engines.contains(&(dst, cpu)), "{engines:?}");
    } else {
        assert_eq!(engines, [(src, cpu), (src, gpu), (dst, cpu), (dst, gpu)]);
    }
    for check in validations.iter().flat_map(|v| v["checks"].as_array().unwrap()) {
        assert!(check["error"].as_f64() <= check["bound"].as_f64(), "{check}");
    }
}

#[test]
fn validate_holds_on_a_real_block_list() {
    let list = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/lists/ipsum_level1.txt");
    if !std::path::Path::new(list).exists() {
        eprintln!("left out: the block list is not at hand");
        return;
    }
    let done = Folder::new().octomix(&["validate", list, "-k", "5"]).assert().success();
    done.stdout(contains("src, 120430 addresses, 5 components, cpu: f32"))
        .stdout(contains("All are within bounds.\n"));
}

#[test]
#[cfg_attr(not(feature = "gpu"), ignore = "the build has no GPU support")]
fn validate_without_an_adapter_says_that_the_gpu_was_not_run() {
    let folder = Folder::new();
    let auto = folder.octomix(&["validate", TUTORIAL]).envs(NO_DRIVER).assert().success();
    let left_out = contains("\nNOT RUN: gpu: no GPU adapter was found: ");
    if cfg!(target_os = "linux") {
        auto.stdout(left_out);
    }
    let asked = folder.octomix(&["validate", TUTORIAL, "--engine", "gpu"]).envs(NO_DRIVER).assert();
    if cfg!(target_os = "linux") {
        asked.code(1).stdout("").stderr(starts_with("octomix: error: no GPU adapter was found: "));
    }
}

#[test]
#[cfg_attr(not(feature = "gpu"), ignore = "the build has no GPU support")]
fn devices_lists_adapters_or_says_why_there_are_none() {
    let folder = Folder::new();
    if !without_gpu() {
        let done = folder.octomix(&["devices"]).assert().success();
        done.stdout(contains("\n  limits  bindings ").and(contains("\n  used    ")));
    }
    if cfg!(target_os = "linux") {
        let done = folder.octomix(&["devices"]).envs(NO_DRIVER).assert().success();
        done.stdout(starts_with("No GPU adapter can be used: VK_DRIVER_FILES names no "));
        let done =
            folder.octomix(&["devices", "--format", "json"]).envs(NO_DRIVER).assert().success();
        let devices: Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
        assert_eq!(devices["devices"], Value::Array(Vec::new()));
        assert!(devices["none_because"].is_string());
    }
}

#[test]
#[cfg_attr(not(feature = "gpu"), ignore = "the build has no GPU support")]
fn devices_prints_the_kernels_without_a_gpu() {
    let folder = Folder::new();
    let octomix = |args: &[&str]| folder.octomix(args).envs(NO_DRIVER).assert();
    let done = octomix(&["devices", "--shader", "expectation", "-k", "3"]).success();
    done.stdout(
        contains("var weight_2 = 0.0;").and(contains("weight_3").not()).and(contains("//#").not()),
    );
    let done = octomix(&["devices", "--shader", "assign"]).success();
    done.stdout(contains("indices: array<u32>").and(contains("override WORKGROUP: u32 = 64u;")));
    let done = octomix(&["devices", "--shader", "no such"]).code(2);
    done.stderr(contains("[possible values: moments, lloyd, expectation, reduce, assign]"));
    octomix(&["devices", "-k", "3"]).code(2).stderr(contains("--shader <NAME>"));
}

#[test]
fn an_adapter_that_is_not_there_is_named_with_those_that_are() {
    if without_gpu() {
        return;
    }
    let folder = Folder::new();
    for (names, missing) in
        [("no such", "no such"), ("no such,no, other", "no such' or 'no' or 'other")]
    {
        let done = folder.octomix(&["detect", TUTORIAL, "--adapter", names]).assert().code(1);
        let error = format!("octomix: error: no adapter's name contains '{missing}'; there are: ");
        done.stderr(starts_with(error));
    }
}

/// Weighted by packets a set has a batch a bit: each device gets some.
#[test]
fn two_adapters_give_the_files_of_one() {
    if without_gpu() {
        return;
    }
    let folder = Folder::new();
    let done = folder.octomix(&["devices", "--format", "json"]).assert().success();
    let devices: Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
    // A whole name, commas and all.
    let name = devices["devices"][0]["name"].as_str().unwrap();
    let detect = |adapter: &str, to: &str| {
        let model = ["-k", "3", "--n-init", "1", "--weight", "packets", "-o", to];
        folder.detect(&[&[TUTORIAL, "--adapter", adapter][..], &model].concat()).assert().success();
        let summary = folder.json(&format!("{to}/summary.json"));
        summary["engine"]["device"].as_str().unwrap().to_owned()
    };
    assert_eq!(detect(name, "one"), format!("gpu: f32, {name}"));
    assert_eq!(detect(&format!("{name},{name}"), "two"), format!("gpu: f32, 2 x {name}"));
    for role in ["src", "dst"] {
        for file in ["model.json", "addresses.csv", "anomalies.csv"] {
            let of = |run: &str| folder.read(&format!("{run}/{role}/{file}"));
            assert!(of("one") == of("two"), "{role}/{file}");
        }
    }
}

/// A run that repays a GPU with its 110 clusters, short all the same.
const LARGE: [&str; 12] = [
    "detect",
    "list",
    "--format",
    "json",
    "--model",
    "kmeans",
    "-k",
    "110",
    "--n-init",
    "1",
    "--max-iter",
    "1",
];

/// Writes the list of [`LARGE`]; a prime step makes its addresses distinct and spreads them.
fn write_large_list(folder: &Folder) {
    let list = (0..150_000u32).fold(String::new(), |mut list, i| {
        let [a, b, c, d] = i.wrapping_mul(2_654_435_761).to_be_bytes();
        writeln!(list, "{a}.{b}.{c}.{d}").unwrap();
        list
    });
    folder.write("list", list);
}

#[test]
#[cfg_attr(not(feature = "gpu"), ignore = "the build has no GPU support")]
fn auto_never_takes_a_software_adapter_nor_stops_without_one() {
    let folder = Folder::new();
    write_large_list(&folder);
    let short = LARGE;
    let done = folder.octomix(&short).envs(NO_DRIVER).assert().success();
    let summary: Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
    if cfg!(target_os = "linux") {
        assert_eq!(summary["engine"]["used"], "cpu");
        let reason = summary["engine"]["reason"].as_str().unwrap();
        assert!(reason.starts_with("no GPU adapter was found: "), "{reason}");
        assert!(reason.ends_with("; going on with the CPU"), "{reason}");
    }
    let done = folder.octomix(&short).assert().success();
    let summary: Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
    assert!(!summary["engine"]["device"].as_str().unwrap().contains("llvmpipe"));
}

/// A manifest of a driver that does `what` as soon as the loader speaks to it, in C.
#[cfg(target_os = "linux")]
fn driver(folder: &Folder, name: &str, what: &str) -> String {
    let c = format!(
        "#include <stdlib.h>\n#include <signal.h>\n\
         int vk_icdNegotiateLoaderICDInterfaceVersion(unsigned *version) {{ {what}; return 0; }}\n\
         void *vk_icdGetInstanceProcAddr(void *instance, const char *name) {{ {what}; return 0; }}\n"
    );
    folder.write("driver.c", c);
    let library = folder.path(&format!("{name}.so"));
    let mut cc = std::process::Command::new("cc");
    cc.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(folder.path("driver.c"));
    assert!(cc.status().unwrap().success(), "Rust needs this linker too");
    let icd = json!({"library_path": library, "api_version": "1.1.0"});
    folder.write(
        &format!("{name}.json"),
        json!({"file_format_version": "1.0.0", "ICD": icd}).to_string(),
    );
    folder.path(&format!("{name}.json")).to_str().unwrap().to_owned()
}

/// Runs octomix with the drivers of `manifests` alone, with a cache of its own.
#[cfg(target_os = "linux")]
fn with_drivers(
    folder: &Folder,
    manifests: &str,
    arguments: &[&str],
) -> assert_cmd::assert::Assert {
    let mut octomix = folder.octomix(arguments);
    octomix.env("XDG_CACHE_HOME", folder.path("cache"));
    octomix.env("VK_DRIVER_FILES", manifests).env("VK_ICD_FILENAMES", manifests).assert()
}

#[cfg(target_os = "linux")]
#[test]
fn a_driver_that_crashes_is_told_of_once_and_done_without() {
    if without_gpu() {
        return;
    }
    let folder = Folder::new();
    write_large_list(&folder);
    folder.write("small", "10.0.0.1\n10.0.0.2\n10.0.0.7\n");
    for (name, what, signal) in
        [("aborts", "abort()", "SIGABRT"), ("segfaults", "raise(SIGSEGV)", "SIGSEGV")]
    {
        let manifest = driver(&folder, name, what);
        let told = format!(
            "a graphics driver crashed as it was tried (signal: {} ({signal})): that of {manifest}; --engine cpu does \
             without a GPU",
            if signal == "SIGABRT" { 6 } else { 11 }
        );
        let done = with_drivers(&folder, &manifest, &LARGE).success();
        let summary: Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
        assert_eq!(summary["engine"]["used"], "cpu");
        let said = String::from_utf8(done.get_output().stderr.clone()).unwrap();
        let of_drivers: Vec<_> = said.lines().filter(|line| line.contains("driver")).collect();
        assert_eq!(of_drivers, [format!("octomix: warning: {told}; going on with the CPU")]);
        let asked = ["detect", "small", "--engine", "gpu"];
        let error = format!("octomix: error: {told}\n");
        with_drivers(&folder, &manifest, &asked).code(1).stdout("").stderr(error);
        let devices = with_drivers(&folder, &manifest, &["devices"]).success();
        devices
            .stderr("")
            .stdout(format!("No GPU adapter can be used: {told}.\noctomix runs on the CPU.\n"));
        // A set that repays no GPU meets no driver.
        with_drivers(&folder, &manifest, &["detect", "small", "-k", "1"]).success().stderr("");
    }
}

/// Not a driver's fault: by this manifest the loader says that Vulkan's version is 0, and a function that wgpu needs
/// is missing.
#[cfg(target_os = "linux")]
#[test]
fn a_broken_manifest_of_a_good_driver_is_an_error_of_one_line() {
    if without_gpu() {
        return;
    }
    let folder = Folder::new();
    folder.write("list", "10.0.0.1\n10.0.0.2\n10.0.0.7\n");
    let icd = json!({"library_path": "libvulkan_lvp.so", "api_version": "x"});
    folder.write("icd.json", json!({"file_format_version": "1.0.0", "ICD": icd}).to_string());
    let manifest = folder.path("icd.json").to_str().unwrap().to_owned();
    let done =
        with_drivers(&folder, &manifest, &["detect", "list", "-k", "1", "--engine", "gpu"]).code(1);
    let error = String::from_utf8(done.get_output().stderr.clone()).unwrap();
    assert!(error.starts_with("octomix: error: ") && error.lines().count() == 1, "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn kernels_are_checked_once_and_what_crashes_later_is_tried_again() {
    if without_gpu() {
        return;
    }
    let folder = Folder::new();
    folder.write("list", "10.0.0.1\n10.0.0.2\n10.0.0.7\n");
    let detect = || {
        let mut octomix = folder.octomix(&["detect", "list", "-k", "1", "--engine", "gpu"]);
        octomix.env("XDG_CACHE_HOME", folder.path("cache")).assert().success();
        folder.read("cache/octomix/gpus")
    };
    let first = detect();
    assert_eq!(first.lines().count(), 2, "the drivers and an adapter: {first}");
    assert_eq!(detect(), first);
    // Of another version, and a file that is none.
    folder.write("cache/octomix/gpus", "0.0.0 0123456789abcdef drivers\n\n\u{7}");
    assert!(first.lines().all(|line| detect().contains(line)));
    std::fs::remove_file(folder.path("cache/octomix/gpus")).unwrap();
    std::fs::create_dir(folder.path("cache/octomix/gpus")).unwrap();
    let mut octomix = folder.octomix(&["detect", "list", "-k", "1", "--engine", "gpu"]);
    octomix.env("XDG_CACHE_HOME", folder.path("cache")).assert().success();
}

#[test]
fn a_software_adapter_is_not_taken_by_chance() {
    if without_gpu() {
        return;
    }
    let folder = Folder::new();
    let done = folder.octomix(&["devices", "--format", "json"]).assert().success();
    let devices: Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
    let devices = devices["devices"].as_array().unwrap();
    if devices.iter().any(|device| device["kind"] != "software") {
        return;
    }
    let name = devices[0]["name"].as_str().unwrap();
    let asked = |name: &str| folder.octomix(&["detect", TUTORIAL, "--adapter", name]).assert();
    asked(&name[1..3]).code(1).stderr(starts_with("octomix: error: only the software adapter '"));
    asked("nvidia").code(1).stderr(starts_with("octomix: error: no adapter's name contains 'nvid"));
}
