//! pcap: both byte orders, microseconds, nanoseconds and modified; every link layer and tunnel.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let is_kept = octomix_fuzz::file(data, |bytes| {
        matches!(bytes, [0xa1, 0xb2, ..] | [_, _, 0xb2, 0xa1, ..])
    });
    if is_kept { Corpus::Keep } else { Corpus::Reject }
});
