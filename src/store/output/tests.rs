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

    // The name of the second of two is taken at the last moment.
    let begin = || -> Result<Output, WriteError> {
        let mut output = Output::new(&directory, INTENT)?;
        for file in ["summary.json", "src/x"] {
            output.write(file, |file| file.write_all(b"new"))?;
        }
        Ok(output)
    };
    let output = begin()?;
    fs::remove_file(directory.join("src/x"))?;
    fs::create_dir(directory.join("src/x"))?;
    assert!(output.complete().is_err());
    assert_eq!(fs::read_dir(&directory)?.count(), 2, "src and the manifest");
    fs::remove_dir(directory.join("src/x"))?;
    begin()?.complete()?;
    assert_eq!(fs::read_dir(&directory)?.count(), 3, "no second names");
    Ok(())
}

#[test]
fn where_a_rename_fails_what_was_renamed_is_taken_back() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let at = |file: &str| folder.path().join(file);
    let run = |content: &str, files: &[&str]| -> Result<Output, WriteError> {
        let mut output = Output::new(folder.path(), INTENT)?;
        files
            .iter()
            .try_for_each(|file| output.write(file, |out| out.write_all(content.as_bytes())))?;
        Ok(output)
    };
    run("old", &["summary.json", "src/x", "src/y"])?.complete()?;
    let manifest = text(&at(MANIFEST));
    for is_sticky in [false, true] {
        if is_sticky {
            #[cfg(unix)]
            fs::set_permissions(
                folder.path(),
                std::os::unix::fs::PermissionsExt::from_mode(0o1777),
            )?;
        }
        let mut output = run("new", &["summary.json", "z", "src/x"])?;
        output.remove("src/y");
        // Under its hidden name, the last of them is lost.
        for entry in fs::read_dir(at("src"))? {
            let path = entry?.path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".octomix-"))
            {
                fs::remove_file(path)?;
            }
        }
        let told = output.complete().map_err(|error| error.to_string());
        assert!(told.is_err_and(|told| told.contains("src/x': ") && !told.contains("taken back")));
        for file in ["summary.json", "src/x", "src/y"] {
            assert_eq!(text(&at(file)), "old", "{file}");
        }
        assert_eq!(text(&at(MANIFEST)), manifest);
        let [all, of_source] = [fs::read_dir(folder.path())?, fs::read_dir(at("src"))?];
        assert_eq!((all.count(), of_source.count()), (3, 2), "nothing new, no second names");
    }
    Ok(())
}

/// As long as it lives, the file at its path is immutable.
#[cfg(target_os = "linux")]
struct Immutable(PathBuf);

#[cfg(target_os = "linux")]
impl Immutable {
    /// Makes it so, where user and file system can.
    fn new(path: PathBuf) -> Option<Self> {
        let done = std::process::Command::new("chattr").arg("+i").arg(&path).output().ok()?;
        done.status.success().then_some(Self(path))
    }
}

#[cfg(target_os = "linux")]
impl Drop for Immutable {
    fn drop(&mut self) {
        let _ = std::process::Command::new("chattr").arg("-i").arg(&self.0).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_replaced_keeps_all_as_they_were() -> Result<(), Box<dyn std::error::Error>>
{
    let folder = tempfile::tempdir()?;
    let run = |content: &str| -> Result<(), WriteError> {
        let mut output = Output::new(folder.path(), INTENT)?;
        for file in ["summary.json", "src/x"] {
            output.write(file, |out| out.write_all(content.as_bytes()))?;
        }
        output.complete()
    };
    run("old")?;
    let Some(_immutable) = Immutable::new(folder.path().join("src/x")) else {
        eprintln!("left out: no file can be made immutable here");
        return Ok(());
    };
    assert!(run("new").is_err());
    for file in ["summary.json", "src/x"] {
        assert_eq!(text(&folder.path().join(file)), "old", "{file}");
    }
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
