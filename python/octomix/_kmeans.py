"""scikit-learn's K-Means, exact and by octomix."""

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from sklearn.utils import check_random_state

from . import _octomix
from ._addresses import octets_of
from ._base import Saved, json_of


class KMeans(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, Saved):
    """K-Means over the octets of addresses, as ``sklearn.cluster.KMeans``.

    All parameters are scikit-learn's, but for ``engine``: ``'auto'``, ``'cpu'``, ``'gpu'`` or ``'reference'``. Sums
    are exact integers, so that every engine has the same centres; ``copy_x`` and ``algorithm`` change nothing.

    >>> kmeans = KMeans(2, random_state=0).fit(["10.0.0.1", "10.0.0.3", "172.16.0.1", "172.16.0.9"])
    >>> kmeans.inertia_
    34.0
    """

    _attributes = ("cluster_centers", "inertia", "n_iter")

    def __init__(
        self, n_clusters=8, *, init="k-means++", n_init="auto", max_iter=300, tol=1e-4, verbose=0, random_state=None,
        copy_x=True, algorithm="lloyd", engine="auto",
    ):
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.verbose = verbose
        self.random_state = random_state
        self.copy_x = copy_x
        self.algorithm = algorithm
        self.engine = engine

    def _theirs(self):
        from sklearn import cluster

        return cluster.KMeans

    def to_sklearn(self):
        """The same clusters as scikit-learn's ``KMeans``; give it octets as floats."""
        model = super().to_sklearn()
        # What scikit-learn's fit sets besides.
        model._n_threads = 1
        return model

    def _options(self, addresses):
        clusters, centers, init = self._whole("n_clusters"), None, self.init
        if callable(init):
            state = check_random_state(self.random_state)
            centers = np.asarray(init(octets_of(addresses).astype(float), clusters, random_state=state))
        elif not isinstance(init, str):
            centers = np.asarray(init, dtype=float)
        elif init not in ("k-means++", "random"):
            raise ValueError(f"init must be 'k-means++', 'random', an array or a callable, got {init!r}")
        if centers is not None and centers.shape != (clusters, 4):
            raise ValueError(f"The shape of the initial centers {centers.shape} does not match {(clusters, 4)}")
        if centers is not None and not (np.abs(centers) <= 512).all():
            raise ValueError("the initial centers must be near octets, from -512 to 512")
        if self.n_init == "auto":
            n_init = 10 if isinstance(init, str) and init == "random" else 1
        else:
            n_init = self._whole("n_init")
        return {
            "n_clusters": clusters,
            "n_init": n_init if centers is None else 1,
            "max_iter": self._whole("max_iter"),
            "tol": self.tol,
            "seed": self._seed(),
            "random": isinstance(init, str) and init == "random",
            "centers": centers,
        }

    def fit(self, X, y=None, sample_weight=None):
        """Finds clusters of the addresses ``X``, each of which counts as often as ``sample_weight`` says."""
        rows = self._rows(X, sample_weight)
        options = self._options(rows["addresses"])
        if len(rows["addresses"]) < options["n_clusters"]:
            raise ValueError(f"n_samples={len(rows['addresses'])} should be >= n_clusters={self.n_clusters}.")
        with self._progress() as progress:
            model = _octomix.fit_kmeans(rows, json_of(options), self._device(), progress)
        self._keep(model)
        self.labels_ = model.predict(rows["addresses"])
        self._n_features_out = len(self.cluster_centers_)
        return self

    def predict(self, X):
        """The nearest centre of each address."""
        addresses = self._addresses(X)
        return self._model.predict(addresses)

    def fit_predict(self, X, y=None, sample_weight=None):
        """The cluster of each of the addresses that it is fitted to."""
        return self.fit(X, sample_weight=sample_weight).labels_

    def transform(self, X):
        """The distance of each address to each centre, in octets, of shape (addresses, clusters)."""
        octets = octets_of(self._addresses(X)).astype(float)
        return np.sqrt(((octets[:, None, :] - self.cluster_centers_) ** 2).sum(axis=2))

    def score(self, X, y=None, sample_weight=None):
        """The opposite of the inertia of the addresses."""
        addresses = self._addresses(X)
        away = octets_of(addresses) - self.cluster_centers_[self._model.predict(addresses)]
        squares = (away**2).sum(axis=1)
        return -float(squares.sum() if sample_weight is None else squares @ np.asarray(sample_weight, dtype=float))
