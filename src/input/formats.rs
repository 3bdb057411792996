//! The table of formats. Only this file imports them all.

use std::io;

use super::error::InputError;
use super::format::{Opened, Recognise};
use super::options::Options;
use super::packet::{pcap, pcapng};
#[cfg(feature = "parquet")]
use super::parquet;
use super::read::head::Head;
use super::text::{bare, delimited, json, list, log, zeek};
use crate::store::{roaring, shard};

/// All formats, in the order in which they are tried: the first that recognises the head of a file reads
/// it. Every file is a list to `list`, so it comes last.
pub(crate) const FORMATS: &[Recognise] = &[
    pcap::recognise,
    pcapng::recognise,
    roaring::recognise,
    shard::recognise,
    #[cfg(feature = "parquet")]
    parquet::recognise,
    zeek::recognise,
    json::recognise,
    log::recognise,
    bare::recognise,
    delimited::recognise,
    list::recognise,
];

/// Finds the format of the file that starts with `head`.
///
/// # Errors
/// The error of the format that recognises the file: a missing column, for example.
pub(crate) fn open(head: &mut Head<'_>, options: &Options) -> Result<Opened, InputError> {
    for recognise in FORMATS {
        if let Some(opened) = recognise(head, options)? {
            return Ok(opened);
        }
    }
    let reason = io::Error::other("its format is not known");
    Err(InputError::Read { name: head.name().to_owned(), reason })
}
