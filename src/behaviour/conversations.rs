//! All conversations of a capture, ascending by source, destination and service: who asked whom for what.

use rayon::prelude::*;

use super::activity::Ties;
use super::conversation::Conversation;
use super::gathered::Entry;
use super::radix;
use super::service::Service;

/// Rows that are turned round at a time, to count what destinations do: 8 bytes each.
const TURNED: usize = 1 << 24;

/// On which side of a conversation an address counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// As its source.
    Source,
    /// As its destination.
    Destination,
    /// On either.
    Either,
}

type Row = <Conversation as Entry>::Packed;

/// Distinct conversations.
#[derive(Debug, Clone, Default)]
pub struct Conversations {
    /// Ascending.
    rows: Vec<Row>,
    /// Whether any of them was answered; otherwise nothing is known of answers.
    has_answers: bool,
}

/// What a source has to do with one destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contacts {
    /// The destination.
    pub destination: u32,
    /// The records that ask for something, of each service [at most so many](super::MOST_RECORDS); 0 if all of
    /// them are replies.
    pub records: u32,
    /// The distinct services asked for.
    pub services: u32,
    /// The least of them, or why there is none.
    pub service: Service,
    /// Whether a record has more than a [few](super::FEW) packets or bytes.
    pub is_large: bool,
    /// Whether the destination ever sent anything to the source, or a record says so.
    pub is_answered: bool,
}

/// Whether two rows have the same source.
#[inline]
fn same_source(a: &Row, b: &Row) -> bool {
    conversation(a).source() == conversation(b).source()
}

/// Whether two rows have the same source and the same destination.
#[inline]
fn same_pair(a: &Row, b: &Row) -> bool {
    a.first_chunk::<8>() == b.first_chunk::<8>()
}

/// Whether the destination of a pair sent anything to its source.
fn is_answered(pair: &[Row]) -> bool {
    pair.iter().any(|row| conversation(row).is_answered())
}

/// Two addresses, in the order of rows.
#[inline]
fn pair_key(source: u32, destination: u32) -> u64 {
    u64::from(source) << 32 | u64::from(destination)
}

/// Where records show answers, at least one of so many sources is answered.
const LEAST_ANSWERED: usize = 4;

/// Slots by which sources are told apart: 1 MiB of them.
const SOURCES: usize = 1 << 20;

/// The slot of `address`.
#[inline]
fn hash(address: u32) -> usize {
    (address.wrapping_mul(0x9e37_79b1) >> 12) as usize
}

fn conversation(row: &Row) -> Conversation {
    Conversation::of_bytes(*row)
}

/// What the rows of one pair say; whether any capture `shows_answers`.
fn contacts(pair: &[Row], shows_answers: bool) -> Contacts {
    let is_answered = is_answered(pair);
    let services = || pair.iter().map(|row| conversation(row).service());
    // Where both sides send, a port tells which of them asks; nobody replies to what never sent anything.
    let is_asking = !is_answered || services().any(Service::is_surely_asked);
    let is_silent = shows_answers && !is_answered;
    let is_asked = |one: &Conversation| is_asking && (is_silent || one.service().is_asked());
    let asking = || pair.iter().map(conversation).filter(is_asked);
    Contacts {
        destination: conversation(&pair[0]).destination(),
        records: asking().map(Conversation::records).sum(),
        services: asking().filter(|one| one.service().is_port()).count() as u32,
        service: asking().map(Conversation::service).next().unwrap_or(Service::REPLY),
        is_large: asking().any(Conversation::is_large),
        is_answered,
    }
}

impl Conversations {
    /// Those of `rows`, ascending, as they are [gathered](super::Gathered::finish).
    pub fn new(rows: Vec<Row>) -> Self {
        let mut found = Self { rows, has_answers: false };
        let said = found.mark_answered();
        found.has_answers = found.shows_answers(said).unwrap_or_else(|| found.is_two_way());
        found
    }

    /// Whether one of [some](LEAST_ANSWERED) sources that ask is answered: so many by what records `said`, or by
    /// replies to what they sent. A log of requests has replies, too, but they are few, and one of answers has no
    /// requests. `None` if no record has ports.
    fn shows_answers(&self, said: usize) -> Option<bool> {
        let asks = |row: &Row| conversation(row).service().is_port();
        let runs = self.rows.par_chunk_by(same_source);
        let asking = runs.filter(|rows| rows.iter().any(asks)).count();
        let replies = self.rows.par_iter().map(conversation);
        let replies = replies.filter(|one| one.service() == Service::REPLY && one.is_answered());
        let mut answered: Vec<u32> = replies.map(Conversation::destination).collect();
        answered.par_sort_unstable();
        answered.dedup();
        (asking > 0).then(|| LEAST_ANSWERED * said.max(answered.len()) >= asking)
    }

