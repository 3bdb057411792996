//! Models, starts and options that are refused, each with one line that says why.

use serde_json::{Value, json};

use crate::starts::{fails, fitted};
use crate::{Folder, TUTORIAL};

#[test]
fn a_list_of_an_option_is_one_file() {
    let folder = Folder::new();
    folder.write("a.txt", "10.0.0.1\n");
    for option in ["--only", "--exclude", "--allow"] {
        let refused = folder.detect(&["a.txt", option, "."]).assert().code(2);
        refused.stderr(predicates::str::contains("'.' is a directory; name one file\n"));
    }
}

/// Asserts that a fit with `options` does.
fn fit_fails(folder: &Folder, options: &[&str], status: i32, error: &str) {
    let arguments = [&["fit", TUTORIAL, "--role", "src", "--engine", "cpu"], options].concat();
    fails(folder, &arguments, status, error);
}

#[test]
fn a_damaged_model_is_refused_by_the_part_that_is_wrong() {
    let folder = fitted();
    let refused = |model: &Value, told: &str| {
        folder.write("m.json", model.to_string());
        let error = format!("the model 'm.json' is damaged: {told}; fit it again");
        fails(&folder, &["score", TUTORIAL, "--model", "m.json"], 1, &error);
    };
    for from in ["b", "g", "k"] {
        let whole = folder.json(&format!("{from}/src/model.json"));
        // How the search went is told only where there was one, earlier models know of no noise, and what is worked out
        // of the addresses after a fit may be missing.
        let optional =
            ["search", "lower_bounds_noise", "threshold", "log_likelihood", "bic", "aic"];
        let keys = whole.as_object().unwrap().keys();
        for key in keys.filter(|key| !optional.contains(&key.as_str())) {
            let mut model = whole.clone();
            model.as_object_mut().unwrap().remove(key);
            folder.write("m.json", model.to_string());
            let score = ["score", TUTORIAL, "--model", "m.json"];
            let done = folder.octomix(&score).assert().code(1).stdout("");
            let told = String::from_utf8(done.get_output().stderr.clone()).unwrap();
            assert_eq!(told.lines().count(), 1, "{told}");
            assert!(told.contains(key.as_str()), "{from} without {key}: {told}");
        }
    }
    let ones =
        |diagonal: f64| json!([[diagonal, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]);
    let damages = [
        ("n_features_in", json!(3), "n_features_in is not 4"),
        ("weights", json!([0.5, 0.5]), "weights and means are not one a component"),
        ("weights", json!([1.5, -1, 0.5]), "weights are no numbers from 0"),
        ("weights", json!([0.5, 0.4, 0.3]), "weights do not sum to 1"),
        ("covariance_type", json!("round"), "covariance_type is unknown"),
        ("covariance_type", json!("diag"), "covariances are not of their type's shape"),
        ("covariances", json!([1, 2, 3]), "covariances are not of their type's shape"),
        (
            "covariances",
            json!([ones(7.0), ones(7.0), ones(7.0)]),
            "covariances and precisions_cholesky do not belong together",
        ),
        ("precisions_cholesky", json!([]), "precisions_cholesky are not of their type's shape"),
        (
            "precisions_cholesky",
            json!([ones(-1.0), ones(1.0), ones(1.0)]),
            "precisions_cholesky are not upper triangles with a positive diagonal",
        ),
        ("weight_concentration", json!([1, 2, 3]), "weight_concentration is not two lists"),
        (
            "weight_concentration",
            json!([[1, 2, 3], [1, 0, 3]]),
            "weight_concentration is not one positive number a component",
        ),
        (
            "weight_concentration_prior_type",
            json!("none"),
            "weight_concentration_prior_type is unknown",
        ),
        ("mean_precision", json!([1, 2]), "mean_precision is not one positive number a component"),
        (
            "degrees_of_freedom",
            json!([5, 5, 3]),
            "degrees_of_freedom are not one number above 3 a component",
        ),
        ("kind", json!("gaussian"), "the posterior does not go with the kind"),
        ("kind", json!("kmeans"), "cluster_centers are missing, or not the means"),
    ];
    let whole = folder.json("b/src/model.json");
    for (key, value, told) in damages {
        let mut model = whole.clone();
        model[key] = value;
        refused(&model, told);
    }
}

#[test]
fn what_is_no_model_of_this_version_is_refused() {
    let folder = fitted();
    let score = ["score", TUTORIAL, "--model", "m.json"];
    let mut model = folder.json("b/src/model.json");
    model["version"] = json!(2);
    folder.write("m.json", model.to_string());
    let error =
        "'m.json' is a model of format version 2; this octomix reads version 1; fit it again";
    fails(&folder, &score, 1, error);

    model["version"] = json!(1);
    model["kind"] = json!("dbscan");
    folder.write("m.json", model.to_string());
    let error =
        "'m.json' is a model of kind dbscan; this octomix knows bayesian, gaussian and kmeans";
    fails(&folder, &score, 1, error);

    for (text, told) in [
        ("hello", "expected value at line 1 column 1"),
        ("", "EOF while parsing a value at line 1 column 0"),
        (r#"{"format":"x","version":1,"kind":"x"}"#, "its format is 'x'"),
    ] {
        folder.write("m.json", text);
        let error = format!(
            "'m.json' is not a model of octomix ({told}); \
             expected a model.json that octomix fit or detect wrote"
        );
        fails(&folder, &score, 1, &error);
    }
}

#[test]
fn a_warm_start_of_another_model_is_refused() {
    let folder = fitted();
    let warm = |from: &str, options: &[&str], status, error: &str| {
        let path = format!("{from}/src/model.json");
        fit_fails(&folder, &[&["--warm-start", path.as_str()], options].concat(), status, error);
    };
    let cannot =
        |told: &str| format!("the sources cannot be fitted: the model to start from {told}");
    let likelihood = cannot("is of maximum likelihood; the fit is Bayesian");
    warm("g", &["--model", "bayesian"], 1, &likelihood);
    warm(
        "b",
        &["--model", "gaussian"],
        1,
        &cannot("is Bayesian; the fit is of maximum likelihood"),
    );
    let tied = cannot("has full covariances; the fit has tied ones");
    warm("b", &["--covariance", "tied"], 1, &tied);
    warm("b", &["-k", "4"], 1, &cannot("has 3 components; the fit has 4"));
    let auto = "-k auto chooses, but the start has 3; leave -k out; see octomix help";
    warm("b", &["-k", "auto"], 2, auto);
    let kind = "--warm-start of a mixture takes a model of a mixture; see octomix help";
    warm("k", &["--model", "gaussian"], 2, kind);
    let kind = "--warm-start with --model kmeans takes a model of kind kmeans; see octomix help";
    warm("b", &["--model", "kmeans"], 2, kind);
}

#[test]
fn a_start_file_that_is_wrong_is_refused_with_its_place() {
    let folder = fitted();
    let wrong = |name: &str, text: &str, options: &[&str], error: &str| {
        folder.write(name, text);
        let error = match error.strip_prefix("fit: ") {
            Some(error) => format!("the sources cannot be fitted: {error}"),
            None => format!("cannot start from '{name}': {error}"),
        };
        fit_fails(&folder, &[&["--init-file", name], options].concat(), 1, &error);
    };
    let json = |text: &str, options: &[&str], error: &str| wrong("i.json", text, options, error);
    json("{", &[], "EOF while parsing an object at line 1 column 1");
    json("{}", &[], "it has neither weights nor means nor precisions; give one of them");
    let length = "invalid length 3, expected an array of length 4 at line 1 column 17";
    json(r#"{"means":[[1,2,3]]}"#, &[], length);
    let sum = "fit: the initial weights sum to 1.1; they must not be negative, and sum to 1";
    json(r#"{"weights":[0.5,0.6]}"#, &[], sum);
    let count = "fit: 2 initial weights were given for 1 components; give one a component";
    json(r#"{"means":[[1,2,3,4]],"weights":[0.5,0.5]}"#, &[], count);
    let number = "expected a number, or a list of numbers or lists at line 1 column 18";
    json(r#"{"precisions":"x"}"#, &[], number);
    let shape = "its precisions are not four rows of four numbers for each component; \
                 give those, or a covariance_type other than full";
    json(r#"{"precisions":[1,1]}"#, &[], shape);
    let positive = "fit: initial precision 1 (from 0) is not symmetric and positive definite";
    json(r#"{"precisions":[1,-1]}"#, &["--covariance", "spherical"], positive);
    let unknown = r#"{"precisions":[1],"covariance_type":"round"}"#;
    json(unknown, &[], "its covariance_type 'round' is unknown");

    let csv = |text: &str, options: &[&str], error: &str| wrong("c.csv", text, options, error);
    let column = |name| {
        format!(
            "it is neither JSON nor a CSV with a column {name}; \
             expected the columns address and cluster"
        )
    };
    csv("a,b\n", &[], &column("address"));
    csv("address,b\n", &[], &column("cluster"));
    csv("address,cluster\n", &[], "it has no address below its header");
    csv(
        "address,cluster\n1.2.3.4,x\n",
        &[],
        "line 2: 'x' is no cluster; expected a whole number from 0",
    );
    csv(
        "address,cluster\n1.2.3.4\n",
        &[],
        "line 2: '' is no cluster; expected a whole number from 0",
    );
    csv("address,cluster\n1.2.3.400,1\n", &[], "line 2: '1.2.3.400' is no IPv4 address");
    let twice = "line 3: 1.2.3.4 is in cluster 1, and in 0 above";
    csv("address,cluster\n1.2.3.4,0\n1.2.3.4,1\n", &[], twice);
    let missing = "it has no cluster for 192.168.229.254; give every address of the capture one";
    csv("address,cluster\n1.2.3.4,0\n", &[], missing);
    let label =
        "fit: address 77 (from 0) has the label 2; with 2 components labels run from 0 to 1";
    csv(&folder.read("b/src/addresses.csv"), &["-k", "2"], label);

    let kmeans = "--init-file with --model kmeans takes JSON with means; see octomix help";
    fit_fails(&folder, &["--init-file", "c.csv", "--model", "kmeans"], 2, kmeans);
    let gone = "cannot start from 'gone': No such file or directory (os error 2)";
    if cfg!(target_os = "linux") {
        fit_fails(&folder, &["--init-file", "gone"], 1, gone);
    }
}

#[test]
fn options_that_do_not_go_together_end_with_status_2() {
    let folder = Folder::new();
    let usage = |options: &str, told: &str| {
        let options: Vec<&str> = options.split(' ').collect();
        fit_fails(&folder, &options, 2, &format!("{told}; see octomix help"));
    };
    for option in ["--covariance full", "--reg-covar 1", "--budget 1", "--mean-precision 1"] {
        let name = option.split(' ').next().unwrap();
        let told = format!("{name} is of mixtures; leave it out with --model kmeans");
        usage(&format!("--model kmeans {option}"), &told);
    }
    let told = "--search merge-split is of mixtures; leave it out with --model kmeans";
    usage("--model kmeans --search merge-split", told);
    let told = "--score predictive is of mixtures; leave it out with --model kmeans";
    usage("--model kmeans --score predictive", told);
    let told = "--init random-from-data is of mixtures; kmeans takes k-means++ or random";
    usage("--model kmeans --init random-from-data", told);
    let told = "--weight-prior is of the Bayesian mixture; use --model bayesian";
    usage("--model gaussian --weight-prior dirichlet-process", told);
    usage("--budget 5 --search restarts", "--budget is of --search merge-split");
    let told = "--search merge-split makes its own starts; \
                leave out the other start, or use --search restarts";
    usage("--init random --search merge-split", told);
    usage("--mean-prior 1,2,3", "--mean-prior takes four octets, for example 10,0,0,1");
    usage("--covariance-prior 1,2", "--covariance-prior takes 1, 4 or 16 numbers");
    let told = "the covariance prior is not symmetric and positive definite";
    usage("--covariance-prior -1", told);
    let told = "the degrees of freedom prior is 3.0; it must be more than 3, and at most 2^32";
    usage("--degrees-of-freedom 3", told);
}
