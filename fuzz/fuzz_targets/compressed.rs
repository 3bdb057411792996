//! Compressed files, of one or several members, frames or streams, around any format.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use octomix_fuzz::input::alone::is_compressed;

fuzz_target!(|data: &[u8]| -> Corpus {
    if octomix_fuzz::file(data, is_compressed) { Corpus::Keep } else { Corpus::Reject }
});
