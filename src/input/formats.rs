//! The table of formats: the only file that knows all of them.

use std::io;

use super::error::InputError;
use super::format::{Opened, Recognise};
use super::options::Options;
use super::packet::{pcap, pcapng};
#[cfg(feature = "parquet")]
use super::parquet;
use super::read::head::Head;
use super::text::{delimited, json, list, vpc, zeek};
use crate::store::{roaring, shard};

/// All formats, tried in order: the first that recognises the head of a file reads it.
pub(crate) const FORMATS: &[Recognise] = &[
    pcap::recognise,
    pcapng::recognise,
    roaring::recognise,
    shard::recognise,
    #[cfg(feature = "parquet")]
    parquet::recognise,
    zeek::recognise,
    json::recognise,
    vpc::recognise,
    delimited::recognise,
    list::recognise,
];

/// The format of the file that starts with `head`.
///
/// # Errors
/// That of the format that recognises it: a column that is not found, say.
pub(crate) fn open(head: &mut Head<'_>, options: &Options) -> Result<Opened, InputError> {
    for recognise in FORMATS {
        if let Some(opened) = recognise(head, options)? {
            return Ok(opened);
        }
    }
    let reason = io::Error::other("its format is not known");
    Err(InputError::Read { name: head.name().to_owned(), reason })
}
