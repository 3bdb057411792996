//! Reads Roaring bitmaps in their portable form: sets of addresses without packet counts, as octomix
//! extract and the libraries of many languages write them
//! (<https://github.com/RoaringBitmap/RoaringFormatSpec>).
//!
//! A header lists the containers, one for each upper half that occurs, each with its number of addresses.
//! The lower halves follow, container after container. A container is checked before any of it is used:
//! reading stops at the first one that contradicts its header. The offsets in the header are ignored,
//! because the containers follow one another in order.

use std::ops::Range;
use std::sync::Arc;

use super::{BITS, Form, LARGEST_ARRAY, LEAST_WITH_OFFSETS, WITH_RUNS, WITHOUT_RUNS};
use crate::input::error::InputError;
use crate::input::format::{Cut, Cutter, Damage, Opened, Parser};
use crate::input::options::Options;
use crate::input::read::block::Block;
use crate::input::read::head::Head;
use crate::store::shard::opened;

/// Upper halves of addresses.
const MOST_CONTAINERS: usize = 1 << 16;

/// A block with at least this many addresses takes no further container. A few bytes of runs can stand for
/// a whole container, so the bytes of a block do not limit its addresses.
const ENOUGH: usize = 1 << 17;

/// Recognises a bitmap by its header.
///
/// # Errors
/// That of [`opened`].
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let header = loop {
        match header(head.bytes()) {
            Header::Short if head.grow() => {}
            start => break start,
        }
    };
    let (skip, containers, damage) = match header {
        Header::Whole { len, containers } => (len, containers, None),
        // A text may begin like this, but no text contains a zero byte.
        Header::Short | Header::Damaged(_) if !head.bytes().contains(&0) => return Ok(None),
        Header::Short => (0, Vec::new(), Some("the bitmap is cut off in its header")),
        Header::Damaged(reason) => (0, Vec::new(), Some(reason)),
        Header::Other => return Ok(None),
    };
    let cutter = Box::new(Containers { containers: containers.into(), next: 0, damage });
    let record = ["address of a bitmap", "addresses of a bitmap"];
    Ok(Some(opened(head.name(), options, ("bitmap", record), skip, cutter)?))
}

#[derive(Debug, Clone, Copy)]
struct Container {
    /// The upper half of its addresses.
    upper: u16,
    /// Its addresses: 1 to 65,536.
    addresses: usize,
    form: Form,
}

