//! Sources that try the doors of one host: many services of one destination, with few records each.
//!
//! A source that has an errand asks for a few services. Systems draw high ports for what they agree on in a
//! conversation (passive FTP, remote procedure calls), so a quarter of the services must have ports that are registered,
//! or their ports must stand side by side. A server answers to whatever ports its clients have drawn: what asks its
//! accuser again and again for a service is none that is scanned.

use rayon::prelude::*;

use crate::behaviour::{Conversations, MOST_RECORDS, Service};

/// The fewest services of one destination that are a scan.
const LEAST: u32 = 16;

/// The share of services of registered ports.
const REGISTERED: f64 = 0.25;
/// The share of the ports between the least and the greatest.
const DENSE: f64 = 0.5;

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
    let scan = |pair: Vec<crate::behaviour::Conversation>| {
        let asked = || pair.iter().filter(|one| one.service().is_port());
        let services = asked().count() as u32;
        let share = |count: usize| count as f64 / f64::from(services);
        let registered = asked().filter(|one| !one.service().is_drawn()).count();
        let ports = || asked().map(|one| one.service().port());
        let range = ports().max().unwrap_or(0) - ports().min().unwrap_or(0);
        let is_dense = f64::from(services) >= DENSE * f64::from(range);
        let tried = asked().filter(|one| one.records() <= TRIES && !one.is_large()).count();
        let is_client = || {
            let back = conversations.between(pair[0].destination(), pair[0].source());
            back.iter().any(|one| one.service().is_port() && one.records() == MOST_RECORDS)
        };
        let is_scan = services >= LEAST
            && (share(registered) >= REGISTERED || is_dense)
            && share(tried) >= TRIED
            && !is_client();
        let mut answers = pair.iter().map(|one| one.is_answered());
        let (first, last) = (asked().next()?, asked().next_back()?);
        is_scan.then(|| PortScan {
            source: first.source(),
            destination: first.destination(),
            services,
            first: first.service(),
            last: last.service(),
            is_answered: conversations.has_answers().then(|| answers.any(|answer| answer)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behaviour::{Conversation, Gathered};

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
        find(&Conversations::new(gathered))
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
    }
}
