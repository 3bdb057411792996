//! What must hold for one reading: cells add up, addresses are distinct, and every byte is accounted for.

use crate::address::{AddressSet, Unit};
use crate::input::{Capture, FileAccount, Options, Role, Tally, Warning};

/// Sets larger than this are not checked address by address.
const LOOKED_AT: usize = 1 << 16;

/// Checks what was read from the file `bytes`.
///
/// # Panics
/// If a rule does not hold.
pub fn check(capture: &Capture, bytes: &[u8], options: &Options) {
    let [file] = &capture.account.files[..] else { panic!("one file has one account") };
    let len = bytes.len() as u64;
    assert_eq!(file.bytes, len, "not all of the file was read");
    for role in [Role::Source, Role::Destination] {
        cells(file, file.tally(role));
    }
    assert!(file.malformed.len() <= 3);
    let cells = file.source.plus(file.destination);
    assert_eq!(file.malformed.is_empty(), cells.malformed == 0, "malformed cells have places");
    for warning in &file.warnings {
        let told = warning.to_string();
        assert!(!told.is_empty() && !told.contains('\n'), "a warning of several lines: {told}");
    }
    let damage = file.warnings.iter().find_map(|warning| match warning {
        Warning::Damaged { offset, .. } => Some(*offset),
        _ => None,
    });
    assert!(file.cut == 0 || damage.is_some(), "what is cut off is damage");
    // Offsets of Parquet files are those of the decoded text.
    if file.compression.is_none() && file.format.name != "parquet" {
        // A frame that ends before an expected layer is located at its end.
        assert!(file.malformed.iter().all(|place| place.offset <= len), "places are in the file");
        if let Some(offset) = damage {
            assert_eq!(offset + file.cut, len, "all is read or cut off");
        }
    }
    for set in [&capture.sets.source, &capture.sets.destination, &capture.sets.any] {
        distinct(set, options);
    }
    packets(capture, file);
}

fn cells(file: &FileAccount, tally: Tally) {
    let count = tally.cells();
    assert!(count == 0 || count == file.records, "{count} cells of {} records", file.records);
    assert!(tally.padded <= tally.ipv4 && tally.unsaid <= tally.filtered);
}

fn distinct(set: &AddressSet, options: &Options) {
    if set.len() > LOOKED_AT {
        return;
    }
    let mut sorted = set.addresses().to_vec();
    sorted.sort_unstable();
    assert!(sorted.windows(2).all(|pair| pair[0] < pair[1]), "an address stands in its set once");
    assert!((0..set.len()).all(|at| set.packets(at) > 0));
    assert!(set.is_empty() || set.activities().is_empty() != options.times);
    let spans = (0..set.len()).filter_map(|at| set.span(at));
    assert!(spans.into_iter().all(|span| span.first <= span.last));
}

/// Each record counts once where it says no packets, except in lists and tables of octomix; a packet does,
/// too.
fn packets(capture: &Capture, file: &FileAccount) {
    let is_single = match file.unit {
        Some(Unit::Records) => file.format.source.as_deref() != Some("address"),
        _ => file.format.name.starts_with("pcap"),
    };
    if !is_single || !file.format.has_roles || file.networks > 0 {
        return;
    }
    let total = AddressSet::total;
    let (source, destination) = (file.source.ipv4, file.destination.ipv4);
    if capture.sets.any.is_empty() {
        assert_eq!(
            (total(&capture.sets.source), total(&capture.sets.destination)),
            (source, destination)
        );
    } else {
        assert_eq!(total(&capture.sets.any), source + destination);
    }
}
