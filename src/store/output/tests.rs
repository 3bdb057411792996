//! Folders of results: whole or not at all, told from what lies there, and on what is no regular file.

use super::*;

const INTENT: Intent<'static> =
    Intent { by: "test", folders: &["src"], files: &["x", "summary.json"] };

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| error.to_string())
}

#[test]
fn a_run_that_fails_leaves_all_as_it_was() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let directory = folder.path().join("a/b");
    drop(Output::new(&directory, INTENT)?);
    assert!(!folder.path().join("a").exists(), "no trace");

    let mut output = Output::new(&directory, INTENT)?;
    output.write("src/x", |file| file.write_all(b"old"))?;
    assert_eq!(output.files(), ["src/x"]);
    output.complete()?;
    let mut output = Output::new(&directory, INTENT)?;
    output.write("summary.json", |file| file.write_all(b"new"))?;
    let failed = output.write("src/x", |file| {
        file.write_all(b"new")?;
        Err(io::ErrorKind::StorageFull.into())
    });
    let message = failed.err().map(|error| error.to_string()).unwrap_or_default();
    let told = "b/src/x': no storage space; choose another directory";
    assert!(message.ends_with(told), "{message}");
    drop(output);
    assert_eq!(text(&directory.join("src/x")), "old");
    assert_eq!(fs::read_dir(&directory)?.count(), 2, "src and the manifest");
    assert_eq!(fs::read_dir(directory.join("src"))?.count(), 1);

    // The name of the first of two is taken at the last moment.
    let mut output = Output::new(&directory, INTENT)?;
    for file in ["src/x", "summary.json"] {
        output.write(file, |file| file.write_all(b"new"))?;
    }
    fs::remove_file(directory.join("src/x"))?;
    fs::create_dir(directory.join("src/x"))?;
    assert!(output.complete().is_err());
    assert_eq!(fs::read_dir(&directory)?.count(), 2, "src and the manifest");
    Ok(())
}

#[test]
fn the_manifest_tells_results_from_what_lies_there() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let run = |by, files: &[&str]| -> Result<Vec<String>, WriteError> {
        let mut output = Output::new(folder.path(), Intent { by, ..INTENT })?;
        files.iter().try_for_each(|file| output.write(file, |out| out.write_all(by.as_bytes())))?;
        let left = output.left(&[]).into_iter().map(str::to_owned).collect();
        output.complete()?;
        Ok(left)
    };
    assert!(run("a", &["x", "src/x"])?.is_empty());
    assert!(run("b", &["y", "src/x"])?.is_empty());
    let of = |by: &str| -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let manifest = Manifest::read(folder.path())?.ok_or("no manifest")?;
        Ok(manifest.by(by).map(|entry| entry.file.clone()).collect())
    };
    assert_eq!((of("a")?, of("b")?), (vec!["x".into()], vec!["y".into(), "src/x".into()]));
    assert_eq!(run("a", &["z"])?, ["x"], "of an earlier run, and no longer a result");
    assert_eq!(of("a")?, ["z"]);

    let manifest = Manifest::read(folder.path())?.ok_or("no manifest")?;
    let entry = manifest.entry("z").ok_or("no entry")?;
    entry.check(folder.path())?;
    for content in ["b", "ab", ""] {
        fs::write(folder.path().join("z"), content)?;
        assert!(entry.check(folder.path()).is_err(), "{content}");
    }
    fs::remove_file(folder.path().join("z"))?;
    let told = entry.check(folder.path()).map_err(|error| error.to_string());
    assert!(told.is_err_and(
        |told| told.contains("expected 1 bytes with the hash ") && told.contains("found none")
    ));

    let text = fs::read_to_string(folder.path().join(MANIFEST))?;
    for (file, hash) in [("../z", "0"), ("/z", "0"), ("", "0"), ("z", "a\\nb")] {
        let text = text.replace(r#""file": "z""#, &format!(r#""file": "{file}""#));
        let text = text.replace(&entry.xxh3, hash);
        let told = Manifest::parse(Path::new(MANIFEST), text.as_bytes())
            .and_then(|manifest| manifest.by("a").try_for_each(|e| e.check(folder.path())))
            .map_err(|error| error.to_string());
        assert!(told.is_err_and(|told| told.lines().count() == 1), "{file}");
    }
    Ok(())
}

#[test]
fn what_cannot_be_written_is_told_at_the_start() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    fs::create_dir_all(folder.path().join("src/x"))?;
    let told = Output::new(folder.path(), INTENT).map_err(|error| error.to_string());
    assert!(told.is_err_and(|told| {
        told.ends_with("src/x': there is a directory of that name; choose another directory")
    }));
    fs::remove_dir(folder.path().join("src/x"))?;

    let first = Output::new(folder.path(), INTENT)?;
    let second = Output::new(folder.path(), INTENT).map_err(|error| error.to_string());
    assert!(!cfg!(unix) || second.is_err_and(|told| told.contains("another octomix is writing")));
    drop(first);
    fs::write(folder.path().join("src/.octomix-dead"), "")?;
    let alive = Unfinished::create(&folder.path().join("src/x"))?;
    assert_eq!(Output::new(folder.path(), INTENT)?.swept(), 1);
    alive.keep()?;
    assert_eq!(fs::read_dir(folder.path().join("src"))?.count(), 1);
    Ok(())
}

#[cfg(unix)]
#[test]
fn files_are_as_readable_as_others_and_as_they_were() -> Result<(), Box<dyn std::error::Error>> {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let mode = |name| fs::metadata(at(name)).map(|found| found.permissions().mode());
    Unfinished::create(&at("x"))?.keep()?;
    fs::write(at("y"), "")?;
    assert_eq!(mode("x")?, mode("y")?);
    fs::set_permissions(at("y"), fs::Permissions::from_mode(0o600))?;
    std::os::unix::fs::symlink("y", at("link"))?;
    let mut file = Unfinished::create(&at("link"))?;
    file.write_all(b"new")?;
    file.keep()?;
    assert_eq!((text(&at("y")).as_str(), mode("y")? & 0o777), ("new", 0o600));
    assert!(fs::symlink_metadata(at("link"))?.is_symlink());
    Ok(())
}

#[cfg(unix)]
#[test]
fn devices_and_pipes_are_written_to() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let null = folder.path().join("null");
    std::os::unix::fs::symlink("/dev/null", &null)?;
    Unfinished::create(&null)?.keep()?;
    assert!(fs::symlink_metadata(&null)?.is_symlink());
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status()?.success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || text(&pipe)
    });
    let mut file = Unfinished::create(&pipe)?;
    file.write_all(b"through")?;
    file.keep()?;
    assert_eq!(reader.join().map_err(|_| "the reader failed")?, "through");
    assert!(!fs::metadata(&pipe)?.is_file());
    Ok(())
}
