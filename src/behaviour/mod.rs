//! What addresses do: how often, with whom, on which services, and when.
//!
//! Two things are gathered while records are read. [`Sums`] has a row for each address: records, bytes and
//! times. [`Conversations`] has one for each source, destination and service: the peers and services of an
//! address are counted from it once all is read. Both are sets of distinct keys in which rows of equal keys
//! are merged, so a result depends neither on the order of records nor on threads, and parts unite exactly.
//!
//! Until then a record is a [`Flow`]: what it adds to its conversation and to the sums of both addresses. A conversation
//! takes 11 bytes, and an address 40 for each role. Where conversations would take too much, peers
//! and services are counted approximately instead ([`ConversationCounter`]). This module sees numbers only: it knows no
//! files, no models and no rules.

mod activity;
mod combiner;
mod conversation;
mod conversations;
mod counter;
mod earlier;
mod flow;
mod gathered;
mod radix;
mod service;
mod sketch;
mod sums;
mod timeline;

pub use activity::{Activities, Activity, Ties};
pub use conversation::{Conversation, FEW, MOST_RECORDS};
pub use conversations::{Contacts, Conversations, Side};
pub use counter::{Added, ConversationCounter, LIMIT, Ledger};
pub use earlier::Earlier;
pub use flow::Flow;
pub use gathered::{Entry, Gathered, Keyed};
pub use service::Service;
pub use sketch::Sketches;
pub use sums::{Span, Sum, Sums, Totals};
pub use timeline::Timeline;

/// Whether and how the behaviour of addresses is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Counting {
    /// Not at all.
    #[default]
    Off,
    /// Exactly, as long as it takes no more memory than a limit; else approximately.
    Auto,
    /// Exactly.
    Exact,
    /// Peers and services approximately.
    Approximate,
}
