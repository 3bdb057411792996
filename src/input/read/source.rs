//! From paths to the files to read: patterns, directories, and the mistakes that show before any file is
//! read.
//!
//! The files of a pattern or a directory are sorted by path, so their order is the same on every machine.
//! Hidden files and folders of octomix's own results are skipped. A file counts once, however often it is
//! named or found. One that is named must be readable; one that is found may turn out not to be.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::input::error::InputError;
use crate::input::found::{PassedOver, Reason, Repeated};
use crate::input::message::{file_name, quoted};
use crate::input::options::{Directories, Options};
use crate::input::read::pattern::{self, Matches};
use crate::input::read::stream::is_standard_input;
use crate::input::role::{Role, Roles};
use crate::store::behaviour::SHARD;
#[cfg(feature = "report")]
use crate::store::{MANIFEST, Manifest};

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its path; `-` is standard input.
    pub path: PathBuf,
    /// Its size in bytes; `None` for a pipe, whose end is not known.
    pub bytes: Option<u64>,
    /// When it was last modified, if the system knows.
    pub modified: Option<SystemTime>,
    /// Whether it was named, by itself or by a pattern. A file found in a directory may be of any kind.
    pub is_named: bool,
    /// What tells it from other files, whatever their paths.
    pub identity: Identity,
}

/// What tells a file from others, whichever of its names or links leads to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity(Place);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Place {
    StandardInput,
    /// The numbers of its device and of itself there.
    #[cfg(unix)]
    File(u64, u64),
    /// Its path without links.
    #[cfg(not(unix))]
    Path(PathBuf),
}

impl Identity {
    #[cfg(unix)]
    fn of(_path: &Path, metadata: &Metadata) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt;

        Ok(Self(Place::File(metadata.dev(), metadata.ino())))
    }

    #[cfg(not(unix))]
    fn of(path: &Path, _metadata: &Metadata) -> io::Result<Self> {
        Ok(Self(Place::Path(fs::canonicalize(path)?)))
    }
}

/// All files to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// In the order in which to read them.
    pub files: Vec<Source>,
    /// Files that were found, but cannot be read.
    pub passed_over: Vec<PassedOver>,
    /// Files that were named or found again.
    pub repeated: Vec<Repeated>,
}

impl Sources {
    /// Finds the files that `paths` stand for: files, patterns such as `day*.csv` that no shell has
    /// expanded, and directories. The path `-` is standard input.
    ///
    /// # Errors
    /// A path that does not exist or may not be read, or a pattern or directory without files.
    pub fn find(paths: &[PathBuf], directories: Directories) -> Result<Self, InputError> {
        if paths.is_empty() {
            return Err(InputError::NoFile);
        }
        let (sources, places) = (Self::default(), HashMap::new());
        let mut finder = Finder { directories, sources, places, begin: 0 };
        paths.iter().try_for_each(|path| finder.add(path))?;
        Ok(finder.sources)
    }

