//! Layers of bytes: each reads the one below, down to the file. An error says whether the system failed or
//! the bytes are damaged.

use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use thiserror::Error;

/// Why bytes cannot be decoded any further, as part of a sentence.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct Undecodable(pub String);

/// An error of `Read` that stands for damage.
pub(crate) fn damaged(reason: impl Into<String>) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, Undecodable(reason.into()))
}

/// The reason, if `error` stands for damage.
pub(crate) fn damage(error: &io::Error) -> Option<&str> {
    Some(&error.get_ref()?.downcast_ref::<Undecodable>()?.0)
}

/// Reads some bytes; 0 at the end.
pub(crate) fn read_some(from: &mut (impl Read + ?Sized), bytes: &mut [u8]) -> io::Result<usize> {
    loop {
        match from.read(bytes) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// Reads until `bytes` are full or `from` ends; returns how many were read.
pub(crate) fn read_full(from: &mut (impl Read + ?Sized), bytes: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < bytes.len() {
        match read_some(from, &mut bytes[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// Counts the bytes that pass.
pub(crate) struct Counted<R> {
    pub from: R,
    pub counts: Vec<Arc<AtomicU64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = read_some(&mut self.from, bytes)?;
        for count in &self.counts {
            count.fetch_add(read as u64, Ordering::Relaxed);
        }
        Ok(read)
    }
}
