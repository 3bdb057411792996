//! Checks an engine's answers: wrong ones are never timed.

use octomix::Points;
use octomix::conformance::{check_centres, check_mixtures};
use octomix::engine::choice::Choice;

use super::super::Failure;
use super::task::{Answer, Parameters};

/// Addresses of which every statistic is held against its derived bound: a run from the middle, so
/// that neighbours stay neighbours.
pub const SAMPLE: usize = 4096;
/// How far sums over the whole set may be off, per address and range of what is summed. Rounding errors
/// stay below it, and are checked on the sample; a chunk that is lost or counted twice does not.
const WHOLE: f64 = 1e-5;
/// The range of an octet.
const OCTET: f64 = 255.0;

/// Compares `choice` with the reference, within derived bounds, on a sample of `addresses`.
///
/// # Errors
/// When the engine fails, or is out of bounds: what is wrong.
pub fn sample(
    choice: &Choice,
    addresses: &[u32],
    parameters: &Parameters,
) -> Result<Option<String>, Failure> {
    let size = addresses.len().min(SAMPLE);
    let first = (addresses.len() - size) / 2;
    let points = Points::new(&addresses[first..first + size]);
    let mut engine = choice.engine(points.clone());
    let mut checks = Vec::new();
    if let Some(centres) = &parameters.centres {
        checks.extend(check_centres(engine.as_mut(), &points, std::slice::from_ref(centres))?);
    }
    if let Some(mixture) = &parameters.mixture {
        checks.extend(check_mixtures(engine.as_mut(), &points, std::slice::from_ref(mixture))?);
    }
    let wrong = checks.iter().find(|check| !check.holds());
    Ok(wrong.map(|check| {
        let (pass, statistic) = (check.pass, check.statistic);
        format!("{pass}, {statistic}: off by {:e}, {:e} is allowed", check.error, check.bound)
    }))
}

/// What is wrong with the sums `found` over `n` addresses, if `expected` are right.
pub fn whole(found: &Answer, expected: &Answer, n: usize) -> Option<String> {
    let n = n as f64;
    match (found, expected) {
        (Answer::Moments(found), Answer::Moments(expected)) => {
            (found != expected).then(|| "moments differ".to_owned())
        }
        (Answer::Lloyd(found), Answer::Lloyd(expected)) => {
            (found != expected).then(|| "clusters differ".to_owned())
        }
        (Answer::Assign(found), Answer::Assign(expected)) => {
            (found != expected).then(|| "nearest centres differ".to_owned())
        }
        (Answer::Label(found, density), Answer::Label(expected, of_reference)) => (found
            != expected)
            .then(|| format!("{found} labels, not {expected}"))
            .or(off("log-densities", *density, *of_reference, n + of_reference.abs())),
        (Answer::Expectation(found), Answer::Expectation(expected)) => {
            let scale = n + expected.log_likelihood.abs();
            let mut all = vec![
                ("log-likelihood", found.log_likelihood, expected.log_likelihood, scale),
                ("entropy", found.entropy, expected.entropy, n),
            ];
            for (f, e) in found.components.iter().zip(&expected.components) {
                all.push(("weights", f.weight, e.weight, n));
                let first = f.first.iter().zip(&e.first);
                all.extend(first.map(|(&f, &e)| ("first moments", f, e, n * OCTET)));
                let second = f.second.iter().zip(&e.second);
                all.extend(second.map(|(&f, &e)| ("second moments", f, e, n * OCTET * OCTET)));
            }
            all.into_iter().find_map(|(name, f, e, scale)| off(name, f, e, scale))
        }
        _ => Some("answers of different passes".to_owned()),
    }
}

/// Says so if a sum is not within [`WHOLE`] of `scale`, or is not a number.
fn off(name: &str, found: f64, expected: f64, scale: f64) -> Option<String> {
    let within = (found - expected).abs() <= WHOLE * scale;
    (!within).then(|| format!("{name}: found {found}, expected {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_chunk_is_noticed() {
        let full = Answer::Label(1_000, -20_000.0);
        assert_eq!(whole(&Answer::Label(1_000, -20_000.1), &full, 1_000), None);
        let lost = Answer::Label(1_000, -19_980.0);
        let wrong = "log-densities: found -19980, expected -20000";
        assert_eq!(whole(&lost, &full, 1_000), Some(wrong.to_owned()));
        let nan = Answer::Label(1_000, f64::NAN);
        assert!(whole(&nan, &full, 1_000).is_some());
        assert!(whole(&Answer::Label(999, -20_000.0), &full, 1_000).is_some());
        assert!(whole(&Answer::Assign(1), &Answer::Assign(2), 1_000).is_some());
    }
}
