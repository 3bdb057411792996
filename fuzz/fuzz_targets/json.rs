//! JSON: objects a line, over several lines and in arrays.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let is_kept =
        octomix_fuzz::file(data, |bytes| matches!(bytes.trim_ascii_start(), [b'{' | b'[', ..]));
    if is_kept { Corpus::Keep } else { Corpus::Reject }
});
