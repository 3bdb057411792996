//! `octomix compare`: a mixture against K-Means.

use predicates::str::contains;
use serde_json::{Value, json};

use crate::{Folder, TUTORIAL};

fn integers(value: &Value) -> Vec<u64> {
    value.as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).collect()
}

/// The contingency table of a compare.json.
fn table(comparison: &Value) -> Vec<Vec<u64>> {
    comparison["contingency"].as_array().unwrap().iter().map(integers).collect()
}

/// What must hold of every comparison, whatever the models.
fn check(comparison: &Value) {
    let table = table(comparison);
    let all = comparison["addresses"].as_u64().unwrap();
    assert_eq!(table.iter().flatten().sum::<u64>(), all);
    let column_sums = |table: &[Vec<u64>]| {
        (0..table[0].len()).map(|j| table.iter().map(|row| row[j]).sum()).collect()
    };
    let sizes: [Vec<u64>; 2] =
        [table.iter().map(|row| row.iter().sum()).collect(), column_sums(&table)];
    let models = [&comparison["mixture"], &comparison["kmeans"]];
    for (model, sizes) in models.iter().zip(&sizes) {
        let clusters = model["clusters"].as_array().unwrap();
        assert_eq!(clusters.len(), sizes.len());
        for (cluster, size) in clusters.iter().zip(sizes) {
            assert_eq!(cluster["size"].as_u64(), Some(*size));
            for octet in cluster["octets"].as_array().unwrap() {
                let values = octet["values"].as_array().unwrap();
                let counts: Vec<u64> =
                    values.iter().map(|value| value["count"].as_u64().unwrap()).collect();
                assert!(counts.is_sorted_by(|a, b| a >= b) && counts.iter().sum::<u64>() == *size);
                assert_eq!(octet["distinct"], counts.len());
            }
        }
        let by_other = integers(&model["anomalies_by_other"]);
        assert_eq!(by_other.iter().sum::<u64>(), model["anomalies"].as_u64().unwrap());
        assert!(comparison["shared_anomalies"].as_u64() <= model["anomalies"].as_u64());
        assert!(model["split_blocks"].as_u64() <= comparison["blocks"].as_u64());
    }
    // scikit-learn's formula, in floats.
    let pairs = |n: u64| n as f64 * (n as f64 - 1.0) / 2.0;
    let together = |sizes: &[u64]| sizes.iter().map(|&n| pairs(n)).sum::<f64>();
    let both = together(&table.concat());
    let [a, b] = sizes.map(|sizes| together(&sizes));
    let expected = (both - a * b / pairs(all)) / (0.5 * (a + b) - a * b / pairs(all));
    let found = comparison["adjusted_rand_index"].as_f64().unwrap();
    assert!((found - expected).abs() < 1e-12, "{found} for {expected}");
}

/// The tutorial's finding: the mixture follows the subnets, K-Means cuts through them.
#[test]
fn the_tutorials_mixtures_split_no_subnet_and_k_means_does() {
    let folder = Folder::new();
    let compare = ["compare", "--search", "restarts", TUTORIAL];
    let done = folder.octomix(&compare).assert().success().stderr("");
    let printed = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    for told in [
        "\nSources: 187 addresses, 3 clusters of the mixture, 3 clusters of K-Means\n",
        "\n  Adjusted Rand index 0.7163; 1 is the same clusters, 0 is chance.\n",
        "\n  0    98  192 (98)        168 (98)       22 (15), 23 (15), +7\n",
        "\n  31 /24 subnets hold two addresses or more; the mixture splits 0 of them, K-Means 8.\n",
        "\n  8 addresses below the threshold of the mixture, 6 of K-Means too; by cluster of ",
        "\n  The adjusted Rand index says how alike two clusterings are: ",
        "\n  A model splits a subnet if ",
        "\nDestinations: 2,673 addresses, 4 clusters of the mixture, 4 clusters of K-Means\n",
        "\n  107 addresses below the threshold of the mixture, ",
    ] {
        assert!(printed.contains(told), "{told:?} in {printed}");
    }
    assert!(printed.lines().skip(1).all(|line| line.chars().count() <= 100), "{printed}");
    for role in ["src", "dst"] {
        let comparison = folder.json(&format!("octomix-out/{role}/compare.json"));
        check(&comparison);
        assert_eq!(comparison["mixture"]["split_blocks"], 0);
        assert!(comparison["kmeans"]["split_blocks"].as_u64() > Some(0));
    }
}

#[test]
fn json_is_the_content_of_summary_json_and_of_each_role() {
    let folder = Folder::new();
    let compare = ["compare", "--role", "src", "--format", "json", TUTORIAL];
    let done = folder.octomix(&compare).assert().success();
    let printed = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    assert_eq!(printed, folder.read("octomix-out/summary.json"));
    let mut summary: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(
        summary["files"],
        json!([
            "src/clusters.csv",
            "src/compare.json",
            "report.html",
            "summary.json",
            "manifest.json"
        ])
    );
    let role = summary["src"].as_object_mut().unwrap();
    assert!(role.remove("seconds").is_some());
    assert_eq!(summary["src"], folder.json("octomix-out/src/compare.json"));
}

