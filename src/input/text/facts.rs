//! The columns of a record's protocol, ports, time, packets and bytes, and their values.

use crate::address::Unit;
use crate::input::digits::few;
use crate::input::names::{self, Field};
use crate::input::protocol::{parse_number, parse_protocol};
use crate::input::read::block::Block;
use crate::input::record::Facts;
use crate::input::text::times::TimeColumns;

/// The columns that hold the facts of a row: its protocol, ports and time, and its packets and bytes. One
/// fact may have several columns that are each empty in some rows, like `tcp.srcport` and `udp.srcport`.
#[derive(Debug, Default)]
pub(crate) struct FactColumns<C = usize> {
    /// Of the protocol and the ports.
    facts: [Vec<C>; 3],
    times: TimeColumns<C>,
    packets: Vec<(C, Option<C>)>,
    /// The name of the column of packets.
    packets_name: String,
    /// What the packets are, if not packets.
    unit: Unit,
    bytes: Vec<(C, Option<C>)>,
}

impl FactColumns {
    /// Finds them in `header`: the packets and bytes always, and the others if `with_facts`.
    pub fn of(header: &[String], with_facts: bool) -> Self {
        let folded: Vec<String> = header.iter().map(|column| names::fold(column)).collect();
        let at = |name: &str| {
            let name = names::fold(name);
            folded.iter().position(|column| *column == name)
        };
        let known =
            |field| if with_facts { names::of(field).filter_map(at).collect() } else { Vec::new() };
        // A way back without the way out is no sum of both.
        let sums = |field| {
            let pair = |(out, back): names::Pair| Some((at(out?)?, back.and_then(at)));
            names::pairs(field).find_map(pair).into_iter().collect()
        };
        let facts = [Field::Protocol, Field::SourcePort, Field::DestinationPort].map(known);
        let times = if with_facts { TimeColumns::of(header) } else { TimeColumns::default() };
        let packets = sums(Field::Packets);
        let (packets, unit) = match unit(header) {
            Unit::Packets => (packets, Unit::Packets),
            unit => (vec![(1, None)], unit),
        };
        let first = packets.first().map(|&(column, _)| header[column].clone());
        let packets_name = first.unwrap_or_default();
        Self { facts, times, packets, packets_name, unit, bytes: sums(Field::Bytes) }
    }
}

impl<C: Copy> FactColumns<C> {
    /// All these columns.
    pub fn all(&self) -> impl Iterator<Item = C> {
        let sums = self.packets.iter().chain(&self.bytes);
        let sums = sums.flat_map(|&(out, back)| [Some(out), back]).flatten();
        self.facts.iter().flatten().copied().chain(self.times.all()).chain(sums)
    }

    /// The same columns, converted by `to`.
    pub fn map<D>(&self, to: impl Fn(C) -> D) -> FactColumns<D> {
        let all = |columns: &Vec<C>| columns.iter().map(|&column| to(column)).collect();
        let sums = |columns: &Vec<(C, Option<C>)>| {
            columns.iter().map(|&(out, back)| (to(out), back.map(&to))).collect()
        };
        FactColumns {
            facts: self.facts.each_ref().map(all),
            times: self.times.map(&to),
            packets: sums(&self.packets),
            packets_name: self.packets_name.clone(),
            unit: self.unit,
            bytes: sums(&self.bytes),
        }
    }

    /// The facts of a row whose fields `field` returns, if the run needs them. A time that cannot be read is
    /// counted in `block`, to which the row has yet to be added.
    #[inline]
    pub fn read<'f>(&self, field: impl Fn(C) -> &'f [u8], block: &mut Block) -> Facts {
        match block.wanted().needs_facts() {
            true => self.needed(&field, block),
            false => Facts::default(),
        }
    }

    // Inlined, as a copy of facts just written in pieces would wait for each of these.
    #[inline(always)]
    fn needed<'f>(&self, field: &impl Fn(C) -> &'f [u8], block: &mut Block) -> Facts {
        let [protocol, source_port, destination_port] = &self.facts;
        Facts {
            protocol: protocol.iter().find_map(|&at| parse_protocol(field(at))),
            source_port: source_port.iter().find_map(|&at| parse_port(field(at))),
            destination_port: destination_port.iter().find_map(|&at| parse_port(field(at))),
            time: self.times.read(field, block),
        }
    }

    /// The packets of a row, in both directions, if it says. A number that cannot be read is counted in
    /// `block`, to which the row has yet to be added.
    #[inline]
    pub fn packets<'f>(&self, field: impl Fn(C) -> &'f [u8], block: &mut Block) -> Option<u64> {
        let packets = sum(&self.packets, &field);
        if let (None, Some(&(out, _))) = (packets, self.packets.first()) {
            block.add_unread_packets(field(out), &self.packets_name);
        }
        packets
    }

    /// Whether the destination sent anything back, where the row has packets or bytes of both ways.
    #[inline]
    pub fn is_answered<'f>(&self, field: impl Fn(C) -> &'f [u8]) -> Option<bool> {
        let back = |sums: &[(C, Option<C>)]| parse_count(field(sums.first()?.1?));
        let back = back(&self.packets).or_else(|| back(&self.bytes))?;
        Some(back > 0)
    }

    /// What [`packets`](Self::packets) are in truth: tables of octomix may count records.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The bytes of a row, in both directions, if it says.
    #[inline]
    pub fn bytes<'f>(&self, field: impl Fn(C) -> &'f [u8]) -> Option<u64> {
        sum(&self.bytes, field)
    }
}