/// What the first bytes of a file turn out to be.
enum Header {
    /// The header of a bitmap, of so many bytes.
    Whole { len: usize, containers: Vec<Container> },
    /// The beginning of one.
    Short,
    /// Something that begins like one, but is not.
    Damaged(&'static str),
    /// Something else.
    Other,
}

fn header(bytes: &[u8]) -> Header {
    let Some(cookie) = u32_at(bytes, 0) else { return Header::Other };
    let (count, mut at, flags) = if cookie == WITHOUT_RUNS {
        match u32_at(bytes, 4) {
            Some(count) => (count as usize, 8, 0),
            None => return Header::Short,
        }
    } else if cookie & 0xffff == WITH_RUNS {
        let count = 1 + (cookie >> 16) as usize;
        (count, 4, count.div_ceil(8))
    } else {
        return Header::Other;
    };
    if count > MOST_CONTAINERS {
        return Header::Damaged("the bitmap has more containers than there are");
    }
    let runs = bytes.get(at..at + flags).unwrap_or_default();
    at += flags;
    let mut containers: Vec<Container> = Vec::new();
    let descriptions = pairs(bytes.get(at..).unwrap_or_default()).take(count);
    for (i, (upper, more)) in descriptions.enumerate() {
        let addresses = 1 + usize::from(more);
        let is_run = runs.get(i / 8).is_some_and(|flags| flags >> (i % 8) & 1 == 1);
        let form = match addresses {
            _ if is_run => Form::Runs,
            ..=LARGEST_ARRAY => Form::Array,
            _ => Form::Bits,
        };
        if containers.last().is_some_and(|last| last.upper >= upper) {
            return Header::Damaged("the containers of the bitmap are not in ascending order");
        }
        containers.push(Container { upper, addresses, form });
    }
    let has_offsets = flags == 0 || count >= LEAST_WITH_OFFSETS;
    let len = at + if has_offsets { 8 } else { 4 } * count;
    if bytes.len() < len { Header::Short } else { Header::Whole { len, containers } }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// Pairs of bytes, as numbers.
fn halves(bytes: &[u8]) -> impl Iterator<Item = u16> {
    bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
}

/// Two numbers at a time: of runs their first one and how many follow it.
fn pairs(bytes: &[u8]) -> impl Iterator<Item = (u16, u16)> {
    bytes
        .chunks_exact(4)
        .map(|run| (u16::from_le_bytes([run[0], run[1]]), u16::from_le_bytes([run[2], run[3]])))
}

impl Container {
    /// Its bytes at the start of `bytes`; `None` if some are missing.
    fn of<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let len = match self.form {
            Form::Array => 2 * self.addresses,
            Form::Bits => BITS,
            Form::Runs => 2 + 4 * usize::from(halves(bytes.get(..2)?).next()?),
        };
        bytes.get(..len)
    }

    /// Whether `bytes` hold distinct addresses, as many as the header says.
    fn is_sound(&self, bytes: &[u8]) -> bool {
        match self.form {
            Form::Array => halves(bytes).zip(halves(&bytes[2..])).all(|(a, b)| a < b),
            Form::Bits => {
                let ones: u32 = bytes.iter().map(|byte| byte.count_ones()).sum();
                ones as usize == self.addresses
            }
            Form::Runs => {
                let (mut free, mut addresses) = (0, 0);
                let ascend = pairs(&bytes[2..]).all(|(first, more)| {
                    let (first, more) = (usize::from(first), usize::from(more));
                    let is_later = first >= free;
                    (free, addresses) = (first + more + 1, addresses + more + 1);
                    is_later && free <= 1 << 16
                });
                ascend && addresses == self.addresses
            }
        }
    }

    /// Passes the addresses of `bytes` to `take_run`, in ascending order, by the first and the last of some that
    /// follow one another.
    fn each(&self, bytes: &[u8], mut take_run: impl FnMut(u32, u32)) {
        let upper = u32::from(self.upper) << 16;
        let mut take = |address| take_run(address, address);
        match self.form {
            Form::Array => halves(bytes).for_each(|lower| take(upper | u32::from(lower))),
            Form::Bits => {
                for (at, &byte) in (0..).step_by(8).zip(bytes) {
                    let mut bits = byte;
                    while bits != 0 {
                        take(upper | at | bits.trailing_zeros());
                        bits &= bits - 1;
                    }
                }
            }
            Form::Runs => pairs(&bytes[2..]).for_each(|(first, more)| {
                // They end at 65,535 at the latest: the container is sound.
                take_run(upper | u32::from(first), upper | (u32::from(first) + u32::from(more)));
            }),
        }
    }
}

/// Cuts between containers.
struct Containers {
    containers: Arc<[Container]>,
    /// The next container.
    next: usize,
    /// What is wrong with the header.
    damage: Option<&'static str>,
}

impl Cutter for Containers {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Result<Cut, Damage> {
        let (first, mut len, mut addresses) = (self.next, 0, 0);
        let mut reason = self.damage.map(str::to_owned);
        while let Some(container) = self.containers.get(self.next)
            && addresses < ENOUGH
            && reason.is_none()
        {
            let all = self.containers.len();
            match container.of(&bytes[len..]) {
                Some(its) if container.is_sound(its) => {
                    (self.next, len, addresses) =
                        (self.next + 1, len + its.len(), addresses + container.addresses);
                }
                Some(_) => {
                    let number = self.next + 1;
                    reason = Some(format!("container {number} of the bitmap's {all} is damaged"));
                }
                None if at_end => {
                    let cut =
                        format!("the bitmap is cut off after {} of {all} containers", self.next);
                    reason = Some(cut);
                }
                None => break,
            }
        }
        if self.next == self.containers.len() && len < bytes.len() {
            reason.get_or_insert_with(|| "more follows after the end of the bitmap".to_owned());
        }
        let parser = Arc::new(Part { all: self.containers.clone(), part: first..self.next });
        match reason {
            None => Ok(Cut { len, parser }),
            Some(reason) => Err(Damage { sound: len, parser, reason }),
        }
    }
}

/// Consecutive containers.
struct Part {
    all: Arc<[Container]>,
    part: Range<usize>,
}

impl Parser for Part {
    fn parse(&self, bytes: &[u8], _is_last: bool, block: &mut Block) -> usize {
        let (mut used, mut run) = (0, None);
        for container in &self.all[self.part.clone()] {
            let Some(its) = container.of(&bytes[used..]) else { break };
            // What a set of millions needs can be told at once if it is no more than a few runs.
            container.each(its, |first, last| match &mut run {
                Some((_, end)) if first.checked_sub(1) == Some(*end) => *end = last,
                _ => {
                    let before = run.replace((first, last));
                    before.into_iter().for_each(|(first, last)| block.add_run(first, last));
                }
            });
            block.passed += container.addresses as u64;
            used += its.len();
        }
        run.into_iter().for_each(|(first, last)| block.add_run(first, last));
        used
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use roaring::RoaringBitmap;

    use super::*;
    use crate::input::read::wanted::Wanted;
    use crate::input::role::Roles;

    /// The addresses of `bytes`, handed over `step` at a time, and what is wrong with them; `None` if they
    /// are no bitmap.
    fn read(bytes: &[u8], step: usize) -> Option<(Vec<u32>, Option<String>)> {
        let (skip, containers) = match header(bytes) {
            Header::Whole { len, containers } => (len, containers),
            Header::Short => return Some((Vec::new(), Some("short".to_owned()))),
            Header::Damaged(reason) => return Some((Vec::new(), Some(reason.to_owned()))),
            Header::Other => return None,
        };
        let mut cutter = Containers { containers: containers.into(), next: 0, damage: None };
        let mut block = Block::new(Arc::new(Wanted::new(Roles::Source, &Options::default())));
        let (mut from, mut to) = (skip, skip);
        loop {
            to = bytes.len().min(to + step);
            let (len, parser, reason) = match cutter.cut(&bytes[from..to], to == bytes.len()) {
                Ok(Cut { len, parser }) => (len, parser, None),
                Err(Damage { sound, parser, reason }) => (sound, parser, Some(reason)),
            };
            let used = parser.parse(&bytes[from..from + len], false, &mut block);
            assert_eq!(used, len);
            from += len;
            if reason.is_some() || to == bytes.len() && len == 0 {
                assert!(reason.is_some() || from == bytes.len());
                return Some((expanded(&block), reason));
            }
        }
    }

    /// The addresses of the sources of `block`, those of runs among them.
    fn expanded(block: &Block) -> Vec<u32> {
        let keys = &block.source.keys;
        let (mut all, mut from) = (Vec::new(), 0);
        for &(to, first, last) in &keys.networks {
            all.extend(&keys.addresses[from..to]);
            all.extend(first..=last);
            from = to;
        }
        all.extend(&keys.addresses[from..]);
        all
    }

    fn bytes(bitmap: &RoaringBitmap) -> Vec<u8> {
        let mut bytes = Vec::new();
        bitmap.serialize_into(&mut bytes).unwrap();
        bytes
    }

    /// Sets with containers of every form, few or many.
    fn bitmaps() -> impl Strategy<Value = RoaringBitmap> {
        let run = (0u32..6, any::<u16>(), 1u32..70_000).prop_map(|(upper, lower, len)| {
            let first = upper << 16 | u32::from(lower);
            (first..first + len).collect::<Vec<u32>>()
        });
        let some = prop::collection::vec((0u32..6, any::<u16>()), 0..200)
            .prop_map(|some| some.iter().map(|&(u, l)| u << 28 | u32::from(l)).collect());
        let bits = (0u32..6).prop_map(|u| (0..30_000).map(|i| u << 20 | (2 * i)).collect());
        let parts = prop::collection::vec(prop_oneof![run, some, bits], 0..4);
        (parts, any::<bool>()).prop_map(|(parts, is_small)| {
            let mut bitmap: RoaringBitmap = parts.into_iter().flatten().collect();
            if is_small {
                bitmap.optimize();
            }
            bitmap
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn bitmaps_are_read_as_their_library_wrote_them(
            bitmap in bitmaps(),
            step in prop_oneof![Just(7usize), Just(9_000), Just(1 << 20)],
        ) {
            let bytes = bytes(&bitmap);
            let step = step.max(bytes.len() / 500);
            prop_assert_eq!(read(&bytes, step), Some((bitmap.iter().collect(), None)));
        }

        #[test]
        fn a_cut_bitmap_gives_what_stands_before_the_cut(bitmap in bitmaps(), at in 0.0..1.0) {
            let bytes = bytes(&bitmap);
            let at = (at * bytes.len() as f64) as usize;
            match read(&bytes[..at], 1 << 20) {
                None => prop_assert!(at < 4),
                Some((found, reason)) => {
                    prop_assert!(reason.is_some());
                    prop_assert!(found.iter().copied().eq(bitmap.iter().take(found.len())));
                    if let Header::Whole { len, containers } = header(&bytes) {
                        let mut end = len;
                        let mut whole = 0;
                        for container in containers {
                            end += container.of(&bytes[end..]).unwrap().len();
                            whole += if end <= at { container.addresses } else { 0 };
                        }
                        prop_assert_eq!(found.len(), whole);
                    }
                }
            }
        }

        #[test]
        fn damage_is_told_or_another_bitmap_and_never_a_panic(
            bitmap in bitmaps(),
            flips in prop::collection::vec((0.0..1.0, 0u8..8), 1..4),
            is_early in any::<bool>(),
        ) {
            let mut bytes = bytes(&bitmap);
            let range = if is_early { bytes.len().min(64) } else { bytes.len() };
            for (at, bit) in flips {
                bytes[(at * range as f64) as usize] ^= 1 << bit;
            }
            if let Some((found, _)) = read(&bytes, 1 << 20) {
                prop_assert!(found.windows(2).all(|pair| pair[0] < pair[1]), "distinct, ascending");
            }
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(
            runs in any::<bool>(),
            rest in prop::collection::vec(prop_oneof![0u8..3, any::<u8>()], 0..300),
        ) {
            let cookie = if runs { WITH_RUNS } else { WITHOUT_RUNS };
            let mut bytes = cookie.to_le_bytes()[..if runs { 2 } else { 4 }].to_vec();
            bytes.extend(rest);
            read(&bytes, 50);
        }
    }

    #[test]
    fn a_block_of_few_bytes_has_a_bounded_number_of_addresses() {
        let mut bitmap = RoaringBitmap::new();
        bitmap.insert_range(0..1 << 24);
        bitmap.optimize();
        let bytes = bytes(&bitmap);
        let Header::Whole { len, containers } = header(&bytes) else { panic!("no header") };
        assert!(bytes.len() < 8_000, "{} bytes", bytes.len());
        let mut cutter = Containers { containers: containers.into(), next: 0, damage: None };
        let cut = cutter.cut(&bytes[len..], true).ok().unwrap();
        // Two whole containers are ENOUGH addresses.
        assert_eq!((cutter.next, cut.len), (2, 2 * 6));
    }

    #[test]
    fn what_follows_the_end_is_told() {
        let mut bytes = bytes(&[1, 2, 70_000].into_iter().collect());
        bytes.push(0);
        let more = Some("more follows after the end of the bitmap".to_owned());
        assert_eq!(read(&bytes, 100), Some((vec![1, 2, 70_000], more)));
    }
}
