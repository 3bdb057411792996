//! `octomix sets`: the addresses of several inputs, united, intersected or subtracted.

use std::fs;

use predicates::str::contains;

use crate::{Folder, TUTORIAL};

/// What `octomix sets` writes that must go well.
fn sets(folder: &Folder, arguments: &[&str]) -> String {
    let done = folder.octomix(&[&["sets"], arguments].concat()).assert().success();
    String::from_utf8(done.get_output().stdout.clone()).unwrap()
}

#[test]
fn lists_are_united_intersected_and_subtracted() {
    let folder = Folder::new();
    folder.write("a.txt", "10.0.0.9\n10.0.0.1\n10.0.0.1\n");
    folder.write("b.txt", "10.0.0.9\n10.0.0.2\n");
    folder.write("c.txt", "10.0.0.2\n");
    assert_eq!(sets(&folder, &["union", "a.txt", "b.txt"]), "10.0.0.1\n10.0.0.2\n10.0.0.9\n");
    assert_eq!(sets(&folder, &["intersection", "a.txt", "b.txt"]), "10.0.0.9\n");
    assert_eq!(sets(&folder, &["difference", "b.txt", "a.txt", "c.txt"]), "");
    let union = ["sets", "union", "a.txt", "b.txt"];
    folder.octomix(&union).assert().success().stderr(
        "octomix: a.txt: 2 addresses\noctomix: b.txt: 2 addresses\noctomix: union: 3 addresses\n",
    );
    folder.octomix(&union).arg("--quiet").assert().success().stderr("");

    // Every form is read again as the same.
    for file in ["u.roaring", "u.csv", "u.txt"] {
        assert_eq!(sets(&folder, &["union", "a.txt", "b.txt", "-o", file]), "");
        assert_eq!(sets(&folder, &["union", file]).lines().count(), 3, "{file}");
    }
    assert!(folder.read("u.csv").starts_with("address,records\n10.0.0.1,1\n"));
    assert!(fs::read(folder.path("u.roaring")).unwrap().starts_with(&12346u32.to_le_bytes()));
    folder.octomix(&["sets", "union", "none.txt"]).assert().code(1).stderr(contains("none.txt"));
    folder.octomix(&["sets", "union"]).assert().code(2);

    // No result takes the place of an input, by whatever name.
    folder
        .octomix(&["sets", "union", "a.txt", "-o", "./a.txt"])
        .assert()
        .code(1)
        .stderr(contains("a.txt"));
    assert_eq!(folder.read("a.txt"), "10.0.0.9\n10.0.0.1\n10.0.0.1\n");
    // Nor that of a file of blocks.
    folder.write("only.txt", "10.0.0.0/30\n");
    for option in ["--only", "--exclude"] {
        let over = ["sets", "union", "a.txt", option, "only.txt", "-o", "./only.txt"];
        folder.octomix(&over).assert().code(1).stderr(contains("results would take its place"));
    }
    assert_eq!(folder.read("only.txt"), "10.0.0.0/30\n");
}

#[test]
fn roles_of_captures_are_chosen() {
    let folder = Folder::new();
    let count = |arguments: &[&str]| sets(&folder, arguments).lines().count();
    assert_eq!(count(&["union", TUTORIAL, "--role", "src"]), 187);
    assert_eq!(count(&["union", TUTORIAL, "--role", "dst"]), 2673);
    assert_eq!(count(&["union", TUTORIAL]), 2750);
    let both = ["sets", "union", TUTORIAL, "--role", "both"];
    folder.octomix(&both).assert().code(2).stderr(contains("possible values: src, dst, any"));
}

#[test]
fn folders_of_results_stand_for_the_addresses_that_they_list() {
    let folder = Folder::new();
    folder.write("mon.csv", "src,dst\n10.0.0.1,10.9.0.1\n10.0.0.2,10.9.0.1\n");
    folder.write("tue.csv", "src,dst\n10.0.0.1,10.9.0.1\n10.0.0.7,10.9.0.3\n");
    folder.detect(&["mon.csv", "-k", "1", "-o", "mon"]).assert().success();
    folder.octomix(&["score", "tue.csv", "--model", "mon", "-o", "tue"]).assert().success();
    folder.octomix(&["extract", "tue.csv", "-o", "shards"]).assert().success();
    for today in ["tue", "shards", "tue.csv"] {
        let new = |more: &[&str]| sets(&folder, &[&["difference", today, "mon"], more].concat());
        assert_eq!(new(&[]), "10.0.0.7\n10.9.0.3\n", "{today}");
        assert_eq!(new(&["--role", "src"]), "10.0.0.7\n", "{today}");
        assert_eq!(new(&["--role", "dst"]), "10.9.0.3\n", "{today}");
    }

    // What an earlier run left there is none of its results.
    folder.detect(&["mon.csv", "--role", "src", "-k", "1", "-o", "mon"]).assert().success();
    assert_eq!(sets(&folder, &["union", "mon"]), "10.0.0.1\n10.0.0.2\n");
    let told = "octomix: error: the manifest of 'mon' lists no addresses of the role asked for; give another \
                --role, or name the files\n";
    folder.octomix(&["sets", "union", "mon", "--role", "dst"]).assert().code(1).stderr(told);
    folder.write("mon/src/seen.roaring", "");
    let told = "'mon/src/seen.roaring' is not the file that octomix wrote";
    folder.octomix(&["sets", "union", "mon"]).assert().code(1).stderr(contains(told));
}
