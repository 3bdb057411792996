//! A source, a destination and a service, and what is known of their records: 11 bytes.

use super::gathered::{Entry, Keyed};
use super::service::Service;

/// Source, destination, service and note, from the highest bit to the lowest, in 88 bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conversation(u128);

/// The bits of a note: three of the number of records, one whether a record says that it was answered, one
/// whether a record is more than a few packets.
const NOTE: u32 = 5;
const RECORDS: u128 = 7;
const ANSWERED: u128 = 1 << 3;
const LARGE: u128 = 1 << 4;

/// The bytes of a conversation.
const BYTES: usize = 11;

/// Records are counted up to here.
pub const MOST_RECORDS: u32 = RECORDS as u32;

/// A record of more packets or more bytes is large: it carries something, and does not only knock.
pub const FEW: (u64, u64) = (8, 4096);

impl Conversation {
    /// Of one record from `source` to `destination`; `is_answered` if it says that the other side answered.
    #[inline]
    pub fn of(
        source: u32,
        destination: u32,
        service: Service,
        is_answered: bool,
        (packets, bytes): (u64, u64),
    ) -> Self {
        let key = u128::from(source) << 32 | u128::from(destination);
        let key = key << Service::BITS | u128::from(service.bits());
        let mut note = 1;
        if is_answered {
            note |= ANSWERED;
        }
        if packets > FEW.0 || bytes > FEW.1 {
            note |= LARGE;
        }
        Self(key << NOTE | note)
    }

    /// The sender.
    #[inline]
    pub fn source(self) -> u32 {
        (self.0 >> (NOTE + Service::BITS + 32)) as u32
    }

    /// The receiver.
    #[inline]
    pub fn destination(self) -> u32 {
        (self.0 >> (NOTE + Service::BITS)) as u32
    }

    /// What the sender asks for.
    #[inline]
    pub fn service(self) -> Service {
        Service::of_bits((self.0 >> NOTE) as u32)
    }

    /// How many records it has, up to [`MOST_RECORDS`].
    #[inline]
    pub fn records(self) -> u32 {
        (self.0 & RECORDS) as u32
    }

    /// Whether a record says that the receiver answered.
    #[inline]
    pub fn is_answered(self) -> bool {
        self.0 & ANSWERED != 0
    }

    /// Whether a record has more than a [few](FEW) packets or bytes.
    #[inline]
    pub fn is_large(self) -> bool {
        self.0 & LARGE != 0
    }

    /// The same, known to be answered.
    #[inline]
    pub(super) fn answered(self) -> Self {
        Self(self.0 | ANSWERED)
    }

    /// Its bytes, as files hold them: in the order of the bytes, conversations ascend.
    #[inline]
    pub fn to_bytes(self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        bytes.copy_from_slice(&self.0.to_be_bytes()[16 - BYTES..]);
        bytes
    }

    /// Of its bytes.
    #[inline]
    pub fn of_bytes(bytes: [u8; BYTES]) -> Self {
        let mut all = [0; 16];
        all[16 - BYTES..].copy_from_slice(&bytes);
        Self(u128::from_be_bytes(all))
    }
}

impl Keyed for Conversation {
    type Key = u128;

    #[inline]
    fn key(self) -> u128 {
        self.0 >> NOTE
    }

    #[inline]
    fn absorb(&mut self, other: Self) {
        let records = ((self.0 & RECORDS) + (other.0 & RECORDS)).min(RECORDS);
        self.0 = (self.0 | other.0) & !RECORDS | records;
    }
}

impl Entry for Conversation {
    type Packed = [u8; BYTES];
    type Light = Self;

    #[inline]
    fn pack(self) -> [u8; BYTES] {
        self.to_bytes()
    }

    #[inline]
    fn unpack(packed: [u8; BYTES]) -> Self {
        Self::of_bytes(packed)
    }

    #[inline]
    fn lighten(self) -> Option<Self> {
        Some(self)
    }

    #[inline]
    fn of_light(light: Self) -> Self {
        light
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_keeps_what_it_was_made_of() {
        let service = Service::of(Some(6), None, Some(65535), false);
        let of = |answered, size| Conversation::of(u32::MAX, 1, service, answered, size);
        let mut one = of(false, FEW);
        assert_eq!((one.source(), one.destination(), one.service()), (u32::MAX, 1, service));
        assert_eq!((one.records(), one.is_answered(), one.is_large()), (1, false, false));
        (0..9).for_each(|_| one.absorb(of(false, (0, 4097))));
        assert_eq!((one.records(), one.is_answered(), one.is_large()), (MOST_RECORDS, false, true));
        one.absorb(of(true, (9, 0)));
        assert_eq!(Conversation::of_bytes(one.to_bytes()), one);
        assert!(one.is_answered() && one.key() == of(true, FEW).key());
    }
}
