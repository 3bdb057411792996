//! What the addresses of a role did on another day.

use super::activity::{Activities, Activity};

/// The addresses of another day, and what they did as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct Earlier {
    /// Ascending.
    addresses: Vec<u32>,
    activities: Activities,
}

impl Earlier {
    /// Of the `addresses` of that day, ascending, and what each of them did.
    pub fn new(addresses: Vec<u32>, activities: Activities) -> Self {
        Self { addresses, activities }
    }

    /// Whether it saw `address`.
    pub fn has(&self, address: u32) -> bool {
        self.addresses.binary_search(&address).is_ok()
    }

    /// What `address` did then: nothing where it was not seen, `None` where it is not known.
    pub fn of(&self, address: u32) -> Option<Activity> {
        if self.activities.is_empty() {
            return None;
        }
        let at = self.addresses.binary_search(&address);
        Some(at.map_or_else(|_| Activity::default(), |at| self.activities.at(at)))
    }
}
