"""scikit-learn's PCA of addresses, from their exact moments."""

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin

from . import _octomix
from ._addresses import OCTETS, octets_of
from ._base import Estimator


class PCA(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Estimator):
    """The principal components of the octets of addresses, as ``sklearn.decomposition.PCA`` without whitening.

    >>> PCA(2).fit_transform(["10.0.0.1", "10.0.0.3", "172.16.0.1"]).shape
    (3, 2)
    """

    def __init__(self, n_components=None, *, engine="auto"):
        self.n_components = n_components
        self.engine = engine

    def _theirs(self):
        from sklearn import decomposition

        return decomposition.PCA

    def fit(self, X, y=None, sample_weight=None):
        """Finds the axes of largest variance of the addresses ``X``."""
        rows = self._rows(X, sample_weight)
        axes = OCTETS if self.n_components is None else self._whole("n_components")
        if axes > OCTETS:
            raise ValueError(f"n_components={axes} must be between 1 and 4: addresses have four octets")
        count, mean, covariance = _octomix.moments(rows, self._device())
        if count < 2:
            raise ValueError(f"Found array with {count} sample(s) while a minimum of 2 is required by PCA.")
        variances, vectors = np.linalg.eigh(np.asarray(covariance))
        variances, vectors = np.maximum(variances[::-1], 0), vectors[:, ::-1].T
        largest = np.abs(vectors).argmax(axis=1)
        vectors = vectors * np.sign(vectors[range(OCTETS), largest])[:, None]
        whole = variances.sum()
        self.n_components_, self.n_samples_ = axes, count
        self.mean_, self.components_ = np.asarray(mean), vectors[:axes]
        self.explained_variance_ = variances[:axes]
        self.explained_variance_ratio_ = variances[:axes] / whole if whole > 0 else np.zeros(axes)
        self.singular_values_ = np.sqrt(variances[:axes] * (count - 1))
        self.noise_variance_ = float(variances[axes:].mean()) if axes < OCTETS else 0.0
        self._n_features_out = axes
        self._keep()
        return self

    def transform(self, X):
        """The coordinates of each address along the axes, in octets."""
        return (octets_of(self._addresses(X)) - self.mean_) @ self.components_.T

    def inverse_transform(self, X):
        """The octets, no longer whole, of the points with these coordinates."""
        return np.asarray(X) @ self.components_ + self.mean_
