//! Distinct keys, each with what is merged of it, in as little memory as a sorted list takes.
//!
//! New entries go into a hash table of those seen lately, where repeated keys meet. Once it is full, it is sorted
//! and merged into the list in place. As it grows with the list, an entry is moved a bounded number of times
//! however many there are: the time is linear.

use std::hash::{BuildHasher, RandomState};

/// The fewest entries that are merged into the list at a time: a few MiB.
const LEAST_RECENT: usize = 1 << 17;

/// The table holds this share of a list of some millions, so that entries are moved seldom; and this share of a
/// long one, so that it takes little memory beside it.
const RECENT_SHARE: usize = 8;
const RECENT_SHARE_OF_MANY: usize = 32;
const MANY_RECENT: usize = 1 << 20;

/// Where fewer than one of so many entries is known already, none is looked up.
const REPEATED: usize = 8;

/// From so many entries on, a list has no room to spare.
const MANY: usize = 1 << 24;

/// The slots of an empty table, as a power of two.
const LEAST_SLOTS: u32 = 10;

/// A key, and what is known of it.
pub trait Entry: Copy {
    /// The entry as it is held in the list.
    type Packed: Copy;

    /// What tells it from others, in the order of the list.
    type Key: Copy + Ord + Into<u128>;

    /// Its key.
    fn key(self) -> Self::Key;

    /// Takes what `other`, of the same key, knows: in whatever order, the result is the same.
    fn absorb(&mut self, other: Self);

    /// The entry in the form of the list.
    fn pack(self) -> Self::Packed;

    /// The entry of the list.
    fn unpack(packed: Self::Packed) -> Self;
}

/// Entries of distinct keys.
#[derive(Debug, Clone)]
pub struct Gathered<E: Entry> {
    /// Ascending.
    list: Vec<E::Packed>,
    /// Those that came since, each key once.
    recent: Vec<E>,
    /// Where in `recent` an entry is, from 1; 0 where there is none. At most half are taken.
    slots: Vec<u32>,
    /// Whether recent entries are looked up as they come: needless where hardly any key repeats, which the last merge
    /// tells.
    is_hashed: bool,
    /// Drawn anew each time, so that nobody can send keys that all meet at one slot.
    factors: [u64; 2],
    least_recent: usize,
}

impl<E: Entry> Default for Gathered<E> {
    fn default() -> Self {
        Self::new(LEAST_RECENT)
    }
}

impl<E: Entry> Gathered<E> {
    fn new(least_recent: usize) -> Self {
        let random = RandomState::new();
        Self {
            list: Vec::new(),
            recent: Vec::new(),
            slots: vec![0; 1 << LEAST_SLOTS],
            is_hashed: true,
            factors: [random.hash_one(0) | 1, random.hash_one(1) | 1],
            least_recent,
        }
    }

    /// Adds `entry`.
    #[inline]
    pub fn add(&mut self, entry: E) {
        if !self.is_hashed {
            self.recent.push(entry);
            return self.merge_if_full();
        }
        let slot = self.slot(entry.key());
        match self.slots[slot] {
            0 => self.push(slot, entry),
            at => self.recent[at as usize - 1].absorb(entry),
        }
    }

    fn push(&mut self, slot: usize, entry: E) {
        self.recent.push(entry);
        // There are far fewer than 2^32: a list of 2^37 entries would not fit in any memory.
        self.slots[slot] = self.recent.len() as u32;
        self.merge_if_full();
        if 2 * self.recent.len() >= self.slots.len() {
            self.rehash(2 * self.slots.len());
        }
    }

    #[inline]
    fn merge_if_full(&mut self) {
        let listed = self.list.len();
        let share = (listed / RECENT_SHARE).min(MANY_RECENT).max(listed / RECENT_SHARE_OF_MANY);
        if self.recent.len() >= self.least_recent.max(share) {
            self.merge();
        }
    }

