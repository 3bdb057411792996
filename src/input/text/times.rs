//! The columns of a record's time, which some logs divide into a date and a time of day.

use crate::input::names::{self, Field};
use crate::input::read::block::Block;
use crate::input::time::parse_time;

/// The most bytes of a date and a time of day together; the longest notation has fewer.
const LONGEST: usize = 64;

/// The columns that hold the time of a row, or of which each does in some rows.
#[derive(Debug)]
pub(super) struct TimeColumns<C> {
    /// With their names.
    columns: Vec<(C, String)>,
    /// Those of the date and of the time of day, as W3C logs have them.
    parts: Option<(C, C)>,
}

impl<C> Default for TimeColumns<C> {
    fn default() -> Self {
        Self { columns: Vec::new(), parts: None }
    }
}

impl TimeColumns<usize> {
    /// Finds them in `header`.
    pub fn of(header: &[String]) -> Self {
        let at = |name: &str| header.iter().position(|column| names::is_same(column, name));
        let columns = names::of(Field::Time).filter_map(at).map(|at| (at, header[at].clone()));
        Self { columns: columns.collect(), parts: at("date").zip(at("time")) }
    }
}

impl<C: Copy> TimeColumns<C> {
    /// All these columns.
    pub fn all(&self) -> impl Iterator<Item = C> {
        let parts = self.parts.into_iter().flat_map(|(date, time)| [date, time]);
        self.columns.iter().map(|&(column, _)| column).chain(parts)
    }

    /// The same columns, converted by `to`.
    pub fn map<D>(&self, to: impl Fn(C) -> D) -> TimeColumns<D> {
        let columns = self.columns.iter().map(|(column, name)| (to(*column), name.clone()));
        let parts = self.parts.map(|(date, time)| (to(date), to(time)));
        TimeColumns { columns: columns.collect(), parts }
    }

    /// The time of the row whose fields `field` returns. One that cannot be read is counted in `block`.
    pub fn read<'f>(&self, field: &impl Fn(C) -> &'f [u8], block: &mut Block) -> Option<i64> {
        let notation = block.wanted().notation;
        let joined = self.parts.and_then(|(date, time)| {
            let mut text = [b' '; LONGEST];
            let (date, time) = (field(date), field(time));
            let end = date.len() + 1 + time.len();
            text.get_mut(..date.len())?.copy_from_slice(date);
            text.get_mut(date.len() + 1..end)?.copy_from_slice(time);
            parse_time(&text[..end], notation)
        });
        let alone = || self.columns.iter().find_map(|&(at, _)| parse_time(field(at), notation));
        let time = joined.or_else(alone);
        if time.is_none() {
            let is_full = |(at, _): &&(C, String)| !field(*at).trim_ascii().is_empty();
            if let Some((at, name)) = self.columns.iter().find(is_full) {
                block.add_unread_time(field(*at), name);
            }
        }
        time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "9999999999999999999999999999999999999999999999999999999999999999";

    fn read(header: &[&str], row: &[&'static str]) -> (Option<i64>, Block) {
        let header: Vec<String> = header.iter().map(|&name| name.to_owned()).collect();
        let mut block = Block::default();
        let columns = TimeColumns::of(&header);
        (columns.read(&|at| row[at].as_bytes(), &mut block), block)
    }

    #[test]
    fn a_date_and_a_time_of_day_are_one_time() {
        let (time, _) = read(&["date", "time"], &["2026-01-01", "00:00:01.5"]);
        assert_eq!(time, Some(1_767_225_601_500_000_000));
        let (time, _) = read(&["date", "time"], &["2026-01-01", "1767225601"]);
        assert_eq!(time, Some(1_767_225_601_000_000_000));
        let (time, _) = read(&["date", "time"], &[LONG, "00:00:01"]);
        assert_eq!(time, None);
    }

    #[test]
    fn a_time_that_cannot_be_read_is_kept() {
        for (value, is_told) in [("05/07/2017 8:55", true), ("", false), ("-", false)] {
            let (time, block) = read(&["Timestamp"], &[value]);
            let warning = block.unread_times.of_times(crate::input::RecordNumber::Line);
            assert_eq!((time, warning.is_some()), (None, is_told), "{value}");
        }
    }
}
