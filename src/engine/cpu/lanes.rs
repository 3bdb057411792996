//! The two floats that kernels compute in, and what vectors of them lack: powers and logarithms of 2.

use std::f64::consts::{LN_2, LOG2_E, SQRT_2};

use fearless_simd::{Simd, SimdFloatElement, prelude::*};

use crate::address::OCTETS;

/// The native vector of `F` under `S`.
pub(super) type Vector<F, S> = <F as SimdFloatElement>::Native<S>;

/// Vectors that kernels take at once: enough to hide latencies, few enough for the first cache.
pub(super) const TILE: usize = 8;

/// As many vectors.
pub(super) type Tile<F, S> = [Vector<F, S>; TILE];

/// A float that kernels compute in.
pub(super) trait Lane: SimdFloatElement + 'static {
    /// A responsibility below two to this power may be taken for 0.
    const NEGLIGIBLE: Self;
    /// The least exponent whose power of two is normal.
    const LEAST: Self;
    /// A responsibility below two to this power is taken for 0: far below [`NEGLIGIBLE`](Self::NEGLIGIBLE), and so far
    /// above the least normal number that products with offsets are normal, too. Some processors take a hundred
    /// cycles for a product that is not.
    const FLOOR: Self;
    /// What [`exp2`] makes of it.
    const AT_FLOOR: Self;
    /// 3 x 2^(m - 1): what is added to it is rounded to a whole number, which stands in its low bits.
    const ROUNDER: Self;
    /// m, the bits of the mantissa.
    const MANTISSA: u32;
    /// The polynomial of least relative error for 2^f, f within half a bit; constant first.
    const EXP2: &'static [Self];

    /// `x`, rounded.
    fn of(x: f64) -> Self;

    /// This number.
    fn f64(self) -> f64;

    /// The octets of up to a tile of `addresses`; lanes beyond them repeat the last address.
    fn octets<S: Simd>(simd: S, addresses: &[u32]) -> [Tile<Self, S>; OCTETS];
}

impl Lane for f32 {
    const NEGLIGIBLE: f32 = -34.0;
    const LEAST: f32 = -126.0;
    const FLOOR: f32 = -60.0;
    const AT_FLOOR: f32 = Self::EXP2[0] / (1u64 << 60) as f32;
    const ROUNDER: f32 = 12_582_912.0;
    const MANTISSA: u32 = 23;
    // Within 7.5e-8.
    const EXP2: &'static [f32] =
        &[1.000_000_1, 0.693_146_97, 0.240_221_2, 0.055_507_134, 0.009_675_541, 0.001_327_647_3];

    #[inline(always)]
    fn of(x: f64) -> f32 {
        x as f32
    }

    #[inline(always)]
    fn f64(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn octets<S: Simd>(simd: S, addresses: &[u32]) -> [Tile<f32, S>; OCTETS] {
        let mut octets = [[S::f32s::splat(simd, 0.0); TILE]; OCTETS];
        for (v, part) in addresses.chunks(S::u32s::LEN).take(TILE).enumerate() {
            let word = words(simd, part);
            for (j, octet) in octets.iter_mut().enumerate() {
                octet[v] = ((word >> (24 - 8 * j as u32)) & 255).bitcast::<S::i32s>().to_float();
            }
        }
        octets
    }
}

impl Lane for f64 {
    const NEGLIGIBLE: f64 = -64.0;
    const LEAST: f64 = -1022.0;
    const FLOOR: f64 = -124.0;
    const AT_FLOOR: f64 = Self::EXP2[0] / (1u128 << 124) as f64;
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    const MANTISSA: u32 = 52;
    // Within 3.1e-18.
    const EXP2: &'static [f64] = &[
        1.0,
        LN_2,
        0.240_226_506_959_101_57,
        0.055_504_108_664_821_92,
        0.009_618_129_107_588_336,
        0.001_333_355_814_678_992,
        0.000_154_035_304_625_144_33,
        0.000_015_252_733_489_988_526,
        1.321_543_308_963_767_7e-6,
        1.017_819_802_167_193e-7,
        7.074_105_613_508_143e-9,
        4.435_282_706_957_257e-10,
    ];

    #[inline(always)]
    fn of(x: f64) -> f64 {
        x
    }

    #[inline(always)]
    fn f64(self) -> f64 {
        self
    }

    #[inline(always)]
    fn octets<S: Simd>(simd: S, addresses: &[u32]) -> [Tile<f64, S>; OCTETS] {
        let mut octets = [[S::f64s::splat(simd, 0.0); TILE]; OCTETS];
        for (half, part) in addresses.chunks(S::u32s::LEN).take(TILE / 2).enumerate() {
            let word = words(simd, part);
            for (j, octet) in octets.iter_mut().enumerate() {
                let single: S::f32s =
                    ((word >> (24 - 8 * j as u32)) & 255).bitcast::<S::i32s>().to_float();
                (octet[2 * half], octet[2 * half + 1]) = single.widen();
            }
        }
        octets
    }
}

/// Lanes of the longest vector of 32 bits each.
const MOST_LANES: usize = 16;

/// Up to a vector of addresses, at least one; lanes beyond them repeat the last.
#[inline(always)]
pub(in crate::engine) fn words<S: Simd>(simd: S, addresses: &[u32]) -> S::u32s {
    if addresses.len() == S::u32s::LEN {
        S::u32s::from_slice(simd, addresses)
    } else {
        // Filled lane by lane, full vectors would be, too: the compiler makes one code of both.
        let mut lanes = [addresses[addresses.len() - 1]; MOST_LANES];
        lanes[..addresses.len()].copy_from_slice(addresses);
        S::u32s::from_slice(simd, &lanes[..S::u32s::LEN])
    }
}