    /// Whether most sources are answered, which are marked.
    fn is_two_way(&self) -> bool {
        let runs = || self.rows.par_chunk_by(same_source);
        2 * runs().filter(|rows| is_answered(rows)).count() >= runs().count()
    }

    /// Marks every pair that has one in the other direction as answered. Returns how many sources have a record that
    /// says so of a pair that has none: of others it does not matter whether they were marked before, as shards are.
    fn mark_answered(&mut self) -> usize {
        let mut said: Vec<u32> = Vec::new();
        // Few destinations are sources, and those are told from most others by a few bits.
        let mut sources = vec![false; SOURCES];
        self.rows.chunk_by(same_source).for_each(|rows| {
            sources[hash(conversation(&rows[0]).source())] = true;
        });
        let parts = (1 + self.rows.len() / TURNED) as u32;
        for part in 0..parts {
            let mut turned: Vec<u64> = self
                .rows
                .par_chunk_by(same_pair)
                .map(|pair| conversation(&pair[0]))
                .filter(|one| sources[hash(one.destination())])
                .filter(|one| one.destination() % parts == part)
                .map(|one| pair_key(one.destination(), one.source()))
                .collect();
            turned.par_sort_unstable();
            let mut turned = turned.into_iter().peekable();
            for pair in self.rows.chunk_by_mut(same_pair) {
                let first = conversation(&pair[0]);
                let key = pair_key(first.source(), first.destination());
                while turned.next_if(|&other| other < key).is_some() {}
                if turned.peek() == Some(&key) {
                    pair.iter_mut().for_each(|row| *row = conversation(row).answered().to_bytes());
                } else if first.source() % parts == part && is_answered(pair) {
                    // The part in which a pair would have been found.
                    said.push(first.source());
                }
            }
        }
        // Those of a source stand side by side.
        said.dedup();
        said.len()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether it is known which of them were answered.
    pub fn has_answers(&self) -> bool {
        self.has_answers
    }

    /// Each of them, ascending.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Conversation> {
        self.rows.iter().map(conversation)
    }

    /// Each source with each of its destinations, ascending.
    pub fn distinct_pairs(&self) -> Vec<(u32, u32)> {
        let pair = |pair: &[Row]| {
            let first = conversation(&pair[0]);
            (first.source(), first.destination())
        };
        self.rows.par_chunk_by(same_pair).map(pair).collect()
    }

    /// The rows as files hold them.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Each source with its destinations, ascending.
    pub fn sources(&self) -> impl ParallelIterator<Item = (u32, Vec<Contacts>)> {
        self.rows.par_chunk_by(same_source).map(|rows| {
            let pairs = rows.chunk_by(same_pair);
            let contacts = pairs.map(|pair| contacts(pair, self.has_answers)).collect();
            (conversation(&rows[0]).source(), contacts)
        })
    }

    /// The conversations of each source with each destination that are `least` or more, ascending.
    pub fn pairs(&self, least: usize) -> impl ParallelIterator<Item = Vec<Conversation>> {
        let pairs = self.rows.par_chunk_by(same_pair).filter(move |pair| pair.len() >= least);
        pairs.map(|pair| pair.iter().map(conversation).collect())
    }

    /// The conversations of `source` with each of its destinations, ascending.
    pub fn pairs_of(&self, source: u32) -> Vec<Vec<Conversation>> {
        let pairs = self.rows_of(source).chunk_by(same_pair);
        pairs.map(|pair| pair.iter().map(conversation).collect()).collect()
    }

    /// The conversations of each source of `destination` with it, ascending: looks at all rows.
    pub fn pairs_to(&self, destination: u32) -> Vec<Vec<Conversation>> {
        let pairs = self.rows.par_chunk_by(same_pair);
        let to = pairs.filter(|pair| conversation(&pair[0]).destination() == destination);
        to.map(|pair| pair.iter().map(conversation).collect()).collect()
    }

    /// The conversations of `source` with `destination`, ascending.
    pub fn between(&self, source: u32, destination: u32) -> Vec<Conversation> {
        let rows = self.rows_of(source);
        let first = rows.partition_point(|row| conversation(row).destination() < destination);
        let rows = rows[first..].iter().map(conversation);
        rows.take_while(|one| one.destination() == destination).collect()
    }

