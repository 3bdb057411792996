//! Components that have collapsed: of their variances only the regularisation is left.
//!
//! That two octets are constant is usual in this data, and no fault; that a component has no extent
//! at all means that its addresses are alike, or fewer than it takes to tell.

use super::estimate::Estimate;
use crate::address::OCTETS;

/// A variance up to this multiple of `reg_covar` is nothing but it.
const REGULARISATION_ALONE: f64 = 2.0;

/// What is left of a component; as a number, the directions in which it has extent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// No extent: a point.
    Point,
    /// Extent in one direction: a line.
    Line,
    /// Extent in two directions: a plane.
    Plane,
    /// Extent in three directions.
    Space,
}

impl Shape {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Line => "line",
            Self::Plane => "plane",
            Self::Space => "space",
        }
    }
}

/// A component whose covariance has lost directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collapse {
    /// Which component, from 0.
    pub component: usize,
    /// What is left of it.
    pub shape: Shape,
    /// The octets, from 1, in which it has no variance; none where it lies across them.
    pub constant_octets: Vec<usize>,
}

impl Collapse {
    /// Whether more than octets that happen to be constant is behind it: a point, or an extent that
    /// is less than the octets that vary.
    pub fn is_unusual(&self) -> bool {
        self.shape == Shape::Point || (self.shape as usize) < OCTETS - self.constant_octets.len()
    }
}

/// The collapsed components of `estimate`, which was regularised by `reg_covar`.
pub fn collapses(estimate: &Estimate, reg_covar: f64) -> Vec<Collapse> {
    // A posterior's variance is less by the prior's share.
    let least = REGULARISATION_ALONE * reg_covar;
    let collapse = |(component, gaussian): (usize, &super::estimate::Gaussian)| {
        let variances = gaussian.covariance.symmetric_eigenvalues();
        let left = variances.iter().filter(|&&variance| variance > least).count();
        let &shape = [Shape::Point, Shape::Line, Shape::Plane, Shape::Space].get(left)?;
        let constant = |j: &usize| gaussian.covariance[(*j, *j)] <= least;
        let constant_octets = (0..OCTETS).filter(constant).map(|j| j + 1).collect();
        Some(Collapse { component, shape, constant_octets })
    };
    estimate.gaussians.iter().enumerate().filter_map(collapse).collect()
}

impl std::fmt::Display for Collapse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "component {} is a {}", self.component, self.shape.name())?;
        if self.shape == Shape::Point {
            return f.write_str(": its addresses are alike");
        }
        match self.constant_octets.as_slice() {
            [] => f.write_str(" across the octets"),
            [one] => write!(f, ": octet {one} is constant"),
            several => {
                let octets: Vec<String> = several.iter().map(ToString::to_string).collect();
                write!(f, ": octets {} are constant", octets.join(", "))
            }
        }
    }
}
