//! Why an address was flagged, in a sentence that a network engineer can check.

use std::fmt::{Display, Write as _};
use std::ops::Range;

use nalgebra::{Matrix4, Vector4};

use super::gap::Window;
use super::port_scan::PortScan;
use super::prefix::{Ascending, prefix};
use super::reserved::Block;
use super::surprise::{Surprise, rounded};
use super::sweep::Sweep;
use super::{Rule, Rules, Structure};
use crate::address::{OCTETS, Unit, dotted, octets};
use crate::behaviour::{Activity, Conversations, Span};
use crate::model::estimate::Estimate;
use crate::model::first_largest;
use crate::words::{Rfc3339, counted, duration, first_of, grouped};

/// Within so many standard deviations of its centre are nearly all addresses of a cluster, as the glossary says.
const NEAR: f64 = 4.0;

/// Beyond so many standard deviations their number says no more.
const FAR: f64 = 1000.0;

/// Fewer addresses leave the shape of a cluster open: outliers that share one are far from no cluster.
const LEAST_SIZE: u64 = OCTETS as u64 + 1;

/// What reasons are drawn from: the addresses, and the clusters that hold some of them.
#[derive(Debug)]
pub struct Reasons<'a> {
    addresses: &'a Ascending<'a>,
    structure: &'a Structure,
    conversations: Option<&'a Conversations>,
    unit: Unit,
    surprise: Surprise,
    /// Each with its number.
    clusters: Vec<(usize, Vector4<f64>, Matrix4<f64>)>,
}

/// What is odd about an address.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The surprise of each octet, in bits.
    pub surprise: [f64; OCTETS],
    /// The octet of largest surprise, 0 the first; of several the first.
    pub octet: usize,
    /// The sentence.
    pub sentence: String,
}

impl Reason {
    /// The surprise of all octets together, in bits.
    pub fn bits(&self) -> f64 {
        rounded(self.surprise.iter().sum())
    }
}

impl<'a> Reasons<'a> {
    /// From `addresses` with their `surprise`, what was found in their `structure`, and the components of
    /// `estimate` whose `sizes` are five or more.
    pub fn new(
        addresses: &'a Ascending<'a>,
        surprise: Surprise,
        structure: &'a Structure,
        estimate: &Estimate,
        sizes: &[u64],
    ) -> Self {
        let clusters = estimate.gaussians.iter().enumerate().zip(sizes);
        let held = clusters.filter(|&(_, &size)| size >= LEAST_SIZE);
        Self {
            addresses,
            structure,
            conversations: None,
            unit: Unit::default(),
            surprise,
            clusters: held
                .map(|((k, gaussian), _)| (k, gaussian.mean, gaussian.precision_cholesky))
                .collect(),
        }
    }

    /// The same with the peers of busy destinations, who are among those of `conversations`.
    pub fn with_peers(self, conversations: Option<&'a Conversations>) -> Self {
        Self { conversations, ..self }
    }

    /// The same for addresses whose counts stand for `unit`.
    pub fn counting(self, unit: Unit) -> Self {
        Self { unit, ..self }
    }

    /// Why `rules` flag `address`, one of the addresses, with its `packets` and, as far as it is known, what it
    /// did.
    pub fn of(&self, address: u32, packets: u64, activity: Activity, rules: Rules) -> Reason {
        let (surprise, blocks) = self.surprise.of(self.addresses, address);
        let surprise = surprise.map(rounded);
        let octet = first_largest(OCTETS, |octet| surprise[octet]);
        let mut told = Sentence::new(address);
        if let Some(part) = self.sweep(address).filter(|_| rules.has(Rule::Sweep)) {
            told.add(part);
        }
        if let Some(part) = self.port_scan(address).filter(|_| rules.has(Rule::PortScan)) {
            told.add(part);
        }
        if rules.has(Rule::NewBusy) {
            told.add("not seen on the day of the model");
        }
        // Where an address is says nothing of what it does.
        if rules != rules.of_behaviour() {
            self.position(address, rules, (&surprise, octet), &blocks, &mut told);
        }
        if let Some(span) = activity.span {
            told.add(when(span));
        }
        let [one, many] = self.unit.nouns();
        if let (true, Some(peers)) = (rules.has(Rule::NewBusy), activity.peers) {
            let records = counted(activity.records.unwrap_or(0), "record", "records");
            told.add(format_args!("{records}{}", self.peers(address, peers.into())));
        }
        if self.unit != Unit::Records || !rules.has(Rule::NewBusy) {
            told.add(counted(packets, one, many));
        }
        Reason { surprise, octet, sentence: told.finish() }
    }

