//! Logs of text, in which marks tell whose an address is.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    // What begins as other formats do is left to their targets.
    let is_kept = octomix_fuzz::file(data, |bytes| !bytes.starts_with(b"#") && !bytes.starts_with(b"{"));
    if is_kept { Corpus::Keep } else { Corpus::Reject }
});
