//! Tables divided by blanks, VPC flow logs among them.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let is_kept = octomix_fuzz::file(data, |bytes| bytes.contains(&b' '));
    if is_kept { Corpus::Keep } else { Corpus::Reject }
});
