//! A study in memory, and the folder that it writes, beside what the program writes.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use octomix::BayesianMixture;
use octomix::address::Blocks;
use octomix::analysis::{Criteria, Plan};
use octomix::behaviour::Counting;
use octomix::engine::choice::{Choice, EngineKind};
use octomix::input::{Capture, Options, parse_block, read};
use octomix::model::auto;
use octomix::report::TableOptions;
use octomix::report::page::Invocation;
use octomix::report::study::{Study, StudyError, Task};
use octomix::store::model::{Models, WeightedBy};
use serde_json::Value;

use crate::{Folder, TUTORIAL};

fn captured(path: &Path) -> Capture {
    let go_on = &mut |_| ControlFlow::Continue(());
    let options = Options { behaviour: Counting::Auto, ..Options::default() };
    read(&[path.to_path_buf()], &options, go_on).unwrap()
}

fn choice() -> Choice {
    Choice::new(EngineKind::Cpu, None, 0, 0).unwrap()
}

/// What `octomix detect` does by default.
fn detected(task: &Task<'_>) -> Result<Study, StudyError> {
    let params = BayesianMixture::params(auto::most(true));
    let search = params.best_search();
    let plan = Plan { params: params.search(search).check().unwrap().into(), auto: true };
    task.detect(&plan, WeightedBy::Addresses, (EngineKind::Cpu, &choice()), &mut ())
}

/// All files in `folder` and below; of the page and the summary what does not tell of the run itself.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for below in ["", "src", "dst", "any"] {
        let Ok(entries) = fs::read_dir(folder.join(below)) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            let bytes = fs::read(&path).unwrap();
            let text = match name.as_str() {
                "summary.json" => told(&bytes),
                "manifest.json" => entries_of(&bytes),
                "report.html" => page(&String::from_utf8(bytes).unwrap()),
                _ => bytes.escape_ascii().to_string(),
            };
            files.insert(name, text);
        }
    }
    files
}

/// A summary without the times and the directory.
fn told(summary: &[u8]) -> String {
    let mut summary: Value = serde_json::from_slice(summary).unwrap();
    for key in ["seconds", "output"] {
        summary.as_object_mut().unwrap().remove(key);
    }
    for role in ["src", "dst"] {
        if let Some(role) = summary.get_mut(role).and_then(Value::as_object_mut) {
            role.remove("seconds");
        }
    }
    serde_json::to_string_pretty(&summary).unwrap()
}

/// The entries of a manifest but for the page and the summary, in which times differ.
fn entries_of(manifest: &[u8]) -> String {
    let mut manifest: Value = serde_json::from_slice(manifest).unwrap();
    for entry in manifest["files"].as_array_mut().unwrap() {
        if ["report.html", "summary.json"].contains(&entry["file"].as_str().unwrap()) {
            *entry = entry["file"].clone();
        }
    }
    manifest.to_string()
}

/// A page without the command, the times and the directory.
fn page(page: &str) -> String {
    let of_run = ["<dt>Command", "<dt>Time", "<dt>Results", "<span aria-hidden=\"true\">·</span>"];
    let is_of_run = |line: &&str| of_run.iter().any(|part| line.contains(part));
    page.lines().filter(|line| !is_of_run(line)).collect::<Vec<_>>().join("\n")
}

fn assert_same(ours: &Path, of_program: &Path) {
    let (ours, of_program) = (files(ours), files(of_program));
    assert_eq!(ours.keys().collect::<Vec<_>>(), of_program.keys().collect::<Vec<_>>());
    for (name, text) in &ours {
        let lines = text.lines().zip(of_program[name].lines());
        let differing = lines.clone().find(|(ours, theirs)| ours != theirs);
        assert_eq!(differing, None, "{name}");
        assert!(*text == of_program[name], "{name}");
    }
}

#[test]
fn a_detection_writes_what_the_program_does_and_a_page_in_memory() -> Result<(), StudyError> {
    let folder = Folder::new();
    folder.detect(&[TUTORIAL, "--engine", "cpu", "-o", "program"]).assert().success();
    let capture = captured(Path::new(TUTORIAL));
    let task = Task::new(&capture, Criteria::default());
    let study = detected(&task)?;
    study.write(&task, &folder.path("library"), &Invocation::default(), &mut ())?;
    assert_same(&folder.path("library"), &folder.path("program"));

    let in_memory = study.page(&Invocation::default()).expect("a page");
    assert_eq!(page(&in_memory), page(&folder.read("library/report.html")));
    let sources = study.found.source.as_ref().expect("there are sources");
    let file = sources.model_file().expect("it was fitted");
    assert_eq!(file, folder.read("program/src/model.json").as_bytes());
    let described = &sources.page.as_ref().expect("tables were wanted").flags;
    assert_eq!(described.len(), sources.flagged.len());
    Ok(())
}

