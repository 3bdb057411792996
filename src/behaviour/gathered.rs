//! Distinct keys, each with what is merged of it, in as little memory as a sorted list takes.
//!
//! New entries wait in a batch. Once it is full, it is sorted and merged into the list in place. As it grows with the
//! list, an entry is moved a bounded number of times however many there are: the time is linear.

use std::mem;

/// The fewest entries that are merged into the list at a time: a few MiB.
const LEAST_BATCH: usize = 1 << 17;

/// A batch is this share of a list of some millions, so that entries are moved seldom; and this share of a long one,
/// so that it takes little memory beside it.
const BATCH_SHARE: usize = 2;
const ROOM_SHARE: usize = 4;
const BATCH_SHARE_OF_MANY: usize = 32;
const LARGE_BATCH: usize = 1 << 21;

/// From so many entries on, a list has no room to spare.
const MANY: usize = 1 << 24;

/// Something that has a key, and of which several with the same key make one.
pub trait Keyed: Copy {
    /// What tells it from others.
    type Key: Copy + Ord + Into<u128>;

    /// Its key.
    fn key(self) -> Self::Key;

    /// Takes what `other`, of the same key, knows: in whatever order, the result is the same.
    fn absorb(&mut self, other: Self);
}

/// An entry of a list, which ascends by its key.
pub trait Entry: Keyed {
    /// The entry as it is held in the list.
    type Packed: Copy;

    /// Most entries as they are sorted, in the order of their keys: a word or two.
    type Light: Copy + Ord + Default;

    /// The entry in the form of the list.
    fn pack(self) -> Self::Packed;

    /// The entry of the list.
    fn unpack(packed: Self::Packed) -> Self;

    /// The entry as it is sorted, if it is one of most.
    fn lighten(self) -> Option<Self::Light>;

    /// The entry that was sorted.
    fn of_light(light: Self::Light) -> Self;

    /// Sorts `lights` by their keys. `_room` is as much memory as they take, kept from one time to the next.
    fn sort(lights: &mut Vec<Self::Light>, _room: &mut Vec<Self::Light>) {
        lights.sort_unstable();
    }
}

/// Entries of distinct keys.
#[derive(Debug, Clone)]
pub struct Gathered<E: Entry> {
    /// Ascending.
    list: Vec<E::Packed>,
    /// Those that came since: most, and others.
    light: Vec<E::Light>,
    heavy: Vec<E>,
    /// Where those that are new go, and where they are in the batch: kept, as it takes time to get so much memory.
    new: Vec<(usize, usize)>,
    room: Vec<E::Light>,
    least_batch: usize,
    /// The entries of a full batch.
    full: usize,
}

impl<E: Entry> Default for Gathered<E> {
    fn default() -> Self {
        Self::new(LEAST_BATCH)
    }
}

impl<E: Entry> Gathered<E> {
    fn new(least_batch: usize) -> Self {
        Self {
            list: vec![],
            light: vec![],
            heavy: vec![],
            new: vec![],
            room: vec![],
            least_batch,
            full: least_batch,
        }
    }

    /// Adds `entry`.
    #[inline]
    pub fn add(&mut self, entry: E) {
        match entry.lighten() {
            Some(light) => self.light.push(light),
            None => self.heavy.push(entry),
        }
        if self.light.len() + self.heavy.len() >= self.full {
            self.merge();
        }
    }

    /// Sorts the batch into the list.
    fn merge(&mut self) {
        let mut light = mem::take(&mut self.light);
        E::sort(&mut light, &mut self.room);
        self.merge_sorted(&light, E::of_light);
        light.clear();
        self.light = light;
        let mut heavy = mem::take(&mut self.heavy);
        heavy.sort_unstable_by_key(|entry| entry.key());
        self.merge_sorted(&heavy, |entry| entry);
        heavy.clear();
        self.heavy = heavy;
        let share = (self.list.len() / BATCH_SHARE).min(LARGE_BATCH);
        self.full = self.least_batch.max(share).max(self.list.len() / BATCH_SHARE_OF_MANY);
    }

    /// Merges `batch`, whose entries ascend, into the list.
    fn merge_sorted<T: Copy>(&mut self, batch: &[T], entry: impl Fn(T) -> E) {
        // The entry of all those of one key, which begin `at`, and where the next ones do.
        let all = |mut at: usize| {
            let mut all = entry(batch[at]);
            loop {
                at += 1;
                match batch.get(at).map(|&next| entry(next)) {
                    Some(next) if next.key() == all.key() => all.absorb(next),
                    _ => return (all, at),
                }
            }
        };
        // What is in the list is absorbed there; the place of each other entry is kept.
        let new = &mut self.new;
        let (list, mut place, mut at) = (&mut self.list, 0, 0);
        while at < batch.len() {
            let (entry, next) = all(at);
            let first = mem::replace(&mut at, next);
            place += gallop(&list[place..], |&other| E::unpack(other).key() < entry.key());
            if let Some(listed) = list.get_mut(place) {
                let mut found = E::unpack(*listed);
                if found.key() == entry.key() {
                    found.absorb(entry);
                    *listed = found.pack();
                    continue;
                }
            }
            new.push((place, first));
        }
        let Some(&(_, first)) = new.first() else { return };
        // Some room more, so that a list of some millions is not moved as a whole each time.
        let room = if self.list.len() < MANY { self.list.len() / ROOM_SHARE } else { 0 };
        self.list.reserve_exact(new.len().max(room));
        let mut end = self.list.len();
        self.list.resize(end + new.len(), entry(batch[first]).pack());
        // From the end, so that what has not been moved is not overwritten.
        for (left, &(place, first)) in new.iter().enumerate().rev() {
            self.list.copy_within(place..end, place + left + 1);
            self.list[place + left] = all(first).0.pack();
            end = place;
        }
        new.clear();
    }

    /// How many entries there are at the most: some of the batch may be in the list already.
    pub fn len(&self) -> usize {
        self.list.len() + self.light.len() + self.heavy.len()
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
pub use tests::Count;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// A key, and how often it came.
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub struct Count(pub u128, pub u64);

    impl Keyed for Count {
        type Key = u128;

        fn key(self) -> u128 {
            self.0
        }

        fn absorb(&mut self, other: Self) {
            self.1 += other.1;
        }
    }

    impl Entry for Count {
        type Packed = (u128, u64);
        type Light = u128;

        fn pack(self) -> (u128, u64) {
            (self.0, self.1)
        }

        fn unpack((key, count): (u128, u64)) -> Self {
            Self(key, count)
        }

        fn lighten(self) -> Option<u128> {
            (self.1 == 1).then_some(self.0)
        }

        fn of_light(key: u128) -> Self {
            Self(key, 1)
        }
    }

    proptest! {
        #[test]
        fn entries_are_those_of_a_map(
            keys in prop::collection::vec(prop_oneof![0u128..40, any::<u128>()], 0..3000),
            least_batch in 1usize..900,
        ) {
            let mut gathered = Gathered::new(least_batch);
            let mut map: BTreeMap<u128, u64> = BTreeMap::new();
            for (at, &key) in keys.iter().enumerate() {
                let count = 1 + at as u64 % 3;
                gathered.add(Count(key, count));
                *map.entry(key).or_default() += count;
            }
            prop_assert_eq!(gathered.finish(), map.into_iter().collect::<Vec<_>>());
        }
    }
}
