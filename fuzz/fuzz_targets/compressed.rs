//! gzip and Zstandard, members and frames, around any format.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let is_kept = octomix_fuzz::file(data, |bytes| {
        matches!(
            bytes,
            [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]
        )
    });
    if is_kept { Corpus::Keep } else { Corpus::Reject }
});
