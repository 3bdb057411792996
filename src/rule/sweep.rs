//! Sources that knock at most doors of a block: many destinations side by side, with few records each.
//!
//! A contact is *light* if none of its records carries much and it has few of them, or any number if it was never
//! answered: then it is *silent* as well. Where a capture does not show answers, a light contact is silent if nobody
//! else asks that destination and it never speaks, in a part of the network (a /16) where others do. For every source the block of each size with
//! the most silent contacts counts, and the one with the most light contacts.
//!
//! Where no answers tell a sweep from errands, only contacts that ask for the same service count together.
//!
//! What is many is told by the other sources: more than six times the spread (the median absolute deviation, as
//! of a normal distribution) beyond their median, and never fewer than ten silent or fourteen light ones. Silent
//! contacts must also exceed what the source meets elsewhere: a mail gateway has unanswered calls everywhere.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::address::AddressSet;
use crate::behaviour::{Contacts, Conversations, MOST_RECORDS, Service, Side, Span};

/// Blocks of these prefix lengths, the smallest first.
const LENGTHS: [u32; 2] = [24, 16];

/// The fewest silent contacts in a block that are a sweep, and the fewest light ones.
const LEAST_SILENT: u32 = 10;
const LEAST_LIGHT: u32 = 14;

/// How many times the spread beyond the median a number of contacts must be.
const SPREADS: f64 = 6.0;
/// The standard deviation of a normal distribution, in median absolute deviations.
const DEVIATION: f64 = 1.4826;

/// How many times as often as elsewhere contacts in the block must be silent.
const TIMES: f64 = 3.0;

/// A contact of so many services is light whatever its records.
const MANY_SERVICES: u32 = 8;

/// The share of contacts of the larger block that the smaller one must have to be told instead.
const MOST: f64 = 0.8;

/// A sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// Who sweeps.
    pub source: u32,
    /// The first address that it contacted in the block.
    pub first: u32,
    /// The last.
    pub last: u32,
    /// The addresses of the block that it contacted with few records each.
    pub contacted: u32,
    /// Those of them that did not answer, if answers are known.
    pub silent: Option<u32>,
    /// Whether each of them was contacted once.
    pub once: bool,
    /// The service that it asked all of them for, if it is one.
    pub service: Option<Service>,
    /// The addresses from the first to the last that it contacted, with however many records.
    pub all: u32,
    /// How many of them nobody else contacts, and when these were contacted, if times are known.
    pub time: Option<(u32, Span)>,
}

/// The contacts of a source in one block.
#[derive(Debug, Clone, Copy)]
struct Tally {
    first: u32,
    last: u32,
    light: u32,
    silent: u32,
    once: bool,
    service: Service,
    is_one_service: bool,
}

/// A size of block, and what is counted in it.
type Best = [Option<Tally>; 2];

impl Tally {
    fn of(contact: &Contacts, is_silent: bool) -> Self {
        let address = contact.destination;
        Self {
            first: address,
            last: address,
            light: 1,
            silent: u32::from(is_silent),
            once: contact.records == 1,
            service: contact.service,
            is_one_service: contact.services <= 1,
        }
    }

    fn add(&mut self, other: Self) {
        self.last = self.last.max(other.last);
        self.light += other.light;
        self.silent += other.silent;
        self.once &= other.once;
        self.is_one_service &= other.is_one_service && other.service == self.service;
    }
}

/// What counts of one source: of each size of block the one with the most silent and the one with the most light
/// contacts.
struct Candidate {
    source: u32,
    /// All its contacts with few records, and those of them that are silent.
    light: u32,
    silent: u32,
    most_silent: Best,
    most_light: Best,
}

/// The sweeps among `conversations`, by their source. When they were made is known from those `destinations`
/// that nobody else contacts.
pub fn find(conversations: &Conversations, destinations: Option<&AddressSet>) -> Vec<Sweep> {
    let mut sweeps = untimed(conversations);
    sweeps.sort_unstable_by_key(|sweep| sweep.source);
    let mut spans: Vec<(u32, Span)> = Vec::new();
    if let (1.., Some(set)) = (sweeps.len(), destinations) {
        let alone = |at: usize| {
            let activity = set.activity(at);
            let span = activity.span.filter(|_| activity.peers == Some(1))?;
            Some((set.addresses()[at], span))
        };
        spans.extend((0..set.len()).filter_map(alone));
        spans.sort_unstable_by_key(|&(address, _)| address);
    }
    for sweep in &mut sweeps {
        let mut contacts = conversations.of(sweep.source);
        contacts.retain(|contact| (sweep.first..=sweep.last).contains(&contact.destination));
        sweep.all = contacts.len() as u32;
        contacts.retain(|contact| is_light(contact, conversations.has_answers()));
        sweep.time = time(sweep, &contacts, &spans);
    }
    sweeps
}