/// 1 in the first `n` lanes, 0 in the others.
#[inline(always)]
pub(super) fn live<F: Lane, S: Simd>(simd: S, n: usize) -> Vector<F, S> {
    Vector::<F, S>::from_fn(simd, |i| F::from(u8::from(i < n)))
}

/// 2^z for z from [`Lane::LEAST`] to 0, to five roundings.
#[inline(always)]
pub(super) fn exp2<F: Lane, S: Simd>(simd: S, z: Vector<F, S>) -> Vector<F, S> {
    let rounder = Vector::<F, S>::splat(simd, F::ROUNDER);
    let whole = z + rounder;
    let f = z - (whole - rounder);
    let mut power = Vector::<F, S>::splat(simd, F::EXP2[F::EXP2.len() - 1]);
    for &coefficient in F::EXP2.iter().rev().skip(1) {
        power = power.mul_add(f, Vector::<F, S>::splat(simd, coefficient));
    }
    // The whole number goes into the exponent; the other bits of `whole` are shifted out.
    Vector::<F, S>::from_bits(power.to_bits() + (whole.to_bits() << F::MANTISSA))
}

/// log2 of x, normal and at least 1 / 2, to a relative error of four roundings.
///
/// With x = 2^e m, m about 1, it is e + 2 log2(e) atanh(s) for s = (m - 1) / (m + 1), which is below
/// 0.172; the terms left out are below 2^-57 of the sum.
#[inline(always)]
pub(super) fn log2<S: Simd>(simd: S, x: S::f64s) -> S::f64s {
    let splat = |x: f64| S::f64s::splat(simd, x);
    let least = (SQRT_2 / 2.0).to_bits();
    let above = x.bitcast::<S::u64s>() + S::u64s::splat(simd, (1u64 << 52).wrapping_sub(least));
    let m = ((above & ((1 << 52) - 1)) + S::u64s::splat(simd, least)).bitcast::<S::f64s>();
    // One more than e, as `above` is, in the low bits of 2^52.
    let e = ((above >> 52) | 4_503_599_627_370_496f64.to_bits()).bitcast::<S::f64s>();
    let e = e - splat(4_503_599_627_370_497.0);
    let s = (m - splat(1.0)) / (m + splat(1.0));
    let u = s * s;
    let mut tail = splat(0.0);
    for n in (1..=10).rev() {
        tail = (tail + splat(1.0 / f64::from(2 * n + 1))) * u;
    }
    let s = s * splat(2.0 * LOG2_E);
    e + s.mul_add(tail, s)
}

/// log2 of 1 + z for z from 0: near 0, too, to a relative error of eight roundings.
#[inline(always)]
pub(super) fn log2_1p<S: Simd>(simd: S, z: S::f64s) -> S::f64s {
    let one = S::f64s::splat(simd, 1.0);
    let y = one + z;
    // What rounding took from 1 + z moves the logarithm by as much over 1 + z.
    let lost = z - (y - one);
    (lost / y).mul_add(S::f64s::splat(simd, LOG2_E), log2(simd, y))
}

#[cfg(test)]
mod tests {
    use fearless_simd::dispatch;

    use super::*;
    use crate::engine::cpu::test_levels;

    const SINGLE: f64 = f32::EPSILON as f64 / 2.0;
    const DOUBLE: f64 = f64::EPSILON / 2.0;

    /// The largest relative error of pairs of what was found and what was expected.
    fn worst(pairs: impl Iterator<Item = (f64, f64)>) -> f64 {
        pairs.map(|(found, expected)| ((found - expected) / expected).abs()).fold(0.0, f64::max)
    }

    fn powers<S: Simd>(simd: S) {
        let places = (0..=100_000).map(|i| f64::from(i) * -1.2599e-3);
        let single = places.clone().map(|z| {
            let z = z as f32;
            let found = exp2::<f32, S>(simd, S::f32s::splat(simd, z))[0];
            (f64::from(found), f64::from(z).exp2())
        });
        assert!(worst(single) < 5.0 * SINGLE);
        let double = places.map(|z| (exp2::<f64, S>(simd, S::f64s::splat(simd, z))[0], z.exp2()));
        assert!(worst(double) < 5.0 * DOUBLE);
    }

    fn floors<S: Simd>(simd: S) {
        let single = exp2::<f32, S>(simd, S::f32s::splat(simd, f32::FLOOR))[0];
        let double = exp2::<f64, S>(simd, S::f64s::splat(simd, f64::FLOOR))[0];
        assert_eq!((single, double), (f32::AT_FLOOR, f64::AT_FLOOR));
    }

    fn logarithms<S: Simd>(simd: S) {
        let above = (0..100_000).map(|i| (f64::from(i) * 1e-3).exp2() * 1.000_1);
        let logs = above.map(|x| (log2(simd, S::f64s::splat(simd, x))[0], x.log2()));
        assert!(worst(logs) < 4.0 * DOUBLE);
        let from_0 = (0..100_000).map(|i| (f64::from(i - 60_000) * 1e-3).exp2());
        let logs = from_0.map(|z| (log2_1p(simd, S::f64s::splat(simd, z))[0], z.ln_1p() * LOG2_E));
        assert!(worst(logs) < 8.0 * DOUBLE);
        assert_eq!(log2(simd, S::f64s::splat(simd, 1.0))[0], 0.0);
    }

    #[test]
    fn powers_and_logarithms_are_as_good_as_promised() {
        for level in test_levels() {
            dispatch!(level, simd => powers(simd));
            dispatch!(level, simd => floors(simd));
            dispatch!(level, simd => logarithms(simd));
        }
    }
}
