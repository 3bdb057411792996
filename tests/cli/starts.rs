//! Where fits start, what they assume, and what they tell when asked for more.

use serde_json::{Value, json};

use crate::{Folder, TUTORIAL};

/// A folder with models of the tutorial's sources, three components each: b bayesian, g gaussian,
/// k K-Means.
pub fn fitted() -> Folder {
    let folder = Folder::new();
    for (output, model) in [("b", "bayesian"), ("g", "gaussian"), ("k", "kmeans")] {
        let options = ["--role", "src", "-k", "3", "--engine", "cpu", "--model", model];
        folder.stdout(&[&[TUTORIAL, "--quiet", "-o", output], &options[..]].concat());
    }
    folder
}

/// Fits the tutorial's sources with `options`: the model.
pub fn fit(folder: &Folder, options: &[&str]) -> Value {
    let common = ["fit", TUTORIAL, "--role", "src", "--engine", "cpu", "--quiet"];
    folder.octomix(&[&common[..], options].concat()).assert().success();
    folder.json("octomix-out/src/model.json")
}

/// Asserts that `arguments` end with `status` and exactly this error.
pub fn fails(folder: &Folder, arguments: &[&str], status: i32, error: &str) {
    let done = folder.octomix(arguments).assert().code(status).stdout("");
    done.stderr(format!("octomix: error: {error}\n"));
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

#[test]
fn a_warm_start_goes_on_where_the_model_ended() {
    let folder = fitted();
    for (from, value) in [("b", "lower_bound"), ("g", "lower_bound"), ("k", "inertia")] {
        let path = format!("{from}/src/model.json");
        let (before, after) = (folder.json(&path), fit(&folder, &["--warm-start", &path]));
        assert_eq!(after["kind"], before["kind"]);
        assert!(after["n_iter"].as_u64() <= Some(2), "{from}: {}", after["n_iter"]);
        let [before, after] = [&before, &after].map(|model| model[value].as_f64().unwrap());
        assert!((after - before).abs() <= 1e-3, "{from}: {after} for {before}");
    }
    // The rest of a fit that was stopped is the same as without the stop, but for the rounding of sums in
    // another order. (Under a Dirichlet process the stopped fit would be sorted and go on.)
    let prior = ["--weight-prior", "dirichlet-distribution"];
    let short = [&prior[..], &["-k", "3", "--n-init", "1", "--search", "restarts"]].concat();
    let whole = fit(&folder, &short);
    fit(&folder, &[&short[..], &["--max-iter", "2"]].concat());
    let warm = ["--warm-start", "octomix-out/src/model.json"];
    let rest = fit(&folder, &[&prior[..], &warm].concat());
    let bounds = |model: &Value| numbers(&model["lower_bounds"]);
    let (rest, whole) = (bounds(&rest), bounds(&whole));
    assert_eq!(rest.len() + 2, whole.len());
    let alike = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-9 * b.abs();
    assert!(rest.iter().zip(&whole[2..]).all(alike), "{rest:?} for {whole:?}");
}

#[test]
fn a_fit_starts_from_the_parameters_of_a_file() {
    let folder = fitted();
    let before = folder.json("g/src/model.json");
    let same = |model: &Value| {
        let [before, after] = [&before, model].map(|m| m["lower_bound"].as_f64().unwrap());
        assert!((before - after).abs() < 1e-3, "{after} for {before}");
    };
    // All of them, those of scikit-learn's names in a model.json, and clusters.
    let gaussian = |file| fit(&folder, &["--model", "gaussian", "--init-file", file]);
    let from_model = gaussian("g/src/model.json");
    assert!(from_model["n_iter"].as_u64() <= Some(2), "{}", from_model["n_iter"]);
    same(&from_model);
    same(&gaussian("g/src/addresses.csv"));
    let labels = fit(&folder, &["--init-file", "b/src/addresses.csv"]);
    let bound = folder.json("b/src/model.json")["lower_bound"].as_f64().unwrap();
    assert!((labels["lower_bound"].as_f64().unwrap() - bound).abs() < 0.1);

    // The heaviest cluster is 0, whatever its number in the file.
    let rows = folder.read("b/src/addresses.csv");
    let backwards = rows.lines().skip(1).map(|row| {
        let fields: Vec<&str> = row.split(',').collect();
        format!("{},{}\n", fields[0], 2 - fields[2].parse::<u32>().unwrap())
    });
    folder.write("backwards.csv", format!("address,cluster\n{}", backwards.collect::<String>()));
    let sorted = fit(&folder, &["--init-file", "backwards.csv"]);
    let weights = numbers(&sorted["weights"]);
    assert!(weights.is_sorted_by(|a, b| a > b), "{weights:?}");
    assert!((sorted["lower_bound"].as_f64().unwrap() - bound).abs() < 0.1);

    folder.write("means.json", json!({"means": before["means"]}).to_string());
    assert_eq!(gaussian("means.json")["weights"].as_array().unwrap().len(), 3);
    let kmeans = fit(&folder, &["--model", "kmeans", "--init-file", "k/src/model.json"]);
    assert_eq!(kmeans["n_iter"], 1);

    // Precisions have the shape of the covariances to be fitted.
    let eye = json!([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]);
    for (covariance, precisions, k) in [
        ("full", json!([eye, eye]), 2),
        ("diag", json!([[1, 1, 1, 1], [2, 2, 2, 2]]), 2),
        ("spherical", json!([1, 1, 1]), 3),
        ("tied", eye.clone(), 5),
    ] {
        folder.write("p.json", json!({"precisions": precisions}).to_string());
        let (covariance, count) = (["--covariance", covariance], k.to_string());
        let start = ["--init-file", "p.json", "--model", "gaussian"];
        // A tied precision does not tell how many components there are.
        let count = if k == 5 { vec!["-k", &count] } else { Vec::new() };
        let model = fit(&folder, &[&start[..], &covariance, &count].concat());
        assert_eq!(model["weights"].as_array().unwrap().len(), k);
    }
}

#[test]
fn every_init_starts_elsewhere_and_converges() {
    let folder = Folder::new();
    let mixtures = ["kmeans", "k-means++", "random", "random-from-data"];
    for (model, inits) in
        [("bayesian", &mixtures[..]), ("gaussian", &mixtures), ("kmeans", &["k-means++", "random"])]
    {
        let mut firsts: Vec<String> = Vec::new();
        for init in inits {
            let options = ["--model", model, "-k", "4", "--init", init, "--n-init", "1"];
            let fitted = fit(&folder, &[&options[..], &["--search", "restarts"]].concat());
            assert_eq!(fitted["converged"], true, "{model} {init}");
            let first = format!("{} {}", fitted["lower_bounds"][0], fitted["n_iter"]);
            assert!(!firsts.contains(&first), "{model} {init}: {first}");
            firsts.push(first);
        }
    }
}

#[test]
fn every_option_of_the_priors_reaches_the_model() {
    let folder = Folder::new();
    let one = |covariance: &str, option: &str, value: &str| {
        let options = ["-k", "3", "--n-init", "1", "--covariance", covariance, option, value];
        fit(&folder, &options)
    };
    let usual = one("full", "--seed", "0");
    for (option, value, key, expected) in [
        ("--weight-concentration", "0.25", "weight_concentration_prior", json!(0.25)),
        ("--mean-precision", "3", "mean_precision_prior", json!(3.0)),
        ("--mean-prior", "10,20,30,40", "mean_prior", json!([10.0, 20.0, 30.0, 40.0])),
        ("--degrees-of-freedom", "7.5", "degrees_of_freedom_prior", json!(7.5)),
        (
            "--weight-prior",
            "dirichlet-distribution",
            "weight_concentration_prior_type",
            json!("dirichlet_distribution"),
        ),
        (
            "--covariance-prior",
            "9,1,0,0,1,9,0,0,0,0,9,0,0,0,0,9",
            "covariance_prior",
            json!([
                [9.0, 1.0, 0.0, 0.0],
                [1.0, 9.0, 0.0, 0.0],
                [0.0, 0.0, 9.0, 0.0],
                [0.0, 0.0, 0.0, 9.0]
            ]),
        ),
    ] {
        let model = one("full", option, value);
        assert_eq!(model[key], expected, "{option}");
        assert_ne!(usual[key], expected, "{option}");
        assert_ne!(model["weights"], usual["weights"], "{option} changes the fit");
    }
    let diagonal = one("diag", "--covariance-prior", "1,2,3,4");
    assert_eq!(diagonal["covariance_prior"], json!([1.0, 2.0, 3.0, 4.0]));
    assert_eq!(one("spherical", "--covariance-prior", "5")["covariance_prior"], 5.0);
    assert_eq!(one("tied", "--covariance-prior", "5")["covariance_prior"][3][3], 5.0);
}

#[test]
fn responsibilities_are_shares_of_the_likeliest_component() {
    let folder = Folder::new();
    for score in ["sklearn", "predictive"] {
        let options = ["-k", "3", "--responsibilities", "--role", "src", "--score", score];
        folder.stdout(&[&[TUTORIAL], &options[..]].concat());
        let text = folder.read("octomix-out/src/addresses.csv");
        let header = "address,records,cluster,log_density,anomaly,pc1,pc2,finding,surprise,bytes,peers,\
                      services,unanswered,first_seen,last_seen,responsibility_0,responsibility_1,responsibility_2";
        assert_eq!(text.lines().next(), Some(header));
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let shares: Vec<f64> =
                fields[15..].iter().map(|field| field.parse().unwrap()).collect();
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{line}");
            let likeliest = fields[2].parse::<usize>().unwrap();
            assert!(shares.iter().all(|&share| share <= shares[likeliest]), "{line}");
        }
        assert_eq!(folder.json("octomix-out/src/model.json")["threshold"]["score"], score);
    }
}

