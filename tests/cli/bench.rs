//! `octomix bench` and `octomix generate`.

use std::collections::BTreeSet;

use predicates::str::{contains, starts_with};
use serde_json::Value;

use crate::{Folder, without_gpu};

fn generate(arguments: &str) -> Vec<u8> {
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let done = Folder::new().octomix(&["generate"]).args(arguments).assert().success();
    done.get_output().stdout.clone()
}

#[test]
fn a_generated_list_is_read_by_detect() {
    let list = generate("--addresses 2k --shape mixed --seed 3");
    let folder = Folder::new();
    folder.detect(&["-", "-k", "2"]).write_stdin(list).assert().success();
    assert_eq!(folder.rows("octomix-out/src/addresses.csv").len(), 2_000);
}

#[test]
fn a_generated_capture_has_sources_and_destinations() {
    let folder = Folder::new();
    let arguments = "generate --addresses 500 --shape slash24 --packets 20k -o day/a.csv";
    let arguments: Vec<&str> = arguments.split(' ').collect();
    folder.octomix(&arguments).assert().success().stdout("");
    folder.detect(&["day/a.csv", "-k", "1"]).assert().success();
    let sources = folder.rows("octomix-out/src/addresses.csv").len();
    assert!((450..=500).contains(&sources), "{sources}");
    let packets = |row: &Vec<String>| row[1].parse::<u64>().unwrap();
    let rows = folder.rows("octomix-out/dst/addresses.csv");
    assert_eq!(rows.iter().map(packets).sum::<u64>(), 20_000);
    // The fourth root of 1 in 500: a fifth of the packets go to the first address.
    assert!(rows.iter().map(packets).max() > Some(3_500));
}

#[test]
fn the_seed_decides_what_is_generated() {
    assert_eq!(generate("--addresses 5000 --seed 4"), generate("--addresses 5k --seed 4"));
    assert_ne!(generate("--addresses 5000 --seed 4"), generate("--addresses 5000"));
    let capture = "--addresses 50 --packets 100 --seed 4";
    assert_eq!(generate(capture), generate(capture));
    let text = String::from_utf8(generate("--addresses 3 --shape slash24")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() == 3 && lines[1].ends_with(".1"), "{lines:?}");
}

#[test]
fn counts_that_make_no_set_are_refused() {
    let folder = Folder::new();
    let none = folder.octomix(&["generate", "--addresses", "0"]).assert().code(2).stdout("");
    none.stderr(contains("expected a count from 1, such as 5000, 100k, 10M or 1G"));
    let many = folder.octomix(&["generate", "--addresses", "5G", "--shape", "mixed"]).assert();
    many.code(2).stdout("").stderr(
        "octomix: error: a mixed set has from 1 to 2147483648 addresses, not 5000000000; \
         ask for another number with --addresses\n",
    );
    let nowhere = ["generate", "--addresses", "9", "-o", "a/b"];
    folder.write("a", "");
    folder.octomix(&nowhere).assert().code(1).stderr(starts_with("octomix: error: cannot write"));
}

#[test]
fn bench_checks_and_times_every_engine() {
    let folder = Folder::new();
    let arguments = "bench --addresses 2k,500 --shape sparse,mixed -k 2,3 --seconds 1e-9";
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let done = folder.octomix(&arguments).args(["--format", "json"]).assert().success();
    let report: Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
    let timings = report["timings"].as_array().unwrap();
    let mut engines = BTreeSet::from(["cpu", "reference"]);
    if !without_gpu() {
        engines.insert("gpu");
        assert!(!report["crossovers"].as_array().unwrap().is_empty());
    }
    let all = |key: &str| timings.iter().map(|t| t[key].to_string()).collect::<BTreeSet<_>>();
    let names = |name: &str| name.trim_matches('"').to_owned();
    let found: BTreeSet<_> = all("engine").iter().map(|name| names(name)).collect();
    assert!(engines.iter().all(|&engine| found.contains(engine)), "{found:?}");
    assert_eq!([all("set").len(), all("addresses").len(), all("k").len()], [2, 2, 2]);
    assert_eq!(all("pass").len(), 7);
    assert_eq!(timings.len(), found.len() * 2 * 2 * 2 * 7);
    for timing in timings {
        let [least, median, most] =
            ["fastest", "seconds", "slowest"].map(|key| timing[key].as_f64().unwrap());
        assert!(0.0 < least && least <= median && median <= most, "{timing}");
        let one_by_one = timing["one_by_one"].as_f64();
        assert!(timing["engine"] == "gpu" || one_by_one > Some(0.0), "{timing}");
        assert!(timing["sums"].is_null(), "{timing}");
    }
    for check in report["checks"].as_array().unwrap() {
        assert_eq!((&check["sample"], &check["whole"]), (&check["addresses"], &"reference".into()));
    }
    assert!(report["machine"]["multiply_adds_per_second"].as_f64() > Some(0.0));

    let text = folder.octomix(&arguments).args(["--engine", "cpu"]).assert().success();
    let text = String::from_utf8(text.get_output().stdout.clone()).unwrap();
    assert!(text.contains("\nmixed: nanoseconds an address"), "{text}");
    assert!(!text.contains("gpu"), "{text}");

    let markdown =
        folder.octomix(&arguments).args(["--engine", "cpu", "--markdown"]).assert().success();
    let markdown = String::from_utf8(markdown.get_output().stdout.clone()).unwrap();
    let header = "| pass | k | engine | 500 | 2,000 | fastest-slowest | one by one |";
    assert!(markdown.contains(header), "{markdown}");
}

