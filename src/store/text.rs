//! The text of tables of a hundred million rows: fields appended digit by digit, because `core::fmt` takes
//! several times as long.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::Offset;

const SECOND: i64 = 1_000_000_000;

const DAY: i64 = 24 * 60 * 60;

/// The digits of the numbers below 100.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut at = 0;
    while at < 100 {
        pairs[at] = [b'0' + at as u8 / 10, b'0' + at as u8 % 10];
        at += 1;
    }
    pairs
};

/// Appends the decimal digits of `number`.
#[inline]
pub fn put_number(number: u64, text: &mut Vec<u8>) {
    if number < 10 {
        return text.push(b'0' + number as u8);
    }
    text.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Appends a shortest decimal number that reads back as `number`, without an exponent, as [`Display`](fmt::Display)
/// does; of two that are equally near they may differ in the last digit.
#[inline]
pub fn put_float<F: zmij::Float + fmt::Display>(number: F, text: &mut Vec<u8>) {
    let mut buffer = zmij::Buffer::new();
    let shortest = buffer.format(number);
    match shortest.strip_suffix(".0") {
        Some(whole) => text.extend_from_slice(whole.as_bytes()),
        // Very large and very small numbers have an exponent there, and what is no number another name.
        None if shortest.bytes().any(|byte| byte.is_ascii_alphabetic()) => {
            text.extend_from_slice(number.to_string().as_bytes());
        }
        None => text.extend_from_slice(shortest.as_bytes()),
    }
}

/// Appends the first `len` of `bytes`: all at first, as to copy so many as a compiler knows takes no call.
#[inline]
fn put_start<const N: usize>(bytes: &[u8; N], len: usize, text: &mut Vec<u8>) {
    let end = text.len() + len;
    text.extend_from_slice(bytes);
    text.truncate(end);
}

/// Appends the dotted quad of `address`.
#[inline]
pub fn put_address(address: u32, text: &mut Vec<u8>) {
    // The longest has 15 bytes, and a point behind.
    let (mut quad, mut len) = ([0; 16], 0);
    for octet in address.to_be_bytes() {
        let [tens, ones] = PAIRS[usize::from(octet % 100)];
        if octet >= 100 {
            quad[len] = b'0' + octet / 100;
            len += 1;
        }
        if octet >= 10 {
            quad[len] = tens;
            len += 1;
        }
        quad[len] = ones;
        quad[len + 1] = b'.';
        len += 2;
    }
    put_start(&quad, len - 1, text);
}

/// Writes times as [`Rfc3339`](crate::words::Rfc3339) does, and looks up the calendar only when the day changes.
#[derive(Debug)]
pub struct Times {
    day: i64,
    /// The date of the day and the `T` behind it.
    date: [u8; 11],
}

impl Default for Times {
    fn default() -> Self {
        Self { day: 0, date: *b"1970-01-01T" }
    }
}

impl Times {
    /// Appends `time`, in nanoseconds since 1970.
    #[inline]
    pub fn put(&mut self, time: i64, text: &mut Vec<u8>) {
        let (seconds, nanoseconds) = (time.div_euclid(SECOND), time.rem_euclid(SECOND));
        let day = seconds.div_euclid(DAY);
        if day != self.day {
            self.turn(day, time);
        }
        let second = seconds.rem_euclid(DAY) as usize;
        let [h, m, s] = [second / 3600, second / 60 % 60, second % 60].map(|number| PAIRS[number]);
        // 2026-01-31T23:59:59.123456789Z
        let mut whole = [0; 30];
        whole[..11].copy_from_slice(&self.date);
        whole[11..20].copy_from_slice(&[h[0], h[1], b':', m[0], m[1], b':', s[0], s[1], b'.']);
        let mut len = 19;
        if nanoseconds > 0 {
            let mut rest = nanoseconds as usize;
            for pair in whole[21..29].rchunks_exact_mut(2) {
                pair.copy_from_slice(&PAIRS[rest % 100]);
                rest /= 100;
            }
            whole[20] = b'0' + rest as u8;
            len += match nanoseconds {
                whole if whole % 1_000_000 == 0 => 4,
                whole if whole % 1000 == 0 => 7,
                _ => 10,
            };
        }
        whole[len] = b'Z';
        put_start(&whole, len + 1, text);
    }

    #[cold]
    fn turn(&mut self, day: i64, time: i64) {
        self.day = day;
        let Ok(time) = Timestamp::from_nanosecond(time.into()) else { return };
        let date = Offset::UTC.to_datetime(time).date();
        // Years have four digits: from 1677 to 2262.
        let year = date.year().unsigned_abs();
        let [y, z, m, d] = [
            PAIRS[usize::from(year / 100)],
            PAIRS[usize::from(year % 100)],
            PAIRS[date.month().unsigned_abs() as usize],
            PAIRS[date.day().unsigned_abs() as usize],
        ];
        self.date = [y[0], y[1], z[0], z[1], b'-', m[0], m[1], b'-', d[0], d[1], b'T'];
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;
    use crate::words::Rfc3339;

    proptest! {
        #[test]
        fn fields_are_those_of_the_formatter(address: u32, bits: u64, near in 0i64..200 * DAY, times: [i64; 2]) {
            let mut text = vec![];
            put_address(address, &mut text);
            prop_assert_eq!(text, Ipv4Addr::from(address).to_string().into_bytes());
            for number in [f64::from_bits(bits), f64::from(address) / 1e4, f64::from(address), -0.0] {
                let (mut text, mut single) = (vec![], vec![]);
                put_float(number, &mut text);
                put_float(number as f32, &mut single);
                let [text, single] = [text, single].map(|text| String::from_utf8(text).unwrap());
                prop_assert_eq!(text.len(), number.to_string().len());
                prop_assert_eq!(single.len(), (number as f32).to_string().len());
                prop_assert!(number.is_nan() || text.parse() == Ok(number), "{text} for {number}");
                prop_assert!(number.is_nan() || single.parse() == Ok(number as f32), "{single} for {number}");
            }
            let mut clock = Times::default();
            for time in [near * SECOND, near * 1_000_000, near * 1000, times[0], times[1]] {
                let mut text = vec![];
                clock.put(time, &mut text);
                prop_assert_eq!(text, Rfc3339(time).to_string().into_bytes());
            }
        }
    }
}
