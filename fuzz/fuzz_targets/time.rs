//! Times and addresses, as cells write them.
#![no_main]

use std::net::Ipv4Addr;

use libfuzzer_sys::fuzz_target;
use octomix_fuzz::input::{Rfc3339, parse_ipv4, parse_time};

fuzz_target!(|cell: &[u8]| {
    if let Some(time) = parse_time(cell) {
        let written = Rfc3339(time).to_string();
        assert_eq!(parse_time(written.as_bytes()), Some(time), "{written}");
    }
    let std = std::str::from_utf8(cell).ok().and_then(|text| text.parse::<Ipv4Addr>().ok());
    assert_eq!(parse_ipv4(cell), std.map(u32::from));
});