/// What the second column of a table of octomix counts, as addresses.csv has it; in any other table packets.
fn unit(header: &[String]) -> Unit {
    let is_ours = |unit: &Unit| matches!(header, [address, count, ..] if address == "address" && count == unit.column());
    Unit::ALL.into_iter().find(is_ours).unwrap_or_default()
}

#[inline]
fn sum<'f, C: Copy>(columns: &[(C, Option<C>)], field: impl Fn(C) -> &'f [u8]) -> Option<u64> {
    let &(out, back) = columns.first()?;
    let back = back.and_then(|back| parse_count(field(back)));
    match (parse_count(field(out)), back) {
        (Some(out), Some(back)) => Some(out.saturating_add(back)),
        (out, back) => out.or(back),
    }
}

/// The number of packets or bytes that `text` is. It may be a float, like a [port](parse_port); beyond
/// 2^64 it saturates.
#[inline]
pub(crate) fn parse_count(text: &[u8]) -> Option<u64> {
    few(text).map(u64::from).or_else(|| any_count(text))
}

fn any_count(text: &[u8]) -> Option<u64> {
    let text = text.trim_ascii();
    let text = text.strip_suffix(b".0").unwrap_or(text);
    if text.is_empty() {
        return None;
    }
    let add = |number: u64, digit: u8| number.saturating_mul(10).saturating_add(digit.into());
    text.iter().enumerate().try_fold(0u64, |number, (at, &byte)| match byte.wrapping_sub(b'0') {
        digit @ ..10 => Some(add(number, digit)),
        // 1,234,567: spreadsheets and dashboards group digits by three.
        _ if byte == b',' && at > 0 && (text.len() - at).is_multiple_of(4) => Some(number),
        _ => None,
    })
}

/// The port that `text` is. It may be a float, because pandas turns an integer column with gaps into
/// floats.
#[inline]
pub(crate) fn parse_port(text: &[u8]) -> Option<u16> {
    parse_number(text).or_else(|| float_port(text))
}

fn float_port(text: &[u8]) -> Option<u16> {
    let text = text.trim_ascii();
    parse_number(text.strip_suffix(b".0").unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_found_in_the_first_column_that_has_them() {
        let header = ["frame.time_epoch", "tcp.srcport", "UDP.srcport", "Proto", "dport"];
        let columns = FactColumns::of(&header.map(str::to_owned), true);
        assert_eq!(columns.all().max(), Some(4));
        let row: [&[u8]; 5] = [b"1.5", b"", b"53", b"udp", b"80.0"];
        let facts = Facts {
            protocol: Some(17),
            source_port: Some(53),
            destination_port: Some(80),
            time: Some(1_500_000_000),
        };
        let mut block = Block::default();
        assert_eq!(columns.needed(&|at: usize| row[at], &mut block), facts);
        let none = FactColumns::of(&[], true);
        assert_eq!(none.needed(&|_: usize| b"".as_slice(), &mut block), Facts::default());
        assert_eq!((parse_port(b"0x0303"), parse_port(b"65536")), (None, None));
    }

    #[test]
    fn packets_and_bytes_are_those_of_both_directions() {
        let header = ["orig_pkts", "resp_pkts", "resp_ip_bytes", "orig_ip_bytes"];
        let columns = FactColumns::of(&header.map(str::to_owned), false);
        let said = |row: [&'static str; 4]| {
            let field = |at: usize| row[at].as_bytes();
            (columns.packets(field, &mut Block::default()), columns.bytes(field))
        };
        assert_eq!(said(["1", "2", "30", "40.0"]), (Some(3), Some(70)));
        assert_eq!(said(["1", "-", "", "x"]), (Some(1), None));
        assert_eq!(said(["1,234", "1,234,567", "12,34", ","]), (Some(1_235_801), None));
        let most = "18446744073709551616";
        assert_eq!(said([most, "1", "", ""]).0, Some(u64::MAX));
        let columns = FactColumns::of(&["resp_pkts".to_owned(), "src".to_owned()], true);
        assert_eq!(columns.packets(|_| b"7", &mut Block::default()), None);
    }
}