    /// The most telling of why `rules` flag `address`, in a few words.
    pub fn gist(&self, address: u32, rules: Rules) -> String {
        let has = |rule| rules.has(rule);
        let reserved = Block::of(address).filter(|block| block.kind.is_flagged());
        if let Some(sweep) = self.sweep_of(address).filter(|_| has(Rule::Sweep)) {
            let length = if sweep.first ^ sweep.last < 256 { 24 } else { 16 };
            format!("swept a /{length}")
        } else if let Some(scan) = self.port_scan_of(address).filter(|_| has(Rule::PortScan)) {
            format!("scanned {}", dotted(scan.destination))
        } else if has(Rule::NewBusy) {
            "new and busy".to_owned()
        } else if let Some(block) = reserved.filter(|_| has(Rule::Reserved)) {
            block.name.to_owned()
        } else if has(Rule::Isolated) {
            "stands apart".to_owned()
        } else if has(Rule::Gap) {
            "apart in its /24".to_owned()
        } else {
            "remote".to_owned()
        }
    }

    /// The sweep of `address`, if it made one.
    fn sweep_of(&self, address: u32) -> Option<&Sweep> {
        let sweeps = &self.structure.sweeps;
        let at = sweeps.binary_search_by_key(&address, |sweep| sweep.source).ok()?;
        sweeps.get(at)
    }

    /// The scan of `address`, if it made one.
    fn port_scan_of(&self, address: u32) -> Option<&PortScan> {
        let scans = &self.structure.port_scans;
        let at = scans.binary_search_by_key(&address, |scan| scan.source).ok()?;
        scans.get(at)
    }

    /// From whom the records of `address` come: so many `peers`.
    fn peers(&self, address: u32, peers: u64) -> String {
        /// How many are named.
        const NAMED: usize = 3;
        let count = counted(peers, "address", "addresses");
        let Some(conversations) = self.conversations else { return format!(" from {count}") };
        let pairs = conversations.pairs_to(address);
        let sources = pairs.iter().filter_map(|pair| Some(dotted(pair.first()?.source())));
        format!(
            " from {count}: {}",
            first_of(&sources.take(NAMED).collect::<Vec<_>>(), NAMED, peers)
        )
    }

    /// What `address` sweeps.
    fn sweep(&self, address: u32) -> Option<String> {
        let &Sweep { first, last, contacted, silent, once, service, all: every, time, .. } =
            self.sweep_of(address)?;
        let all = u64::from(last - first) + 1;
        let (contacted, all, first, last) =
            (u64::from(contacted), grouped(all), dotted(first), dotted(last));
        let records = if once { "one record each" } else { "a few records each" };
        // It may have had more to do with others of them.
        let with = if u64::from(every) > contacted { " with" } else { "," };
        let mut told = format!(
            "contacted {} of the {all} addresses of {first}-{last}{with} {records}",
            grouped(contacted)
        );
        if let Some(service) = service {
            told += &format!(", all {service}");
        }
        match silent.map(u64::from) {
            Some(silent) if silent == contacted => told += ", none answered",
            Some(silent @ 1..) => told += &format!(", {} never answered", grouped(silent)),
            _ => {}
        }
        let time = time.filter(|&(alone, _)| 2 * u64::from(alone) >= contacted && contacted > 1);
        if let Some((alone, Span { first, last })) = time {
            let time = match last.saturating_sub(first) {
                0 => format!("at {}", Rfc3339(first)),
                time => format!("in {} from {}", duration(time as f64 / 1e9), Rfc3339(first)),
            };
            told += &match u64::from(alone) {
                alone if alone == contacted => format!(", {time}"),
                alone => format!(", {} that nobody else contacts {time}", grouped(alone)),
            };
        }
        Some(told)
    }

    /// Which ports of which host `address` scans.
    fn port_scan(&self, address: u32) -> Option<String> {
        let &PortScan { destination, services, first, last, is_answered, others, .. } =
            self.port_scan_of(address)?;
        let (destination, services) = (dotted(destination), grouped(services.into()));
        let mut told = format!("asked {destination} for {services} services, {first} to {last}");
        if is_answered == Some(false) {
            told += ", never answered";
        }
        if others > 0 {
            told += &format!(", and so {}", counted(others.into(), "other host", "other hosts"));
        }
        Some(told)
    }