#[test]
fn clusters_of_k_means_are_as_many_as_asked_for() {
    let folder = Folder::new();
    let compare = ["compare", "-k", "7", "--kmeans-clusters", "12", "--role", "src"];
    let done = folder.octomix(&[&compare[..], &[TUTORIAL]].concat()).assert().success();
    done.stdout(contains(" 12 clusters of K-Means\n"))
        .stdout(contains("\n  All clusters are in octomix-out/src/compare.json\n"));
    let comparison = folder.json("octomix-out/src/compare.json");
    check(&comparison);
    let table = table(&comparison);
    assert_eq!((table.len(), table[0].len()), (7, 12));

    // Empty components are none of those that K-Means imitates.
    folder.octomix(&["compare", "-k", "7", "--role", "src", TUTORIAL]).assert().success();
    let comparison = folder.json("octomix-out/src/compare.json");
    let mixture = comparison["mixture"]["clusters"].as_array().unwrap();
    let full = mixture.iter().filter(|cluster| cluster["size"] != 0).count();
    assert!(full < 7);
    assert_eq!(comparison["kmeans"]["clusters"].as_array().unwrap().len(), full);
}

#[test]
fn the_k_means_compared_is_the_one_that_fit_gives() {
    let folder = Folder::new();
    let common = ["--n-init", "4", "--seed", "2", "--role", "src", "--weight", "packets", TUTORIAL];
    let run = |arguments: &[&str]| {
        folder.octomix(&[arguments, &common].concat()).assert().success();
    };
    run(&["compare", "-k", "3", "-o", "a"]);
    run(&["fit", "--model", "kmeans", "-k", "3", "-o", "b"]);
    let (compared, alone) = (folder.json("a/src/compare.json"), folder.json("b/src/model.json"));
    let means: Vec<&Value> =
        compared["kmeans"]["clusters"].as_array().unwrap().iter().map(|c| &c["mean"]).collect();
    assert_eq!(json!(means), alone["means"]);
    assert_eq!(compared["kmeans"]["threshold"], alone["threshold"]);
}

#[test]
fn each_address_has_its_cluster_of_both_models_and_the_page_shows_them() {
    let folder = Folder::new();
    folder.octomix(&["compare", TUTORIAL, "-o", "out"]).assert().success();
    let page = folder.read("out/report.html");
    for role in ["src", "dst"] {
        let contingency = table(&folder.json(&format!("out/{role}/compare.json")));
        let mut counted = vec![vec![0; contingency[0].len()]; contingency.len()];
        let csv = folder.read(&format!("out/{role}/clusters.csv"));
        let mut lines = csv.lines();
        assert_eq!(lines.next(), Some("address,records,mixture,kmeans"));
        for line in lines {
            let cells: Vec<&str> = line.split(',').collect();
            let [mixture, kmeans] = [2, 3].map(|at: usize| cells[at].parse::<usize>().unwrap());
            counted[mixture][kmeans] += 1;
        }
        assert_eq!(counted, contingency, "{role}");
        for model in ["mixture", "kmeans"] {
            assert!(page.contains(&format!("id=\"{role}-{model}-bytes\"")), "{role} {model}");
        }
    }
    assert!(page.contains("<h3>Who lies where</h3>"));
    assert!(
        page.contains("31 /24 subnets hold two addresses or more; the mixture splits 0 of them")
    );
}

#[test]
fn a_single_address_can_be_compared() {
    let folder = Folder::new();
    folder.write("x.txt", "10.0.0.1\n");
    let done = folder.octomix(&["compare", "x.txt"]).assert().success();
    done.stdout(contains("Sources: 1 address, 1 cluster of the mixture, 1 cluster of K-Means\n"))
        .stdout(contains("Adjusted Rand index 1.0000;"))
        .stdout(contains(
            "  0 addresses below the threshold of K-Means, 0 of the mixture too; by cluster of the \
             mixture: none.\n",
        ));
}

#[test]
fn what_cannot_be_compared_is_said() {
    let folder = Folder::new();
    for (arguments, told) in [
        (&["--model", "kmeans"][..], "compare sets a mixture against K-Means"),
        (&["--kmeans-clusters", "0"], "0 is not in 1..=1000000"),
    ] {
        let arguments = [&["compare", TUTORIAL][..], arguments].concat();
        folder.octomix(&arguments).assert().code(2).stdout("").stderr(contains(told));
    }
    let help = folder.octomix(&["compare", "--help"]).assert().success();
    help.stdout(contains("octomix compare -k 3 --kmeans-clusters 5 --role src day.csv"));
}
