//! What addresses did, as octomix extract wrote it.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let is_kept = octomix_fuzz::file(data, |bytes| bytes.starts_with(b"octomix behaviour 2\n"));
    if is_kept { Corpus::Keep } else { Corpus::Reject }
});
