//! Entries of equal keys combined as they come, so that few go on.
//!
//! A hash table holds the entries of the keys seen lately. Once it is full, all go on, and it begins anew. Where hardly
//! any key repeats, looking them up is in vain, so that for a while entries go on as they are.

use std::hash::{BuildHasher, RandomState};

use super::gathered::Keyed;

/// Entries that are held: a few MiB.
const HELD: usize = 1 << 17;

/// Where fewer than one of so many entries has a key that is held already, looking up is in vain.
const REPEATED: usize = 8;

/// After so many times as many entries as are held, it is tried again.
const PATIENCE: usize = 16;

/// Entries that are looked up at the same time.
const AT_ONCE: usize = 16;

/// The slots of an empty table.
const LEAST_SLOTS: usize = 1 << 10;

/// Entries that came lately, each key once.
#[derive(Debug, Clone)]
pub struct Combiner<E> {
    held: Vec<E>,
    most: usize,
    /// Where in `held` an entry is, from 1; 0 where there is none. At most half are taken.
    slots: Vec<u32>,
    /// Entries that came since there were none.
    came: usize,
    /// Entries to be let through before any is looked up again.
    let_through: usize,
    /// Drawn anew each time, so that nobody can send keys that all meet at one slot.
    factors: [u64; 2],
}

impl<E: Keyed> Default for Combiner<E> {
    fn default() -> Self {
        Self::new(HELD)
    }
}

impl<E: Keyed> Combiner<E> {
    fn new(most: usize) -> Self {
        let random = RandomState::new();
        Self {
            held: Vec::new(),
            most,
            slots: vec![0; LEAST_SLOTS],
            came: 0,
            let_through: 0,
            factors: [random.hash_one(0) | 1, random.hash_one(1) | 1],
        }
    }

    /// Adds `entries`, and gives those that go on to `next`.
    pub fn add(&mut self, entries: &[E], mut next: impl FnMut(E)) {
        let (through, entries) = entries.split_at(entries.len().min(self.let_through));
        through.iter().for_each(|&entry| next(entry));
        self.let_through -= through.len();
        for some in entries.chunks(AT_ONCE) {
            // Looked up before any is changed, so that the processor waits for all of them at once.
            let mut known = [0; AT_ONCE];
            for (known, entry) in known.iter_mut().zip(some) {
                *known = self.slots[self.hash(entry.key()) & (self.slots.len() - 1)];
            }
            for (known, entry) in known.iter_mut().zip(some) {
                let held = self.held.get((*known as usize).wrapping_sub(1));
                *known *= u32::from(held.is_some_and(|held| held.key() == entry.key()));
            }
            for (&entry, &known) in some.iter().zip(&known) {
                match (known as usize).checked_sub(1).and_then(|at| self.held.get_mut(at)) {
                    Some(held) => held.absorb(entry),
                    None => self.insert(entry),
                }
            }
            self.came += some.len();
            if self.held.len() >= self.most {
                let in_vain = self.came - self.held.len() < self.came / REPEATED;
                self.let_through = if in_vain { PATIENCE * self.most } else { 0 };
                self.finish(&mut next);
            }
        }
    }

    /// Gives all that is held to `next`.
    pub fn finish(&mut self, next: impl FnMut(E)) {
        self.held.drain(..).for_each(next);
        self.slots.fill(0);
        self.came = 0;
    }

    fn insert(&mut self, entry: E) {
        let slot = self.slot(entry.key());
        if let Some(at) = (self.slots[slot] as usize).checked_sub(1) {
            return self.held[at].absorb(entry);
        }
        self.held.push(entry);
        // There are far fewer than 2^32.
        self.slots[slot] = self.held.len() as u32;
        if 2 * self.held.len() >= self.slots.len() {
            self.slots = vec![0; 2 * self.slots.len()];
            for at in 0..self.held.len() {
                let slot = self.slot(self.held[at].key());
                self.slots[slot] = at as u32 + 1;
            }
        }
    }

    /// The slot of `key`, or the one that it would take.
    fn slot(&self, key: E::Key) -> usize {
        let mut at = self.hash(key);
        // Half of the slots are free.
        loop {
            at &= self.slots.len() - 1;
            match self.slots[at] {
                0 => return at,
                taken if self.held[taken as usize - 1].key() == key => return at,
                _ => at += 1,
            }
        }
    }

    #[inline]
    fn hash(&self, key: E::Key) -> usize {
        let bits: u128 = key.into();
        let [low, high] = [bits as u64 ^ self.factors[0], (bits >> 64) as u64 ^ self.factors[1]];
        // The halves of a product of both depend on all bits (as in wyhash).
        let product = u128::from(low) * u128::from(high | 1);
        (product as u64 ^ (product >> 64) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::gathered::Count;
    use super::*;

    proptest! {
        #[test]
        fn nothing_is_lost(
            parts in prop::collection::vec(
                prop::collection::vec(prop_oneof![0u128..40, any::<u128>()], 0..300), 0..12
            ),
            most in 1usize..200,
        ) {
            let mut combiner = Combiner::new(most);
            let [mut map, mut found] = [BTreeMap::<u128, u64>::new(), BTreeMap::new()];
            let mut next = |Count(key, count)| *found.entry(key).or_default() += count;
            for part in &parts {
                part.iter().for_each(|&key| *map.entry(key).or_default() += 1);
                let entries: Vec<Count> = part.iter().map(|&key| Count(key, 1)).collect();
                combiner.add(&entries, &mut next);
            }
            combiner.finish(&mut next);
            prop_assert_eq!(found, map);
        }
    }

    #[test]
    fn keys_that_repeat_are_combined() {
        let (mut combiner, mut next) = (Combiner::new(100), 0);
        for _ in 0..1000 {
            let entries: Vec<Count> = (0..90).map(|key| Count(key, 1)).collect();
            combiner.add(&entries, |_| next += 1);
        }
        assert_eq!(next, 0);
    }
}
