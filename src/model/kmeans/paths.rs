//! Which centres restarts have had: one that comes to those of another goes the way of the other.
//!
//! What K-Means does next depends on the centres alone, and small sets have few optima: most restarts end on
//! a path that another has walked. Numbers of clusters may differ between the two. They decide
//! ties alone, so that a restart with a tie on its way may end a little otherwise than it would by itself.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use super::Restart;
use crate::address::OCTETS;

/// Centres that are remembered at most: some 48 bytes each.
const HELD: usize = 1 << 20;

/// A place on the path of a restart.
#[derive(Debug, Clone)]
struct Place {
    restart: usize,
    n_iter: usize,
    /// The numbers of the clusters, by ascending centre.
    order: Vec<u32>,
}

/// The paths of some restarts in step.
#[derive(Debug, Default)]
pub(super) struct Paths {
    seen: HashMap<Vec<[u64; OCTETS]>, Place>,
    held: usize,
    /// Of each restart that follows another: the place on the path of the other, and its own order there.
    follows: HashMap<usize, (Place, Vec<u32>)>,
}

impl Paths {
    /// Notes where `restart` is; whether another has been there, and `restart` need not go on.
    pub fn joins(&mut self, restart: usize, at: &Restart) -> bool {
        let points = &at.points;
        let mut order: Vec<u32> = (0..points.len() as u32).collect();
        let bits = |k: u32| points[k as usize].map(f64::to_bits);
        // Stable: of equal centres the lower has the addresses in either.
        order.sort_by_key(|&k| bits(k));
        match self.seen.entry(order.iter().map(|&k| bits(k)).collect()) {
            Entry::Occupied(place) if place.get().restart != restart => {
                self.follows.insert(restart, (place.get().clone(), order));
                true
            }
            Entry::Vacant(place) if self.held + points.len() <= HELD => {
                self.held += points.len();
                place.insert(Place { restart, n_iter: at.n_iter, order });
                false
            }
            _ => false,
        }
    }

    /// Gives the restarts that joined others the ends of these; returns those that have to go on by
    /// themselves: where `max_iter` comes first, and where restarts would follow each other in a circle.
    pub fn finish(self, restarts: &mut [Restart], max_iter: usize) -> Vec<usize> {
        let mut followers: HashMap<usize, Vec<usize>> = HashMap::new();
        for (&restart, (place, _)) in &self.follows {
            followers.entry(place.restart).or_default().push(restart);
        }
        let mut left: BTreeSet<usize> = self.follows.keys().copied().collect();
        let mut ended: Vec<usize> =
            (0..restarts.len()).filter(|restart| !self.follows.contains_key(restart)).collect();
        while let Some(leader) = ended.pop() {
            for follower in followers.remove(&leader).unwrap_or_default() {
                let (place, order) = &self.follows[&follower];
                let end = restarts[leader].clone();
                // All are in step: it came there when the other had, or later.
                let n_iter = restarts[follower].n_iter + (end.n_iter - place.n_iter);
                if n_iter > max_iter {
                    continue;
                }
                let restart = &mut restarts[follower];
                for (&mine, &its) in order.iter().zip(&place.order) {
                    restart.points[mine as usize] = end.points[its as usize];
                }
                (restart.n_iter, restart.stop) = (n_iter, end.stop);
                left.remove(&follower);
                ended.push(follower);
            }
        }
        left.into_iter().collect()
    }
}
