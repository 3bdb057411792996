//! tar and zip archives, around any format.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use octomix_fuzz::input::alone::is_archive;

fuzz_target!(|data: &[u8]| -> Corpus {
    if octomix_fuzz::archive(data, is_archive) { Corpus::Keep } else { Corpus::Reject }
});