    /// The slot of `key`, or the one that it would take.
    #[inline]
    fn slot(&self, key: E::Key) -> usize {
        let mask = self.slots.len() - 1;
        let bits: u128 = key.into();
        let [low, high] = [bits as u64 ^ self.factors[0], (bits >> 64) as u64 ^ self.factors[1]];
        // The halves of a product of both depend on all bits (as in wyhash).
        let product = u128::from(low) * u128::from(high | 1);
        let mut at = (product as u64 ^ (product >> 64) as u64) as usize;
        // Half of the slots are free.
        loop {
            at &= mask;
            match self.slots[at] {
                0 => return at,
                taken if self.recent[taken as usize - 1].key() == key => return at,
                _ => at += 1,
            }
        }
    }

    fn rehash(&mut self, slots: usize) {
        self.slots = vec![0; slots];
        for at in 0..self.recent.len() {
            let slot = self.slot(self.recent[at].key());
            self.slots[slot] = at as u32 + 1;
        }
    }

    /// Sorts the recent entries into the list.
    fn merge(&mut self) {
        let came = self.recent.len();
        self.recent.sort_unstable_by_key(|entry| entry.key());
        self.recent.dedup_by(|next, kept| {
            let is_same = next.key() == kept.key();
            if is_same {
                kept.absorb(*next);
            }
            is_same
        });
        // What is in the list is absorbed there; the place of each other entry is kept.
        let mut places = Vec::with_capacity(self.recent.len());
        let (list, mut place) = (&mut self.list, 0);
        self.recent.retain(|&entry| {
            place += gallop(&list[place..], |&other| E::unpack(other).key() < entry.key());
            if let Some(listed) = list.get_mut(place) {
                let mut found = E::unpack(*listed);
                if found.key() == entry.key() {
                    found.absorb(entry);
                    *listed = found.pack();
                    return false;
                }
            }
            places.push(place);
            true
        });
        let new = self.recent.len();
        // Some room more, so that a list of some millions is not moved as a whole each time.
        let room = if self.list.len() < MANY { self.list.len() / RECENT_SHARE } else { 0 };
        self.list.reserve_exact(new.max(room));
        let mut end = self.list.len();
        self.list.extend(self.recent.iter().map(|entry| entry.pack()));
        // From the end, so that what has not been moved is not overwritten.
        for (left, (entry, place)) in self.recent.drain(..).zip(places).enumerate().rev() {
            self.list.copy_within(place..end, place + left + 1);
            self.list[place + left] = entry.pack();
            end = place;
        }
        self.slots.fill(0);
        self.is_hashed = new < came - came / REPEATED;
    }

    /// How many entries there are at the most: some of the recent ones may be in the list already.
    pub fn len(&self) -> usize {
        self.list.len() + self.recent.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Those that are in the list.
    pub fn listed(&self) -> &[E::Packed] {
        &self.list
    }

    /// The entries, ascending.
    pub fn finish(mut self) -> Vec<E::Packed> {
        self.merge();
        self.list
    }
}

/// How many of the first `entries` are `less`, after which none is: found in steps that double, as they are few.
fn gallop<T>(entries: &[T], less: impl Fn(&T) -> bool) -> usize {
    let mut reach = 1;
    while reach < entries.len() && less(&entries[reach]) {
        reach *= 2;
    }
    let from = reach / 2;
    from + entries[from..entries.len().min(reach + 1)].partition_point(less)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq)]
    struct Count(u128, u64);

    impl Entry for Count {
        type Packed = (u128, u64);
        type Key = u128;

        fn key(self) -> u128 {
            self.0
        }

        fn absorb(&mut self, other: Self) {
            self.1 += other.1;
        }

        fn pack(self) -> (u128, u64) {
            (self.0, self.1)
        }

        fn unpack((key, count): (u128, u64)) -> Self {
            Self(key, count)
        }
    }

    proptest! {
        #[test]
        fn entries_are_those_of_a_map(
            keys in prop::collection::vec(prop_oneof![0u128..40, any::<u128>()], 0..3000),
            least_recent in 1usize..900,
        ) {
            let mut gathered = Gathered::new(least_recent);
            let mut map: BTreeMap<u128, u64> = BTreeMap::new();
            for (count, &key) in (1..).zip(&keys) {
                gathered.add(Count(key, count));
                *map.entry(key).or_default() += count;
            }
            prop_assert_eq!(gathered.finish(), map.into_iter().collect::<Vec<_>>());
        }
    }
}