/// When the light contacts of `sweep` were made, from the `spans` of destinations that one source contacts.
fn time(sweep: &Sweep, light: &[Contacts], spans: &[(u32, Span)]) -> Option<(u32, Span)> {
    let of_contact = |contact: &Contacts| {
        let at = spans.binary_search_by_key(&contact.destination, |&(address, _)| address).ok()?;
        let is_of_service = sweep.service.is_none_or(|service| service == contact.service);
        is_of_service.then_some(spans[at].1)
    };
    let spans: Vec<Span> = light.iter().filter_map(of_contact).collect();
    let first = spans.iter().map(|span| span.first).min()?;
    let last = spans.iter().map(|span| span.last).max()?;
    Some((spans.len() as u32, Span { first, last }))
}

/// The sweeps, in no order, without what is known of their time.
fn untimed(conversations: &Conversations) -> Vec<Sweep> {
    let speech = (!conversations.has_answers()).then(|| Speech::new(conversations));
    let candidates: Vec<Candidate> = conversations
        .sources()
        .map(|(source, contacts)| candidate(source, &contacts, speech.as_ref()))
        .collect();
    let limits = |of: fn(&Candidate, usize) -> u32, least: u32| {
        [0, 1].map(|size| limit(candidates.iter().map(|c| of(c, size)).collect(), least))
    };
    let silent_limits = limits(|c, size| c.most_silent[size].map_or(0, |t| t.silent), LEAST_SILENT);
    let light_limits = limits(|c, size| c.most_light[size].map_or(0, |t| t.light), LEAST_LIGHT);
    let sweep = |candidate: &Candidate| {
        let of_size = |size: usize| {
            let silent = candidate.most_silent[size].filter(|tally| {
                let elsewhere = f64::from(candidate.silent - tally.silent);
                let others = f64::from((candidate.light - tally.light).max(1));
                tally.silent >= silent_limits[size]
                    && f64::from(tally.silent)
                        >= TIMES * f64::from(tally.light) * elsewhere / others
            });
            silent.or(candidate.most_light[size].filter(|tally| tally.light >= light_limits[size]))
        };
        let (small, large) = (of_size(0), of_size(1));
        let is_most = |small: &Tally| {
            large.is_none_or(|large| f64::from(small.light) >= MOST * f64::from(large.light))
        };
        let tally = small.filter(is_most).or(large)?;
        Some(Sweep {
            source: candidate.source,
            first: tally.first,
            last: tally.last,
            contacted: tally.light,
            silent: conversations.has_answers().then_some(tally.silent),
            once: tally.once,
            service: (tally.is_one_service && tally.service.is_port()).then_some(tally.service),
            all: tally.light,
            time: None,
        })
    };
    candidates.iter().filter_map(sweep).collect()
}

/// Whether a contact only knocks. Who is never answered may knock as often as it likes.
fn is_light(contact: &Contacts, shows_answers: bool) -> bool {
    let is_few = contact.records < MOST_RECORDS
        || contact.services >= MANY_SERVICES
        || shows_answers && !contact.is_answered;
    contact.records > 0 && is_few && !contact.is_large
}

fn candidate(source: u32, contacts: &[Contacts], speech: Option<&Speech>) -> Candidate {
    let shows_answers = speech.is_none();
    let tally = |contact: &Contacts| {
        let is_silent = match speech {
            None => !contact.is_answered,
            Some(speech) => speech.is_silent(contact.destination),
        };
        Tally::of(contact, is_silent)
    };
    let light: Vec<Tally> =
        contacts.iter().filter(|one| is_light(one, shows_answers)).map(tally).collect();
    let mut alike = light.clone();
    alike.retain(|tally| tally.is_one_service);
    // Addresses of a service stay in order.
    alike.sort_by_key(|tally| tally.service);
    let silent: fn(&Tally) -> u32 = |tally| tally.silent;
    let counted = if speech.is_none() { &light } else { &alike };
    Candidate {
        source,
        light: light.len() as u32,
        silent: light.iter().map(silent).sum(),
        most_silent: best(counted, silent, speech.is_some()),
        most_light: best(&alike, |tally| tally.light, true),
    }
}

