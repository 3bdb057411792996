//! Tables: delimiters, quotes, line ends, columns by name.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let is_kept =
        octomix_fuzz::file(data, |bytes| bytes.iter().any(|byte| b",;\t|".contains(byte)));
    if is_kept { Corpus::Keep } else { Corpus::Reject }
});
