//! Bytes read so far, reported as they come in.
//!
//! The meter sits on the raw bytes, below everything that drops or keeps some of them.

use std::io::{self, ErrorKind, Read};

/// Bytes between two reports: often enough for a smooth bar, rare enough to cost nothing.
const STEP: u64 = 1 << 20;

/// How far the reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read, over all files.
    pub bytes: u64,
    /// Bytes of all files together; `None` when a pipe takes part.
    pub total: Option<u64>,
}

/// Counts the bytes of a whole run.
pub(super) struct Meter<'p> {
    progress: Progress,
    reported: u64,
    report: &'p mut dyn FnMut(Progress),
}

impl<'p> Meter<'p> {
    pub(super) fn new(total: Option<u64>, report: &'p mut dyn FnMut(Progress)) -> Self {
        let progress = Progress { bytes: 0, total };
        Self { progress, reported: 0, report }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.progress.bytes
    }

    fn add(&mut self, bytes: usize) {
        self.progress.bytes += bytes as u64;
        if self.progress.bytes - self.reported >= STEP {
            self.reported = self.progress.bytes;
            (self.report)(self.progress);
        }
    }

    /// The last report.
    pub(super) fn finish(self) {
        (self.report)(self.progress);
    }
}

/// One file under the meter.
pub(super) struct Metered<'m, 'p> {
    file: Box<dyn Read>,
    meter: &'m mut Meter<'p>,
}

impl<'m, 'p> Metered<'m, 'p> {
    pub(super) fn new(file: Box<dyn Read>, meter: &'m mut Meter<'p>) -> Self {
        Self { file, meter }
    }
}

impl Read for Metered<'_, '_> {
    /// Never fails with [`ErrorKind::Interrupted`]: not every reader above tries again.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.file.read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(bytes) => {
                    self.meter.add(bytes);
                    return Ok(bytes);
                }
            }
        }
    }
}
