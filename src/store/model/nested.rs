//! Lists of lists of numbers: scikit-learn's arrays, whose shape depends on the kind of covariance.

use nalgebra::{Matrix4, Vector4};
use serde::{Deserialize, Serialize};

use crate::address::OCTETS;
use crate::model::covariance::Covariance;

/// An array of any shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a number, or a list of numbers or lists")]
pub enum Nested {
    /// No dimension.
    Number(f64),
    /// One more dimension.
    List(Vec<Nested>),
}

impl From<f64> for Nested {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl<T: Clone + Into<Nested>> From<&[T]> for Nested {
    fn from(list: &[T]) -> Self {
        Self::List(list.iter().cloned().map(Into::into).collect())
    }
}

impl Nested {
    /// One matrix as a covariance of `kind` has it: rows, the diagonal, or one number.
    pub fn matrix(kind: Covariance, matrix: &Matrix4<f64>) -> Self {
        match kind {
            Covariance::Full | Covariance::Tied => {
                Self::List(matrix.row_iter().map(|row| row.transpose().as_slice().into()).collect())
            }
            Covariance::Diag => matrix.diagonal().as_slice().into(),
            Covariance::Spherical => matrix[(0, 0)].into(),
        }
    }

    /// The matrices of all components; tied ones are one.
    pub fn matrices<'a>(
        kind: Covariance,
        mut matrices: impl Iterator<Item = &'a Matrix4<f64>>,
    ) -> Self {
        match (kind, matrices.next()) {
            (Covariance::Tied, Some(first)) => Self::matrix(kind, first),
            (_, first) => Self::List(
                first.into_iter().chain(matrices).map(|m| Self::matrix(kind, m)).collect(),
            ),
        }
    }

    /// The number of an array without dimensions.
    pub(super) fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    fn list(&self) -> Option<&[Self]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    /// The numbers of an array of one dimension.
    pub fn vector(&self) -> Option<Vec<f64>> {
        self.list()?.iter().map(Self::number).collect()
    }

    /// The rows of an array of two dimensions, each of `columns` numbers.
    pub fn rows(&self, columns: usize) -> Option<Vec<Vec<f64>>> {
        self.list()?.iter().map(|row| row.vector().filter(|row| row.len() == columns)).collect()
    }

    /// What [`matrix`](Self::matrix) wrote.
    pub fn to_matrix(&self, kind: Covariance) -> Option<Matrix4<f64>> {
        match kind {
            Covariance::Full | Covariance::Tied => {
                let rows = self.rows(OCTETS).filter(|rows| rows.len() == OCTETS)?;
                Some(Matrix4::from_row_slice(&rows.concat()))
            }
            Covariance::Diag => {
                let diagonal = self.vector().filter(|d| d.len() == OCTETS)?;
                Some(Matrix4::from_diagonal(&Vector4::from_row_slice(&diagonal)))
            }
            Covariance::Spherical => self.number().map(Matrix4::from_diagonal_element),
        }
    }

    /// What [`matrices`](Self::matrices) wrote, one for each of `components`.
    pub fn to_matrices(&self, kind: Covariance, components: usize) -> Option<Vec<Matrix4<f64>>> {
        if kind == Covariance::Tied {
            return Some(vec![self.to_matrix(kind)?; components]);
        }
        let list = self.list().filter(|list| list.len() == components)?;
        list.iter().map(|entry| entry.to_matrix(kind)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrices_read_back_in_the_shape_of_their_kind() {
        let full = Matrix4::from_fn(|i, j| (i.min(j) + 10 * i.max(j)) as f64);
        for kind in Covariance::ALL {
            let matrices = [kind.keep(full), kind.keep(2.0 * full)];
            let written = Nested::matrices(kind, matrices.iter());
            let json = serde_json::to_string(&written).unwrap();
            let read: Nested = serde_json::from_str(&json).unwrap();
            let second = if kind == Covariance::Tied { matrices[0] } else { matrices[1] };
            assert_eq!(read.to_matrices(kind, 2), Some(vec![matrices[0], second]), "{json}");
            let other = if kind == Covariance::Full { Covariance::Diag } else { Covariance::Full };
            assert_eq!(read.to_matrices(other, 2), None, "{json}");
        }
    }
}
