//! Logs whose lines of `#` name the fields: Zeek's, and W3C extended logs.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let is_kept = octomix_fuzz::file(data, |bytes| bytes.starts_with(b"#"));
    if is_kept { Corpus::Keep } else { Corpus::Reject }
});
