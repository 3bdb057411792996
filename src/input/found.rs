//! Files that were found in directories or by patterns and not read, or read once though found twice, and
//! what is told of them.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

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
    /// It is a folder of octomix's own results among captures.
    OwnResults,
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

/// Files that were not read whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// Those that the system does not let be read.
    pub unreadable: u64,
    /// Those that are damaged, and read up to the damage.
    pub damaged: u64,
}

impl Lost {
    /// Whether all was read.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }

    /// How many there are.
    pub fn files(self) -> u64 {
        self.unreadable + self.damaged
    }

    /// Those of both.
    pub fn plus(self, other: Self) -> Self {
        let Self { unreadable, damaged } = other;
        Self { unreadable: self.unreadable + unreadable, damaged: self.damaged + damaged }
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = |count| counted(count, "file", "files");
        let (unreadable, damaged) = (files(self.unreadable), files(self.damaged));
        let are = if self.damaged == 1 { "is" } else { "are" };
        match (self.unreadable, self.damaged) {
            (_, 0) => write!(f, "{unreadable} could not be opened"),
            (0, _) => write!(f, "{damaged} {are} damaged"),
            _ => write!(f, "{unreadable} could not be opened, and {damaged} {are} damaged"),
        }
    }
}

/// Files that a line names.
const NAMED: usize = 3;

/// The first of `told`, and of `all` how many more there are.
pub(super) fn some_of(told: impl Iterator<Item = String>, all: usize) -> String {
    let mut told: Vec<String> = told.take(NAMED).collect();
    if let more @ 1.. = all.saturating_sub(told.len()) as u64 {
        told.push(format!("and {} more", grouped(more)));
    }
    told.join("; ")
}

/// What is to be told of the files `passed_over`, a line each. Files of other kinds are only counted
/// elsewhere.
pub(super) fn told_of_passed_over(passed_over: &[PassedOver]) -> Vec<String> {
    let of = |why| passed_over.iter().filter(move |passed| passed.why == why);
    let told = |why, one: &str, several: &str| {
        let reasons = some_of(of(why).map(|passed| passed.reason.clone()), of(why).count());
        match of(why).count() as u64 {
            0 => None,
            1 => Some(format!("{one}{reasons}")),
            count => Some(format!("{} files {several}: {reasons}", grouped(count))),
        }
    };
    let unreadable = told(Reason::Unreadable, "", "cannot be read");
    let unsupported = told(Reason::Unsupported, "passed over: ", "passed over");
    unreadable.into_iter().chain(unsupported).collect()
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
        let all = "7 files cannot be read: reason 0; reason 1; reason 2; and 4 more";
        assert_eq!(told, [all]);
        assert_eq!(told_of_passed_over(&lost[..1]), ["reason 0"]);
        let foreign: Vec<_> = (0..2).map(|at| passed(Reason::Unsupported, at)).collect();
        assert_eq!(told_of_passed_over(&foreign), ["2 files passed over: reason 0; reason 1"]);
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