    /// What is odd about where `address` is.
    fn position(
        &self,
        address: u32,
        rules: Rules,
        (surprise, octet): (&[f64; OCTETS], usize),
        blocks: &[Range<usize>; OCTETS],
        told: &mut Sentence,
    ) {
        if let Some(block) = Block::of(address).filter(|block| block.kind.is_flagged()) {
            told.add(format_args!("{} ({})", block.name, block.source));
        }
        let bits: f64 = surprise.iter().sum();
        let others = self.others(address, octet, blocks);
        told.add(format_args!("{others} ({:.1} of {bits:.1} bits)", surprise[octet]));
        let window = rules.has(Rule::Gap).then(|| Window::around(self.addresses, address));
        if let Some(window) = window.flatten() {
            let (expected, first) = (window.expected(), dotted(window.first));
            let last = dotted(window.last);
            told.add(format_args!(
                "{expected:.1} neighbours expected in {first}-{last}, none seen"
            ));
        }
        let [.., subnet, _] = blocks;
        if subnet.len() == 1
            && let Some(other) = self.nearest_block(address, subnet)
            // What has another first octet is near to nothing.
            && prefix(other, 8) == prefix(address, 8)
        {
            told.add(format_args!("nearest populated /24 {}/24", dotted(other & 0xffff_ff00)));
        }
        self.nearest_cluster(address, told);
    }

    /// How many others share the octets of `address` up to `octet`: those of `blocks`.
    fn others(&self, address: u32, octet: usize, blocks: &[Range<usize>; OCTETS]) -> String {
        if octet == OCTETS - 1 {
            return self.neighbour(address, &blocks[OCTETS - 2]);
        }
        let all = self.addresses.addresses().len();
        let around = octet.checked_sub(1).map_or(all, |before| blocks[before].len());
        let [of, with] = [around, blocks[octet].len()].map(|all| all.saturating_sub(1) as u64);
        let (around, wanted) = (leading(address, octet), leading(address, octet + 1));
        let of_which = match (of, with, octet) {
            (0, _, 0) => return "nothing else is here".to_owned(),
            (0, ..) => return format!("nothing else here begins with {around}"),
            (_, 0, _) => return format!("nothing else here begins with {wanted}"),
            (_, _, 0) => format!("{} others", grouped(of)),
            _ => format!("{} others in {around}", grouped(of)),
        };
        let only = if 10 * with < of { "only " } else { "" };
        let verb = if with == 1 { "begins" } else { "begin" };
        format!("{only}{} of {of_which} {verb} with {wanted}", grouped(with))
    }

    /// The nearest other address of the /24 of `address`, whose ranks are `subnet`.
    fn neighbour(&self, address: u32, subnet: &Range<usize>) -> String {
        let block = &self.addresses.addresses()[subnet.clone()];
        let others = block.iter().filter(|&&other| other != address);
        let subnet = format!("{}/24", dotted(address & 0xffff_ff00));
        match others.min_by_key(|other| other.abs_diff(address)) {
            None => format!("nothing else here is in {subnet}"),
            Some(nearest) => {
                let others = counted(block.len() as u64 - 1, "other", "others");
                format!("{others} in {subnet}, the nearest {}", dotted(*nearest))
            }
        }
    }

    /// The nearest address outside the /24 of `address`, whose ranks are `subnet`.
    fn nearest_block(&self, address: u32, subnet: &Range<usize>) -> Option<u32> {
        let all = self.addresses.addresses();
        let below = subnet.start.checked_sub(1).and_then(|rank| all.get(rank));
        let above = all.get(subnet.end);
        below.into_iter().chain(above).min_by_key(|other| other.abs_diff(address)).copied()
    }

    /// The cluster of least Mahalanobis distance, where there is one and the address is not among its own.
    fn nearest_cluster(&self, address: u32, told: &mut Sentence) {
        let x = Vector4::from(octets(address).map(f64::from));
        let distance =
            |mean: &Vector4<f64>, factor: &Matrix4<f64>| (factor.transpose() * (x - mean)).norm();
        let distances = self.clusters.iter().map(|(k, mean, factor)| (distance(mean, factor), k));
        match distances.min_by(|a, b| a.0.total_cmp(&b.0)) {
            // So far from the centre are its own addresses, too.
            None | Some((..NEAR, _)) => {}
            Some((FAR.., cluster)) => {
                told.add(format_args!("nearest cluster {cluster} is more than 1,000 sd away"));
            }
            Some((distance @ 10.0.., cluster)) => {
                told.add(format_args!("nearest cluster {cluster} is {distance:.0} sd away"));
            }
            Some((distance, cluster)) => {
                told.add(format_args!("nearest cluster {cluster} is {distance:.1} sd away"));
            }
        }
    }
}

