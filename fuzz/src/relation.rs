//! What must hold between two readings of one file: of its start and of all of it, of one role and of both.

use std::collections::BTreeMap;

use crate::address::{AddressSet, LARGEST_UNSORTED};
use crate::case::{Case, Other};
use crate::input::{Capture, FileAccount, InputError, Options, Role, Roles, Warning};
use crate::read;

/// Reads `bytes` in the other way of `case`, and compares what was `found`.
///
/// # Panics
/// Where the two do not agree.
pub fn check(case: &Case, bytes: &[u8], found: &Result<Capture, InputError>) {
    match case.other {
        Other::None => {}
        Other::Start(share) => {
            let cut = bytes.len() * usize::from(share) / 64;
            if let (Ok(start), Ok(whole)) = (read(&bytes[..cut], &case.options), found) {
                is_start(&start, whole, &bytes[..cut]);
            }
        }
        Other::Roles(roles) => {
            let both = read(bytes, &Options { roles: Some(Roles::Both), ..case.options.clone() });
            let other = read(bytes, &Options { roles: Some(roles), ..case.options.clone() });
            if let Ok(both) = &both {
                agree(both, roles, &other);
            }
        }
    }
}

fn only(capture: &Capture) -> &FileAccount {
    &capture.account.files[0]
}

/// What was read of the first bytes of a file stands at the front of what is read of all of it.
fn is_start(start: &Capture, whole: &Capture, bytes: &[u8]) {
    let (account, all) = (only(start), only(whole));
    // Of a shorter head another format or other columns can be the likeliest.
    if account.format != all.format || account.compression != all.compression {
        return;
    }
    // Where nobody could tell, the last cell may be a longer one's begin: 10.0.0.1 of 10.0.0.12.
    let is_damaged = account.warnings.iter().any(Warning::is_loss);
    if !is_damaged && !bytes.ends_with(b"\n") {
        return;
    }
    assert!(account.records <= all.records, "{} of {} records", account.records, all.records);
    for role in Role::ALL {
        let (few, many) = (start.addresses(role), whole.addresses(role));
        assert!(few.len() <= many.len(), "{role}: {} of {}", few.len(), many.len());
        if many.len() > LARGEST_UNSORTED {
            continue;
        }
        assert!(many.addresses().starts_with(few.addresses()), "{role}: other addresses");
        assert!((0..few.len()).all(|at| few.packets(at) <= many.packets(at)), "{role}: packets");
    }
}

/// What was read for `roles` is that of `both`.
fn agree(both: &Capture, roles: Roles, other: &Result<Capture, InputError>) {
    let has_roles = only(both).format.has_roles;
    let mut expected = BTreeMap::new();
    match roles {
        Roles::Any => {
            add(&both.source, &mut expected);
            if has_roles {
                add(&both.destination, &mut expected);
            }
        }
        Roles::Destination => add(&both.destination, &mut expected),
        _ => add(&both.source, &mut expected),
    }
    let mut found = BTreeMap::new();
    match other {
        Ok(other) => {
            let set = other.addresses(roles.as_slice()[0]);
            let is_alone = other.largest().len() == set.len();
            assert!(is_alone, "roles that nobody asked for");
            add(set, &mut found);
        }
        Err(error) => assert!(expected.is_empty(), "{error}"),
    }
    assert!(found == expected, "{roles:?}: {} addresses, not {}", found.len(), expected.len());
}

/// Adds the packets of `set` by address.
fn add(set: &AddressSet, to: &mut BTreeMap<u32, u64>) {
    for (at, &address) in set.addresses().iter().enumerate() {
        *to.entry(address).or_default() += set.packets(at);
    }
}
