//! K-Means centres in fixed point, so that the nearest one is the same on every device.
//!
//! Among the centres, `|x - c|^2 / 2` and `|c|^2 / 2 - x.c` have the same order. With centres and
//! half norms in multiples of 2^-32 the latter is an integer, exact in an `i64` and, in three words
//! of 16 bits, on a device without 64-bit integers. Rounding moves a boundary by about 1e-10
//! octets, which is what the rounding of `f64` does to it in scikit-learn.

use crate::address::{OCTETS, octets};

/// Units of fixed point in one octet.
const UNIT: f64 = (1u64 << 32) as f64;

/// Coordinates beyond this are refused: inside it no sum overflows, on the device neither.
pub const LARGEST_COORDINATE: f64 = 512.0;

/// The coordinates of a K-Means centre, in units of 2^-32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Centre {
    /// The coordinates.
    pub coordinates: [i64; OCTETS],
    /// `|c|^2 / 2` of them.
    pub half_norm: i64,
}

impl Centre {
    fn new(point: &[f64; OCTETS]) -> Self {
        let coordinates = point.map(|x| (x * UNIT).round() as i64);
        let norm: i128 = coordinates.iter().map(|&c| i128::from(c) * i128::from(c)).sum();
        // A square has units of 2^-64. The norm is below 2^20, so the result is below 2^51.
        Self { coordinates, half_norm: (norm >> 33) as i64 }
    }

    /// The coordinates, in octets.
    pub fn point(&self) -> [f64; OCTETS] {
        self.coordinates.map(|c| c as f64 / UNIT)
    }

    /// `|c|^2 / 2 - x.c` in units of 2^-32: smallest for the nearest centre.
    #[inline]
    pub fn score(&self, x: [u8; OCTETS]) -> i64 {
        (0..OCTETS).fold(self.half_norm, |score, j| score - i64::from(x[j]) * self.coordinates[j])
    }
}

/// A set of centres: the parameters of [`Lloyd`](super::Lloyd) and [`Moments`](super::Moments).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Centres(Vec<Centre>);

/// A centre that cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CentresError {
    /// A coordinate is no number, or too far from the octets for exact distances.
    #[error(
        "centre {centre}: coordinate {value} is outside -{LARGEST_COORDINATE}..{LARGEST_COORDINATE}; octets lie in 0..255"
    )]
    OutOfRange {
        /// Which centre, from 0.
        centre: usize,
        /// The coordinate found.
        value: f64,
    },
    /// There is no centre to be nearest to.
    #[error("no centres were given; at least one is needed")]
    None,
}

impl Centres {
    /// Rounds `points`, K rows of four coordinates in octets, to fixed point.
    ///
    /// # Errors
    /// When there are none, or a coordinate is not a number within [`LARGEST_COORDINATE`].
    pub fn new(points: &[[f64; OCTETS]]) -> Result<Self, CentresError> {
        for (centre, point) in points.iter().enumerate() {
            if let Some(&value) = point.iter().find(|x| x.is_nan() || x.abs() > LARGEST_COORDINATE)
            {
                return Err(CentresError::OutOfRange { centre, value });
            }
        }
        if points.is_empty() {
            return Err(CentresError::None);
        }
        Ok(Self(points.iter().map(Centre::new).collect()))
    }

    /// The single centre to which every address is nearest.
    pub fn single() -> Self {
        Self(vec![Centre::new(&[0.0; OCTETS])])
    }

    /// The centres.
    pub fn as_slice(&self) -> &[Centre] {
        &self.0
    }

    /// How many centres there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The centre nearest to `address`; of several, the lowest index.
    #[inline]
    pub fn nearest(&self, address: u32) -> usize {
        let x = octets(address);
        let mut best = (self.0[0].score(x), 0);
        for (k, centre) in self.0.iter().enumerate().skip(1) {
            let score = centre.score(x);
            if score < best.0 {
                best = (score, k);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_lowest_index() {
        let centres = Centres::new(&[[2.0; 4], [0.0; 4], [2.0; 4]]).unwrap();
        assert_eq!(centres.nearest(0x0101_0101), 0);
        assert_eq!(centres.nearest(0x0101_0102), 0);
        assert_eq!(centres.nearest(0x0101_0100), 1);
    }

    #[test]
    fn a_coordinate_out_of_range_is_refused() {
        let error = Centres::new(&[[0.0; 4], [0.0, f64::NAN, 0.0, 0.0]]).unwrap_err();
        assert!(error.to_string().starts_with("centre 1: coordinate NaN is outside -512..512"));
        assert_eq!(Centres::new(&[]), Err(CentresError::None));
    }
}
