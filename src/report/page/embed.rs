//! Data and scripts within a page: nothing of them can be taken for markup, and nothing else can run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::describe::drawing::{Cells, Drawing, Image, Points};

/// `value` as JSON for a `script` element: without a character of markup, and without those that ended a
/// line of JavaScript before 2019.
pub(super) fn json(value: &impl Serialize) -> serde_json::Result<String> {
    // JSON has these in strings only, where an escape stands for the character.
    let unsafe_in_page = ['<', '>', '&', '\u{2028}', '\u{2029}'];
    let escaped = |text: String, character: char| {
        text.replace(character, &format!("\\u{:04x}", u32::from(character)))
    };
    Ok(unsafe_in_page.into_iter().fold(serde_json::to_string(value)?, escaped))
}

/// The source expression by which a Content-Security-Policy allows the inline `text`.
pub(super) fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// Steps of a coded count to a doubling: 32 doublings just fit in 16 bits.
const STEPS: f64 = 2047.0;

/// `count` as a logarithm, exact below some 2,900.
fn log_count(count: u32) -> u16 {
    (STEPS * f64::from(count).ln_1p() / std::f64::consts::LN_2).round() as u16
}

/// The bytes of `drawing`, as base64, and the range of its log-densities.
///
/// Of points: addresses (`u32`), log-densities (`u16`), clusters (`u16`, or `u8` where `narrow`),
/// flags (a bit each). A log-density d is coded as ln(1 + most - d), so that the dense ones, which are
/// the majority, stay distinct however far out the least dense lies. Of an image: counts, flagged
/// counts and counts of blocks (coded logarithms, `u16`), then clusters. All numbers are little endian.
pub(super) fn bytes(drawing: &Drawing, narrow: bool) -> (String, [f64; 2]) {
    let range = drawing.histogram.range().unwrap_or_default();
    let mut bytes = Vec::new();
    match &drawing.cells {
        Cells::Points(points) => put_points(points, range, narrow, &mut bytes),
        Cells::Image(image) => put_image(image, narrow, &mut bytes),
    }
    (STANDARD.encode(bytes), range)
}

fn put_points(points: &Points, [least, most]: [f64; 2], narrow: bool, bytes: &mut Vec<u8>) {
    bytes.reserve(9 * points.addresses.len());
    bytes.extend(points.addresses.iter().flat_map(|address| address.to_le_bytes()));
    let whole = (most - least).ln_1p().max(f64::MIN_POSITIVE);
    let code = |&log_density: &f32| {
        let below = (most - f64::from(log_density)).max(0.0);
        // Saturates, should rounding to f32 have gone below the least.
        ((below.ln_1p() / whole * 65535.0).round() as u16).to_le_bytes()
    };
    bytes.extend(points.log_densities.iter().flat_map(code));
    put_clusters(&points.clusters, narrow, bytes);
    bytes.extend(&points.flagged);
}

fn put_image(image: &Image, narrow: bool, bytes: &mut Vec<u8>) {
    for counts in [&image.counts, &image.flagged, &image.blocks] {
        bytes.extend(counts.iter().flat_map(|&count| log_count(count).to_le_bytes()));
    }
    put_clusters(&image.clusters, narrow, bytes);
}

fn put_clusters(clusters: &[u16], narrow: bool, bytes: &mut Vec<u8>) {
    if narrow {
        bytes.extend(clusters.iter().map(|&cluster| cluster as u8));
    } else {
        bytes.extend(clusters.iter().flat_map(|cluster| cluster.to_le_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_no_markup_and_reads_back() {
        let nasty = "</script><!-- & \u{2028}\u{2029} \" \\";
        let safe = json(&nasty).unwrap();
        assert!(!safe.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), nasty);
    }

    #[test]
    fn a_hash_is_that_of_the_standard() {
        // From the specification of Content Security Policy, level 3.
        let expected = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='";
        assert_eq!(hash("alert('Hello, world.');"), expected);
    }

    #[test]
    fn counts_are_exact_while_small_and_never_overflow() {
        let decoded = |count| (f64::from(log_count(count)) / STEPS).exp2() - 1.0;
        assert!((0..2900).all(|count| decoded(count).round() == f64::from(count)));
        let most = decoded(u32::MAX);
        assert!((most / f64::from(u32::MAX) - 1.0).abs() < 1e-3, "{most}");
    }
}
