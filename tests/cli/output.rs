//! Standard output, standard error and the exit status.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use predicates::str::{contains, is_empty};
use serde_json::Value;

use crate::{Folder, TUTORIAL};

#[test]
fn json_is_the_content_of_summary_json() {
    let folder = Folder::new();
    let printed = folder.stdout(&[TUTORIAL, "--format", "json"]);
    assert_eq!(printed, folder.read("octomix-out/summary.json"));
    let summary: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(summary["dst"]["anomalies"].as_array().map(Vec::len), Some(107));
    assert_eq!(summary["src"]["fits"].as_array().map(Vec::len), Some(4));
    assert_eq!(summary["src"]["fits"][0]["components"], 7);
    assert_eq!(summary["input"]["files"][0]["src_column"], "isrc");
}

#[cfg(feature = "parquet")]
#[test]
fn a_parquet_table_says_what_the_csv_says_and_takes_its_place() {
    use parquet::file::reader::FileReader;
    use parquet::file::serialized_reader::SerializedFileReader;
    use parquet::record::Field;

    let folder = Folder::new();
    let files = || {
        ["addresses.csv", "addresses.parquet"]
            .map(|name| folder.path(&format!("octomix-out/dst/{name}")))
    };
    let there = || files().map(|file| file.exists());
    let options = [TUTORIAL, "--responsibilities", "--quiet"];
    folder.stdout(&options);
    let table = folder.read("octomix-out/dst/addresses.csv");
    let anomalies = folder.read("octomix-out/dst/anomalies.csv");
    assert_eq!(there(), [true, false]);
    folder.stdout(&[&options[..], &["--tables", "parquet"]].concat());
    assert_eq!(there(), [false, true]);
    assert_eq!(folder.read("octomix-out/dst/anomalies.csv"), anomalies);

    let reader = SerializedFileReader::new(File::open(&files()[1]).unwrap()).unwrap();
    let mut lines = table.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut rows = 0;
    for (line, row) in lines.zip(reader.get_row_iter(None).unwrap()) {
        let mut cells = names.iter().zip(line.split(','));
        for (name, field) in
            row.unwrap().get_column_iter().filter(|(name, _)| *name != "address_u32")
        {
            let (expected, cell) = cells.next().unwrap();
            assert_eq!(name, expected);
            let said = match field {
                Field::Null => String::new(),
                Field::Str(text) => text.clone(),
                Field::Bool(flag) => flag.to_string(),
                Field::UInt(number) => number.to_string(),
                Field::ULong(number) => number.to_string(),
                Field::Float(number) => number.to_string(),
                Field::Double(number) if name.starts_with("responsibility") => {
                    format!("{number:?}")
                }
                Field::Double(number) => number.to_string(),
                Field::Long(time) => octomix::words::Rfc3339(*time).to_string(),
                other => panic!("{name} is {other:?}"),
            };
            assert_eq!(said, cell, "{name} of {line}");
        }
        assert!(cells.next().is_none());
        rows += 1;
    }
    assert_eq!(rows, table.lines().count() - 1);

    // Both are read as the same addresses, each counted as often.
    std::fs::copy(&files()[1], folder.path("all.parquet")).unwrap();
    folder.write("all.csv", &table);
    let read = |name: &str| {
        let out = ["-o", name, "--quiet"];
        folder.stdout(&[&[name.replace('-', ".").as_str()], &out[..]].concat());
        folder.read(&format!("{name}/src/addresses.csv"))
    };
    assert_eq!(read("all-parquet"), read("all-csv"));
    folder.stdout(&[&options[..], &["--tables", "none"]].concat());
    assert_eq!(there(), [false, false]);
}

