//! Conversations while they are gathered: exactly, or approximately once they are too many.

use std::collections::HashSet;

use super::Counting;
use super::activity::Ties;
use super::combiner::Combiner;
use super::conversation::Conversation;
use super::conversations::{Conversations, Side};
use super::flow::Flow;
use super::gathered::{Entry, Gathered};
use super::sketch::Sketches;
use super::sums::Sum;

/// Bytes of conversations that are counted exactly unless more are asked for.
pub const LIMIT: usize = 2 << 30;

/// What flows add to the sums of addresses.
#[derive(Debug, Clone, Default)]
pub struct Added {
    /// Those of sources.
    pub sources: Vec<Sum>,
    /// Those of destinations.
    pub destinations: Vec<Sum>,
}

impl Added {
    /// Adds `flow`. A source of several in a row has one sum.
    #[inline]
    fn add(&mut self, Flow { conversation, totals }: &Flow) {
        if totals.records == 0 {
            return;
        }
        match self.sources.last_mut() {
            Some(last) if last.address == conversation.source() => last.totals.absorb(*totals),
            _ => self.sources.push(Sum { address: conversation.source(), totals: *totals }),
        }
        self.destinations.push(Sum { address: conversation.destination(), totals: *totals });
    }

    fn clear(&mut self) {
        self.sources.clear();
        self.destinations.clear();
    }
}

/// What is gathered of conversations.
#[derive(Debug, Clone)]
pub struct ConversationCounter {
    recent: Combiner<Flow>,
    form: Form,
    most: usize,
    is_any: bool,
    added: Added,
}

#[derive(Debug, Clone)]
enum Form {
    Exact(Gathered<Conversation>),
    Approximate(Box<Sketches>),
}

impl Form {
    #[inline]
    fn add(&mut self, conversation: Conversation) {
        match self {
            Self::Exact(gathered) => gathered.add(conversation),
            Self::Approximate(sketches) => sketches.add(conversation),
        }
    }
}

impl ConversationCounter {
    /// Nothing yet, to be counted as `counting` says, of addresses on either side if they are `any`; `None` if
    /// nothing is to be counted.
    pub fn new(counting: Counting, is_any: bool) -> Option<Self> {
        let exact = || Form::Exact(Gathered::default());
        let sketches = || Form::Approximate(Box::new(Sketches::new(is_any)));
        let (form, most) = match counting {
            Counting::Off => return None,
            Counting::Auto => (exact(), LIMIT / size_of::<<Conversation as Entry>::Packed>()),
            Counting::Exact => (exact(), usize::MAX),
            Counting::Approximate => (sketches(), 0),
        };
        Some(Self { recent: Combiner::default(), form, most, is_any, added: Added::default() })
    }

    /// Counts the conversations of `flows`, and gives `take` what these or earlier ones add to the sums of
    /// addresses, some at a time; what it leaves is forgotten.
    pub fn extend(&mut self, flows: &[Flow], mut take: impl FnMut(&mut Added)) {
        let Self { recent, form, added, .. } = self;
        let mut add = |flow: &Flow| {
            added.add(flow);
            if added.destinations.len() >= TAKEN {
                take(added);
                added.clear();
            }
        };
        recent.add(flows, |flow| {
            form.add(flow.conversation);
            add(&flow);
        });
        if let Form::Exact(gathered) = form
            && gathered.len() > self.most
        {
            if sketches_are_smaller(gathered) {
                let mut sketches = Sketches::new(self.is_any);
                let rows = std::mem::take(gathered).finish();
                rows.into_iter().for_each(|row| sketches.add(Conversation::of_bytes(row)));
                self.form = Form::Approximate(Box::new(sketches));
            } else {
                // To count approximately would take more.
                self.most *= 2;
            }
        }
    }

    /// Gives `take` what it has not been given yet.
    pub fn settle(&mut self, mut take: impl FnMut(&mut Added)) {
        self.recent.finish(|flow| {
            self.form.add(flow.conversation);
            self.added.add(&flow);
        });
        take(&mut self.added);
        self.added.clear();
    }

    /// What was counted until it was [settled](Self::settle).
    pub fn finish(self) -> Ledger {
        match self.form {
            Form::Exact(gathered) => Ledger::Exact(Conversations::new(gathered.finish())),
            Form::Approximate(sketches) => Ledger::Approximate(sketches),
        }
    }
}

/// Sums that are given away at a time.
const TAKEN: usize = 1 << 13;

/// Bytes that a sketch takes of an address on one side, about.
const SKETCH: usize = 100;

/// Whether the addresses of so many conversations are few enough for sketches to take less than half as much.
fn sketches_are_smaller(gathered: &Gathered<Conversation>) -> bool {
    let entry = size_of::<<Conversation as Entry>::Packed>();
    let most = gathered.len() * entry / 2 / SKETCH;
    let mut addresses = HashSet::new();
    for &row in gathered.listed() {
        let row = Conversation::unpack(row);
        addresses.insert((row.source(), false));
        addresses.insert((row.destination(), true));
        if addresses.len() > most {
            return false;
        }
    }
    true
}

/// What was counted of conversations.
#[derive(Debug, Clone)]
pub enum Ledger {
    /// All of them.
    Exact(Conversations),
    /// How many peers and services addresses have, about.
    Approximate(Box<Sketches>),
}

impl Ledger {
    /// The ties of every address that is on `side`, ascending.
    pub fn ties(&self, side: Side) -> Vec<(u32, Ties)> {
        match self {
            Self::Exact(conversations) => conversations.ties(side),
            Self::Approximate(sketches) => sketches.ties(side),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::service::Service;
    use super::super::sums::Totals;
    use super::*;

    #[test]
    fn too_many_are_counted_approximately() {
        let service = Service::of(Some(6), None, Some(80), true);
        let of = |from: u32, peer| Flow {
            conversation: Conversation::of(from, peer, service, true, (1, 60)),
            totals: Totals::of(Some(60), None),
        };
        let all: Vec<Flow> = (0..200_000).map(|i| of(i / 1_000, i % 1_000)).collect();
        let peers = |most: usize| {
            let mut counter = ConversationCounter {
                most,
                ..ConversationCounter::new(Counting::Auto, false).unwrap()
            };
            all.chunks(700).for_each(|some| counter.extend(some, |_| ()));
            counter.settle(|_| ());
            let ledger = counter.finish();
            let ties = ledger.ties(Side::Source);
            (matches!(ledger, Ledger::Exact(_)), ties[0].1.peers(), ties[0].1.unanswered())
        };
        assert_eq!(peers(200_000), (true, Some(1_000), Some(0)));
        let (is_exact, found, unanswered) = peers(150_000);
        assert!(!is_exact && (600..1_400).contains(&found.unwrap()) && unanswered.is_none());
        // Where every address has one conversation, sketches would take more.
        let mut counter = ConversationCounter::new(Counting::Auto, false).unwrap();
        counter.most = 150_000;
        counter.extend(&(0..200_000).map(|i| of(i, i)).collect::<Vec<_>>(), |_| ());
        counter.settle(|_| ());
        assert!(matches!(counter.finish(), Ledger::Exact(_)));
    }
}
