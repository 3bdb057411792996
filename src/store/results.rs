//! Result files, each written whole or not at all, and a directory of them.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::NamedTempFile;

/// A file that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write '{}': {reason}; choose another directory", path.display())]
pub struct WriteError {
    path: PathBuf,
    reason: String,
}

impl WriteError {
    fn new(path: &Path, error: &io::Error) -> Self {
        // The error of a temporary file names that file, which tells the user nothing.
        let reason = match error.raw_os_error() {
            Some(_) => error.to_string(),
            None => error.kind().to_string(),
        };
        Self { path: path.to_path_buf(), reason }
    }
}

/// A directory for results, and the files that have been written to it.
#[derive(Debug)]
pub struct Output {
    directory: PathBuf,
    files: Vec<String>,
}

impl Output {
    /// Checks that files can be made in `directory` and in its folders, and leaves no trace: what
    /// comes before the first file may take an hour, or fail.
    ///
    /// # Errors
    /// When one of them is not a directory, may not be written to, or cannot be made.
    pub fn new(directory: &Path, folders: &[&str]) -> Result<Self, WriteError> {
        check(directory)?;
        folders.iter().try_for_each(|folder| check(&directory.join(folder)))?;
        Ok(Self { directory: directory.to_path_buf(), files: Vec::new() })
    }

    /// Writes `file`, a path below the directory, in place of any older one.
    ///
    /// Until `content` has returned, the file has another name; if anything fails, it is gone.
    ///
    /// # Errors
    /// When the disk or `content` fails.
    pub fn write(
        &mut self,
        file: &str,
        content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), WriteError> {
        let mut unfinished = self.create(file)?;
        content(&mut unfinished).map_err(|error| unfinished.failed(&error))?;
        self.keep(unfinished)
    }

    /// Starts `file`, a path below the directory: for what is written between other work. Until it
    /// is [kept](Self::keep) it has another name, and it is gone when dropped before.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(&self, file: &str) -> Result<Unfinished, WriteError> {
        Unfinished::create(&self.directory.join(file))
    }

    /// Puts `unfinished`, which [`create`](Self::create) made, in place of any older file of its name.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn keep(&mut self, unfinished: Unfinished) -> Result<(), WriteError> {
        let path = unfinished.keep()?;
        let below = path.strip_prefix(&self.directory).unwrap_or(&path);
        self.files.push(below.display().to_string());
        Ok(())
    }

    /// Removes `file`, a path below the directory, if it is there.
    ///
    /// # Errors
    /// When it may not be removed.
    pub fn remove(&self, file: &str) -> Result<(), WriteError> {
        let path = self.directory.join(file);
        let removed = fs::remove_file(&path);
        let failed = removed.err().filter(|error| error.kind() != io::ErrorKind::NotFound);
        failed.map_or(Ok(()), |error| Err(WriteError::new(&path, &error)))
    }

    /// The error to report when writing `file`, a path below the directory, failed with `error`.
    pub fn failed(&self, file: &str, error: &io::Error) -> WriteError {
        WriteError::new(&self.directory.join(file), error)
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The files written, as paths below the directory.
    pub fn files(&self) -> &[String] {
        &self.files
    }
}

/// A file that is being written: until it is [kept](Self::keep) it has another name, and it is gone
/// when dropped before.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    content: BufWriter<NamedTempFile>,
    _listed: Listed,
}

/// A path on the list of unfinished files, until it is dropped.
#[derive(Debug)]
struct Listed(PathBuf);

impl Drop for Listed {
    fn drop(&mut self) {
        let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
        unfinished.retain(|path| *path != self.0);
    }
}

impl Unfinished {
    /// Starts the file at `path`, and its directory where there is none.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        // That of a bare name is the empty path.
        let directory = path.parent().filter(|parent| *parent != Path::new(""));
        let directory = directory.unwrap_or(Path::new("."));
        let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
        let made = fs::create_dir_all(directory).and_then(|()| temporary().tempfile_in(directory));
        let content = made.map_err(|error| WriteError::new(path, &error))?;
        unfinished.push(content.path().to_path_buf());
        let _listed = Listed(content.path().to_path_buf());
        Ok(Self { path: path.to_path_buf(), content: BufWriter::new(content), _listed })
    }

    /// The error to report when writing it failed with `error`.
    pub fn failed(&self, error: &io::Error) -> WriteError {
        WriteError::new(&self.path, error)
    }

    /// Puts it in place of any older file of its name, and returns its path.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn keep(self) -> Result<PathBuf, WriteError> {
        let Self { path, content, .. } = self;
        let content = content.into_inner().map_err(io::Error::from);
        let kept = content.and_then(|content| Ok(content.persist(&path)?));
        kept.map_err(|error| WriteError::new(&path, &error))?;
        Ok(path)
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.content.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.content.flush()
    }
}

/// The files that are being written, under their temporary names.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Removes all unfinished files and ends the process with `status`.
///
/// For a program that is told to stop: once this is called no file appears, neither whole nor in part.
pub fn abandon(status: i32) -> ! {
    // Held to the end, so that no file is started or finished between.
    let unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    for path in unfinished.iter() {
        // One that cannot be removed stays, under a name that says what it is.
        let _ = fs::remove_file(path);
    }
    std::process::exit(status)
}

/// Makes a nameless file in the nearest directory that exists.
fn check(directory: &Path) -> Result<(), WriteError> {
    let existing = directory.ancestors().find(|path| path.exists());
    // Above a relative path there is the empty path, which stands for the current directory.
    let existing = existing.unwrap_or(Path::new("."));
    tempfile::tempfile_in(existing).map_err(|error| WriteError::new(directory, &error))?;
    Ok(())
}

/// Temporary files are private by default; results are as readable as the user's other files.
fn temporary() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".octomix-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The user's umask takes from these.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_fails_half_way_leaves_the_older_one() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let mut output = Output::new(&folder.path().join("a/b"), &["src"])?;
        assert!(!folder.path().join("a").exists());

        output.write("src/x", |file| file.write_all(b"old"))?;
        let failed = output.write("src/x", |file| {
            file.write_all(b"new")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        let message = failed.err().map(|error| error.to_string()).unwrap_or_default();
        let told = "b/src/x': no storage space; choose another directory";
        assert!(message.ends_with(told), "{message}");
        let path = folder.path().join("a/b/src/x");
        assert_eq!(fs::read_to_string(&path)?, "old");
        assert_eq!(fs::read_dir(path.parent().ok_or("no parent")?)?.count(), 1);
        assert_eq!(output.files(), ["src/x"]);
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn files_are_as_readable_as_others() -> Result<(), Box<dyn std::error::Error>> {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir()?;
        Output::new(folder.path(), &[])?.write("x", |_| Ok(()))?;
        fs::write(folder.path().join("y"), "")?;
        let mode = |name| fs::metadata(folder.path().join(name)).map(|m| m.permissions().mode());
        assert_eq!(mode("x")?, mode("y")?);
        Ok(())
    }
}
