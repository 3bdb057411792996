//! Every kind of model through the program, on every engine, on ordinary and degenerate addresses.

use std::fmt::Write;
use std::fs;

use octomix::address::Points;
use octomix::engine::CpuEngine;
use octomix::{BayesianMixture, unobserved};
use serde_json::Value;

use crate::{Folder, TUTORIAL, without_gpu};

const COLLINEAR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/lists/collinear.txt");

/// Options for every model with every kind of covariance, `k` components each.
fn every_model(k: &'static str) -> Vec<Vec<&'static str>> {
    let mut all = vec![vec!["--model", "kmeans", "-k", k]];
    for model in ["bayesian", "gaussian"] {
        for covariance in ["full", "tied", "diag", "spherical"] {
            all.push(vec!["--model", model, "--covariance", covariance, "-k", k]);
        }
    }
    all
}

/// The engines that are tested here.
fn engines() -> &'static [&'static str] {
    if without_gpu() { &["cpu", "reference"] } else { &["cpu", "reference", "gpu"] }
}

/// The numbers of `value`, whatever its shape; fails where a null stands for one that is none.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(entries) => entries.iter().flat_map(numbers).collect(),
        number => vec![number.as_f64().unwrap_or_else(|| panic!("{number} is no number"))],
    }
}

/// That `model` is whole: no null anywhere, weights that sum to 1.
fn assert_sound(model: &Value, told: &str) {
    assert!(!model.to_string().contains("null"), "{told}: {model}");
    let sum: f64 = numbers(&model["weights"]).iter().sum();
    assert!((sum - 1.0).abs() < 1e-9, "{told}: {sum}");
}

#[test]
fn every_model_finds_the_same_on_every_engine() {
    let folder = Folder::new();
    let common = ["--role", "src", "--search", "restarts", "--n-init", "3", "--quiet"];
    for model in every_model("3") {
        let labels = |engine: &str| {
            let run = [&[TUTORIAL, "--engine", engine], &common[..], &model].concat();
            folder.detect(&run).assert().success();
            assert_eq!(folder.json("octomix-out/src/model.json")["engine"], engine);
            let rows = folder.rows("octomix-out/src/addresses.csv").into_iter();
            rows.map(|row| [0, 2, 4].map(|column: usize| row[column].clone())).collect::<Vec<_>>()
        };
        let [first, others @ ..] = engines() else { unreachable!() };
        let expected = labels(first);
        assert!(expected.iter().any(|[.., anomaly]| anomaly == "true"));
        for engine in others {
            assert!(labels(engine) == expected, "{model:?}: {engine} for {first}");
        }
    }
}

#[test]
fn the_same_run_writes_the_same_bytes_whatever_the_threads() {
    let folder = Folder::new();
    let models = [&["--model", "bayesian"][..], &["--model", "gaussian"], &["--model", "kmeans"]];
    for engine in engines().iter().filter(|&&engine| engine != "reference") {
        for model in models {
            let common = [TUTORIAL, "--quiet", "--engine", engine];
            for threads in ["1", "3"] {
                let run = [&common[..], model, &["-o", threads]].concat();
                folder.detect(&run).env("RAYON_NUM_THREADS", threads).assert().success();
            }
            for file in ["model.json", "addresses.csv"] {
                for role in ["src", "dst"] {
                    let [one, three] =
                        ["1", "3"].map(|of| folder.read(&format!("{of}/{role}/{file}")));
                    assert!(one == three, "{role}/{file} of {model:?} on {engine}");
                }
            }
        }
    }
}

#[test]
fn kmeans_is_the_same_to_the_byte_on_every_engine() {
    let folder = Folder::new();
    for engine in engines() {
        let model = ["--model", "kmeans", "-k", "5", "--weight", "packets"];
        let run = [&[TUTORIAL, "--quiet", "--engine", engine, "-o", engine], &model[..]].concat();
        folder.detect(&run).assert().success();
        for file in ["addresses.csv", "anomalies.csv", "model.json"] {
            for role in ["src", "dst"] {
                let read = |of: &str| folder.read(&format!("{of}/{role}/{file}"));
                let named = |of: &str| format!("\"engine\": \"{of}\"");
                let found = read(engine).replace(&named(engine), &named("cpu"));
                assert!(found == read("cpu"), "{role}/{file} of {engine}");
            }
        }
    }
}

