//! How near the addresses lie to their centres.

use rayon::prelude::*;

use crate::address::{OCTETS, Points, octets};
use crate::pass::Centres;
use crate::pass::centres::Centre;

/// Addresses whose distances are summed by one task; the sums are merged in their order, so the
/// result does not depend on the number of threads.
const CHUNK: usize = 16_384;

/// As [`Host::tightness`](super::Host::tightness): the distances are taken in `f64`, and finding the
/// nearest centre on the way costs less than fetching it from a device.
pub fn tightness(points: &Points<'_>, centres: &Centres) -> f64 {
    let chunks = points.addresses().par_chunks(CHUNK).enumerate();
    let sums: Vec<f64> = chunks
        .map(|(chunk, addresses)| {
            let weighted = |(i, &address): (usize, &u32)| {
                let centre = &centres.as_slice()[centres.nearest(address)];
                points.weight(chunk * CHUNK + i) as f64 * distance(address, centre)
            };
            addresses.iter().enumerate().map(weighted).sum()
        })
        .collect();
    sums.iter().sum::<f64>() / points.total().max(1) as f64
}

/// The Euclidean distance of `address` to `centre`, in octets.
fn distance(address: u32, centre: &Centre) -> f64 {
    let (x, c) = (octets(address).map(f64::from), centre.point());
    (0..OCTETS).map(|j| (x[j] - c[j]).powi(2)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_by_their_weights() {
        // 0.0.0.0, 0.0.3.4 and 9.0.0.0 about the centres 0.0.0.0 and 10.0.0.0.
        let (addresses, weights) = ([0, 0x0304, 0x0900_0000], [5, 2, 3]);
        let centres = Centres::new(&[[0.0; 4], [10.0, 0.0, 0.0, 0.0]]).unwrap();
        assert_eq!(tightness(&Points::new(&addresses), &centres), 2.0);
        let points = Points::weighted(&addresses, &weights).unwrap();
        assert_eq!(tightness(&points, &centres), 1.3);
        assert_eq!(tightness(&Points::new(&[]), &centres), 0.0);
    }
}