#[test]
fn samples_are_reproducible_and_readable() {
    let folder = fitted();
    let sample = |seed: &str| {
        let options = ["--model", "b/src/model.json", "-n", "500", "--seed", seed];
        let done = folder.octomix(&[&["sample"], &options[..]].concat()).assert().success();
        String::from_utf8(done.get_output().stdout.clone()).unwrap()
    };
    let first = sample("3");
    assert_eq!(first.lines().count(), 501);
    assert_eq!(sample("3"), first);
    assert_ne!(sample("4"), first);
    folder.write("sampled.csv", first);
    let detect = ["sampled.csv", "-k", "3"];
    folder.detect(&detect).assert().success().stderr("");
    assert_eq!(folder.json("octomix-out/summary.json")["src"]["packets"], 500);

    // Of a folder of results, as score takes it.
    let of_folder = ["sample", "--model", "b", "--role", "src", "-n", "500", "--seed", "3"];
    folder.octomix(&of_folder).assert().success().stdout(folder.read("sampled.csv"));
    folder.octomix(&["sample", "--model", "b", "-n", "1"]).assert().success();
    folder.octomix(&["fit", TUTORIAL, "-k", "2", "-o", "both", "--quiet"]).assert().success();
    let error = "'both' holds a model of the sources and one of the destinations; choose with --role src or --role \
                 dst; see octomix help";
    fails(&folder, &["sample", "--model", "both"], 2, error);
    let error = "--role chooses among the models of a directory, and 'both/src/model.json' is a file; leave it out; \
                 see octomix help";
    let of_file = ["sample", "--model", "both/src/model.json", "--role", "dst"];
    fails(&folder, &of_file, 2, error);

    let error = "'k/src/model.json' is a model of kind kmeans; \
                 only mixtures are densities to draw from: bayesian or gaussian";
    fails(&folder, &["sample", "--model", "k/src/model.json"], 1, error);
}
