//! Conditions on records: `--where` says which records count.
//!
//! A condition on something that a record does not say is neither true nor false, nor is whatever depends
//! on it. Such a record does not count, whether or not the condition is negated, and it is reported apart
//! from those that were decided. This module judges records that have been read; it reads none.

mod condition;
mod parse;
mod tokens;

use std::str::FromStr;

use crate::input::record::{Cell, Record};
use crate::input::role::Role;
use condition::Condition;

pub use tokens::FilterError;

/// A condition on records, read from an expression.
///
/// | condition | holds for |
/// | --- | --- |
/// | `proto=tcp`, `proto=6,17` | records of these protocols |
/// | `port=443`, `sport=1-1023`, `dport>=1024` | records with such a port on either side, of the source, of the destination |
/// | `time>=2026-01-01T00:00:00Z`, `time<1767225600` | records of this time or later, before it |
/// | `src in 10.0.0.0/8,192.0.2.1`, `dst not in 10.0.0.0/8` | records whose source or destination is inside, outside |
/// | `src private`, `dst public` | the same of the private networks of RFC 1918 |
/// | `ip in 10.0.0.0/8`, `private`, `public` | each address by itself, whichever side it is on |
///
/// They are joined by `and`, `or`, `not` and parentheses; `and` binds closer than `or`.
///
/// ```
/// use octomix::input::Filter;
/// let filter: Filter = "proto=tcp and (dport=80,443 or dst public)".parse()?;
/// assert!("proto=tpc".parse::<Filter>().is_err());
/// # Ok::<(), octomix::input::FilterError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    condition: Condition,
}

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(expression: &str) -> Result<Self, FilterError> {
        Ok(Self { condition: parse::parse(expression)? })
    }
}

impl Filter {
    /// Whether `own`, the address on one side of `record`, counts; `None` if the record does not say what
    /// the condition asks.
    pub(crate) fn holds(&self, record: &Record, own: Cell) -> Option<bool> {
        self.condition.holds(record, own)
    }

    /// Whether the answer is always the same for both addresses of a record.
    pub fn is_of_records(&self) -> bool {
        !self.condition.any(&|part| matches!(part, Condition::Inside(Role::Any, _)))
    }

    /// Whether it asks for protocols, ports or times.
    pub fn needs_facts(&self) -> bool {
        use Condition::{Port, Protocol, Time};
        self.condition.any(&|part| matches!(part, Protocol(_) | Port(..) | Time(_)))
    }

    /// Whether it asks for times.
    pub fn needs_times(&self) -> bool {
        self.condition.any(&|part| matches!(part, Condition::Time(_)))
    }

