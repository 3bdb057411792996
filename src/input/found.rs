//! Files that were found in directories or by patterns and not read, or read once though found twice, and
//! what is told of them.

use std::fmt;
use std::path::Path;

use serde::Serialize;

use crate::input::error::InputError;
use crate::input::message::{file_name, quoted};
use crate::words::{counted, grouped};

/// A file found in a directory or by a pattern that was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PassedOver {
    /// The path, safe to display.
    pub name: String,
    /// Why, in a word.
    pub why: Reason,
    /// Why, as a sentence.
    pub reason: String,
}

/// Why a file that was found was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It is of another kind than captures, logs and lists of addresses.
    OtherKind,
    /// It may hold addresses, but has to be converted or repaired first.
    Unsupported,
    /// The system does not let it be read.
    Unreadable,
}

impl PassedOver {
    /// A file called `name` that was found, but not read for `error`.
    pub(crate) fn new(name: String, error: &InputError) -> Self {
        Self { name, why: error.why_passed_over(), reason: error.to_string() }
    }
}

/// A file that was named or found again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repeated {
    /// The path that leads to it again, safe to display.
    pub name: String,
    /// The path by which it was read.
    pub first: String,
}

impl Repeated {
    /// The file at `first`, to which `path` leads again.
    pub fn new(path: &Path, first: &Path) -> Self {
        Self { name: file_name(path), first: file_name(first) }
    }
}

impl fmt::Display for Repeated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name == self.first {
            true => write!(f, "{} is given twice", quoted(&self.name)),
            false => {
                write!(f, "{} is the same file as {}", quoted(&self.name), quoted(&self.first))
            }
        }
    }
}

/// Files that cannot be read and are told one by one.
const TOLD: usize = 5;

/// What is to be told of the files `passed_over`, a line each. Files of other kinds are only counted
/// elsewhere.
pub(super) fn told_of_passed_over(passed_over: &[PassedOver]) -> Vec<String> {
    let of = |why| passed_over.iter().filter(move |passed| passed.why == why);
    let mut told: Vec<String> =
        of(Reason::Unreadable).take(TOLD).map(|passed| passed.reason.clone()).collect();
    let more = of(Reason::Unreadable).count().saturating_sub(TOLD) as u64;
    if more > 0 {
        let files = counted(more, "more file", "more files");
        told.push(format!("cannot read {files}; summary.json lists them"));
    }
    let count = of(Reason::Unsupported).count() as u64;
    told.extend(of(Reason::Unsupported).next().map(|first| match count {
        1 => format!("passed over: {}", first.reason),
        _ => format!("{} files passed over; the first: {}", grouped(count), first.reason),
    }));
    told
}

/// What is to be told of the files that were `repeated`.
pub(super) fn told_of_repeated(repeated: &[Repeated]) -> Option<String> {
    let first = repeated.first()?;
    Some(match repeated.len() as u64 {
        1 => format!("{first}, and counts once"),
        count => {
            format!("{} files are given more than once, and count once: {first}", grouped(count))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_told_in_few_lines() {
        let passed = |why, at: usize| PassedOver {
            name: format!("{at}"),
            why,
            reason: format!("reason {at}"),
        };
        let other: Vec<_> = (0..9).map(|at| passed(Reason::OtherKind, at)).collect();
        assert_eq!(told_of_passed_over(&other), [""; 0]);
        let lost: Vec<_> = (0..7).map(|at| passed(Reason::Unreadable, at)).collect();
        let told = told_of_passed_over(&lost);
        assert_eq!((told.len(), told[4].as_str()), (6, "reason 4"));
        assert_eq!(told[5], "cannot read 2 more files; summary.json lists them");
        let foreign: Vec<_> = (0..2).map(|at| passed(Reason::Unsupported, at)).collect();
        assert_eq!(told_of_passed_over(&foreign), ["2 files passed over; the first: reason 0"]);
        assert_eq!(told_of_passed_over(&foreign[..1]), ["passed over: reason 0"]);
    }

    #[test]
    fn what_was_found_again_is_told_in_one_line() {
        let repeated = |name: &str| Repeated { name: name.to_owned(), first: "a".to_owned() };
        assert_eq!(told_of_repeated(&[]), None);
        let told = |all: &[Repeated]| told_of_repeated(all).unwrap();
        assert_eq!(told(&[repeated("a")]), "'a' is given twice, and counts once");
        assert_eq!(told(&[repeated("b")]), "'b' is the same file as 'a', and counts once");
        assert_eq!(
            told(&[repeated("b"), repeated("a")]),
            "2 files are given more than once, and count once: 'b' is the same file as 'a'"
        );
    }
}
