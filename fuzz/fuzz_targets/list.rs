//! Lists of addresses and of blocks: any file that is nothing else.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let is_kept = octomix_fuzz::file(data, |bytes| !bytes.is_empty());
    if is_kept { Corpus::Keep } else { Corpus::Reject }
});
