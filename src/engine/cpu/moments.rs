//! Exact moments of the addresses nearest to each centre. Only fits begin with them, so what sums
//! them is plain.

use super::chunk::Chunk;
use super::nearest::for_each_piece;
use super::{ChunkPass, VectorUnit};
use crate::pass::moments::{ExactMoments, MomentsStats};
use crate::pass::{Centres, Moments};

impl ChunkPass for Moments {
    fn components(centres: &Centres) -> usize {
        centres.count()
    }

    fn reduce_chunk(unit: VectorUnit, centres: &Centres, chunk: Chunk<'_>) -> MomentsStats {
        let mut clusters = vec![ExactMoments::default(); centres.count()];
        for_each_piece(unit, centres, chunk, |k, piece| {
            piece.addresses.iter().for_each(|&address| clusters[k].add_address(address, 1));
        });
        MomentsStats(clusters)
    }
}
