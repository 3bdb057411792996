//! Models: whatever is accepted is sound, scores any address, and is the same model when it is written and read again.
#![no_main]

use std::path::Path;

use libfuzzer_sys::{Corpus, fuzz_target};
use octomix::engine::ReferenceEngine;
use octomix::model::scorer::Score;
use octomix::store::model::Loaded;
use octomix_fuzz::is_line;

/// Corners, and addresses in between.
const ADDRESSES: [u32; 6] = [0, 0x0000_00ff, 0x0a01_0203, 0xc000_0207, 0xff00_ff00, u32::MAX];

fuzz_target!(|text: &[u8]| -> Corpus {
    let path = Path::new("model.json");
    let loaded = match Loaded::parse(path, text) {
        Ok(loaded) => loaded,
        Err(error) => {
            is_line(&error.to_string());
            return Corpus::Keep;
        }
    };
    match loaded.file.to_json(path) {
        Ok(written) => {
            let again = Loaded::parse(path, &written).expect("it was read back before");
            assert_eq!(format!("{:?}", again.model), format!("{:?}", loaded.model));
        }
        Err(error) => is_line(&error.to_string()),
    }
    for score in [Score::Sklearn, Score::Predictive] {
        let scorer = match loaded.model.scorer(score) {
            Ok(scorer) => scorer,
            Err(error) => {
                is_line(&error.to_string());
                continue;
            }
        };
        let k = loaded.model.weights().len();
        let labelled = scorer.label(&mut ReferenceEngine::new(&ADDRESSES[..]), &mut |_, labels| {
            for label in labels {
                assert!(label.log_density.is_finite() && (label.cluster as usize) < k, "{label:?}");
            }
            Ok(())
        });
        labelled.expect("the reference runs everywhere");
    }
    Corpus::Keep
});
