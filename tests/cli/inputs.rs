//! The list of what is read, and the documentation that is made from it.

use std::fs;

use octomix::input::catalogue::Catalogue;
use predicates::str::contains;

use crate::Folder;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/inputs.md");

#[test]
fn every_format_and_name_is_listed() {
    let folder = Folder::new();
    let listed = String::from_utf8(folder.octomix(&["inputs"]).output().unwrap().stdout).unwrap();
    let catalogue = Catalogue::new();
    for format in &catalogue.formats {
        assert!(listed.contains(format.what), "{}", format.name);
    }
    for names in &catalogue.names {
        assert!(names.columns.iter().all(|(_, known)| listed.contains(known)), "{}", names.tool);
    }
    folder
        .octomix(&["inputs", "--format", "json"])
        .assert()
        .success()
        .stdout(contains("id.orig_h"));
}

/// The known names as a table of Markdown.
fn table() -> String {
    let mut table = "| tool | what it calls things |\n| --- | --- |\n".to_owned();
    for names in Catalogue::new().names {
        let columns = names.columns.iter().map(|(kind, known)| {
            let names: Vec<String> = known.split(", ").map(|name| format!("`{name}`")).collect();
            format!("{kind}: {}", names.join(", "))
        });
        let columns: Vec<String> = columns.collect();
        table += &format!("| {} | {} |\n", names.tool, columns.join("; "));
    }
    table
}

/// With `OCTOMIX_BLESS=1` the table is written anew.
#[test]
fn the_documentation_lists_the_names_that_the_readers_know() {
    const BEGIN: &str = "<!-- names -->\n";
    let document = fs::read_to_string(DOCUMENT).unwrap();
    let (before, rest) = document.split_once(BEGIN).unwrap();
    let (listed, after) = rest.split_once(BEGIN).unwrap();
    if std::env::var_os("OCTOMIX_BLESS").is_some() {
        fs::write(DOCUMENT, [before, &table(), after].join(BEGIN)).unwrap();
        return;
    }
    assert_eq!(listed, table(), "run this test with OCTOMIX_BLESS=1");
}