    /// The total size in bytes; `None` if a pipe is among the files.
    pub fn bytes(&self) -> Option<u64> {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// Files that are being found.
struct Finder {
    directories: Directories,
    sources: Sources,
    /// Where each file is among those of `sources`.
    places: HashMap<Identity, usize>,
    /// Where the files begin that the path at hand stands for.
    begin: usize,
}

impl Finder {
    fn add(&mut self, path: &Path) -> Result<(), InputError> {
        self.begin = self.sources.files.len();
        if is_standard_input(path) {
            let (path, identity) = (path.to_path_buf(), Identity(Place::StandardInput));
            self.push(Source { path, bytes: None, modified: None, is_named: true, identity });
            return Ok(());
        }
        if let Some(pattern) = pattern(path) {
            return self.add_pattern(pattern);
        }
        if path.is_dir() {
            return self.add_directory(path);
        }
        let file = source(path).map_err(|error| InputError::unreadable(path, error))?;
        self.push(Source { is_named: true, ..file });
        Ok(())
    }

    /// Adds `source`, unless it is there.
    fn push(&mut self, source: Source) {
        let files = &mut self.sources.files;
        match self.places.entry(source.identity.clone()) {
            Entry::Vacant(place) => {
                place.insert(files.len());
                files.push(source);
            }
            Entry::Occupied(place) => {
                let first = &mut files[*place.get()];
                first.is_named |= source.is_named;
                // A pattern may match a directory and the files in it.
                if *place.get() >= self.begin && first.path == source.path {
                    return;
                }
                self.sources.repeated.push(Repeated::new(&source.path, &first.path));
            }
        }
    }

    fn add_pattern(&mut self, pattern: &str) -> Result<(), InputError> {
        let Matches { mut paths, unreadable } = matches_of(pattern)?;
        // A pattern is meant for files, unless directories are asked for.
        paths.retain(|path| {
            !path.is_dir() || self.directories != Directories::Refused && !is_result(path)
        });
        if paths.is_empty() && unreadable.is_empty() {
            return Err(InputError::NoMatch { name: file_name(Path::new(pattern)) });
        }
        let passed_over = &mut self.sources.passed_over;
        passed_over.extend(unreadable.into_iter().map(|(path, error)| lost(&path, error)));
        for path in paths {
            if path.is_dir() {
                self.add_directory(&path)?;
                continue;
            }
            match source(&path) {
                Ok(file) => self.push(Source { is_named: true, ..file }),
                Err(error) => self.sources.passed_over.push(lost(&path, error)),
            }
        }
        Ok(())
    }

    fn add_directory(&mut self, path: &Path) -> Result<(), InputError> {
        let failed = |error| InputError::unreadable(path, error);
        let is_shard = |path: &Path| shard_role(path).is_some() || is_behaviour(path);
        let wanted: &dyn Fn(&Path, bool) -> bool = match self.directories {
            Directories::Refused => return Err(failed(io::ErrorKind::IsADirectory.into())),
            Directories::Files if is_result(path) => &|path, is_dir| !is_dir && is_shard(path),
            Directories::Files => &|path, is_dir| !is_dir || !is_result(path),
            Directories::Shards => &|path, is_dir| is_dir || is_shard(path),
        };
        let mut found = Walk::default();
        found.walk(path, wanted).map_err(failed)?;
        if found.files.is_empty() && self.directories == Directories::Files && is_result(path) {
            found = beside_results(path).map_err(failed)?;
        }
        if found.files.is_empty() && found.passed_over.is_empty() {
            let name = file_name(path);
            return Err(match self.directories {
                Directories::Shards => InputError::NoShard { name },
                _ if is_result(path) => InputError::OwnResults { name },
                _ => InputError::EmptyDirectory { name },
            });
        }
        found.files.sort_by(|a, b| a.path.cmp(&b.path));
        found.passed_over.sort_by(|a, b| a.name.cmp(&b.name));
        found.files.into_iter().for_each(|file| self.push(file));
        self.sources.passed_over.append(&mut found.passed_over);
        Ok(())
    }
}

/// What is found in `directory` beside the results of octomix there, which are passed over: they were written into
/// the folder of their captures.
fn beside_results(directory: &Path) -> io::Result<Walk> {
    let results = results(directory);
    let is_ours = |path: &Path, is_dir: bool| {
        let name = path.strip_prefix(directory).ok().and_then(Path::to_str).unwrap_or_default();
        // Folders of roles may hold results of earlier runs too.
        let is_role = Role::ALL.iter().any(|role| role.key() == name);
        if is_dir { is_role || is_result(path) } else { results.iter().any(|file| file == name) }
    };
    let mut found = Walk::default();
    if !results.is_empty() {
        found.walk(directory, &|path, is_dir| !is_ours(path, is_dir))?;
    }
    if !found.files.is_empty() {
        let name = file_name(directory);
        let reason = format!("{} holds results of octomix beside captures", quoted(&name));
        found.passed_over.push(PassedOver { name, why: Reason::OwnResults, reason });
    }
    Ok(found)
}

/// The results that a manifest tells of in `directory`, itself among them.
#[cfg(feature = "report")]
fn results(directory: &Path) -> Vec<String> {
    let manifest = Manifest::read(directory).ok().flatten();
    let files = manifest.iter().flat_map(Manifest::entries).map(|entry| entry.file.clone());
    files.chain(manifest.iter().map(|_| MANIFEST.to_owned())).collect()
}

/// Without the feature none is understood.
#[cfg(not(feature = "report"))]
fn results(_: &Path) -> Vec<String> {
    Vec::new()
}

/// What is found below a directory.
#[derive(Default)]
struct Walk {
    files: Vec<Source>,
    passed_over: Vec<PassedOver>,
}

impl Walk {
    /// Adds the files below `directory`. Enters only directories, and adds only files, that are `wanted`.
    /// Does not follow links to directories, because they may form a cycle.
    fn walk(&mut self, directory: &Path, wanted: &dyn Fn(&Path, bool) -> bool) -> io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let path = entry.path();
            let is_hidden = entry.file_name().as_encoded_bytes().first() == Some(&b'.');
            let kind = entry.file_type()?;
            if is_hidden || !wanted(&path, kind.is_dir()) {
                continue;
            }
            let added = match kind.is_dir() {
                true => self.walk(&path, wanted),
                false => self.add(&path),
            };
            self.passed_over.extend(added.err().map(|error| lost(&path, error)));
        }
        Ok(())
    }

