//! VPC flow logs: names and values separated by spaces.

use std::sync::Arc;

use crate::input::account::RecordNumber;
use crate::input::error::InputError;
use crate::input::format::Opened;
use crate::input::message::printable;
use crate::input::options::Options;
use crate::input::read::head::Head;
use crate::input::text::bare::Rows;
use crate::input::text::columns::{self, described};
use crate::input::text::cutter::LineCutter;
use crate::input::text::lines;

/// Recognises VPC flow logs: names separated by spaces, with `srcaddr` or `dstaddr` among them.
///
/// # Errors
///
/// A header without the columns that the options name.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let Some(first) = lines::first(head.bytes(), head.is_whole()) else {
        return Ok(None);
    };
    let header: Vec<String> = first
        .text
        .split(|&byte| byte == b' ')
        .map(|name| printable(&String::from_utf8_lossy(name)))
        .collect();
    let has = |name: &str| header.iter().any(|column| column == name);
    if !has("srcaddr") && !has("dstaddr") {
        return Ok(None);
    }
    let (skip, lines_before) = (first.offset, first.lines_before);
    let header_end = lines::line_end(&head.bytes()[skip..], head.is_whole());
    let skip = header_end.map_or(head.bytes().len(), |(_, next)| skip + next);
    let (columns, warnings) = columns::choose(&header, options, head.name())?;
    let (format, roles) = described("vpc", &columns);
    Ok(Some(Opened {
        format,
        roles,
        skip,
        lines_before: lines_before + 1,
        counted_by: RecordNumber::Line,
        cutter: Box::new(LineCutter(Arc::new(Rows::new(b' ', &header, columns, Vec::new())))),
        warnings,
    }))
}
