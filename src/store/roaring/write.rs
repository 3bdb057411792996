//! Addresses as a portable Roaring bitmap, which many languages read: the smallest file of a set.
//!
//! It holds no packets. Each container takes its smallest form, so whole blocks of addresses take next to
//! nothing. Containers are written one after another, after one look at all of them for the header.

use std::borrow::Cow;
use std::io::{self, Write};

use rayon::prelude::*;

use super::{BITS, Form, LARGEST_ARRAY, LEAST_WITH_OFFSETS, WITH_RUNS, WITHOUT_RUNS};

/// Writes `addresses`, which are distinct.
///
/// # Errors
/// When `out` fails.
pub fn write(addresses: &[u32], out: &mut dyn Write) -> io::Result<()> {
    let mut ascending = Cow::Borrowed(addresses);
    if !addresses.is_sorted() {
        // In order of first appearance, so few: `LARGEST_UNSORTED`.
        ascending.to_mut().par_sort_unstable();
    }
    let containers = || ascending.chunk_by(|a, b| a >> 16 == b >> 16).map(Container);
    let count = containers().count();
    let has_runs = containers().any(|container| container.form() == Form::Runs);
    if has_runs {
        // There are 1 to 65,536 containers: one less fits two bytes.
        out.write_all(&(WITH_RUNS | (count as u32 - 1) << 16).to_le_bytes())?;
        let mut flags = vec![0u8; count.div_ceil(8)];
        for (i, container) in containers().enumerate() {
            flags[i / 8] |= u8::from(container.form() == Form::Runs) << (i % 8);
        }
        out.write_all(&flags)?;
    } else {
        out.write_all(&WITHOUT_RUNS.to_le_bytes())?;
        out.write_all(&(count as u32).to_le_bytes())?;
    }
    for container in containers() {
        // A container has 1 to 65,536 addresses, too.
        let [upper, addresses] = [(container.0[0] >> 16) as u16, (container.0.len() - 1) as u16];
        out.write_all(&upper.to_le_bytes())?;
        out.write_all(&addresses.to_le_bytes())?;
    }
    if !has_runs || count >= LEAST_WITH_OFFSETS {
        let header = if has_runs { 4 + count.div_ceil(8) } else { 8 };
        // A bitmap is 512 MiB and a header at the most: offsets fit.
        let mut offset = (header + 8 * count) as u32;
        for container in containers() {
            out.write_all(&offset.to_le_bytes())?;
            offset += container.form().len(container.0) as u32;
        }
    }
    containers().try_for_each(|container| container.write(out))
}

impl Form {
    /// Bytes of ascending `addresses` in this form.
    fn len(self, addresses: &[u32]) -> usize {
        match self {
            Self::Array => 2 * addresses.len(),
            Self::Bits => BITS,
            Self::Runs => 2 + 4 * runs(addresses).count(),
        }
    }
}

/// Runs of consecutive addresses.
fn runs(addresses: &[u32]) -> impl Iterator<Item = &[u32]> {
    addresses.chunk_by(|a, b| a + 1 == *b)
}

/// Ascending addresses of one upper half.
struct Container<'a>(&'a [u32]);

impl Container<'_> {
    /// The smallest form; the header tells bits from arrays by the number of addresses.
    fn form(&self) -> Form {
        let plain = if self.0.len() <= LARGEST_ARRAY { Form::Array } else { Form::Bits };
        if Form::Runs.len(self.0) < plain.len(self.0) { Form::Runs } else { plain }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let form = self.form();
        let mut bytes = Vec::with_capacity(form.len(self.0));
        // The lower half of an address.
        let lower = |address: u32| (address as u16).to_le_bytes();
        match form {
            Form::Array => self.0.iter().for_each(|&address| bytes.extend(lower(address))),
            Form::Bits => {
                bytes.resize(BITS, 0u8);
                for &address in self.0 {
                    bytes[usize::from(address as u16 >> 3)] |= 1 << (address & 7);
                }
            }
            Form::Runs => {
                // At most 2,047 runs are smaller than bits.
                bytes.extend((runs(self.0).count() as u16).to_le_bytes());
                for run in runs(self.0) {
                    bytes.extend(lower(run[0]));
                    bytes.extend(((run.len() - 1) as u16).to_le_bytes());
                }
            }
        }
        out.write_all(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use roaring::RoaringBitmap;

    use super::*;

    fn written(addresses: &[u32]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(addresses, &mut bytes).unwrap();
        bytes
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_library_reads_what_is_written_and_writes_no_less(
            runs in prop::collection::vec((0u32..5, any::<u16>(), 1u32..70_000), 0..3),
            others in prop::collection::vec((0u32..3, any::<u16>()), 0..9_000),
        ) {
            let mut set = RoaringBitmap::new();
            for (upper, lower, len) in runs {
                let first = upper << 16 | u32::from(lower);
                set.insert_range(first..first + len);
            }
            set.extend(others.iter().map(|&(upper, lower)| upper << 28 | u32::from(lower)));
            let addresses: Vec<u32> = set.iter().collect();
            let bytes = written(&addresses);
            // Checking all that it can.
            prop_assert_eq!(&RoaringBitmap::deserialize_from(&bytes[..]).unwrap(), &set);
            set.optimize();
            prop_assert!(bytes.len() <= set.serialized_size());
        }
    }

    #[test]
    fn the_ends_of_the_space_and_any_order_are_written() {
        for addresses in
            [vec![], vec![u32::MAX, 0], vec![9, 7, 8], (0xffff_0000..=u32::MAX).collect()]
        {
            let read = RoaringBitmap::deserialize_from(&written(&addresses)[..]).unwrap();
            assert_eq!(read, addresses.iter().copied().collect());
        }
        let whole: Vec<u32> = (0..1 << 16).collect();
        assert_eq!(written(&whole).len(), 4 + 1 + 4 + 6, "a run");
    }
}
