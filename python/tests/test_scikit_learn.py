"""scikit-learn's own checks of estimators.

They make data of their own, of any number of features. So they run on the estimators behind an adapter that makes octets
of any numbers, and on the estimators as they are, whose failures are those of such data.
"""

import numpy as np
import pytest
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import check_is_fitted, validate_data

import octomix as ox


def octets_of(X):
    """Four octets that tell the rows of ``X`` apart."""
    octets = np.full((len(X), 4), 128.0)
    octets[:, : min(3, X.shape[1])] += 16 * X[:, :3]
    octets[:, 3] = 128 + 16 * np.modf(997 * X.sum(axis=1))[0]
    return np.clip(np.floor(octets), 0, 255)


class AnyNumbers:
    """Makes addresses of any numbers."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = False
        return tags

    def _rows(self, X, sample_weight=None):
        X = validate_data(self, X)
        self._features = X.shape[1]
        return super()._rows(octets_of(X), sample_weight)

    def _keep(self, *fitted):
        told = super()._keep(*fitted)
        self.n_features_in_ = self._features
        return told

    def _addresses(self, X):
        check_is_fitted(self)
        return super()._addresses(octets_of(validate_data(self, X, reset=False)))


class Bayesian(AnyNumbers, ox.BayesianGaussianMixture):
    pass


class Gaussian(AnyNumbers, ox.GaussianMixture):
    pass


class KMeans(AnyNumbers, ox.KMeans):
    pass


class PCA(AnyNumbers, ox.PCA):
    pass


# What does not hold even so, and why.
EXPECTED = {
    "KMeans": {
        "check_sample_weight_equivalence_on_dense_data": "starts are drawn in the order in which addresses first appear",
        "check_n_features_in": "fewer distinct addresses than clusters are refused, where scikit-learn warns",
    },
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("model", [Bayesian(), Gaussian(), KMeans(2), PCA()], ids=lambda it: type(it).__name__)
def test_the_contract_holds_behind_an_adapter(model):
    results = check_estimator(model, on_fail=None, on_skip=None)
    failed = {result["check_name"]: str(result["exception"]) for result in results if result["status"] == "failed"}
    unexpected = {name: why for name, why in failed.items() if name not in EXPECTED.get(type(model).__name__, {})}
    assert not unexpected
    assert len(results) - len(failed) > 40


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("model", [ox.BayesianGaussianMixture(), ox.GaussianMixture(), ox.KMeans(2), ox.PCA()])
def test_what_fails_without_it_is_of_data_that_are_no_addresses(model):
    told = ("features", "octets", "feature(s)", "1 sample", "1 feature", "sample_weight", "sample(s)", "weight")
    for result in check_estimator(model, on_fail=None, on_skip=None):
        if result["status"] == "failed":
            chain = [result["exception"]]
            while chain[-1].__cause__ or chain[-1].__context__:
                chain.append(chain[-1].__cause__ or chain[-1].__context__)
            assert any(word in str(error) for error in chain for word in told), result["check_name"]