#[test]
fn text_fits_a_terminal_and_names_the_rest() {
    let folder = Folder::new();
    // A short name, so that no line depends on where the repository lies.
    std::fs::copy(TUTORIAL, folder.path("tutorial.csv")).unwrap();
    let printed = folder.stdout(&["tutorial.csv"]);
    for told in [
        "\nRead tutorial.csv: 4,200 rows (1.72 MB of traffic), 656.18 kB, columns",
        "  4,087 of 4,200 source cells used; 113 missing\n",
        "\nSources: 2 findings\n",
        "\nDestinations: nothing found\n",
        "\nSources: 187 addresses, 3 clusters\n",
        "\n  Most remote, a ranking and no finding: 8: the 4 % least dense, log-density below -14.049; 2 of\n    \
         them are findings above; the other 6, the most surprise first:\n",
        "\n  Most remote, a ranking and no finding: 107: the 4 % least dense, log-density below -24.987; the\n    \
         first 10, the most surprise first:\n",
        "\n  records         192.168.229.251 79, 192.168.202.79 67, 192.168.210.61 67, 192.168.27.25 67; 6 more\n",
        "\n  All of these are in summary.json\n",
        "\n  reserved    1: unspecified 1\n",
        "\n  isolated    2: 0.0.0.0, 172.19.2.66\n",
        "\n  isolated    diffuse: no address stands apart\n",
        "\n  Best by the evidence: 3 components; also tried: 2, 4, 7.\n",
        "\n  reserved    0; usual destinations: multicast 2\n",
        "  All of them are in octomix-out/dst/anomalies.csv\n",
        "\nWrote 14 files to octomix-out:\n",
        "  seen.behaviour  report.html  summary.json  manifest.json\n",
    ] {
        assert!(printed.contains(told), "{told:?} in {printed}");
    }
    // A fit alone does not write that file.
    let fitted = folder.octomix(&["fit", TUTORIAL, "-o", "fitted"]).assert().success();
    let fitted = String::from_utf8_lossy(&fitted.get_output().stdout).into_owned();
    assert!(fitted.contains("Most remote") && !fitted.contains("anomalies.csv"), "{fitted}");
    let kept = "octomix sets union fitted/src/flagged.roaring";
    assert!(fitted.contains(&format!("  {kept} lists all that are flagged\n")), "{fitted}");
    let listed = kept.split(' ').skip(1).collect::<Vec<_>>();
    let listed = folder.octomix(&listed).assert().success();
    assert_eq!(String::from_utf8_lossy(&listed.get_output().stdout).lines().count(), 8);
    assert!(printed.lines().all(|line| line.chars().count() <= 100), "{printed}");
    assert!(!printed.contains('\u{1b}'));
}

#[test]
fn the_verdict_comes_first() {
    let folder = Folder::new();
    let found = "2 worth a look: 172.19.2.66 (stands apart), 0.0.0.0 (the unspecified address)";
    let printed = folder.stdout(&[TUTORIAL]);
    assert!(printed.starts_with(&format!("{found}\n\nRead ")), "{printed}");
    let page = folder.read("octomix-out/report.html");
    assert!(page.contains(&format!("<p class=\"verdict\">{found}</p>")));

    folder.write("x.txt", "10.0.0.1\n");
    let printed = folder.stdout(&["x.txt", "-q"]);
    assert!(printed.starts_with("Nothing stands out: 1 source\n\nRead "), "{printed}");
}

#[test]
fn words_are_explained_where_they_are_used() {
    let folder = Folder::new();
    let printed = folder.stdout(&[TUTORIAL]);
    let (results, words) = printed.split_once("\nWords (docs/method.md#words):\n").unwrap();
    for (word, sentence) in
        [("bits", "  A bit is as"), ("sd", "  An sd is"), ("diffuse", "  Diffuse means")]
    {
        assert!(results.contains(word) && words.contains(sentence), "{word} in {printed}");
    }
    assert!(!words.contains("collapsed"), "{words}");
    let page = folder.read("octomix-out/report.html");
    for word in ["bits", "sd", "nearest cluster", "surprise", "log-density", "diffuse"] {
        let ask = format!("{word} <span class=\"ask\">?</span></summary><p>");
        assert_eq!(page.matches(&ask).count(), 1, "{word}");
    }

    folder.write("x.txt", "10.0.0.1\n");
    assert!(!folder.stdout(&["x.txt", "--rules", "gap"]).contains("A bit is"));
}

#[test]
fn clusters_are_told_by_blocks_and_not_by_an_address_that_nobody_has() {
    let folder = Folder::new();
    let printed = folder.stdout(&[TUTORIAL, "--role", "src"]);
    assert!(printed.contains("  192.168.21.9-192.168.28.252, 97 of 2,036"), "{printed}");
    let mean = &folder.json("octomix-out/summary.json")["src"]["clusters"][0]["mean"];
    let mean: Vec<f64> = serde_json::from_value(mean.clone()).unwrap();
    let mean = mean.iter().map(|octet| format!("{octet:.0}")).collect::<Vec<_>>().join(".");
    assert!(!printed.contains(&mean) && !folder.read("octomix-out/report.html").contains(&mean));
}

