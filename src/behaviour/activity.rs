//! What each address of a set did: a row of counters for each, which may be unknown.

use rayon::prelude::*;

use super::sums::{Span, Sum, Totals};

/// With whom an address has to do, in 12 bytes. What is not known is not 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ties {
    peers: u32,
    services: u32,
    unanswered: u32,
}

/// Stands for what is not known; no address has so many peers.
const UNKNOWN: u32 = u32::MAX;

impl Ties {
    /// Of an address whose records say nothing of the other side.
    pub const UNKNOWN: Self = Self { peers: UNKNOWN, services: UNKNOWN, unanswered: UNKNOWN };

    /// Of so many peers, services and unanswered peers.
    pub fn new(peers: Option<u32>, services: Option<u32>, unanswered: Option<u32>) -> Self {
        let [peers, services, unanswered] =
            [peers, services, unanswered].map(|count| count.unwrap_or(UNKNOWN));
        Self { peers, services, unanswered }
    }

    /// Distinct addresses of the other role.
    pub fn peers(&self) -> Option<u32> {
        known(self.peers)
    }

    /// Distinct services: those that a source asks for, or that a destination is asked for.
    pub fn services(&self) -> Option<u32> {
        known(self.services)
    }

    /// Peers of a source that never answer it, or of a destination that it never answers.
    pub fn unanswered(&self) -> Option<u32> {
        known(self.unanswered)
    }
}

fn known(count: u32) -> Option<u32> {
    (count != UNKNOWN).then_some(count)
}

/// What one address did; `None` is what its records do not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Activity {
    /// Its records.
    pub records: Option<u64>,
    /// The bytes of its traffic.
    pub bytes: Option<u64>,
    /// Distinct addresses of the other role.
    pub peers: Option<u32>,
    /// Distinct services, each a protocol and the port of a destination.
    pub services: Option<u32>,
    /// Peers that never answer.
    pub unanswered: Option<u32>,
    /// When it was seen.
    pub span: Option<Span>,
}

/// What the addresses of a set did, by position: 52 bytes an address, or nothing at all.
#[derive(Debug, Clone, Default)]
pub struct Activities {
    /// Without records where nothing was gathered of the address; empty where nothing was gathered of any.
    sums: Vec<Sum>,
    /// Likewise.
    ties: Vec<Ties>,
    /// Whether sums were asked for, and ties.
    asked: [bool; 2],
}

impl Activities {
    /// Those of `addresses`, in their order, from `sums` and, if they were counted, `ties`, both ascending.
    pub fn new(addresses: &[u32], sums: Vec<Sum>, ties: Option<Vec<(u32, Ties)>>) -> Self {
        let none = |address| Sum { address, totals: Totals::NONE };
        let asked = [true, ties.is_some()];
        let sums = align(addresses, sums, |sum| sum.address, none);
        let ties = ties.unwrap_or_default();
        let ties = align(addresses, ties, |tie: &(u32, Ties)| tie.0, |a| (a, Ties::UNKNOWN));
        Self { sums, ties: ties.into_iter().map(|(_, ties)| ties).collect(), asked }
    }

    /// The sums of each address, by position; none where nothing was gathered.
    pub fn sums(&self) -> &[Sum] {
        &self.sums
    }

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        !self.asked[0]
    }

    /// Whether peers were asked for, not only sums.
    pub fn has_ties(&self) -> bool {
        self.asked[1]
    }

    /// What the address at position `at` did.
    #[inline]
    pub fn at(&self, at: usize) -> Activity {
        let Some(sum) = self.sums.get(at) else { return Activity::default() };
        let ties = self.ties.get(at).copied().unwrap_or(Ties::UNKNOWN);
        Activity {
            records: (sum.totals.records > 0).then_some(sum.totals.records),
            bytes: sum.totals.bytes(),
            peers: ties.peers(),
            services: ties.services(),
            unanswered: ties.unanswered(),
            span: sum.totals.span(),
        }
    }
}

/// Brings `rows`, ascending by address, into the order of `addresses`; no rows stay none.
fn align<T: Copy + Send + Sync>(
    addresses: &[u32],
    rows: Vec<T>,
    address: impl Fn(&T) -> u32 + Sync,
    none: impl Fn(u32) -> T + Sync,
) -> Vec<T> {
    if rows.is_empty() {
        return rows;
    }
    if rows.len() == addresses.len() && rows.iter().map(&address).eq(addresses.iter().copied()) {
        return rows;
    }
    let find = |&wanted: &u32| {
        let at = rows.binary_search_by_key(&wanted, &address);
        at.map_or_else(|_| none(wanted), |at| rows[at])
    };
    addresses.par_iter().map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_where_their_addresses_do() {
        let sum = |address, bytes, time| Sum { address, totals: Totals::of(bytes, time) };
        let sums = vec![sum(3, Some(40), None), sum(5, None, Some(9))];
        let ties = vec![(5, Ties::new(Some(2), None, Some(0)))];
        let all = Activities::new(&[5, 4, 3], sums, Some(ties));
        let span = Some(Span { first: 9, last: 9 });
        let five = Activity {
            records: Some(1),
            peers: Some(2),
            unanswered: Some(0),
            span,
            ..Activity::default()
        };
        assert_eq!(all.at(0), five);
        assert_eq!(all.at(1), Activity::default());
        assert_eq!(
            all.at(2),
            Activity { records: Some(1), bytes: Some(40), ..Activity::default() }
        );
        assert!(
            Activities::default().is_empty() && Activities::default().at(0) == Activity::default()
        );
    }
}
