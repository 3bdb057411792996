//! A finding on the page: its sentence, and the evidence that it opens to.

use super::chart;
use super::role::RolePage;
use crate::describe::evidence::{Evidence, Peer};
use crate::describe::flagged::Anomaly;
use crate::report::summary::RoleSummary;
use crate::report::text;
use crate::words::{counted, grouped};

/// Services of a peer that are named.
const SERVICES: usize = 4;

/// A finding, and what it rests on.
pub(super) struct Finding<'a> {
    pub found: &'a Anomaly,
    /// The rules that make it a finding.
    pub rules: String,
    pub evidence: Vec<Told>,
}

/// Evidence, as the template shows it.
pub(super) enum Told {
    /// A strip of cells, and what it shows.
    Strip(String, String),
    /// Peers, each with its records, its services and what is known of answers; and how many are left out.
    Peers(Vec<[String; 4]>, String),
}

impl<'a> Finding<'a> {
    /// The first findings of a role, with their evidence.
    pub fn all(found: &'a RoleSummary, page: &RolePage) -> Vec<Self> {
        let told = |evidence: &Vec<Evidence>| evidence.iter().map(told).collect();
        let pairs = found.findings.iter().zip(&page.evidence);
        pairs
            .map(|(one, evidence)| Self {
                found: one,
                rules: text::found_by(found, one),
                evidence: told(evidence),
            })
            .collect()
    }
}

fn told(evidence: &Evidence) -> Told {
    match evidence {
        Evidence::Block { first, each, cells } => {
            let member = |at: usize| {
                let start = std::net::Ipv4Addr::from_bits(first.to_bits() + at as u32 * each);
                let [contacted, silent] = cells[at];
                let of =
                    if *each == 1 { String::new() } else { format!("/24, {contacted} of {each}") };
                match (contacted, silent) {
                    (0, _) => format!("{start}{of}: not contacted"),
                    (_, 0) => format!("{start}{of}: contacted"),
                    _ => format!("{start}{of}: contacted, {silent} never answered"),
                }
            };
            let what = if *each == 1 { "addresses" } else { "/24s" };
            let note = format!(
                "The {} {what} from {first} on, 64 a row: filled if contacted, outlined if some did not answer.",
                cells.len()
            );
            Told::Strip(chart::strip("The block that was swept", cells, member), note)
        }
        Evidence::Ports { host, each, first, cells } => {
            let member = |at: usize| {
                let start = u32::from(*first) + at as u32 * each;
                let range = if *each == 1 {
                    format!("port {start}")
                } else {
                    format!("ports {start}-{}", start + each - 1)
                };
                format!(
                    "{range}: {}",
                    counted(cells[at][0].into(), "service asked for", "services asked for")
                )
            };
            let last = (u32::from(*first) + cells.len() as u32 * each - 1).min(65535);
            let note = format!("Ports {first} to {last} of {host}: those asked for.");
            Told::Strip(chart::strip("The ports that were tried", cells, member), note)
        }
        Evidence::Peers(peers, all) => {
            let rows = peers.iter().map(row).collect();
            let more = match all - peers.len() {
                0 => String::new(),
                more => format!("And {} more.", grouped(more as u64)),
            };
            Told::Peers(rows, more)
        }
    }
}

fn row(peer: &Peer) -> [String; 4] {
    let named: Vec<String> = peer.services.iter().take(SERVICES).map(ToString::to_string).collect();
    let more = match peer.services.len().saturating_sub(SERVICES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let answered = match peer.is_answered {
        Some(true) => "answered",
        Some(false) => "not answered",
        None => "",
    };
    let way = match (peer.is_asked, peer.services.is_empty()) {
        // Who sends but asks for nothing answers.
        (false, true) => "answers",
        (false, false) => "asks",
        (true, true) => "answered by",
        (true, false) => "asked by",
    };
    let address = format!("{way} {}", peer.address);
    [address, peer.told(), named.join(", ") + &more, answered.to_owned()]
}