#[test]
fn a_private_network_with_public_addresses_on_top_has_a_hint() {
    let folder = Folder::new();
    let inside: String = (0..200).map(|i| format!("10.0.{}.{}\n", i % 4, 5 + i / 4)).collect();
    let outside: String = (0..6).map(|i| format!("{}.7.7.7\n", 30 + 20 * i)).collect();
    folder.write("x.txt", inside.clone() + &outside);
    folder.write("in.txt", inside);
    let hint = "--where private looks at the inside alone";
    let only = ["--rules", "low-density", "-k", "1"];
    let told = |file: &str| folder.stdout(&[&[file], &only[..]].concat());
    assert!(told("x.txt").contains(hint));
    assert!(folder.read("octomix-out/report.html").contains(hint));
    assert!(!told("in.txt").contains(hint));
    let inside = folder.stdout(&[&["x.txt", "--where", "private"], &only[..]].concat());
    assert!(inside.contains("Sources: 200 addresses") && !inside.contains(hint), "{inside}");
}

#[test]
fn lines_are_folded_on_a_narrow_terminal_and_nothing_is_torn() {
    let folder = Folder::new();
    folder.write("day.csv", std::fs::read(TUTORIAL).unwrap());
    // What a word has no room for is not cut: names of columns may be longer than a line.
    let is_long = |line: &str| line.trim_start().contains(' ') && line.chars().count() > 60;
    let narrow = |arguments: &[&str]| {
        let done = folder.octomix(arguments).env("COLUMNS", "60").assert().success();
        let printed = String::from_utf8(done.get_output().stdout.clone()).unwrap();
        assert!(!printed.lines().any(is_long), "{arguments:?}: {printed}");
        printed
    };
    let printed = narrow(&["detect", "day.csv", "--pairs", "-o", "day"]);
    assert!(printed.contains("\n     192.168.192.0/19, 82 of 8,192; 2 more\n"), "{printed}");
    assert!(printed.contains("\n  bytes           192.168.210.61 30,193; 9 more\n"), "{printed}");
    let printed = narrow(&["detect", "--each", "day.csv", "-o", "each"]);
    assert!(printed.contains(" 172.19.2.66 (stands apart)\n"), "{printed}");
    for arguments in [
        &["fit", "day.csv", "-o", "day"][..],
        &["score", "--model", "day", "day.csv"],
        &["sweep", "day.csv", "-k", "1..3"],
        &["sweep", "day.csv", "-k", "1..3", "--model", "kmeans"],
        &["compare", "day.csv", "-k", "3"],
        &["extract", "day.csv", "-o", "shards"],
        &["validate", "day.csv", "--role", "src", "--engine", "cpu"],
        &["devices"],
        &["inputs"],
        &["sets", "union", "day.csv"],
    ] {
        narrow(arguments);
    }
}

#[test]
fn dash_is_standard_input() {
    let folder = Folder::new();
    let mut command = folder.detect(&["-", "--role", "dst"]);
    let done = command.write_stdin("10.0.0.1\n10.0.0.2\n").assert().success();
    done.stdout(contains("Read standard input: 2 lines of a list, 18 B\n"))
        .stdout(contains("\nDestinations: 2 addresses, "));
    assert_eq!(folder.rows("octomix-out/dst/addresses.csv").len(), 2);
}

