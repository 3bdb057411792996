"""scikit-learn's mixtures, fitted by octomix."""

import warnings

import numpy as np
from sklearn.base import DensityMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from . import _octomix
from ._addresses import octets_of
from ._base import Saved, json_of


class _Mixture(DensityMixin, Saved):
    _attributes = (
        "weights", "means", "covariances", "precisions", "precisions_cholesky", "converged", "n_iter", "lower_bound",
        "lower_bounds",
    )

    def _options(self):
        """The parameters that both kinds have, as the library calls them."""
        return {
            "n_components": self._whole("n_components"),
            "covariance_type": self.covariance_type,
            "tol": self.tol,
            "reg_covar": self.reg_covar,
            "max_iter": self._whole("max_iter"),
            "n_init": self._whole("n_init"),
            "init_params": "kmeans" if self._labels() is not None else self.init_params,
            "seed": self._seed(),
            "merge_split": self._is_searched(),
            "budget": None,
        }

    def _theirs(self):
        from sklearn import mixture

        return getattr(mixture, type(self).__name__)

    def _labels(self):
        """The component of each address to start from, if such are given."""
        if isinstance(self.init_params, str):
            return None
        labels, k = np.asarray(self.init_params), self._whole("n_components")
        if labels.ndim != 1 or labels.dtype.kind not in "iu":
            raise ValueError(f"init_params, where it is no text, must be a whole number for each address, got {labels.dtype}")
        if labels.size and not (0 <= labels.min() and labels.max() < k):
            raise ValueError(f"init_params must be from 0 to {k - 1}, got {labels.min()} to {labels.max()}")
        return labels.astype(np.uint32)

    def _is_searched(self):
        return False

    def fit(self, X, y=None, sample_weight=None):
        """Fits the mixture to the addresses ``X``, each as often as ``sample_weight`` says.

        >>> GaussianMixture(2, random_state=0).fit(["10.0.0.1", "10.0.0.2", "172.16.0.1", "172.16.0.9"]).n_iter_ > 0
        True
        """
        rows = self._rows(X, sample_weight)
        options = self._options()
        if len(rows["addresses"]) < options["n_components"]:
            raise ValueError(
                f"Expected n_samples >= n_components but got n_components = {self.n_components}, "
                f"n_samples = {len(rows['addresses'])}"
            )
        warm = getattr(self, "_model", None) if self.warm_start else None
        with self._progress() as progress:
            model = _octomix.fit_mixture(rows, json_of(options), self._device(), progress, self._labels(), warm)
        told = self._keep(model)
        self._parameters = told["n_parameters"]
        if not self.converged_:
            warnings.warn(
                f"The best of the fits did not converge in {self.max_iter} iterations. Raise max_iter or tol.",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self

    def fit_predict(self, X, y=None, sample_weight=None):
        """Fits the mixture to ``X``; the component of each address."""
        return self.fit(X, sample_weight=sample_weight).predict(X)

    def predict(self, X):
        """The component that each address fits best."""
        addresses = self._addresses(X)
        return self._model.predict(addresses)

    def predict_proba(self, X):
        """The probability of each component for each address, of shape (addresses, components)."""
        addresses = self._addresses(X)
        return self._model.predict_proba(addresses)

    def score_samples(self, X, score="sklearn"):
        """The log-density of each address, in nats: scikit-learn's, or that of the posterior ``'predictive'``."""
        addresses = self._addresses(X)
        return self._model.score_samples(addresses, score)

    def score(self, X, y=None):
        """The mean log-density of the addresses."""
        return float(self.score_samples(X).mean())

    def sample(self, n_samples=1):
        """Draws addresses: their octets, of shape (n_samples, 4), and the component of each.

        Draws are rounded to whole octets, and repeated outside 0 to 255.
        """
        check_is_fitted(self, "_model")
        if n_samples < 1:
            raise ValueError(f"Invalid value for 'n_samples': {n_samples}. The sampling requires at least one sample.")
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        addresses, components = self._model.sample(n_samples, seed)
        return octets_of(addresses), components


class GaussianMixture(_Mixture):
    """A Gaussian mixture by maximum likelihood, as ``sklearn.mixture.GaussianMixture``.

    Its features are the four octets of addresses; ``X`` has an address a row: octets, integers or text. All parameters
    are scikit-learn's, but for ``engine``: ``'auto'``, ``'cpu'``, ``'gpu'`` or ``'reference'``. ``init_params`` may
    also be the component of each address.

    >>> mixture = GaussianMixture(2, random_state=0).fit(["10.0.0.1", "10.0.0.2", "172.16.0.1", "172.16.0.9"])
    >>> mixture.means_.shape
    (2, 4)
    """

    def __init__(
        self, n_components=1, *, covariance_type="full", tol=1e-3, reg_covar=1e-6, max_iter=100, n_init=1,
        init_params="kmeans", weights_init=None, means_init=None, precisions_init=None, random_state=None,
        warm_start=False, verbose=0, verbose_interval=10, engine="auto",
    ):
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.weights_init = weights_init
        self.means_init = means_init
        self.precisions_init = precisions_init
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose
        self.verbose_interval = verbose_interval
        self.engine = engine

    def _options(self):
        starts = ("weights_init", "means_init", "precisions_init")
        return super()._options() | {name: getattr(self, name) for name in starts}

    def bic(self, X):
        """The Bayesian information criterion over the addresses; less is better."""
        scores = self.score_samples(X)
        return float(-2 * scores.sum() + self._parameters * np.log(len(scores)))

    def aic(self, X):
        """Akaike's information criterion over the addresses; less is better."""
        return float(-2 * self.score_samples(X).sum() + 2 * self._parameters)


class BayesianGaussianMixture(_Mixture):
    """A variational Bayesian Gaussian mixture, as ``sklearn.mixture.BayesianGaussianMixture``.

    Its features are the four octets of addresses; ``X`` has an address a row: octets, integers or text. The parameters
    are scikit-learn's, and two of ours:

    ``search``: ``'restarts'``, the default, is scikit-learn's, with half as many starts more where ``n_init`` is at least
    2; ``'merge-split'`` looks for a better optimum by merging and splitting components, for up to 70 iterations over all
    addresses an ``n_init``.
    ``engine``: ``'auto'``, ``'cpu'``, ``'gpu'`` or ``'reference'``.

    >>> mixture = BayesianGaussianMixture(n_components=2, random_state=0).fit(["10.0.0.1", "10.0.0.2", "10.0.0.3", "172.16.0.1"])
    >>> mixture.weight_concentration_prior_
    0.5
    """

    _attributes = (
        *_Mixture._attributes, "weight_concentration_prior", "weight_concentration", "mean_precision_prior",
        "mean_precision", "mean_prior", "degrees_of_freedom_prior", "degrees_of_freedom", "covariance_prior",
    )

    def __init__(
        self, *, n_components=1, covariance_type="full", tol=1e-3, reg_covar=1e-6, max_iter=100, n_init=1,
        init_params="kmeans", weight_concentration_prior_type="dirichlet_process", weight_concentration_prior=None,
        mean_precision_prior=None, mean_prior=None, degrees_of_freedom_prior=None, covariance_prior=None,
        random_state=None, warm_start=False, verbose=0, verbose_interval=10, search="restarts", engine="auto",
    ):
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.weight_concentration_prior_type = weight_concentration_prior_type
        self.weight_concentration_prior = weight_concentration_prior
        self.mean_precision_prior = mean_precision_prior
        self.mean_prior = mean_prior
        self.degrees_of_freedom_prior = degrees_of_freedom_prior
        self.covariance_prior = covariance_prior
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose
        self.verbose_interval = verbose_interval
        self.search = search
        self.engine = engine

    def _options(self):
        priors = (
            "weight_concentration_prior_type", "weight_concentration_prior", "mean_precision_prior", "mean_prior",
            "degrees_of_freedom_prior", "covariance_prior",
        )
        return super()._options() | {"priors": {name: getattr(self, name) for name in priors}}

    def _is_searched(self):
        if self.search not in ("merge-split", "restarts"):
            raise ValueError(f"search must be 'merge-split' or 'restarts', got {self.search!r}")
        starts = self._labels() is not None or self.init_params != "kmeans"
        starts = starts or (self.warm_start and hasattr(self, "_model"))
        if self.search == "merge-split" and starts:
            raise ValueError("search='merge-split' makes its own starts; leave the others out, or set search='restarts'")
        return self.search == "merge-split"

    def _keep(self, model):
        told = super()._keep(model)
        if self.weight_concentration_prior_type == "dirichlet_process":
            # A pair, as scikit-learn has it.
            self.weight_concentration_ = tuple(self.weight_concentration_)
        return told
