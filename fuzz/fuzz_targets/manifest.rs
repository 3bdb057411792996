//! Manifests of folders of results.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use octomix::store::{Manifest, ManifestError};
use octomix_fuzz::is_line;

fuzz_target!(|text: &[u8]| {
    let manifest = match Manifest::parse(Path::new("manifest.json"), text) {
        Ok(manifest) => manifest,
        Err(error) => return is_line(&error.to_string()),
    };
    for entry in manifest.entries() {
        assert!(manifest.entry(&entry.file).is_some());
        assert!(manifest.by(&entry.by).any(|same| same == entry));
        // Where nothing lies.
        match entry.check(Path::new("/proc/self/fdinfo/none")) {
            Ok(()) => {}
            Err(error @ (ManifestError::Changed { .. } | ManifestError::Read { .. })) => {
                is_line(&error.to_string());
            }
            Err(error) => panic!("{error}"),
        }
    }
    let written = serde_json::to_vec(&manifest).expect("it is text");
    let again = Manifest::parse(Path::new("manifest.json"), &written);
    assert_eq!(again.expect("it was written"), manifest);
});