#[test]
fn pictures_pairs_responsibilities_and_what_is_allowed_are_written_alike() -> Result<(), StudyError>
{
    let folder = Folder::new();
    folder.write("known.txt", "192.168.229.0/24\n");
    let options = ["--plots", "--pairs", "--responsibilities", "--allow", "known.txt"];
    let command = [&[TUTORIAL, "--engine", "cpu", "-o", "program"], &options[..]].concat();
    folder.detect(&command).assert().success();
    let capture = captured(Path::new(TUTORIAL));
    let allowed = Blocks::new([parse_block("192.168.229.0/24").unwrap()]);
    let criteria = Criteria { allowed: Some(&allowed), ..Criteria::default() };
    let tables = Some(TableOptions { responsibilities: true, ..TableOptions::default() });
    let task = Task { tables, plots: true, pairs: true, ..Task::new(&capture, criteria) };
    let study = detected(&task)?;
    study.write(&task, &folder.path("library"), &Invocation::default(), &mut ())?;
    assert_same(&folder.path("library"), &folder.path("program"));
    Ok(())
}

#[test]
fn no_result_takes_the_place_of_a_file_that_was_read() -> Result<(), StudyError> {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("out/src")).unwrap();
    let input = folder.path("out/src/addresses.csv");
    fs::copy(TUTORIAL, &input).unwrap();
    let capture = captured(&input);
    let task = Task::new(&capture, Criteria::default());
    let study = detected(&task)?;
    let out = folder.path("out");
    let refused = study.write(&task, &out, &Invocation::default(), &mut ());
    assert!(matches!(refused, Err(StudyError::Overwritten(_))));
    assert_eq!(fs::read(&input).unwrap(), fs::read(TUTORIAL).unwrap());
    assert!(!folder.path("out/summary.json").exists());
    Ok(())
}

#[test]
fn a_score_writes_what_the_program_does() -> Result<(), StudyError> {
    let folder = Folder::new();
    let monday = folder.path("monday");
    folder.detect(&[TUTORIAL, "--engine", "cpu", "-o", "monday"]).assert().success();
    let tuesday = folder.path("tuesday.csv");
    let text = fs::read_to_string(TUTORIAL).unwrap();
    folder.write("tuesday.csv", text.replace("192.168.202.", "10.9.8."));
    let (model, file) = (monday.to_str().unwrap(), tuesday.to_str().unwrap());
    let command = ["score", "--model", model, file, "--engine", "cpu", "--pairs", "-o", "program"];
    folder.octomix(&command).assert().success();
    let models = Models::read(&monday, None)?;
    let capture = captured(&tuesday);
    let task = Task { pairs: true, ..Task::new(&capture, Criteria::default()) };
    let study = task.score(&models, (EngineKind::Cpu, &choice()), &mut ())?;
    study.write(&task, &folder.path("library"), &Invocation::default(), &mut ())?;
    assert_same(&folder.path("library"), &folder.path("program"));
    let sources = study.found.source.as_ref().expect("there are sources");
    let changes = sources.changes_file().expect("it was scored");
    assert_eq!(changes, folder.read("program/src/changes.csv").as_bytes());
    Ok(())
}

#[test]
fn fewer_addresses_than_components_are_told_alike() -> Result<(), StudyError> {
    let folder = Folder::new();
    let list = folder.path("few.txt");
    folder.write("few.txt", "10.0.0.1\n10.0.0.7\n10.0.1.9\n");
    let options = ["--model", "kmeans", "-k", "5", "--responsibilities", "-o", "program"];
    let command = [&[list.to_str().unwrap(), "--engine", "cpu"], &options[..]].concat();
    folder.detect(&command).assert().success();
    let capture = captured(&list);
    let tables = Some(TableOptions { responsibilities: true, ..TableOptions::default() });
    let task = Task { tables, ..Task::new(&capture, Criteria::default()) };
    let params = octomix::KMeans::params(5).n_init(10).check().unwrap();
    let plan = Plan { params: params.into(), auto: false };
    let engine = (EngineKind::Cpu, &choice());
    let study = task.detect(&plan, WeightedBy::Packets, engine, &mut ())?;
    assert!(study.summary.warnings.len() == 3, "{:?}", study.summary.warnings);
    let study = task.detect(&plan, WeightedBy::Addresses, engine, &mut ())?;
    study.write(&task, &folder.path("library"), &Invocation::default(), &mut ())?;
    assert_same(&folder.path("library"), &folder.path("program"));
    Ok(())
}
