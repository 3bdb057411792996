//! `octomix sweep`: one model with several numbers of components.

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use serde_json::Value;

use crate::{Folder, TUTORIAL, golden};

/// The rows of one role's sweep.json.
fn rows(folder: &Folder, file: &str) -> Vec<Value> {
    folder.json(file)["rows"].as_array().unwrap().clone()
}

fn number(row: &Value, key: &str) -> f64 {
    row[key].as_f64().unwrap_or_else(|| panic!("{key} of {row}"))
}

#[test]
fn the_elbow_of_the_tutorial_is_scikit_learns() {
    let folder = Folder::new();
    let kmeans = ["sweep", "--model", "kmeans", "--n-init", "50", TUTORIAL];
    let done = folder.octomix(&kmeans).assert().success().stderr("");
    done.stdout(contains("\nSources: 187 addresses, K-Means\n"))
        .stdout(contains("  3     3     41.700   540240  7521  7472           5 "))
        .stdout(contains("  The tightness bends most at k = 3.\n"));
    let golden = golden("kmeans_src.json");
    let best = golden["best_of_200"].as_array().unwrap();
    let found = rows(&folder, "octomix-out/src/sweep.json");
    assert_eq!(found.len(), 9);
    for (row, best) in found.iter().zip(best) {
        assert_eq!(row["k"], best["k"]);
        assert_eq!(row["lower_bound"], Value::Null);
        for key in ["inertia", "tightness"] {
            let error = number(row, key) / number(best, key) - 1.0;
            assert!(error.abs() < 1e-9, "{key} of {row}: {error:e}");
        }
    }
    for role in ["src", "dst"] {
        assert_eq!(folder.json(&format!("octomix-out/{role}/sweep.json"))["knee"], 3, "{role}");
    }
}

#[test]
fn bayesian_mixtures_of_the_sources_want_three_components() {
    let folder = Folder::new();
    let sweep = ["sweep", "--k", "1..5,7", "--role", "src", "--format", "json", TUTORIAL];
    let done = folder.octomix(&sweep).assert().success();
    let printed = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    assert_eq!(printed, folder.read("octomix-out/summary.json"));
    let summary: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(
        summary["files"],
        serde_json::json!([
            "src/sweep.csv",
            "src/sweep.json",
            "report.html",
            "summary.json",
            "manifest.json"
        ])
    );
    let page = folder.read("octomix-out/report.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"), "{page}");
    assert!(page.contains(">most at k = 3</text>") && !page.contains("largest at k"), "{page}");
    assert!(
        page.contains("<details><summary title=\"The evidence is the lower bound less"),
        "{page}"
    );
    let rows = summary["src"]["rows"].as_array().unwrap();
    let column =
        |key: &str| -> Vec<u64> { rows.iter().map(|row| row[key].as_u64().unwrap()).collect() };
    assert_eq!(column("k"), [1, 2, 3, 4, 5, 7]);
    // The highest optima have a fourth, which the evidence does not need.
    assert_eq!(column("used"), [1, 2, 3, 4, 4, 4]);
    assert_eq!(column("needed"), [1, 2, 3, 3, 3, 3]);
    assert_eq!(summary["src"]["by_evidence"], 3);
    let least = rows.iter().min_by(|a, b| number(a, "bic").total_cmp(&number(b, "bic")));
    assert_eq!(least.unwrap()["k"], 3);
}

#[test]
fn each_row_is_the_fit_alone() {
    let folder = Folder::new();
    for (model, key) in [("bayesian", "lower_bound"), ("gaussian", "bic"), ("kmeans", "inertia")] {
        let common = ["--model", model, "--n-init", "3", "--seed", "4", "--role", "src", TUTORIAL];
        let run = |arguments: &[&str]| {
            folder.octomix(&[arguments, &common].concat()).assert().success();
        };
        run(&["sweep", "--k", "2..4", "-o", "sweep"]);
        for (row, k) in rows(&folder, "sweep/src/sweep.json").iter().zip(["2", "3", "4"]) {
            run(&["fit", "--search", "restarts", "-k", k, "-o", "alone"]);
            let alone = folder.json("alone/src/model.json");
            assert_eq!(row[key], alone[key], "{model}, k = {k}");
            assert_eq!(row["n_iter"], alone["n_iter"], "{model}, k = {k}");
        }
    }
}

#[test]
fn a_search_goes_through_the_numbers_one_by_one() {
    let folder = Folder::new();
    let common = ["--search", "merge-split", "--role", "src", TUTORIAL];
    let run = |arguments: &[&str]| {
        folder.octomix(&[arguments, &common].concat()).assert().success();
    };
    run(&["sweep", "--k", "2,4", "-o", "sweep"]);
    for (row, k) in rows(&folder, "sweep/src/sweep.json").iter().zip(["2", "4"]) {
        run(&["fit", "-k", k, "-o", "alone"]);
        assert_eq!(row["lower_bound"], folder.json("alone/src/model.json")["lower_bound"]);
        assert!(number(row, "seconds") > 0.0);
    }
}