    /// The destinations of `source`, ascending.
    pub fn of(&self, source: u32) -> Vec<Contacts> {
        let pairs = self.rows_of(source).chunk_by(same_pair);
        pairs.map(|pair| contacts(pair, self.has_answers)).collect()
    }

    fn rows_of(&self, source: u32) -> &[Row] {
        let first = self.rows.partition_point(|row| conversation(row).source() < source);
        let rows = &self.rows[first..];
        &rows[..rows.partition_point(|row| conversation(row).source() == source)]
    }

    /// The ties of every address that is on `side`, ascending.
    pub fn ties(&self, side: Side) -> Vec<(u32, Ties)> {
        if side == Side::Source {
            return self.rows.chunk_by(same_source).map(|rows| self.ties_of_source(rows)).collect();
        }
        // A part at a time, as it takes another order of the same rows.
        let parts = 1 + (self.rows.len() / TURNED) as u32;
        let mut ties = Vec::new();
        (0..parts).for_each(|part| self.add_ties(side, part, parts, &mut ties));
        if parts > 1 {
            ties.par_sort_unstable_by_key(|&(address, _)| address);
        }
        ties
    }

    /// The ties of the source of `rows`, which are all that it has.
    fn ties_of_source(&self, rows: &[Row]) -> (u32, Ties) {
        let services = rows.iter().map(|row| conversation(row).service());
        let mut services: Vec<Service> = services.filter(|service| service.is_said()).collect();
        let pairs = || rows.chunk_by(same_pair);
        let unanswered = || pairs().filter(|pair| !is_answered(pair)).count() as u32;
        let ties = Ties::new(
            Some(pairs().count() as u32),
            (!services.is_empty()).then(|| distinct_ports(&mut services)),
            self.has_answers.then(unanswered),
        );
        (conversation(&rows[0]).source(), ties)
    }

    /// Adds the ties of those addresses that leave the rest `part` of `parts`, ascending.
    fn add_ties(&self, side: Side, part: u32, parts: u32, ties: &mut Vec<(u32, Ties)>) {
        let is_either = side == Side::Either;
        let is_meant = |address: u32| parts == 1 || address % parts == part;
        let mut ends: Vec<u64> = Vec::with_capacity(self.rows.len().min(TURNED));
        for pair in self.rows.chunk_by(same_pair) {
            let first = conversation(&pair[0]);
            let (source, destination) = (first.source(), first.destination());
            let is_silent = self.has_answers && !is_answered(pair);
            // Two that send to each other are one peer of either.
            let is_counted = is_either && is_answered(pair) && self.has(destination, source);
            for (at, row) in pair.iter().enumerate() {
                let service = conversation(row).service();
                let is_first = at == 0;
                if is_meant(destination) {
                    let is_silent = is_first && is_silent && !is_either;
                    ends.push(end(destination, service, is_first && !is_counted, is_silent));
                }
                // Of both ends the source is the one to which nothing comes back.
                if is_either && is_meant(source) {
                    ends.push(end(source, service, is_first, is_first && is_silent));
                }
            }
        }
        radix::sort(&mut ends, &mut vec![], |&end| own(&end));
        let runs = || ends.chunk_by(|a, b| own(a) == own(b));
        ties.reserve_exact(runs().count());
        let mut services: Vec<Service> = Vec::new();
        for run in runs() {
            let count = |flag: u64| run.iter().filter(|&end| end & flag > 0).count() as u32;
            services.clear();
            let all = run.iter().map(|&end| Service::of_bits((end >> FLAGS) as u32));
            services.extend(all.filter(|service| service.is_said()));
            let of_run = Ties::new(
                Some(count(PEER)),
                (!services.is_empty()).then(|| distinct_ports(&mut services)),
                self.has_answers.then(|| count(SILENT)),
            );
            ties.push((own(&run[0]), of_run));
        }
    }

    /// Whether `source` has a conversation with `destination`.
    fn has(&self, source: u32, destination: u32) -> bool {
        let key = pair_key(source, destination);
        let of = |row: &Row| {
            let row = conversation(row);
            pair_key(row.source(), row.destination())
        };
        self.rows.binary_search_by_key(&key, of).is_ok()
    }
}

/// The bits of an [`end`] below its service: whether it is the first with this peer, and one that never answers.
const FLAGS: u32 = 2;
const PEER: u64 = 1;
const SILENT: u64 = 2;