#[test]
fn fit_writes_models_and_a_summary_only() {
    let folder = Folder::new();
    folder.octomix(&["fit", TUTORIAL, "-k", "2", "--role", "dst"]).assert().success();
    let names = |folder: std::path::PathBuf| {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    assert_eq!(
        names(folder.path("octomix-out")),
        ["dst", "manifest.json", "seen.behaviour", "summary.json"]
    );
    assert_eq!(
        names(folder.path("octomix-out/dst")),
        ["flagged.roaring", "model.json", "seen.roaring"]
    );
}

#[test]
fn scores_by_a_fitted_model_are_those_of_detect() {
    let folder = Folder::new();
    let predictive = vec!["-k", "3", "--score", "predictive", "--covariance", "diag"];
    for model in every_model("3").into_iter().chain([predictive]) {
        let fit = |command, output| {
            let options = ["--engine", "cpu", "--n-init", "2", "--quiet", "-o", output];
            let run = [&[command, TUTORIAL], &options[..], &model].concat();
            folder.octomix(&run).assert().success();
        };
        fit("detect", "whole");
        fit("fit", "fitted");
        assert_eq!(folder.read("whole/src/model.json"), folder.read("fitted/src/model.json"));
        for (from, roles) in [("fitted", &["src", "dst"][..]), ("fitted/dst/model.json", &["dst"])]
        {
            let score = ["score", TUTORIAL, "--model", from, "--engine", "cpu", "-o", "scored"];
            folder.octomix(&score).arg("--quiet").assert().success();
            for role in roles {
                for file in ["addresses.csv", "anomalies.csv"] {
                    let scored = folder.read_without_new(&format!("scored/{role}/{file}"));
                    let whole = folder.read(&format!("whole/{role}/{file}"));
                    assert!(scored == whole, "{model:?}: {role}/{file}");
                }
            }
            fs::remove_dir_all(folder.path("scored")).unwrap();
        }
    }
}

#[test]
fn new_addresses_are_judged_by_the_threshold_of_the_training() {
    let folder = Folder::new();
    let fit = ["fit", TUTORIAL, "--role", "src", "-k", "3", "--engine", "cpu"];
    folder.octomix(&fit).assert().success();
    folder.write("new.txt", "192.168.25.100\n8.8.8.8\n9.9.9.9\n");
    folder.octomix(&["score", "new.txt", "--model", "octomix-out", "-o", "new"]).assert().success();
    let rows = folder.rows("new/src/addresses.csv");
    // Not the least dense 4 % of these three.
    assert_eq!(
        rows.iter().map(|row| row[4].as_str()).collect::<Vec<_>>(),
        ["false", "true", "true"]
    );
    let threshold = &folder.json("octomix-out/src/model.json")["threshold"];
    assert_eq!(&folder.json("new/summary.json")["src"]["threshold"], threshold);
    let limit = threshold["log_density"].as_f64().unwrap();
    assert!(rows.iter().all(|row| (row[3].parse::<f64>().unwrap() < limit) == (row[4] == "true")));
}

#[test]
fn degenerate_addresses_give_sound_models_everywhere() {
    let folder = Folder::new();
    folder.write("alike.txt", "10.0.0.1\n".repeat(100));
    folder.write("two.txt", "10.0.0.1\n10.0.0.9\n");
    let octet = (0..256).fold(String::new(), |list, i| list + &format!("10.0.0.{i}\n"));
    folder.write("octet.txt", octet);
    for engine in engines().iter().filter(|&&engine| engine != "reference") {
        for list in ["alike.txt", "two.txt", "octet.txt", COLLINEAR] {
            for model in every_model("3") {
                let told = format!("{list} {model:?} on {engine}");
                let run = [&["fit", list, "--engine", engine, "--quiet"][..], &model].concat();
                folder.octomix(&run).assert().success();
                let model = folder.json("octomix-out/src/model.json");
                assert_sound(&model, &told);
                // Along a line across the octets two variances drown in f32 sums, and with them the
                // last digits of the bound, which may then never stand still.
                if (list, *engine) != (COLLINEAR, "gpu") {
                    assert_eq!(model["converged"], true, "{told}");
                }
                let kind = model["covariance_type"].as_str();
                let collapsed = model["collapsed"].as_array().map(Vec::len);
                let expected = match (list, kind) {
                    (_, None) => None,
                    ("alike.txt", _) => Some(1),
                    // A sphere through addresses along a line has an extent in every octet.
                    (_, Some("spherical")) if list != "two.txt" => Some(0),
                    (COLLINEAR, Some("diag")) => Some(0),
                    ("two.txt", Some("spherical")) if model["kind"] == "bayesian" => Some(0),
                    ("two.txt", _) => Some(2),
                    _ => Some(3),
                };
                assert_eq!(collapsed, expected, "{told}: {}", model["collapsed"]);
                // Such a model is read again, and sound to the program too.
                let score = ["score", list, "--model", "octomix-out", "-o", "scored", "--quiet"];
                folder.octomix(&score).assert().success();
                for row in folder.rows("scored/src/addresses.csv") {
                    assert!(row[3].parse::<f64>().unwrap().is_finite(), "{told}: {row:?}");
                }
            }
        }
    }
}

#[test]
fn whole_networks_of_200_000_addresses_are_fitted_by_default() {
    let folder = Folder::new();
    let networks = [(10, 20, 65_536), (10, 21, 65_536), (172, 16, 65_536), (192, 168, 3_392)];
    let mut list = String::new();
    for (a, b, count) in networks {
        (0..count).for_each(|i| writeln!(list, "{a}.{b}.{}.{}", i >> 8, i & 255).unwrap());
    }
    folder.write("whole.txt", list);
    folder.octomix(&["fit", "whole.txt", "--quiet"]).assert().success();
    let model = folder.json("octomix-out/src/model.json");
    assert_sound(&model, "200,000 addresses");
    assert_eq!((&model["n_addresses"], &model["converged"]), (&200_000.into(), &true.into()));
}

#[test]
fn auto_takes_the_number_of_most_evidence_whatever_the_seed() {
    let folder = Folder::new();
    for seed in ["0", "1"] {
        let fit = ["fit", TUTORIAL, "--role", "src", "--engine", "cpu", "--seed", seed];
        folder.octomix(&fit).assert().success();
        let fits = folder.json("octomix-out/summary.json")["src"]["fits"].clone();
        let [others @ .., best] = fits.as_array().unwrap().as_slice() else { panic!("{fits}") };
        assert_eq!((&others[0]["components"], &best["components"]), (&7.into(), &3.into()));
        assert_eq!(best["needed"], 3);
        for other in others.iter().filter(|other| other["needed"] == other["components"]) {
            assert!(other["evidence"].as_f64() < best["evidence"].as_f64(), "{fits}");
        }
        assert_eq!(folder.json("octomix-out/src/model.json")["weights"], best["weights"]);
    }
}

#[test]
fn auto_tells_where_its_limit_stops_it() {
    let folder = Folder::new();
    // 30 subnets of 60 hosts each, in no line.
    let mut list = String::new();
    for net in 3..33_u32 {
        let [a, b, c, _] = net.pow(3).wrapping_mul(2_654_435_761).to_be_bytes();
        (0..60).for_each(|host| writeln!(list, "{a}.{b}.{c}.{host}").unwrap());
    }
    folder.write("subnets.txt", list);
    let told =
        |options: &[&str]| folder.stdout(&[&["subnets.txt", "--engine", "cpu"], options].concat());
    assert!(told(&[]).contains("All 14 are needed, and more may be: 14 is the most tried"));
    assert!(told(&["-k", "auto:5"]).contains("All 5 are needed"));
    assert!(told(&["--model", "gaussian"]).contains("All 7 are needed"));
    assert!(!told(&["-k", "7"]).contains("needed"));
}

#[test]
fn packets_as_weights_are_weighted_points() {
    let folder = Folder::new();
    let run = [TUTORIAL, "--role", "src", "-k", "3", "--weight", "packets", "--engine", "cpu"];
    folder.stdout(&[&run[..], &["--search", "restarts", "--n-init", "2", "--seed", "7"]].concat());
    let rows = folder.rows("octomix-out/src/addresses.csv");
    let address = |row: &Vec<String>| row[0].parse::<std::net::Ipv4Addr>().unwrap().to_bits();
    let addresses: Vec<u32> = rows.iter().map(address).collect();
    let packets: Vec<u64> = rows.iter().map(|row| row[1].parse().unwrap()).collect();
    let points = Points::weighted(&addresses, &packets).unwrap();
    let params = BayesianMixture::params(3).n_init(2).seed(7).check().unwrap();
    let fit = params.fit(&mut CpuEngine::new(points), &mut unobserved).unwrap();
    let model = folder.json("octomix-out/src/model.json");
    assert_eq!(model["n_points"], packets.iter().sum::<u64>());
    assert_eq!(numbers(&model["weights"]), fit.estimate.weights);
    assert_eq!(numbers(&model["means"]), fit.estimate.means().concat());
}