#[test]
fn fewer_addresses_than_components_is_said() {
    let folder = Folder::new();
    folder.write("x.txt", "10.0.0.1\n10.9.0.2\n");
    let done = folder.detect(&["x.txt", "-k", "7"]).assert().success();
    done.stderr(
        "octomix: warning: sources: fewer distinct addresses (2) than components (7); \
         fitted with 2\n",
    );
    let summary = folder.json("octomix-out/summary.json");
    assert_eq!(summary["src"]["fits"][0]["components"], 2);
    assert_eq!(summary["warnings"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_role_without_addresses_is_said_to_be_skipped_if_it_was_to_be_expected() {
    let folder = Folder::new();
    folder.write("list", "10.0.0.1\n10.0.0.2\n");
    folder.write("table", "src,dst\n10.0.0.1,\n10.0.0.2,\n");
    let said = |arguments: &[&str]| {
        let printed = folder.stdout(arguments);
        let skipped = folder.json("octomix-out/summary.json")["skipped_roles"].clone();
        (printed.contains("\nDestinations: no addresses, skipped\n"), skipped)
    };
    assert_eq!(said(&["list"]), (false, serde_json::json!([])));
    assert_eq!(said(&["table"]), (true, serde_json::json!(["dst"])));
    assert_eq!(said(&["table", "--role", "src"]), (false, serde_json::json!([])));
}

#[test]
fn a_single_address_is_no_anomaly() {
    let folder = Folder::new();
    folder.write("x.txt", "10.0.0.1\n10.0.0.1\n");
    let printed = folder.stdout(&["x.txt"]);
    assert!(printed.contains("Sources: nothing found\n"), "{printed}");
    assert_eq!(folder.rows("octomix-out/src/anomalies.csv"), Vec::<Vec<String>>::new());
    assert_eq!(folder.rows("octomix-out/src/addresses.csv")[0][..3], ["10.0.0.1", "2", "0"]);
}

#[test]
fn a_fit_cut_short_is_warned_of_with_the_remedy() {
    let folder = Folder::new();
    let cut_short =
        [TUTORIAL, "--role", "src", "-k", "3", "--search", "restarts", "--max-iter", "1"];
    let mut command = folder.detect(&cut_short);
    command.assert().success().stderr(
        "octomix: warning: sources: the best fit had not converged when --max-iter 1 \
         stopped it; raise it\n",
    );
}

#[test]
fn quiet_leaves_standard_error_empty_but_for_errors() {
    let folder = Folder::new();
    folder.write("x.txt", "10.0.0.1\n");
    let done = folder.detect(&["x.txt", "--quiet"]).assert().success();
    done.stderr(is_empty()).stdout(contains("Sources: 1 address"));
    let done = folder.detect(&["none.txt", "--quiet"]).assert().code(1);
    done.stderr("octomix: error: cannot read 'none.txt': no such file; check the path\n");
    // Before the command as well as after it.
    let told = |arguments: &[&str]| {
        let done = folder.octomix(arguments).assert().success();
        String::from_utf8_lossy(&done.get_output().stderr).into_owned()
    };
    assert_ne!(told(&["sets", "union", "x.txt"]), "");
    for quiet in [["-q", "sets", "union", "x.txt"], ["sets", "union", "x.txt", "--quiet"]] {
        assert_eq!(told(&quiet), "");
    }
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let folder = Folder::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_octomix"))
        .current_dir(&folder.0)
        .args(["detect", TUTORIAL, "--format", "json", "--threshold", "percentile:100"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // More than a pipe holds is still to come when the reader goes.
    let mut line = String::new();
    BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "{\n");
    let done = child.wait_with_output().unwrap();
    assert_eq!((done.status.code(), String::from_utf8_lossy(&done.stderr).as_ref()), (Some(0), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_is_full_is_an_error() {
    let folder = Folder::new();
    let done = Command::new(env!("CARGO_BIN_EXE_octomix"))
        .current_dir(&folder.0)
        .args(["detect", TUTORIAL])
        .stdout(File::options().write(true).open("/dev/full").unwrap())
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&done.stderr),
        "octomix: error: cannot write to standard output: No space left on device (os error 28)\n"
    );
}

#[test]
fn wrong_arguments_exit_with_2_and_say_what_is_right() {
    let folder = Folder::new();
    for (arguments, told) in [
        (&["-k", "0"][..], "expected auto, auto:N or a whole number from 1 to 1000000"),
        (&["--n-init", "0"], "0 is not in 1..=1000000"),
        (&["--max-iter", "0"], "0 is not in 1..=1000000"),
        (&["-k", "-1"], "expected auto, auto:N or a whole number from 1 to 1000000"),
        (&["-k", "auto:"], "expected auto, auto:N or a whole number from 1 to 1000000"),
        (&["--budget", "0"], "expected a number above 0"),
        (&["--tol", "-1"], "expected a number from 0, for example 1e-3"),
        (&["--degrees-of-freedom", "1e308"], "at most 4294967296, as many as there are addresses"),
        (
            &["--reg-covar", "1e-300"],
            "expected 0, or a number from 1e-12 to 65536, for example 1e-6",
        ),
        (&["--reg-covar", "inf"], "expected 0, or a number from 1e-12 to 65536, for example 1e-6"),
        (&["--threshold", "percentile:101"], "expected percentile:P with P from 0 to 100"),
        (&["--threshold", "fdr:0"], "fdr:Q with Q from 1e-6 to 0.5"),
        (
            &["--rules", "odd"],
            "[possible values: low-density, reserved, isolated, gap, sweep, port-scan, new-busy]",
        ),
        (&["--engine", "fast"], "[possible values: auto, gpu, cpu, reference]"),
        (&["--covariance", "round"], "[possible values: full, tied, diag, spherical]"),
    ] {
        let arguments: Vec<&str> = ["x.csv"].iter().chain(arguments).copied().collect();
        folder.detect(&arguments).assert().code(2).stdout("").stderr(contains(told));
    }
    folder.detect(&[]).assert().code(2).stderr(contains("<CAPTURE>..."));
}

#[test]
fn help_teaches_by_example() {
    let folder = Folder::new();
    let help = folder.detect(&["--help"]).assert().success();
    help.stdout(contains("octomix detect day.pcap")).stdout(contains("report.html\n"));
    let help = folder.octomix(&["--help"]).assert().success();
    help.stdout(contains("tshark -r day.pcap")).stdout(contains("octomix detect -\n"));
}
