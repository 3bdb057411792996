//! The table of formats. Only this file imports them all.

use std::io;

use super::error::InputError;
use super::format::{Opened, Recognise};
use super::options::Options;
use super::packet::{pcap, pcapng};
#[cfg(feature = "parquet")]
use super::parquet;
use super::read::head::Head;
use super::text::{delimited, json, list, log, vpc, zeek};
use crate::store::{behaviour, roaring, shard};

/// A format: its name in the account, what a person calls its files, and how it is recognised.
pub(crate) struct Known {
    pub name: &'static str,
    pub what: &'static str,
    recognise: Recognise,
}

const fn known(name: &'static str, what: &'static str, recognise: Recognise) -> Known {
    Known { name, what, recognise }
}

/// All formats, in the order in which they are tried: the first that recognises the head of a file reads
/// it. Every file may be a list with malformed lines, so that comes last.
#[rustfmt::skip]
pub(crate) const FORMATS: &[Known] = &[
    known("pcap", "packet captures", pcap::recognise),
    known("pcapng", "packet captures of Wireshark", pcapng::recognise),
    known("bitmap", "Roaring bitmaps of addresses", roaring::recognise),
    known("behaviour", "what addresses did, as octomix extract wrote it", behaviour::recognise),
    known("shard", "tables that octomix extract wrote", shard::recognise),
    #[cfg(feature = "parquet")]
    known("parquet", "Parquet tables", parquet::recognise),
    known("zeek", "Zeek's logs as text", zeek::recognise),
    known("w3c", "W3C extended logs: of IIS, CloudFront, Exchange, Windows firewalls", zeek::recognise_w3c),
    known("json", "JSON: objects one a line, in arrays, or nested", json::recognise),
    known("log", "text logs of firewalls, web servers and packet tools", log::recognise),
    known("vpc", "VPC flow logs", vpc::recognise),
    known("list", "lists of addresses and blocks", list::recognise),
    known("csv", "tables of text with a header", delimited::recognise),
    known("list", "lists with malformed lines", list::recognise_all),
];

/// Finds the format of the file that starts with `head`.
///
/// # Errors
/// The error of the format that recognises the file: a missing column, for example.
pub(crate) fn open(head: &mut Head<'_>, options: &Options) -> Result<Opened, InputError> {
    open_as(FORMATS, head, options)
}

/// Finds the format of a file that holds blocks of addresses: rows without a header are lines of a list.
///
/// # Errors
/// Those of [`open`], but for that of a missing header.
pub(crate) fn open_blocks(head: &mut Head<'_>, options: &Options) -> Result<Opened, InputError> {
    match open(head, options) {
        // The last format takes every text as a list.
        Err(InputError::NoHeader { .. }) => open_as(&FORMATS[FORMATS.len() - 1..], head, options),
        opened => opened,
    }
}

fn open_as(
    formats: &[Known],
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Opened, InputError> {
    for format in formats {
        if let Some(opened) = (format.recognise)(head, options)? {
            return Ok(opened);
        }
    }
    let reason = io::Error::other("its format is not known");
    Err(InputError::Read { name: head.name().to_owned(), reason })
}