    /// Adds what is at `path`, which may be a link.
    fn add(&mut self, path: &Path) -> io::Result<()> {
        let metadata = fs::metadata(path)?;
        if metadata.is_file() {
            self.files.push(source(path)?);
        } else if !metadata.is_dir() {
            // To read a pipe that nobody writes to would take forever.
            let name = file_name(path);
            let reason = InputError::NotStored { name: name.clone() }.to_string();
            self.passed_over.push(PassedOver { name, why: Reason::OtherKind, reason });
        }
        Ok(())
    }
}

/// A file that was found, but cannot be opened.
fn lost(path: &Path, error: io::Error) -> PassedOver {
    let reason = InputError::unreadable(path, error).to_string();
    PassedOver { name: file_name(path), why: Reason::Unreadable, reason }
}

/// What a path stands for.
#[derive(Debug, Default)]
pub struct Expanded {
    /// The path itself, or if it is a pattern the sorted paths that match it.
    pub paths: Vec<PathBuf>,
    /// What could not be looked at.
    pub passed_over: Vec<PassedOver>,
}

/// What `path` stands for, without hidden files and results of octomix.
///
/// # Errors
/// A pattern that is not valid or that nothing matches.
pub fn expand(path: &Path) -> Result<Expanded, InputError> {
    let Some(pattern) = pattern(path) else {
        return Ok(Expanded { paths: vec![path.to_path_buf()], passed_over: Vec::new() });
    };
    let Matches { mut paths, unreadable } = matches_of(pattern)?;
    paths.retain(|path| !is_result(path));
    if paths.is_empty() && unreadable.is_empty() {
        return Err(InputError::NoMatch { name: file_name(path) });
    }
    let passed_over = unreadable.into_iter().map(|(path, error)| lost(&path, error)).collect();
    Ok(Expanded { paths, passed_over })
}

/// `path` if it is a pattern. A file whose name looks like one is no pattern.
fn pattern(path: &Path) -> Option<&str> {
    let pattern = path.to_str().filter(|path| pattern::has_wildcard(path))?;
    fs::symlink_metadata(path).is_err().then_some(pattern)
}

fn matches_of(pattern: &str) -> Result<Matches, InputError> {
    pattern::find(pattern).map_err(|error| {
        let name = file_name(Path::new(pattern));
        InputError::BadPattern { name, reason: error.msg }
    })
}

/// The file at `path`, if it can be opened.
fn source(path: &Path) -> io::Result<Source> {
    let metadata = fs::metadata(path)?;
    let mut bytes = None;
    // A pipe is not opened: closing it again would break off its writer.
    if metadata.is_file() {
        File::open(path)?;
        bytes = Some(metadata.len());
    }
    let modified = metadata.modified().ok();
    let identity = Identity::of(path, &metadata)?;
    Ok(Source { path: path.to_path_buf(), bytes, modified, is_named: false, identity })
}

/// What the summaries that octomix writes begin with, apart from white space.
const SUMMARY: &[u8] = br#"{"octomix":"#;

/// Whether octomix has written results into `directory`.
fn is_result(directory: &Path) -> bool {
    ["summary.json", "index.json"].iter().any(|name| {
        let mut start = Vec::new();
        let read = File::open(directory.join(name))
            .and_then(|file| file.take(4 * SUMMARY.len() as u64).read_to_end(&mut start));
        start.retain(|byte| !byte.is_ascii_whitespace());
        read.is_ok() && start.starts_with(SUMMARY)
    })
}

