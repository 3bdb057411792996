//! The interfaces of a pcapng section: their link types and clocks, in the byte order of the section.

use super::layer::Layer;
use super::link::link;

/// The byte order of a section.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum ByteOrder {
    #[default]
    Little,
    Big,
}

impl ByteOrder {
    #[inline]
    pub(super) fn u16(self, bytes: &[u8], offset: usize) -> Option<u16> {
        let number = *bytes.get(offset..)?.first_chunk()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(number),
            Self::Big => u16::from_be_bytes(number),
        })
    }

    #[inline]
    pub(super) fn u32(self, bytes: &[u8], offset: usize) -> Option<u32> {
        let number = *bytes.get(offset..)?.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(number),
            Self::Big => u32::from_be_bytes(number),
        })
    }

    /// The byte order of a section, from the body of its header.
    pub(super) fn of_section(body: &[u8]) -> Option<Self> {
        match *body.first_chunk()? {
            [0x1a, 0x2b, 0x3c, 0x4d] => Some(Self::Big),
            [0x4d, 0x3c, 0x2b, 0x1a] => Some(Self::Little),
            _ => None,
        }
    }
}

/// What the description of an interface says about its packets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interface {
    pub(super) link: Layer,
    /// The most bytes captured of a packet; 0 for all.
    pub(super) snap_length: u32,
    pub(super) clock: Clock,
}

impl Interface {
    pub(super) fn of(body: &[u8], order: ByteOrder) -> Option<Self> {
        let number = order.u16(body, 0)?;
        let snap_length = order.u32(body, 4)?;
        let link = link(number);
        Some(Self { link, snap_length, clock: Clock::of(&body[8..], order) })
    }
}

/// The unit and origin of an interface's times.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    /// Ticks per second.
    resolution: u64,
    /// Seconds to add.
    offset: i64,
}

impl Clock {
    /// The clock that the options of an interface describe: microseconds since 1970 unless they say
    /// otherwise.
    pub(super) fn of(mut options: &[u8], order: ByteOrder) -> Self {
        const END: u16 = 0;
        const RESOLUTION: u16 = 9;
        const OFFSET: u16 = 14;
        let mut clock = Self { resolution: 1_000_000, offset: 0 };
        while let (Some(code), Some(length)) = (order.u16(options, 0), order.u16(options, 2)) {
            let length = usize::from(length);
            let Some(value) = options.get(4..4 + length).filter(|_| code != END) else { break };
            match (code, value) {
                (RESOLUTION, &[exponent]) => {
                    let (base, power) =
                        if exponent & 0x80 == 0 { (10, exponent) } else { (2, exponent & 0x7f) };
                    clock.resolution = u64::checked_pow(base, power.into()).unwrap_or(u64::MAX);
                }
                (OFFSET, &[a, b, c, d, e, f, g, h]) => {
                    let bytes = [a, b, c, d, e, f, g, h];
                    clock.offset = match order {
                        ByteOrder::Little => i64::from_le_bytes(bytes),
                        ByteOrder::Big => i64::from_be_bytes(bytes),
                    };
                }
                _ => {}
            }
            options = options.get(4 + length.next_multiple_of(4)..).unwrap_or(&[]);
        }
        clock
    }

    /// Nanoseconds since 1970, if they fit 64 bits.
    pub(super) fn nanoseconds(self, high: u32, low: u32) -> Option<i64> {
        let ticks = u64::from(high) << 32 | u64::from(low);
        let (seconds, rest) = (ticks / self.resolution, ticks % self.resolution);
        let seconds = i64::try_from(seconds).ok()?.checked_add(self.offset)?;
        let rest = u128::from(rest) * 1_000_000_000 / u128::from(self.resolution);
        seconds.checked_mul(1_000_000_000)?.checked_add(rest as i64) // below a second
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The option `code` of an interface.
    fn option(code: u16, value: &[u8]) -> Vec<u8> {
        let length = value.len() as u16;
        let mut option = [code.to_le_bytes(), length.to_le_bytes()].concat();
        option.extend(value);
        option.resize(option.len().next_multiple_of(4), 0);
        option
    }

    #[test]
    fn clocks_tick_as_their_interface_says_and_never_beyond_bounds() {
        let resolution = |code| option(9, &[code]);
        let offset = |seconds: i64| option(14, &seconds.to_le_bytes());
        let cases = [
            (vec![], 1_700_000_000_123_456_u64, Some(1_700_000_000_123_456_000)),
            (
                vec![option(2, b"eth0"), resolution(9)],
                1_700_000_000_123_456_789,
                Some(1_700_000_000_123_456_789),
            ),
            (vec![resolution(0)], 1_700_000_000, Some(1_700_000_000_000_000_000)),
            // Powers of 2: 2^10 ticks a second.
            (vec![resolution(0x8a)], 1024 * 3 + 512, Some(3_500_000_000)),
            (vec![resolution(9), offset(3600)], 5, Some(3_600_000_000_005)),
            (vec![resolution(9), offset(-1)], 5, Some(-999_999_995)),
            // What stands behind the end of the options is none.
            (vec![option(0, b""), resolution(9)], 1_000_000, Some(1_000_000_000)),
            // An option that reaches beyond its block.
            (vec![vec![9, 0, 200, 0, 1]], 1_000_000, Some(1_000_000_000)),
            (vec![resolution(0)], u64::MAX, None),
            (vec![resolution(0)], 1 << 62, None),
            (vec![offset(i64::MAX)], u64::MAX, None),
            // A resolution that no 64 bits hold: ticks of next to nothing.
            (vec![resolution(127)], 5, Some(0)),
            (vec![resolution(0xff)], 5, Some(0)),
        ];
        for (options, ticks, expected) in cases {
            let clock = Clock::of(&options.concat(), ByteOrder::Little);
            let found = clock.nanoseconds((ticks >> 32) as u32, ticks as u32);
            assert_eq!(found, expected, "{options:?}, {ticks}");
        }
    }
}
