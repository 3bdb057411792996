//! The knee of a falling curve: where more clusters begin to gain little.

/// The k at which the curve of `points`, pairs of k and tightness, bends most: the one farthest
/// below the chord between the ends of the curve, both axes scaled to the unit interval (Kneedle,
/// Satopää et al. 2011, offline and without a threshold); of several, the least.
///
/// `None` for fewer than three different k, and for a curve that does not fall below its chord.
///
/// ```
/// use octomix::model::sweep::knee;
/// assert_eq!(knee(&[(1, 10.0), (2, 3.0), (3, 2.0), (4, 1.0)]), Some(2));
/// assert_eq!(knee(&[(1, 3.0), (2, 2.0), (3, 1.0)]), None);
/// ```
pub fn knee(points: &[(usize, f64)]) -> Option<usize> {
    let &(first, top) = points.iter().min_by_key(|point| point.0)?;
    let &(last, bottom) = points.iter().max_by_key(|point| point.0)?;
    if top <= bottom {
        return None;
    }
    let below_chord = |&(k, y): &(usize, f64)| {
        let along = (k - first) as f64 / (last - first) as f64;
        let height = (y - bottom) / (top - bottom);
        (k, 1.0 - along - height)
    };
    let mut best = None;
    for (k, depth) in points.iter().map(below_chord).filter(|&(k, _)| k != first && k != last) {
        let is_better = |&(best_k, deepest)| depth > deepest || (depth == deepest && k < best_k);
        if depth > ROUNDING && best.as_ref().is_none_or(is_better) {
            best = Some((k, depth));
        }
    }
    best.map(|(k, _)| k)
}

/// A depth that rounding alone can give a straight line.
const ROUNDING: f64 = 1e-12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bend_is_found_whatever_the_order_and_the_scale() {
        // Height below the chord from (1, 100) to (9, 20): at 3 it is 1 - 2/8 - 20/80 = 1/2.
        let curve = [(1, 100.0), (2, 65.0), (3, 40.0), (4, 35.0), (6, 30.0), (9, 20.0)];
        assert_eq!(knee(&curve), Some(3));
        let mut shuffled = curve;
        shuffled.reverse();
        shuffled.swap(1, 3);
        assert_eq!(knee(&shuffled), Some(3));
        assert_eq!(knee(&curve.map(|(k, y)| (10 * k, 1e-6 * y + 7.0))), Some(30));
    }

    #[test]
    fn equal_bends_give_the_least_k() {
        assert_eq!(knee(&[(1, 1.0), (3, 0.0), (2, 0.25), (5, 0.0)]), Some(2));
        assert_eq!(knee(&[(1, 1.0), (2, 0.25), (3, 0.0), (5, 0.0)]), Some(2));
    }

    #[test]
    fn there_is_no_knee_without_a_bend() {
        assert_eq!(knee(&[]), None);
        assert_eq!(knee(&[(1, 5.0)]), None);
        assert_eq!(knee(&[(1, 5.0), (2, 1.0)]), None);
        assert_eq!(knee(&[(1, 5.0), (1, 5.0), (2, 1.0)]), None);
        assert_eq!(knee(&[(1, 0.3), (2, 0.2), (3, 0.1)]), None);
        assert_eq!(knee(&[(1, 3.0), (2, 2.9), (3, 0.0)]), None);
        assert_eq!(knee(&[(1, 2.0), (2, 0.0), (3, 2.0)]), None);
        assert_eq!(knee(&[(1, f64::NAN), (2, 0.0), (3, 2.0)]), None);
    }
}