#[test]
fn the_number_of_the_most_evidence_is_the_one_that_detect_chooses() {
    let folder = Folder::new();
    let search = ["sweep", "--search", "merge-split", "-k", "2..7", TUTORIAL, "-o", "sweep"];
    let done = folder.octomix(&search).assert().success();
    let printed = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    assert!(!printed.contains("the best of restarts"), "{printed}");
    folder.octomix(&["fit", TUTORIAL, "-o", "fit"]).assert().success();
    let fitted = folder.json("fit/summary.json");
    for role in ["src", "dst"] {
        let sweep = folder.json(&format!("sweep/{role}/sweep.json"));
        let fit = fitted[role]["fits"].as_array().unwrap().last().unwrap();
        assert_eq!(sweep["by_evidence"], fit["components"], "{role}");
        let row = |row: &&Value| row["k"] == fit["components"];
        let row = sweep["rows"].as_array().unwrap().iter().find(row).unwrap();
        assert_eq!(row["evidence"], fit["evidence"], "{role}");
        let told = format!(
            "  Of the fits that need all their components k = {} has the most evidence: -k auto would \
             choose it of\n    these.\n",
            fit["components"]
        );
        assert!(printed.contains(&told), "{told:?} in {printed}");
    }
    for told in [
        "  <- evidence\n",
        "\nWords (docs/method.md#words):\n",
        "  The evidence is the lower bound less",
    ] {
        assert!(printed.contains(told), "{told:?} in {printed}");
    }
}

#[test]
fn what_has_no_evidence_names_no_number_by_it() {
    let folder = Folder::new();
    let sweep = ["sweep", "--model", "gaussian", "-k", "1..3", "--n-init", "2", TUTORIAL];
    let done = folder.octomix(&sweep).assert().success();
    done.stdout(contains("  lower bound  ")).stdout(contains("evidence").not());
    let sweep = folder.json("octomix-out/src/sweep.json");
    assert_eq!(
        (&sweep["by_evidence"], &sweep["rows"][0]["evidence"]),
        (&Value::Null, &Value::Null)
    );
    assert!(folder.read("octomix-out/report.html").contains("it grows with every cluster."));
}

#[test]
fn the_csv_says_what_the_json_says() {
    let folder = Folder::new();
    folder.octomix(&["sweep", "--k", "1,2,3,4", "--n-init", "2", TUTORIAL]).assert().success();
    let text = folder.read("octomix-out/dst/sweep.csv");
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    assert_eq!(
        header.join(","),
        "k,used,tightness,inertia,log_likelihood,bic,aic,lower_bound,evidence,needed,n_iter,converged,\
         knee,by_evidence,seconds"
    );
    let rows = rows(&folder, "octomix-out/dst/sweep.json");
    let sweep = folder.json("octomix-out/dst/sweep.json");
    assert_eq!(lines.clone().count(), rows.len());
    for (line, row) in lines.zip(&rows) {
        for (&key, cell) in header.iter().zip(line) {
            let cell: Value = serde_json::from_str(cell).unwrap();
            match key {
                "knee" | "by_evidence" => assert_eq!(cell, row["k"] == sweep[key], "{key}"),
                "converged" => assert_eq!(cell, row[key]),
                _ => assert_eq!(cell.as_f64(), row[key].as_f64(), "{key}"),
            }
        }
    }
}

#[test]
fn numbers_beyond_the_addresses_are_left_out_and_said_so() {
    let folder = Folder::new();
    folder.write("x.txt", "10.0.0.1\n10.9.0.2\n");
    let left_out = "octomix: warning: sources: fewer distinct addresses (2) than components (4); \
                    2 of 4 numbers are left out\n";
    let done = folder.octomix(&["sweep", "--k", "1..4", "x.txt"]).assert().success();
    done.stderr(left_out).stdout(contains("The tightness has no knee"));
    assert_eq!(rows(&folder, "octomix-out/src/sweep.json").len(), 2);

    let done = folder.octomix(&["sweep", "--k", "4", "--quiet", "x.txt"]).assert().success();
    done.stderr("")
        .stdout(contains("  No number asked for is as small as that of the addresses.\n"));
    assert_eq!(folder.json("octomix-out/src/sweep.json")["rows"], serde_json::json!([]));
}

#[test]
fn fits_cut_short_are_named() {
    let folder = Folder::new();
    let sweep = ["sweep", "--model", "gaussian", "--k", "1..3", "--max-iter", "1", "--role", "src"];
    let done = folder.octomix(&[&sweep[..], &[TUTORIAL]].concat()).assert().success();
    done.stderr(
        "octomix: warning: sources: the best fit with k = 1, 2, 3 had not converged when \
         --max-iter 1 stopped it; raise it\n",
    )
    .stdout(contains("  + not converged; raise --max-iter.\n"));
}

#[test]
fn what_a_sweep_cannot_take_is_said() {
    let folder = Folder::new();
    for (arguments, told) in [
        (&["--k", "3..1"][..], "3..1 is empty; the smaller number comes first"),
        (&["--k", "0..3"], "expected numbers from 1 to 1000000, such as 1..9 (1 to 9) or 2,4,8"),
        (&["-k", "auto"], "expected numbers from 1 to 1000000"),
        (&["--components", "3"], "--components is one number; sweep takes -k 1..9"),
        (&["--warm-start", "x.json"], "--warm-start is of one number of components"),
        (&["--model", "kmeans", "--covariance", "full"], "--covariance is of mixtures"),
    ] {
        let arguments = [&["sweep", TUTORIAL][..], arguments].concat();
        folder.octomix(&arguments).assert().code(2).stdout("").stderr(contains(told));
    }
    let help = folder.octomix(&["sweep", "--help"]).assert().success();
    help.stdout(contains("octomix sweep --model kmeans -k 1..9 --n-init 200 day.csv"));
}
