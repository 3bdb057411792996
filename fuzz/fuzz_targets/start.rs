//! Files of `--init-file`, for each type of covariance, and what becomes of their parameters.
//!
//! They are read by the program, not the library; this is its own file.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use octomix::{Covariance, GaussianMixture, Init};
use octomix_fuzz::is_line;

#[path = "../../src/bin/octomix/command/start_file.rs"]
mod start_file;

use start_file::StartFile;

fuzz_target!(|data: &[u8]| -> Corpus {
    let [kind, text @ ..] = data else { return Corpus::Reject };
    let kind = Covariance::ALL[usize::from(*kind) % Covariance::ALL.len()];
    let file = match StartFile::read(&octomix_fuzz::written(text), kind) {
        Ok(file) => file,
        Err(error) => {
            is_line(&error.to_string());
            return Corpus::Keep;
        }
    };
    let components = file.components();
    match file {
        StartFile::Parameters(parameters) => {
            let mut params = GaussianMixture::params(components.unwrap_or(1));
            params.covariance = kind;
            params.init = Init::Parameters(parameters);
            if let Err(error) = params.check() {
                is_line(&error.to_string());
            }
        }
        StartFile::Labels(labels) => {
            assert!(components.is_some_and(|components| components > 0));
            match labels.of(&[0x0a01_0203]) {
                Ok(of) => assert!((of[0] as usize) < components.unwrap_or(0)),
                Err(error) => is_line(&error.to_string()),
            }
        }
    }
    Corpus::Keep
});