/// One end of a row: the address there, and what the row says of it.
#[inline]
fn end(own: u32, service: Service, is_peer: bool, is_silent: bool) -> u64 {
    let flags = if is_peer { PEER } else { 0 } | if is_silent { SILENT } else { 0 };
    u64::from(own) << 32 | u64::from(service.bits()) << FLAGS | flags
}

/// The address of an [`end`].
#[inline]
fn own(end: &u64) -> u32 {
    (end >> 32) as u32
}

/// How many different ones of `services` are ports, which leaves each once.
fn distinct_ports(services: &mut Vec<Service>) -> u32 {
    if services.len() > 1 {
        services.sort_unstable();
        services.dedup();
    }
    services.iter().filter(|service| service.is_port()).count() as u32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::gathered::Gathered;
    use super::*;

    /// Source, destination, port asked for (0: a reply), whether it says that it was answered.
    type Made = (u32, u32, u16, bool);

    fn made(records: &[Made]) -> Conversations {
        let mut gathered = Gathered::default();
        for &(source, destination, port, is_answered) in records {
            let service = match port {
                0 => Service::REPLY,
                port => Service::of(Some(6), None, Some(port), false),
            };
            gathered.add(Conversation::of(source, destination, service, is_answered, (1, 60)));
        }
        Conversations::new(gathered.finish())
    }

    fn record() -> impl Strategy<Value = Made> {
        (0u32..9, 0u32..9, 0u16..4, prop::bool::weighted(0.1))
    }

    proptest! {
        #[test]
        fn what_was_marked_stays_as_it_is(records in prop::collection::vec(record(), 1..60)) {
            let once = made(&records);
            let again = Conversations::new(once.rows().to_vec());
            prop_assert_eq!(again.has_answers(), once.has_answers());
            prop_assert_eq!(again.rows(), once.rows());
        }

        #[test]
        fn ties_are_those_of_the_records(records in prop::collection::vec(record(), 1..60)) {
            let conversations = made(&records);
            let back: BTreeSet<(u32, u32)> = records.iter().map(|r| (r.1, r.0)).collect();
            let answered = |s, d| back.contains(&(s, d))
                || records.iter().any(|r| (r.0, r.1) == (s, d) && r.3);
            let any = conversations.has_answers();
            for side in [Side::Source, Side::Destination, Side::Either] {
                let is_own = |r: &&Made, address| match side {
                    Side::Source => r.0 == address,
                    Side::Destination => r.1 == address,
                    Side::Either => r.0 == address || r.1 == address,
                };
                let ties = conversations.ties(side);
                prop_assert!(ties.is_sorted_by_key(|&(address, _)| address));
                for (address, ties) in ties {
                    let own = || records.iter().filter(|r| is_own(r, address));
                    let mut peers = BTreeSet::new();
                    for &(s, d, ..) in own() {
                        if s == address && side != Side::Destination { peers.insert(d); }
                        if d == address && side != Side::Source { peers.insert(s); }
                    }
                    let services: BTreeSet<u16> = own().map(|r| r.2).filter(|&port| port > 0).collect();
                    let asker = |r: &&Made| side == Side::Destination || r.0 == address;
                    let silent: BTreeSet<(u32, u32)> = own().filter(asker)
                        .filter(|r| !answered(r.0, r.1)).map(|r| (r.0, r.1)).collect();
                    prop_assert_eq!(ties.peers(), Some(peers.len() as u32));
                    prop_assert_eq!(ties.services(), Some(services.len() as u32));
                    prop_assert_eq!(ties.unanswered(), any.then_some(silent.len() as u32));
                }
            }
        }

        #[test]
        fn contacts_are_those_of_the_records(records in prop::collection::vec(record(), 1..60)) {
            let conversations = made(&records);
            let mut sources: Vec<(u32, Vec<Contacts>)> = conversations.sources().collect();
            sources.sort_by_key(|&(source, _)| source);
            for (source, contacts) in sources {
                prop_assert_eq!(&conversations.of(source), &contacts);
                for one in contacts {
                    let own = || records.iter().filter(|r| (r.0, r.1) == (source, one.destination));
                    let services: BTreeSet<u16> = own().map(|r| r.2).filter(|&port| port > 0).collect();
                    prop_assert_eq!(one.services as usize, services.len());
                    let is_silent = conversations.has_answers() && !one.is_answered;
                    prop_assert_eq!(one.records == 0, services.is_empty() && !is_silent);
                    prop_assert!(own().count() > 0);
                }
            }
        }
    }
}