#[cfg(target_os = "linux")]
#[test]
fn bench_says_when_others_took_the_time() {
    let folder = Folder::new();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let cores = std::thread::available_parallelism().unwrap().get();
    let stat = std::fs::read_to_string("/proc/stat").unwrap();
    if stat.lines().filter(|line| line.starts_with("cpu")).count() != cores + 1 {
        eprintln!("left out: this process has {cores} of the machine's CPUs");
        return;
    }
    std::thread::scope(|threads| {
        for _ in 0..cores {
            threads.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let arguments = "bench --addresses 100k --shape sparse -k 8 --engine cpu --seconds 0.2";
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let done = folder.octomix(&arguments).output();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        let text = String::from_utf8(done.unwrap().stdout).unwrap();
        assert!(text.contains("\nBUSY: other programs took "), "{text}");
    });
}

#[test]
fn bench_tells_the_sums_of_a_given_model() {
    let folder = Folder::new();
    let list = generate("--addresses 3k --shape slash24");
    folder.write("list", list);
    let timing = |model: &str, pass: &str| {
        let arguments = ["fit", "list", "-k", "3", "--n-init", "1", "--model", model];
        folder.octomix(&arguments).assert().success();
        let arguments = ["bench", "list", "--model", "octomix-out/src/model.json"];
        let mut command = folder.octomix(&arguments);
        command.args(["--engine", "cpu", "--format", "json", "--seconds", "1e-9"]);
        let done = command.assert().success();
        let report: Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
        let timings = report["timings"].as_array().unwrap();
        timings.iter().find(|timing| timing["pass"] == pass).unwrap()["sums"].clone()
    };
    let numbers = |sums: &Value| -> f64 {
        sums.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).sum()
    };
    let soft = timing("gaussian", "expectation");
    assert!((numbers(&soft["weights"]) - 3_000.0).abs() < 1e-3, "{soft}");
    let model = folder.json("octomix-out/src/model.json");
    let ratio =
        soft["log_likelihood"].as_f64().unwrap() / model["log_likelihood"].as_f64().unwrap();
    assert!((ratio - 1.0).abs() < 1e-6, "{ratio}");
    let hard = timing("kmeans", "lloyd");
    assert_eq!(numbers(&hard["counts"]), 3_000.0);
    let model = folder.json("octomix-out/src/model.json");
    assert_eq!(hard["inertia"], model["inertia"]);

    let of_mixture = ["bench", "list", "--model", "octomix-out/src/model.json", "--pass", "label"];
    folder.octomix(&of_mixture).assert().code(2).stderr(
        "octomix: error: no --pass goes with the kind of --model: moments, lloyd and assign take \
         one of kmeans, the others a mixture; see octomix help\n",
    );
}

/// The report of `bench --report` and its Markdown. On a busy machine less fits into `budget` seconds: where what
/// `is_whole` looks for is left out, it has more of them.
fn report(budget: u32, arguments: &[&str], is_whole: impl Fn(&Value) -> bool) -> (Value, String) {
    let budgets = [budget, 3 * budget, 9 * budget].into_iter();
    let mut made = budgets.map(|budget| (budget, report_within(budget, arguments)));
    let is_good = |(budget, (record, _)): &(u32, (Value, String))| {
        // No step may run far beyond its budget.
        let most = |times: f64| Some(times * f64::from(*budget));
        let steps = record["steps"].as_array().unwrap();
        steps.iter().all(|step| step["seconds"].as_f64() < most(3.0))
            && record["seconds"].as_f64() < most(4.0)
            && is_whole(record)
    };
    made.find(is_good).expect("something is left out, or takes too long, whatever the budget").1
}

