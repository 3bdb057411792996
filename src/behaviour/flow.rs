//! A conversation with what its records add up to: as records are read, before conversations and the sums of
//! addresses go their ways.

use super::conversation::Conversation;
use super::gathered::Keyed;
use super::sums::Totals;

/// A conversation and its totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// Who asks whom for what.
    pub conversation: Conversation,
    /// What its records add to the sums of both addresses.
    pub totals: Totals,
}

impl Keyed for Flow {
    type Key = <Conversation as Keyed>::Key;

    #[inline]
    fn key(self) -> Self::Key {
        self.conversation.key()
    }

    #[inline]
    fn absorb(&mut self, other: Self) {
        self.conversation.absorb(other.conversation);
        self.totals.absorb(other.totals);
    }
}
