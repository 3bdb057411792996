//! The files below the output directory.

use std::fs;

use crate::{Folder, TUTORIAL, golden};

#[test]
fn files_are_complete_and_agree() {
    let folder = Folder::new();
    folder.stdout(&[TUTORIAL]);
    let summary = folder.json("octomix-out/summary.json");
    for (role, count) in [("src", 187), ("dst", 2673)] {
        let rows = folder.rows(&format!("octomix-out/{role}/addresses.csv"));
        let anomalies = folder.rows(&format!("octomix-out/{role}/anomalies.csv"));
        let model = folder.json(&format!("octomix-out/{role}/model.json"));
        let found = &summary[role];
        assert_eq!((rows.len(), &found["addresses"]), (count, &count.into()));
        assert_eq!(model["n_addresses"], count);

        let limit = model["threshold"]["log_density"].as_f64().unwrap();
        let density = |row: &Vec<String>| row[3].parse::<f64>().unwrap();
        let mut flagged: Vec<_> = rows.iter().filter(|row| row[4] == "true").cloned().collect();
        // What the other rules flag of the tutorial is of low density too.
        assert!(rows.iter().all(|row| (row[4] == "true") == (density(row) < limit)));
        // A stable sort: equals stay in order of first appearance.
        flagged.sort_by(|a, b| density(a).total_cmp(&density(b)));
        let of_table = |row: &Vec<String>| row[..7].to_vec();
        let (of_rows, of_flagged) = (anomalies.iter(), flagged.iter());
        assert!(of_rows.map(of_table).eq(of_flagged.map(of_table)));
        // What both tables tell of what an address did.
        assert!(anomalies.iter().zip(&flagged).all(|(row, all)| row[15..] == all[9..]));

        let told = found["anomalies"].as_array().unwrap();
        assert_eq!(told.len(), anomalies.len());
        for (told, row) in told.iter().zip(&anomalies) {
            assert_eq!(told["address"], row[0].as_str());
            assert_eq!(told["log_density"].as_f64(), Some(density(row)));
            assert_eq!(
                (&told["rule"], &told["reason"]),
                (&row[7].as_str().into(), &row[8].as_str().into())
            );
            let bits: Vec<f64> = row[9..14].iter().map(|bits| bits.parse().unwrap()).collect();
            assert_eq!(told["surprise"].as_f64(), Some(bits[0]));
            assert_eq!(told["surprise_octets"], serde_json::json!(bits[1..]));
            assert!((bits[0] - bits[1..].iter().sum::<f64>()).abs() < 1e-3);
        }
        let packets: u64 = rows.iter().map(|row| row[1].parse::<u64>().unwrap()).sum();
        assert_eq!(found["packets"], packets);
        assert_eq!(summary["input"]["cells"][role]["ipv4"], packets);
        for cluster in found["clusters"].as_array().unwrap() {
            let index = cluster["cluster"].to_string();
            let size = rows.iter().filter(|row| row[2] == index).count();
            assert_eq!(cluster["size"], size);
        }
    }
    for file in summary["files"].as_array().unwrap() {
        assert!(folder.path("octomix-out").join(file.as_str().unwrap()).is_file(), "{file}");
    }
    assert_eq!(summary["files"].as_array().unwrap().len(), 14);
}

#[test]
fn coordinates_are_those_of_scikit_learn() {
    let folder = Folder::new();
    folder.stdout(&[TUTORIAL, "--role", "src"]);
    let model = folder.json("octomix-out/src/model.json");
    let golden = golden("pca_src.json");
    for (axis, expected) in golden["components"].as_array().unwrap().iter().enumerate() {
        for (octet, expected) in expected.as_array().unwrap().iter().enumerate() {
            let found = model["pca"]["components"][axis][octet].as_f64().unwrap();
            assert!((found - expected.as_f64().unwrap()).abs() < 1e-9, "{axis} {octet}: {found}");
        }
    }
}

#[test]
fn the_model_has_the_keys_of_the_contract() {
    let folder = Folder::new();
    folder.stdout(&[TUTORIAL, "--role", "src", "-k", "3", "--seed", "5"]);
    let model = folder.json("octomix-out/src/model.json");
    assert_eq!(model["format"], "octomix-model");
    assert_eq!((&model["version"], &model["kind"]), (&1.into(), &"bayesian".into()));
    assert_eq!((&model["seed"], &model["n_init"]), (&5.into(), &10.into()));
    assert_eq!(model["weight_concentration_prior_type"], "dirichlet_process");
    assert_eq!(model["threshold"]["rule"], "percentile");
    assert_eq!(model["threshold"]["percentile"], 4.0);
    assert_eq!(model["weight_concentration"][1].as_array().map(Vec::len), Some(3));
    let lower = |row: usize, column: usize| model["precisions_cholesky"][0][row][column].as_f64();
    assert_eq!((lower(1, 0), lower(3, 2)), (Some(0.0), Some(0.0)), "rows of an upper triangle");
    assert_ne!(lower(2, 3), Some(0.0));
    let bounds = model["lower_bounds"].as_array().unwrap();
    assert_eq!(
        (bounds.last(), &model["n_iter"]),
        (Some(&model["lower_bound"]), &bounds.len().into())
    );
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let folder = Folder::new();
    for (output, threads) in [("a", "2"), ("b", "2"), ("c", "1")] {
        let mut command = folder.detect(&[TUTORIAL, "-o", output]);
        command.env("RAYON_NUM_THREADS", threads).assert().success();
    }
    for file in ["src/model.json", "dst/model.json", "src/addresses.csv", "dst/addresses.csv"] {
        let first = folder.read(&format!("a/{file}"));
        assert!(first == folder.read(&format!("b/{file}")), "{file} of a second run");
        assert!(first == folder.read(&format!("c/{file}")), "{file} of one thread");
    }
}

#[test]
fn several_files_are_one_capture() {
    let folder = Folder::new();
    folder.write("a.csv", "src,dst\n10.0.0.1,10.0.0.9\n10.0.0.2,10.0.0.9\n");
    folder.write("b.txt", "# more sources\n10.0.0.2\n10.0.0.3\n");
    let printed = folder.stdout(&["a.csv", "b.txt"]);
    assert!(printed.contains("\n\nRead 2 files: 4 records, "), "{printed}");
    let rows = folder.rows("octomix-out/src/addresses.csv");
    let shown: Vec<_> = rows.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    assert_eq!(shown, [("10.0.0.1", "1"), ("10.0.0.2", "2"), ("10.0.0.3", "1")]);
}

#[test]
fn output_that_is_no_directory_is_an_error_before_anything_is_read() {
    let folder = Folder::new();
    folder.write("taken", "");
    for (output, named) in [("taken", "taken"), ("taken/below", "taken/below")] {
        let done = folder.detect(&["no-such-file.csv", "-o", output]).assert().code(1).stdout("");
        done.stderr(format!(
            "octomix: error: cannot write '{named}': Not a directory (os error 20); \
             choose another directory\n"
        ));
    }
    folder.write("x.txt", "10.0.0.1\n");
    fs::create_dir(folder.path("out")).unwrap();
    folder.write("out/src", "");
    let done = folder.detect(&["x.txt", "-o", "out"]).assert().code(1);
    done.stderr(
        "octomix: error: cannot write 'out/src': Not a directory (os error 20); \
         choose another directory\n",
    );
}

#[test]
fn a_run_that_fails_leaves_no_directory() {
    let folder = Folder::new();
    folder.detect(&["no-such-file.csv"]).assert().code(1);
    assert!(!folder.path("octomix-out").exists());
}