/// The blocks of `contacts` of which `count` is greatest, of each size one. Only those of the same service are
/// counted together if `by_service`.
fn best(contacts: &[Tally], count: fn(&Tally) -> u32, by_service: bool) -> Best {
    LENGTHS.map(|length| {
        let same = |a: &Tally, b: &Tally| {
            (a.first ^ b.first) >> (32 - length) == 0 && (!by_service || a.service == b.service)
        };
        let blocks = contacts.chunk_by(same).map(|block| {
            let mut all = block[0];
            block[1..].iter().for_each(|&tally| all.add(tally));
            all
        });
        blocks.max_by_key(|tally| (count(tally), u32::MAX - tally.first))
    })
}

/// From which number on one of `counts`, of each source one, is far above the others.
fn limit(mut counts: Vec<u32>, least: u32) -> u32 {
    if counts.is_empty() {
        return least;
    }
    let middle = |counts: &mut Vec<u32>| {
        let at = counts.len() / 2;
        f64::from(*counts.select_nth_unstable(at).1)
    };
    let median = middle(&mut counts);
    let mut apart: Vec<u32> =
        counts.iter().map(|&c| (f64::from(c) - median).abs() as u32).collect();
    // Of counts at least that of Poisson's distribution.
    let spread = (DEVIATION * middle(&mut apart)).max(median.sqrt());
    least.max((median + SPREADS * spread).ceil() as u32)
}

/// Who speaks, and who is asked by whom, where a capture shows no answers.
struct Speech {
    /// How many sources ask each destination.
    askers: HashMap<u32, u32>,
    /// The sources, ascending.
    sources: Vec<u32>,
}

impl Speech {
    fn new(conversations: &Conversations) -> Self {
        let asked = conversations.ties(Side::Destination);
        let askers = asked.iter().filter_map(|&(address, ties)| Some((address, ties.peers()?)));
        let mut sources: Vec<u32> = conversations.sources().map(|(source, _)| source).collect();
        sources.sort_unstable();
        Self { askers: askers.collect(), sources }
    }

    fn is_silent(&self, destination: u32) -> bool {
        let block = destination & 0xffff_0000;
        let near = self.sources.partition_point(|&source| source < block);
        let is_inside = self.sources.get(near).is_some_and(|source| source & 0xffff_0000 == block);
        is_inside
            && self.askers.get(&destination) == Some(&1)
            && self.sources.binary_search(&destination).is_err()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behaviour::{Conversation, Gathered};

    /// Records, each with its source, destination and port, and whether it was answered.
    fn made(records: impl IntoIterator<Item = (u32, u32, u16, bool)>) -> Conversations {
        let mut gathered = Gathered::default();
        for (source, destination, port, is_answered) in records {
            let service = Service::of(Some(6), None, Some(port), true);
            let size = (1, 60);
            gathered.add(Conversation::of(source, destination, service, is_answered, size));
        }
        Conversations::new(gathered.finish())
    }

    /// Fifty clients of five servers.
    fn office() -> impl Iterator<Item = (u32, u32, u16, bool)> {
        let of_client =
            |client: u32| (0..5).map(move |s| (0x0a00_0100 + client, 0x0a00_0005 + s, 443, true));
        (0..50).flat_map(of_client)
    }

    #[test]
    fn a_source_that_knocks_at_every_door_is_told_with_its_block() {
        assert_eq!(find(&made(office()), None), []);
        let scan = (1..200).map(|host| (0x0a00_0111, 0x0a14_1e00 + host, 445, host % 9 == 0));
        let found = find(&made(office().chain(scan)), None);
        let expected = Sweep {
            source: 0x0a00_0111,
            first: 0x0a14_1e01,
            last: 0x0a14_1ec7,
            contacted: 199,
            silent: Some(177),
            once: true,
            service: Some(Service::of(Some(6), None, Some(445), true)),
            all: 199,
            time: None,
        };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn without_answers_what_never_speaks_is_silent() {
        let unanswered = |(s, d, port, _): (u32, u32, u16, bool)| (s, d, port, false);
        let scan = (1..30).map(|host| (0x0a00_0111, 0x0a00_1e00 + host, 445, false));
        let found = find(&made(office().map(unanswered).chain(scan)), None);
        assert_eq!((found.len(), found[0].contacted, found[0].silent), (1, 29, None));
    }

    #[test]
    fn many_of_many_is_usual() {
        assert_eq!(limit(vec![2, 3, 3, 4, 5], 10), 14);
        assert_eq!(limit(vec![], 10), 10);
        assert_eq!(limit(vec![30; 9], 10), 63);
    }
}
