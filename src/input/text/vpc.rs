//! AWS VPC flow logs: names divided by spaces, `srcaddr` or `dstaddr` among them, or rows in the order of
//! version 2, which has no header in CloudWatch.

use crate::input::error::InputError;
use crate::input::format::Opened;
use crate::input::options::Options;
use crate::input::read::head::Head;
use crate::input::text::cell::parse_cell;
use crate::input::text::header::{self, Division, Header};
use crate::input::text::lines;
use crate::input::text::opening::{self, Start};
use crate::input::text::preset::Preset;
use crate::input::time::parse_time;

/// The columns of version 2, and one more for the time that CloudWatch puts in front.
pub(crate) const COLUMNS: usize = 14;
/// Those of the source and the destination.
pub(crate) const SIDES: [usize; 2] = [3, 4];

/// Recognises both.
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
    let (offset, lines_before) = (first.offset, first.lines_before);
    let names = header::names(first.text, Division::Byte(b' '));
    let is_header = names.iter().any(|name| name == "srcaddr" || name == "dstaddr");
    let Some((names, start)) = (if is_header {
        let end = lines::line_end(&head.bytes()[offset..], head.is_whole());
        let offset = end.map_or(head.bytes().len(), |(_, next)| offset + next);
        Some((names, Start { offset, lines_before: lines_before + 1 }))
    } else {
        version_2(&names, options).map(|names| (names, Start { offset, lines_before }))
    }) else {
        return Ok(None);
    };
    let header = Header { division: Division::Byte(b' '), names };
    opening::open(head, options, "vpc", header, start).map(Some)
}

/// The columns that `line` has in the order of version 2, without a time in front; `None` if it is no such row.
pub(crate) fn columns(line: &[u8], options: &Options) -> Option<Vec<String>> {
    let names = version_2(&header::names(line.trim_ascii(), Division::Byte(b' ')), options)?;
    Some(names[names.len() - COLUMNS..].to_vec())
}

/// The names of the columns of a row in the order of version 2.
fn version_2(cells: &[String], options: &Options) -> Option<Vec<String>> {
    let front = cells.len().checked_sub(COLUMNS).filter(|&front| front <= 1)?;
    let (front, row) = cells.split_at(front);
    let is_time = |cell: &String| parse_time(cell.as_bytes(), options.notation).is_some();
    let is_missing = |at: usize| row[at] == "-";
    let is_address =
        |at: usize| is_missing(at) || parse_cell(row[at].as_bytes(), options.notation).is_address();
    let is_number = |at: usize| is_missing(at) || row[at].parse::<u64>().is_ok();
    let is_row = front.iter().all(is_time)
        && row[0] == "2"
        && SIDES.into_iter().all(is_address)
        && (5..12).all(is_number)
        && matches!(&row[12][..], "ACCEPT" | "REJECT" | "-")
        && matches!(&row[13][..], "OK" | "NODATA" | "SKIPDATA");
    let preset = Preset::named("vpc").filter(|_| is_row)?;
    let time = front.iter().map(|_| "ingestion".to_owned());
    Some(time.chain(preset.columns()).collect())
}