/// The role that a shard's file name tells: `src.csv`, `dst.roaring`, compressed or not.
pub fn shard_role(path: &Path) -> Option<Role> {
    let name = path.file_name()?.to_str()?;
    let (role, kind) = name.split_once('.')?;
    let kinds = ["csv", "roaring"];
    let is_shard = kinds.iter().any(|known| {
        kind.strip_prefix(known).is_some_and(|rest| matches!(rest, "" | ".gz" | ".zst"))
    });
    Role::ALL.into_iter().find(|known| is_shard && known.key() == role)
}

/// Whether a file's name is that of what addresses did, beside shards.
pub fn is_behaviour(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let rest = name.and_then(|name| name.strip_prefix(SHARD));
    rest.is_some_and(|rest| matches!(rest, "" | ".gz" | ".zst"))
}

/// The roles that a shard with the file name `name` fills.
///
/// # Errors
/// One of both sides as one set, unless all are to be read so.
pub(crate) fn shard_roles(name: &str, options: &Options) -> Result<Roles, InputError> {
    match (options.roles, shard_role(Path::new(name))) {
        // All shards go into one set, whatever their names.
        (Some(Roles::Any), _) => Ok(Roles::of_single(options.roles)),
        (_, Some(Role::Any)) => Err(InputError::OneSet { name: name.to_owned() }),
        (asked, named) => Ok(named.map_or(Roles::of_single(asked), Roles::of)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The begin of a summary, whatever the file.
    const CONTENT: &str = "{\n  \"octomix\": \"1\"\n}\n";

    /// A folder of files and the names found in it.
    fn found(files: &[&str], named: &[&str], directories: Directories) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, CONTENT).unwrap();
        }
        let paths: Vec<PathBuf> = named.iter().map(|name| folder.path().join(name)).collect();
        let shown = |text: String| {
            text.replace(&format!("{}/", folder.path().display()), "").replace('\\', "/")
        };
        let sources =
            Sources::find(&paths, directories).map_err(|error| shown(error.to_string()))?;
        assert_eq!(sources.passed_over, []);
        assert_eq!(sources.bytes(), Some((CONTENT.len() * sources.files.len()) as u64));
        let names = sources.files.iter().map(|file| {
            let mark = if file.is_named { "!" } else { "" };
            shown(file.path.display().to_string()) + mark
        });
        Ok(names.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn patterns_and_directories_are_files_in_the_order_of_their_paths() {
        let files =
            ["d/b.csv", "d/a/z.csv", "d/.hidden", "d/.h/x", "a2.csv", "a1.csv", ".a3.csv", "a4/x"];
        let (refused, all) = (Directories::Refused, Directories::Files);
        let cases: [(&[&str], _, _); 6] = [
            (&["a2.csv", "a1.csv"], refused, "a2.csv! a1.csv!"),
            (&["a?.csv"], refused, "a1.csv! a2.csv!"),
            (&["**/*.csv"], refused, "a1.csv! a2.csv! d/a/z.csv! d/b.csv!"),
            (&["a*"], refused, "a1.csv! a2.csv!"),
            (&["a*"], all, "a1.csv! a2.csv! a4/x"),
            (&["d", "a1.csv"], all, "d/a/z.csv d/b.csv a1.csv!"),
        ];
        for (named, directories, expected) in cases {
            assert_eq!(found(&files, named, directories).unwrap(), expected);
        }
        assert_eq!(found(&["[x].csv"], &["[x].csv"], refused).unwrap(), "[x].csv!");
    }

    #[test]
    fn own_results_are_passed_over_but_for_shards_that_are_named() {
        let files =
            ["d/a.csv", "d/out/summary.json", "d/out/src.csv", "d/each/index.json", "d/each/a"];
        let all = Directories::Files;
        assert_eq!(found(&files, &["d"], all).unwrap(), "d/a.csv");
        assert_eq!(found(&files, &["d/out"], all).unwrap(), "d/out/src.csv");
        let results = "'d/each' holds results of octomix, not captures; name the captures";
        assert_eq!(found(&files, &["d/each"], all).unwrap_err(), results);
        assert_eq!(found(&files, &["d"], Directories::Shards).unwrap(), "d/out/src.csv");
    }

    #[test]
    fn what_stands_for_nothing_is_told() {
        let told = |named| found(&["d/.x", "e/x"], &[named], Directories::Files).unwrap_err();
        assert_eq!(told("x*.csv"), "no file matches 'x*.csv'; check the pattern and the folder");
        assert_eq!(told("x"), "cannot read 'x': no such file; check the path");
        assert_eq!(
            told("d"),
            "no file to read in 'd': hidden files, links to directories and results of octomix are \
             skipped; name the files to read"
        );
        assert_eq!(
            told("x["),
            "'x[' is not a valid pattern: invalid range pattern; correct it, or name the files"
        );
        let told = |directories| found(&["e/x"], &["e"], directories).unwrap_err();
        let shards = "no shard in 'e': expected src.csv, dst.csv, src.roaring or dst.roaring, as \
                      octomix extract writes them";
        assert_eq!(told(Directories::Shards), shards);
        let directory = "cannot read 'e': it is a directory; add --recursive to read all files in it, \
                         or give some, e.g. e/*.csv";
        assert_eq!(told(Directories::Refused), directory);
    }

    /// What is found of `named` in a folder with the files a/x, b/y and c/z: files, files again, and what
    /// is passed over.
    #[cfg(unix)]
    fn linked(links: &[(&str, &str)], named: &[&str]) -> [Vec<String>; 3] {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for (directory, file) in [("a", "x"), ("b", "y"), ("c", "z")] {
            fs::create_dir(path(directory)).unwrap();
            fs::write(path(directory).join(file), CONTENT).unwrap();
        }
        for (target, link) in links {
            std::os::unix::fs::symlink(target, path(link)).unwrap();
        }
        fs::hard_link(path("a/x"), path("b/hard")).unwrap();
        let at = |name: &&str| if *name == "-" { PathBuf::from("-") } else { path(name) };
        let named: Vec<PathBuf> = named.iter().map(at).collect();
        let found = Sources::find(&named, Directories::Files).unwrap();
        let shown = |name: String| name.replace(&format!("{}/", folder.path().display()), "");
        let files = found.files.iter().map(|file| shown(file.path.display().to_string()));
        let repeated = found.repeated.iter().map(|again| shown(again.to_string()));
        let passed_over = found.passed_over.iter().map(|passed| shown(passed.reason.clone()));
        [files.collect(), repeated.collect(), passed_over.collect()]
    }

    #[cfg(unix)]
    #[test]
    fn a_file_counts_once_however_it_is_found() {
        let [files, repeated, passed_over] =
            linked(&[("a/x", "link")], &["b", "a/x", "link", "c*", "c/z"]);
        assert_eq!(files, ["b/hard", "b/y", "c/z"]);
        let again = ["'a/x' is the same file as 'b/hard'", "'link' is the same file as 'b/hard'"];
        assert_eq!(repeated[..2], again);
        assert_eq!(repeated[2..], ["'c/z' is given twice"]);
        assert_eq!(passed_over, [""; 0]);
        let [files, repeated, _] = linked(&[], &["-", "-"]);
        assert_eq!(
            (files, repeated),
            (vec!["-".to_owned()], vec!["standard input is given twice".to_owned()])
        );
    }

    #[cfg(unix)]
    #[test]
    fn patterns_follow_only_links_that_are_spelled_out() {
        let links = [(".", "a/loop"), ("../c", "a/far"), ("../b", "b/up")];
        let [files, repeated, _] = linked(&links, &["**/?"]);
        assert_eq!(files, ["a/x", "b/y", "c/z"]);
        assert_eq!(repeated, ["'b/hard' is the same file as 'a/x'"]);
        assert_eq!(linked(&links, &["a/far/?"])[0], ["a/far/z"]);
        assert_eq!(linked(&links, &["a"])[0], ["a/x"]);
        assert_eq!(linked(&links, &["c/**"])[0], ["c/z"]);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_found_but_cannot_be_opened_is_passed_over() {
        for named in ["c", "c/*"] {
            let [files, _, passed_over] = linked(&[("gone", "c/dangling")], &[named]);
            assert_eq!(files, ["c/z"], "{named}");
            assert_eq!(passed_over, ["cannot read 'c/dangling': no such file; check the path"]);
        }
    }

    #[test]
    fn shards_are_known_by_their_names() {
        let role = |name| shard_role(Path::new(name)).map(Role::key);
        assert_eq!(role("a/src.csv"), Some("src"));
        assert_eq!(role("dst.roaring.gz"), Some("dst"));
        for other in ["src", "src.txt", "src.csv.bak", "xsrc.csv", "src2.csv", "srccsv"] {
            assert_eq!(role(other), None, "{other}");
        }
    }
}
