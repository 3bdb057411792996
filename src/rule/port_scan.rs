//! Sources that try the doors of one host: many services of one destination, with few records each.
//!
//! A source that has an errand asks for a few services. Systems draw high ports for what they agree on in a
//! conversation (passive FTP, remote procedure calls), so a quarter of the services must have ports that are registered,
//! or their ports must stand side by side. A server answers to whatever ports its clients have drawn: what asks its
//! accuser again and again for a service is none that is scanned.

use rayon::prelude::*;

use crate::behaviour::{Conversation, Conversations, MOST_RECORDS, Service};

/// The fewest services of one destination that are a scan.
const LEAST: u32 = 16;

/// The share of services of registered ports.
const REGISTERED: f64 = 0.25;
/// Clients draw no ports below.
const LEAST_OF_CLIENTS: u16 = 1024;

/// More records of a service are more than a try, and the share of services that have no more.
const TRIES: u32 = 4;
const TRIED: f64 = 0.7;

/// A scan of the ports of one host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortScan {
    /// Who scans.
    pub source: u32,
    /// The host that is scanned for the most services.
    pub destination: u32,
    /// The services of it that are asked for.
    pub services: u32,
    /// The least of them, and the greatest.
    pub first: Service,
    /// The greatest.
    pub last: Service,
    /// Whether the destination answered at all, if that is known.
    pub is_answered: Option<bool>,
    /// Other hosts that the same source scans.
    pub others: u32,
}

/// The scans among `conversations`, by their source.
pub fn find(conversations: &Conversations) -> Vec<PortScan> {
    let scan = |pair: Vec<Conversation>| {
        let asked = || pair.iter().filter(|one| one.service().is_port());
        let services = asked().count() as u32;
        let share = |count: usize| count as f64 / f64::from(services);
        let registered = asked().filter(|one| !one.service().is_drawn()).count();
        let mut ports: Vec<u16> = asked().map(|one| one.service().port()).collect();
        ports.sort_unstable();
        // Somewhere many of them stand side by side.
        let many = LEAST as usize;
        let is_dense = ports.windows(many).any(|some| some[many - 1] - some[0] <= 2 * LEAST as u16);
        let tried = asked().filter(|one| one.records() <= TRIES && !one.is_large()).count();
        let is_scan = services >= LEAST
            && (share(registered) >= REGISTERED || is_dense)
            && share(tried) >= TRIED
            && !answers(&ports, &conversations.between(pair[0].destination(), pair[0].source()));
        let (first, last) = (asked().next()?, asked().next_back()?);
        is_scan.then(|| PortScan {
            source: first.source(),
            destination: first.destination(),
            services,
            first: first.service(),
            last: last.service(),
            is_answered: conversations
                .has_answers()
                .then(|| pair.iter().any(|one| one.is_answered())),
            others: 0,
        })
    };
    let mut scans: Vec<PortScan> = conversations.pairs(LEAST as usize).filter_map(scan).collect();
    scans.sort_by_key(|scan| (scan.source, u32::MAX - scan.services, scan.destination));
    scans
        .chunk_by(|a, b| a.source == b.source)
        .map(|scans| PortScan { others: scans.len() as u32 - 1, ..scans[0] })
        .collect()
}

/// Whether what goes to these `ports`, ascending, answers what comes `back`: to ports that a client has drawn, for a
/// service that it asks for again and again, or for as many services on lower ports.
fn answers(ports: &[u16], back: &[Conversation]) -> bool {
    let is_of_client = ports.first().is_some_and(|&least| least >= LEAST_OF_CLIENTS);
    let asked = || back.iter().filter(|one| one.service().is_port());
    let many = 2 * asked().count() >= ports.len();
    let least = asked().map(|one| one.service().port()).min();
    is_of_client
        && (asked().any(|one| one.records() == MOST_RECORDS)
            || many && least < ports.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behaviour::{Gathered, Keyed};

    fn found(ports: impl IntoIterator<Item = u16>) -> Vec<PortScan> {
        let mut gathered = Gathered::default();
        for port in ports {
            let service = Service::of(Some(6), None, Some(port), true);
            gathered.add(Conversation::of(7, 9, service, false, (1, 60)));
        }
        gathered.add(Conversation::of(
            7,
            8,
            Service::of(Some(6), None, Some(443), true),
            true,
            (20, 60),
        ));
        find(&Conversations::new(gathered.finish()))
    }

    #[test]
    fn who_answers_scans_nobody() {
        let ports = |from: u16| (from..from + 50).collect::<Vec<u16>>();
        let asked = |from: u16, records: usize| -> Vec<Conversation> {
            let of = |port| Service::of(Some(6), None, Some(port), true);
            let one = |port| Conversation::of(9, 7, of(port), true, (1, 60));
            let mut rows: Vec<Conversation> = ports(from).into_iter().map(one).collect();
            let more = rows[0];
            (1..records).for_each(|_| rows[0].absorb(more));
            rows
        };
        assert!(answers(&ports(40_000), &asked(33_000, 1)), "it was scanned itself");
        assert!(!answers(&ports(33_000), &asked(40_000, 1)));
        assert!(answers(&ports(2_000), &asked(8_443, 7)[..1]), "a server of a client of low ports");
        assert!(!answers(&ports(1), &asked(53, 7)[..1]), "a scan from a fixed port");
    }

    #[test]
    fn many_services_of_one_host_are_a_scan_and_a_few_are_none() {
        let scans = found(1..101);
        assert_eq!((scans.len(), scans[0].source, scans[0].destination), (1, 7, 9));
        assert_eq!(
            (scans[0].services, scans[0].is_answered, scans[0].others),
            (100, Some(false), 0)
        );
        assert_eq!(
            (scans[0].first.to_string(), scans[0].last.to_string()),
            ("tcp/1".to_owned(), "tcp/100".to_owned())
        );
        assert_eq!(found(1..15), []);
        assert_eq!(found((50_000..51_000).step_by(9)), [], "drawn ports");
        assert_eq!(found(50_000..50_100).len(), 1, "side by side");
        assert_eq!(found((33_000..33_030).chain([53, 60_000])).len(), 1, "beside others");
    }
}