    /// What it asks of a record, for messages: `protocol, port`.
    pub fn subjects(&self) -> String {
        type Part = fn(&Condition) -> bool;
        let subjects: [(&str, Part); 4] = [
            ("protocol", |part| matches!(part, Condition::Protocol(_))),
            ("port", |part| matches!(part, Condition::Port(..))),
            ("time", |part| matches!(part, Condition::Time(_))),
            ("address", |part| matches!(part, Condition::Inside(..))),
        ];
        let asked = subjects.iter().filter(|(_, is_of)| self.condition.any(is_of));
        asked.map(|&(subject, _)| subject).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::input::record::Facts;

    fn facts() -> impl Strategy<Value = Facts> {
        let protocol = prop::option::of(prop_oneof![Just(6u8), Just(17), Just(1)]);
        let port = || prop::option::of(prop_oneof![Just(53u16), Just(80), Just(1024), Just(65535)]);
        let time =
            prop::option::of(-3i64..4).prop_map(|time| time.map(|second| second * 1_000_000_000));
        (protocol, port(), port(), time).prop_map(
            |(protocol, source_port, destination_port, time)| Facts {
                protocol,
                source_port,
                destination_port,
                time,
            },
        )
    }

    fn cell() -> impl Strategy<Value = Cell> {
        let address = prop_oneof![Just(0x0a00_0001u32), Just(0xc0a8_0505), Just(0x0808_0808)];
        prop_oneof![
            4 => address.prop_map(Cell::plain),
            1 => prop_oneof![Just(Cell::Ipv6), Just(Cell::NotIp), Just(Cell::Missing), Just(Cell::Malformed)],
        ]
    }

    fn record() -> impl Strategy<Value = Record> {
        (cell(), cell(), facts()).prop_map(|(source, destination, facts)| Record {
            facts,
            ..Record::of(source, destination)
        })
    }

    /// What a condition says of a record and one of its addresses: -1 no, 0 unsaid, 1 yes.
    type Leaf = fn(&Record, Cell) -> i8;

    /// An expression and what it says of a record, decided apart from [`Condition`].
    #[derive(Debug, Clone)]
    enum Naive {
        Leaf(&'static str, Leaf),
        Not(Box<Naive>),
        Both(Box<Naive>, &'static str, Box<Naive>),
    }

    fn sign(holds: bool) -> i8 {
        if holds { 1 } else { -1 }
    }

    fn port(record: &Record, role: Role, is: fn(u16) -> bool) -> i8 {
        let Facts { protocol, source_port, destination_port, .. } = record.facts;
        let of = |port: Option<u16>| match (port, protocol) {
            (Some(port), _) => sign(is(port)),
            (None, Some(1)) => -1,
            (None, _) => 0,
        };
        match role {
            Role::Source => of(source_port),
            Role::Destination => of(destination_port),
            Role::Any => of(source_port).max(of(destination_port)),
        }
    }

    fn inside(cell: Cell, is: fn(u32) -> bool) -> i8 {
        match cell {
            Cell::Address { address, .. } => sign(is(address)),
            Cell::Ipv6 | Cell::NotIp => -1,
            _ => 0,
        }
    }

    const LEAVES: [(&str, Leaf); 14] = [
        ("proto=tcp", |r, _| r.facts.protocol.map_or(0, |p| sign(p == 6))),
        ("PROTO != 17, icmp", |r, _| r.facts.protocol.map_or(0, |p| sign(p == 6))),
        ("sport=53,1000-1024", |r, _| port(r, Role::Source, |p| p == 53 || p == 1024)),
        ("dport >= 1024", |r, _| port(r, Role::Destination, |p| p > 80)),
        ("dport<80", |r, _| port(r, Role::Destination, |p| p == 53)),
        ("port = 80", |r, _| port(r, Role::Any, |p| p == 80)),
        ("port in 53", |r, _| port(r, Role::Any, |p| p == 53)),
        ("time>=1970-01-01T00:00:01Z", |r, _| r.facts.time.map_or(0, |t| sign(t > 999_999_999))),
        ("time < '1970-01-01 00:00:02'", |r, _| {
            r.facts.time.map_or(0, |t| sign(t < 2_000_000_000))
        }),
        ("src in 10.0.0.0/8", |r, _| inside(r.source, |a| a >> 24 == 10)),
        ("dst not in 8.0.0.0/7,8.8.8.8", |r, _| -inside(r.destination, |a| a >> 24 == 8)),
        ("ip in 192.0.0.0/8", |_, own| inside(own, |a| a >> 24 == 192)),
        ("src private", |r, _| inside(r.source, |a| a != 0x0808_0808)),
        ("public", |_, own| -inside(own, |a| a != 0x0808_0808)),
    ];

    impl Naive {
        fn text(&self) -> String {
            match self {
                Naive::Leaf(text, _) => (*text).to_owned(),
                Naive::Not(part) => format!("not ({})", part.text()),
                Naive::Both(a, word, b) => format!("({}) {word} ({})", a.text(), b.text()),
            }
        }

        fn says(&self, record: &Record, own: Cell) -> i8 {
            match self {
                Naive::Leaf(_, says) => says(record, own),
                Naive::Not(part) => -part.says(record, own),
                Naive::Both(a, "and", b) => a.says(record, own).min(b.says(record, own)),
                Naive::Both(a, _, b) => a.says(record, own).max(b.says(record, own)),
            }
        }
    }

    fn expression() -> impl Strategy<Value = Naive> {
        let leaf =
            prop::sample::select(&LEAVES[..]).prop_map(|(text, says)| Naive::Leaf(text, says));
        leaf.prop_recursive(4, 24, 2, |part| {
            let word = prop_oneof![Just("and"), Just("or")];
            prop_oneof![
                part.clone().prop_map(|part| Naive::Not(Box::new(part))),
                (part.clone().prop_map(Box::new), word, part.prop_map(Box::new))
                    .prop_map(|(a, word, b)| Naive::Both(a, word, b)),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_filter_says_what_a_naive_one_says(
            naive in expression(),
            records in prop::collection::vec(record(), 20),
        ) {
            let filter: Filter = naive.text().parse().unwrap();
            for record in &records {
                for own in [record.source, record.destination] {
                    let says = filter.holds(record, own).map_or(0, sign);
                    prop_assert_eq!(says, naive.says(record, own), "{} of {:?}", naive.text(), record);
                }
                if filter.is_of_records() {
                    let (a, b) = (record.source, record.destination);
                    prop_assert_eq!(filter.holds(record, a), filter.holds(record, b));
                }
            }
        }
    }

    #[test]
    fn what_is_asked_is_known() {
        let filter: Filter = "not (time>1970-01-01 and port=1)".parse().unwrap();
        assert_eq!(filter.subjects(), "port, time");
        assert!(filter.needs_facts() && filter.is_of_records());
        let filter: Filter = "src private or public".parse().unwrap();
        assert_eq!(filter.subjects(), "address");
        assert!(!filter.needs_facts() && !filter.is_of_records());
    }
}
