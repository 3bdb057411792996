//! Times and addresses, as cells write them.
#![no_main]

use std::net::Ipv4Addr;

use libfuzzer_sys::fuzz_target;
use octomix_fuzz::input::{Notation, parse_ipv4, parse_time};
use octomix_fuzz::words::Rfc3339;

fuzz_target!(|cell: &[u8]| {
    let plain = Notation::default();
    let day_first = Notation { day_first: true, year: Some(2024), ..plain };
    let month_first = Notation { month_first: true, year: Some(i16::MIN), ..plain };
    for notation in [plain, day_first, month_first] {
        if let Some(time) = parse_time(cell, notation) {
            let written = Rfc3339(time).to_string();
            assert_eq!(parse_time(written.as_bytes(), notation), Some(time), "{written}");
        }
    }
    let std = std::str::from_utf8(cell).ok().and_then(|text| text.parse::<Ipv4Addr>().ok());
    assert_eq!(parse_ipv4(cell), std.map(u32::from));
});
