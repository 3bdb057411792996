//! What must hold between two readings of one file: of its start and of all of it, for one role and for
//! both, by one thread and by the program.

use std::collections::BTreeMap;

use crate::account;
use crate::address::{AddressSet, LARGEST_UNSORTED};
use crate::case::{Case, Other};
use crate::input::alone::Reading;
use crate::input::{Capture, FileAccount, InputError, Options, Role, Roles, Warning};
use crate::read;

/// Reads `bytes` in the other way of `case` and compares the two; `alone` is what one thread read.
///
/// # Panics
/// If the two do not agree.
pub fn check(case: &Case, bytes: &[u8], alone: Option<&Reading>) {
    let checked = |bytes: &[u8], roles| {
        let options = Options { roles, ..case.options.clone() };
        let found = read(bytes, &options);
        if let Ok(found) = &found {
            account::check(found, bytes, &options);
        }
        found
    };
    match case.other {
        Other::None => {}
        Other::Program => match (checked(bytes, case.options.roles), alone) {
            (Ok(found), Some(alone)) => is_same(&found, alone),
            (Ok(_), None) => panic!("an error that the program does not tell"),
            // The program also fails without any address, and refuses some files by their signature.
            (Err(_), _) => {}
        },
        Other::Start(share) => {
            let cut = bytes.len() * usize::from(share) / 16;
            let start = checked(&bytes[..cut], case.options.roles);
            if let (Ok(start), Ok(whole)) = (start, checked(bytes, case.options.roles)) {
                is_start(&start, &whole, &bytes[..cut]);
            }
        }
        Other::Roles(roles) => {
            let both = checked(bytes, Some(Roles::Both));
            let other = checked(bytes, Some(roles));
            if let Ok(both) = &both {
                agree(both, roles, &other);
            }
        }
    }
}

/// Threads change nothing.
fn is_same(found: &Capture, alone: &Reading) {
    let file = only(found);
    assert_eq!([file.source, file.destination], alone.cells);
    assert_eq!((file.records, file.irregular.ragged, file.cut), (alone.records, alone.ragged, alone.cut));
    assert_eq!(file.warnings.iter().any(Warning::is_loss), alone.is_damaged);
    let places = file.malformed.iter().map(|place| (place.at, place.offset, place.column.clone()));
    assert!(places.eq(alone.places.iter().cloned()), "other places");
    let source = if found.sets.any.is_empty() { &found.sets.source } else { &found.sets.any };
    for (set, keys) in [(source, &alone.source), (&found.sets.destination, &alone.destination)] {
        let mut packets = BTreeMap::new();
        for &(first, last, count) in keys {
            (first..=last).for_each(|address| *packets.entry(address).or_default() += count);
        }
        packets.retain(|_, count: &mut u64| *count > 0);
        let mut counted = BTreeMap::new();
        add(set, &mut counted);
        assert!(counted == packets, "{} addresses, not {}", counted.len(), packets.len());
    }
}

fn only(capture: &Capture) -> &FileAccount {
    &capture.account.files[0]
}

/// What is read from the start of a file is the start of what is read from all of it.
fn is_start(start: &Capture, whole: &Capture, bytes: &[u8]) {
    let (account, all) = (only(start), only(whole));
    // A shorter head may suggest another format or other columns.
    if account.format != all.format || account.compression != all.compression {
        return;
    }
    // The last cell may be the beginning of a longer one, without any sign of it: 10.0.0.1 of 10.0.0.12.
    let is_damaged = account.warnings.iter().any(Warning::is_loss);
    if !is_damaged && !bytes.ends_with(b"\n") {
        return;
    }
    assert!(account.records <= all.records, "{} of {} records", account.records, all.records);
    for role in Role::ALL {
        let (few, many) = (start.sets.get(role), whole.sets.get(role));
        assert!(few.len() <= many.len(), "{role}: {} of {}", few.len(), many.len());
        if many.len() > LARGEST_UNSORTED {
            continue;
        }
        assert!(many.addresses().starts_with(few.addresses()), "{role}: other addresses");
        assert!((0..few.len()).all(|at| few.packets(at) <= many.packets(at)), "{role}: packets");
    }
}

/// What was read for `roles` must agree with `both`.
fn agree(both: &Capture, roles: Roles, other: &Result<Capture, InputError>) {
    let file = only(both);
    // For one side only its own columns are read, so damage in the others goes unnoticed.
    if file.format.name == "parquet" && file.warnings.iter().any(Warning::is_loss) {
        return;
    }
    let has_roles = file.format.has_roles;
    let mut expected = BTreeMap::new();
    match roles {
        Roles::Any => {
            add(&both.sets.source, &mut expected);
            if has_roles {
                add(&both.sets.destination, &mut expected);
            }
        }
        Roles::Destination => add(&both.sets.destination, &mut expected),
        _ => add(&both.sets.source, &mut expected),
    }
    let mut found = BTreeMap::new();
    match other {
        Ok(other) => {
            let set = other.sets.get(roles.as_slice()[0]);
            let is_alone = other.largest().len() == set.len();
            assert!(is_alone, "roles that nobody asked for");
            add(set, &mut found);
        }
        Err(error) => assert!(expected.is_empty(), "{error}"),
    }
    assert!(found == expected, "{roles:?}: {} addresses, not {}", found.len(), expected.len());
}

/// Adds the packets of `set`, by address, to `to`.
fn add(set: &AddressSet, to: &mut BTreeMap<u32, u64>) {
    for (at, &address) in set.addresses().iter().enumerate() {
        *to.entry(address).or_default() += set.packets(at);
    }
}