/// The report made within `budget` seconds, and its Markdown.
fn report_within(budget: u32, arguments: &[&str]) -> (Value, String) {
    let folder = Folder::new();
    let budget_option = budget.to_string();
    let mut command = folder.octomix(&["bench", "--report", "out", "--budget", &budget_option]);
    let done = command.args(arguments).assert().success();
    let printed = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    let warned = String::from_utf8_lossy(&done.get_output().stderr);
    assert!(!warned.contains("is ignored"), "{warned}");
    let mut names: Vec<String> = std::fs::read_dir(folder.path("out"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let [json, markdown] = names.as_slice() else { panic!("{names:?}") };
    assert!(json.ends_with(".json") && markdown.ends_with(".md"), "{names:?}");
    let stem = json.trim_end_matches(".json");
    assert_eq!(stem, markdown.trim_end_matches(".md"));
    assert!(stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{stem}");
    let (record, markdown) =
        (folder.json(&format!("out/{json}")), folder.read(&format!("out/{markdown}")));
    assert_eq!(printed, format!("{markdown}\nWrote 2 files to out: {json}  {}.md\n", stem));

    for key in ["octomix", "date", "command", "host", "validation", "passes", "occupancy"] {
        assert!(!record[key].is_null(), "{key}");
    }
    assert_eq!(record["octomix"], env!("CARGO_PKG_VERSION"));
    let sections = [
        "Validation",
        "Passes over mixed",
        "Uploads",
        "Crossover",
        "Whole fits",
        "Occupancy",
        "Left out",
        "Steps",
    ];
    for section in sections {
        assert!(markdown.contains(&format!("\n## {section}")), "{section}: {markdown}");
    }
    for comparison in record["validation"]["comparisons"].as_array().unwrap() {
        for check in comparison["checks"].as_array().unwrap() {
            assert_eq!(check["within"], true, "{check}");
        }
    }
    assert_eq!(record["wrong"], Value::Array(Vec::new()));
    assert!(record["failure"].is_null());
    // Of what does not fit, as all addresses, the reason is said.
    let left_out = record["left_out"].as_array().unwrap();
    assert!(!left_out.is_empty());
    assert!(left_out.iter().all(|of| of["reason"].as_str().is_some_and(|why| !why.is_empty())));
    (record, markdown)
}

#[test]
fn a_report_of_a_gpu_validates_every_kernel_within_its_budget() {
    if without_gpu() {
        return;
    }
    let engines = |record: &Value, key: &str| -> BTreeSet<String> {
        let of = record["passes"][key].as_array().unwrap().iter();
        of.map(|row| row["engine"].as_str().unwrap().to_owned()).collect()
    };
    let both = BTreeSet::from(["cpu".to_owned(), "gpu".to_owned()]);
    let is_whole = |record: &Value| {
        ["timings", "uploads"].iter().all(|key| engines(record, key) == both)
            && !record["passes"]["crossovers"].as_array().unwrap().is_empty()
            && !record["validation"]["kernels"].as_array().unwrap().is_empty()
    };
    let (record, markdown) = report(7, &["--engine", "gpu", "--adapter", "all"], is_whole);
    assert!(!record["devices"][0]["driver"].as_str().unwrap().is_empty());
    let kernels = record["validation"]["kernels"].as_array().unwrap();
    let names: Vec<_> = kernels.iter().map(|kernel| kernel["kernel"].as_str().unwrap()).collect();
    assert_eq!(names, ["moments", "lloyd", "expectation", "reduce", "assign"]);
    assert!(kernels.iter().all(|kernel| kernel["within"] == true), "{kernels:?}");
    assert!(markdown.contains("Not known: the driver does not tell through wgpu."), "{markdown}");
}

#[test]
fn a_report_of_the_cpu_says_that_there_is_no_gpu() {
    let (record, markdown) = report(5, &["--engine", "cpu"], |_| true);
    assert_eq!(record["devices"], serde_json::json!([]));
    assert_eq!(record["validation"]["kernels"], Value::Array(Vec::new()));
    assert!(markdown.contains("| device | none: the CPU alone |"), "{markdown}");
    assert!(markdown.contains("\n- the crossover: there is no GPU beside the CPU\n"), "{markdown}");
    let fits = record["fits"].as_array().unwrap();
    assert!(fits.iter().all(|fit| fit["lower_bound"].is_f64()), "{fits:?}");
    assert!(!fits.is_empty() || markdown.contains("\n- default fit of "), "{markdown}");
}

#[test]
fn a_report_tells_of_the_one_that_it_replaces() {
    let folder = Folder::new();
    let report = || {
        let run = ["bench", "--report", "out", "--budget", "1", "--engine", "cpu"];
        let done = folder.octomix(&run).assert().success();
        String::from_utf8_lossy(&done.get_output().stdout).into_owned()
    };
    let told = "\nReplaced there results written 20";
    assert!(!report().contains(told));
    assert!(report().contains(told));
}

#[test]
fn a_report_that_cannot_be_made_is_refused_at_once() {
    let folder = Folder::new();
    let reference = folder.octomix(&["bench", "--report", "out", "--engine", "reference"]).assert();
    reference.code(2).stdout("").stderr(contains("leave --engine reference out"));
    folder.write("taken", "");
    let taken = folder.octomix(&["bench", "--report", "taken"]).assert().code(1).stdout("");
    taken.stderr(starts_with("octomix: error: cannot write 'taken': "));
    folder.octomix(&["bench", "--report", "out", "-k", "3"]).assert().code(2).stdout("");
    folder.octomix(&["bench", "--budget", "9"]).assert().code(2).stderr(contains("--report"));
    // Also beside options that --report excludes.
    let beside = folder.octomix(&["bench", "--budget", "9", "-k", "2"]).assert().code(2);
    beside.stderr(contains("--budget is for --report DIR"));
    let help = folder.octomix(&["help", "bench"]).assert().success();
    let help = String::from_utf8(help.get_output().stdout.clone()).unwrap();
    assert!(help.contains("\nReport:\n") && help.contains("bench --report benches/results"));
    assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
}
