//! The four shapes that covariances may have, and their Cholesky factors.

use nalgebra::{Cholesky, Matrix4, SymmetricEigen};
use serde::{Deserialize, Serialize};

use crate::address::OCTETS;

/// Which covariances a mixture may have; the names are scikit-learn's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Covariance {
    /// Each component has its own ellipsoid.
    Full,
    /// All components share one ellipsoid.
    Tied,
    /// Each component has its own ellipsoid along the axes.
    Diag,
    /// Each component has its own sphere.
    Spherical,
}

impl Covariance {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Full, Self::Tied, Self::Diag, Self::Spherical];

    /// Its name in scikit-learn, in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Tied => "tied",
            Self::Diag => "diag",
            Self::Spherical => "spherical",
        }
    }

    /// Free parameters of the covariances of `components` components.
    pub fn parameters(self, components: usize) -> usize {
        let full = OCTETS * (OCTETS + 1) / 2;
        match self {
            Self::Full => components * full,
            Self::Tied => full,
            Self::Diag => components * OCTETS,
            Self::Spherical => components,
        }
    }

    /// What a covariance of this kind keeps of `scatter`.
    pub fn keep(self, scatter: Matrix4<f64>) -> Matrix4<f64> {
        match self {
            Self::Full | Self::Tied => scatter,
            Self::Diag => Matrix4::from_diagonal(&scatter.diagonal()),
            Self::Spherical => Matrix4::from_diagonal_element(scatter.trace() / OCTETS as f64),
        }
    }
}

/// The largest [`inflation`] at which a factor still tells variances from its own rounding: it loses some 20
/// roundings times the inflation, here 1 %.
const RESOLVED: f64 = 1.0 / (1024.0 * f64::EPSILON);

/// How much narrower than its variances say a Gaussian is, given others of its octets, summed over the octets
/// (variance inflation factors): 4 along the octets, whatever their scales, and without limit across them.
fn inflation(covariance: &Matrix4<f64>, precision_cholesky: &Matrix4<f64>) -> f64 {
    let rows = precision_cholesky.row_iter().map(|row| row.norm_squared());
    covariance.diagonal().iter().zip(rows).map(|(variance, precision)| variance * precision).sum()
}

/// `covariance` and U, upper triangular, with `covariance^-1 = U U'`.
///
/// Where the addresses lie in a plane (all sets of up to four do, and regular ones) rounding can
/// take a variance below `least`, which it exceeds exactly, and below 0: in f32 sums by 1e-7 of the
/// largest. There scikit-learn gives up, or goes on with what rounding left; here that variance is raised
/// again, and if `strict` every one below `least`. `None` if the covariance is not positive definite to the
/// digits of doubles and `least` is 0, or an entry is no number.
pub(super) fn factor(
    covariance: Matrix4<f64>,
    least: f64,
    strict: bool,
) -> Option<(Matrix4<f64>, Matrix4<f64>)> {
    let precision =
        precision_cholesky(&covariance).filter(|u| inflation(&covariance, u) <= RESOLVED);
    if !strict && let Some(precision) = precision {
        return Some((covariance, precision));
    }
    // Not a number, of a device gone wrong or a prior: its eigenvalues would be sought for ever.
    if least <= 0.0 || covariance.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let mut eigen = SymmetricEigen::new(covariance);
    let floor = least.max(covariance.trace() / RESOLVED);
    if let Some(precision) = precision.filter(|_| eigen.eigenvalues.min() >= floor) {
        return Some((covariance, precision));
    }
    eigen.eigenvalues.apply(|variance| *variance = variance.max(floor));
    let raised = eigen.recompose();
    precision_cholesky(&raised).map(|precision| (raised, precision))
}

/// U, upper triangular, with `covariance^-1 = U U'`; `None` if that is not positive definite.
pub(super) fn precision_cholesky(covariance: &Matrix4<f64>) -> Option<Matrix4<f64>> {
    let lower = Cholesky::new(*covariance)?.unpack();
    let inverse = lower.solve_lower_triangular(&Matrix4::identity())?;
    inverse.iter().all(|x| x.is_finite()).then(|| inverse.transpose())
}

#[cfg(test)]
mod tests {
    use nalgebra::Vector4;

    use super::*;

    #[test]
    fn a_variance_lost_to_rounding_is_raised_again() {
        let along = Vector4::new(1.0, 2.0, -1.0, 1.0);
        let plane = 100.0 * along * along.transpose();
        // What f32 sums leave of it.
        let rounded = plane - 1e-5 * Matrix4::identity();
        let (covariance, precision) = factor(rounded, 1e-6, false).unwrap();
        let variances = covariance.symmetric_eigenvalues();
        assert!((variances.min() - 1e-6).abs() < 1e-9, "{variances}");
        assert!((variances.max() - 700.0).abs() < 1e-4, "{variances}");
        let identity = precision.transpose() * covariance * precision;
        assert!((identity - Matrix4::identity()).abs().max() < 1e-4, "{identity}");
        assert_eq!(factor(rounded, 0.0, false), None);
        assert_eq!(factor(Matrix4::repeat(f64::NAN), 1e-6, false), None);
        assert_eq!(factor(Matrix4::repeat(f64::INFINITY), 1e-6, false), None);
    }

    #[test]
    fn each_kind_keeps_its_own_of_a_scatter() {
        let scatter = Matrix4::from_fn(|i, j| 1.0 + (i.min(j)) as f64);
        assert_eq!(Covariance::Full.keep(scatter), scatter);
        assert_eq!(Covariance::Diag.keep(scatter)[(1, 2)], 0.0);
        assert_eq!(Covariance::Diag.keep(scatter).diagonal(), scatter.diagonal());
        assert_eq!(Covariance::Spherical.keep(scatter), 2.5 * Matrix4::identity());
    }
}
