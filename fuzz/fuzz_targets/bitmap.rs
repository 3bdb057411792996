//! Roaring bitmaps.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let is_kept = octomix_fuzz::file(data, |bytes| matches!(bytes, [0x3a | 0x3b, 0x30, ..]));
    if is_kept { Corpus::Keep } else { Corpus::Reject }
});
