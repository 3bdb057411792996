//! How many cells of each kind a file has.

use serde::Serialize;

use crate::input::record::{Cell, Form};
use crate::words::{counted, grouped};

/// The cells of one role. Each cell is counted in exactly one of `ipv4`, `missing`, `ipv6`, `not_ip`,
/// `malformed` and `filtered`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// IPv4 addresses, the only cells that are used.
    pub ipv4: u64,
    /// How many of `ipv4` had white space around them.
    pub padded: u64,
    /// How many of `ipv4` were written as IPv6 addresses, such as `::ffff:192.0.2.1`.
    pub mapped: u64,
    /// Empty cells and words that mean nothing: `NaN`, `NULL`, `None`, `-`.
    pub missing: u64,
    /// IPv6 addresses, dropped.
    pub ipv6: u64,
    /// Records of protocols other than IP, such as ARP, dropped.
    pub not_ip: u64,
    /// Cells that are none of these, dropped.
    pub malformed: u64,
    /// IPv4 addresses that the filters dropped; not in `ipv4`.
    pub filtered: u64,
    /// How many of `filtered` belong to records that do not say what the filter asks.
    pub unsaid: u64,
}

impl Tally {
    /// All cells.
    pub fn cells(self) -> u64 {
        self.ipv4 + self.missing + self.ipv6 + self.not_ip + self.malformed + self.filtered
    }

    /// How many were dropped for each reason, in words.
    pub fn dropped(self) -> String {
        let reasons = [
            (self.missing, "missing"),
            (self.ipv6, "IPv6"),
            (self.not_ip, "not IP"),
            (self.malformed, "malformed"),
            (self.filtered, "filtered out"),
        ];
        let told = reasons.into_iter().filter(|&(count, _)| count > 0);
        let told = told.map(|(count, reason)| format!("{} {reason}", grouped(count)));
        told.collect::<Vec<_>>().join(", ")
    }

    /// The same of `cells`, none of which was used, with what one of them is called, and several.
    pub(crate) fn all_dropped(self, [one, several]: [&str; 2]) -> String {
        format!("{}: {}", counted(self.cells(), one, several), self.dropped())
    }

    /// The sum of both.
    pub fn plus(self, other: Self) -> Self {
        Self {
            ipv4: self.ipv4 + other.ipv4,
            padded: self.padded + other.padded,
            mapped: self.mapped + other.mapped,
            missing: self.missing + other.missing,
            ipv6: self.ipv6 + other.ipv6,
            not_ip: self.not_ip + other.not_ip,
            malformed: self.malformed + other.malformed,
            filtered: self.filtered + other.filtered,
            unsaid: self.unsaid + other.unsaid,
        }
    }

    pub(crate) fn add(&mut self, cell: Cell) {
        match cell {
            Cell::Address { form, .. } => {
                self.ipv4 += 1;
                self.padded += u64::from(form == Form::Padded);
                self.mapped += u64::from(form == Form::Mapped);
            }
            Cell::Missing => self.missing += 1,
            Cell::Ipv6 => self.ipv6 += 1,
            Cell::NotIp => self.not_ip += 1,
            // A block that does not stand for its addresses is no address.
            Cell::Network { .. } | Cell::Malformed => self.malformed += 1,
        }
    }
}
