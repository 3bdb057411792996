//! Sorts by words of 32 bits, digit by digit: where there are a hundred thousand items or more, in less than half the
//! time that comparing them takes.

/// The bits of a digit: as many places as a first-level cache and its table of pages have room for.
const DIGIT: u32 = 8;
const DIGITS: usize = 1 << DIGIT;

/// Sorts `items` by their `word`; those of equal words stay in order. `room` is taken as memory.
pub fn sort<T: Copy + Default>(items: &mut Vec<T>, room: &mut Vec<T>, word: impl Fn(&T) -> u32) {
    let mut counts = [[0usize; DIGITS]; (u32::BITS / DIGIT) as usize];
    let digit = |word: u32, at: usize| (word >> (at as u32 * DIGIT)) as usize % DIGITS;
    for item in &*items {
        let word = word(item);
        for (at, counts) in counts.iter_mut().enumerate() {
            counts[digit(word, at)] += 1;
        }
    }
    for (at, counts) in counts.iter_mut().enumerate() {
        if counts.contains(&items.len()) {
            // All have the same digit here.
            continue;
        }
        let mut end = 0;
        for count in counts.iter_mut() {
            end += std::mem::replace(count, end);
        }
        room.resize(items.len(), T::default());
        for &item in &*items {
            let place = &mut counts[digit(word(&item), at)];
            room[*place] = item;
            *place += 1;
        }
        std::mem::swap(items, room);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn items_are_sorted_and_equal_ones_stay_in_order(
            words in prop::collection::vec(prop_oneof![0u32..5, 250u32..600, any::<u32>()], 0..400),
        ) {
            let mut items: Vec<(u32, usize)> = words.into_iter().zip(0..).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|&(word, _)| word);
            sort(&mut items, &mut vec![], |&(word, _)| word);
            prop_assert_eq!(items, expected);
        }
    }
}