/// A sentence on its way: millions of them are written, so each is put together in one place.
struct Sentence {
    text: String,
    separator: &'static str,
}

impl Sentence {
    /// One about `address`.
    fn new(address: u32) -> Self {
        let mut sentence = Self { text: String::with_capacity(192), separator: "" };
        sentence.add(dotted(address));
        sentence.separator = ": ";
        sentence
    }

    /// Goes on with `part`.
    fn add(&mut self, part: impl Display) {
        // A string takes everything.
        let _ = write!(self.text, "{}{part}", self.separator);
        self.separator = "; ";
    }

    /// The whole of it.
    fn finish(mut self) -> String {
        self.text.push('.');
        self.text
    }
}

/// When an address was seen, in UTC.
fn when(Span { first, last }: Span) -> String {
    let (from, to) = (Rfc3339(first), Rfc3339(last));
    if first == last { format!("seen at {from}") } else { format!("seen from {from} to {to}") }
}

/// The first `count` octets of `address`.
fn leading(address: u32, count: usize) -> String {
    let octets = octets(address);
    octets[..count].iter().map(u8::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kmeans::Partition;

    fn number(octets: [u8; OCTETS]) -> u32 {
        u32::from_be_bytes(octets)
    }

    /// Two subnets of 100 hosts, an odd host in one of them, and one of elsewhere.
    fn network() -> Vec<u32> {
        let host = |i: u8| number([192, 168, 20 + i % 2, 10 + i / 2]);
        let odd = [number([192, 168, 20, 200]), number([172, 19, 2, 66]), number([0, 0, 0, 0])];
        (0..200).map(host).chain(odd).collect()
    }

    fn reason(address: [u8; OCTETS], packets: u64, rules: &[Rule]) -> String {
        let addresses = network();
        let ascending = Ascending::new(&addresses);
        let centres = vec![[192.0, 168.0, 20.5, 60.0], [10.0, 0.0, 0.0, 0.0]];
        let estimate = Partition::new(centres, vec![1.0, 0.0], 4.0 * 100.0 * 200.0, 200).estimate();
        let (surprise, structure) = (Surprise::new(&ascending), Structure::default());
        let reasons = Reasons::new(&ascending, surprise, &structure, &estimate, &[200, 0]);
        let rules = rules.iter().copied().collect();
        let reason = reasons.of(number(address), packets, Activity::default(), rules);
        assert!((reason.bits() - reason.surprise.iter().sum::<f64>()).abs() < 1e-4);
        reason.sentence
    }

    #[test]
    fn an_address_of_elsewhere_and_an_odd_host_of_a_dense_subnet() {
        assert_eq!(
            reason([172, 19, 2, 66], 3, &[Rule::LowDensity, Rule::Isolated]),
            "172.19.2.66: nothing else here begins with 172 (14.6 of 38.6 bits); nearest cluster 0 is \
             15 sd away; 3 packets."
        );
        assert_eq!(
            reason([192, 168, 20, 200], 1_234, &[Rule::Gap]),
            "192.168.20.200: 100 others in 192.168.20.0/24, the nearest 192.168.20.109 (14.7 of 15.8 \
             bits); 57.0 neighbours expected in 192.168.20.110-192.168.20.255, none seen; nearest \
             cluster 0 is 14 sd away; 1,234 packets."
        );
    }

    #[test]
    fn a_cluster_is_not_told_to_be_far_where_its_own_addresses_are() {
        let far = reason([192, 168, 20, 105], 1, &[Rule::Isolated]);
        assert!(far.contains("; nearest cluster 0 is 4.5 sd away; "), "{far}");
        let near = reason([192, 168, 20, 90], 1, &[Rule::Isolated]);
        assert!(!near.contains("cluster"), "{near}");
    }

    #[test]
    fn a_reserved_address() {
        let told = reason([0, 0, 0, 0], 1, &[Rule::Reserved]);
        assert!(told.starts_with("0.0.0.0: the unspecified address (RFC 1122); nothing"), "{told}");
        assert!(told.ends_with("; 1 packet."), "{told}");
    }

    #[test]
    fn times_are_told_where_they_are_known() {
        const SECOND: i64 = 1_000_000_000;
        let (first, last) = (1_767_225_600 * SECOND, 1_767_225_601 * SECOND);
        assert_eq!(when(Span { first, last: first }), "seen at 2026-01-01T00:00:00Z");
        let told = "seen from 2026-01-01T00:00:00Z to 2026-01-01T00:00:01Z";
        assert_eq!(when(Span { first, last }), told);
    }
}
