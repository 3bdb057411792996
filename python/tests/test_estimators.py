"""scikit-learn's contract: what its own tools demand, and what they take."""

import ipaddress
import pickle
import time

import numpy as np
import pandas
import polars
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.mixture import BayesianGaussianMixture as TheirMixture
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import octomix as ox
from conftest import addresses

TEXT = addresses("lists/tutorial_src.txt")
NUMBERS = np.array([int(ipaddress.IPv4Address(text)) for text in TEXT], dtype=np.uint32)
OCTETS = np.array([[int(octet) for octet in text.split(".")] for text in TEXT])
MODELS = [
    ox.BayesianGaussianMixture(n_components=3, random_state=1),
    ox.GaussianMixture(3, random_state=1),
    ox.KMeans(3, random_state=1),
    ox.PCA(2),
]


@pytest.mark.parametrize(
    "X",
    [
        TEXT, NUMBERS, OCTETS, OCTETS.astype(np.uint8), OCTETS.astype(float), OCTETS.tolist(), NUMBERS.tolist(),
        [ipaddress.IPv4Address(text) for text in TEXT], np.array(TEXT), np.array(TEXT)[:, None],
        pandas.Series(TEXT), pandas.Series(NUMBERS), polars.Series(TEXT), polars.Series(NUMBERS),
        pandas.DataFrame(OCTETS, columns=list("abcd")),
    ],
    ids=[
        "text", "numbers", "octets", "bytes", "floats", "lists", "integers", "ipaddress", "array of text", "column",
        "pandas", "pandas numbers", "polars", "polars numbers", "frame",
    ],
)
def test_all_that_holds_addresses_is_taken(X):
    model, expected = ox.KMeans(3, random_state=0).fit(X), ox.KMeans(3, random_state=0).fit(NUMBERS)
    assert (model.labels_ == expected.labels_).all() and (model.predict(X) == expected.labels_).all()


@pytest.mark.parametrize(
    "X, told",
    [
        ([], "0 sample"), (["10.0.0.256"], "row 0"), (["10.0.0.1", None], "row 1"), (["::1"], "no IPv4"),
        ([ipaddress.ip_address("::1")], "only IPv4"), ([[1, 2, 3]], "expecting 4 features"), ([[1, 2, 3, 256]], "0 to 255"),
        ([[1, 2, 3, 4.5]], "whole"), ([[1, 2, 3, np.nan]], "NaN"), ([-1], "4294967295"), ([2**32], "4294967295"),
        ([1.5, 2.5], "1D array"), ([[1, 2, 3, 1j]], "Complex"), ([["a", "b", "c", "d"]], "octets must be numbers"),
    ],
)
def test_what_is_no_address_is_told(X, told):
    with pytest.raises(ValueError, match=told):
        ox.KMeans(1).fit(X)


def test_weights_are_repetitions():
    weights = np.arange(len(NUMBERS)) % 3 + 1
    repeated = np.repeat(NUMBERS, weights)
    for model in MODELS[:2]:
        counted = clone(model).fit(NUMBERS, sample_weight=weights)
        assert counted.lower_bound_ == pytest.approx(clone(model).fit(repeated).lower_bound_, rel=1e-9)
    for wrong in ([0.5] * len(NUMBERS), -weights, weights[1:], ["a"] * len(NUMBERS)):
        with pytest.raises(ValueError, match="sample_weight"):
            clone(MODELS[0]).fit(NUMBERS, sample_weight=wrong)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_models_are_cloned_and_pickled(model):
    fitted = clone(model).fit(NUMBERS)
    copy = pickle.loads(pickle.dumps(fitted))
    assert copy.get_params() == model.get_params()
    say = "transform" if isinstance(model, ox.PCA) else "predict"
    assert (getattr(copy, say)(TEXT) == getattr(fitted, say)(TEXT)).all()
    with pytest.raises(NotFittedError):
        getattr(clone(fitted), say)(TEXT)


def test_pipelines_and_searches():
    as_numbers = FunctionTransformer(lambda texts: np.asarray(texts))
    pipeline = make_pipeline(as_numbers, ox.KMeans(3, random_state=0))
    assert (pipeline.fit_predict(TEXT) == ox.KMeans(3, random_state=0).fit_predict(TEXT)).all()
    search = GridSearchCV(ox.GaussianMixture(random_state=0), {"n_components": [1, 2, 3]}, cv=3)
    assert search.fit(np.random.default_rng(0).permutation(OCTETS)).best_params_["n_components"] in (2, 3)


def test_random_states_are_scikit_learns():
    def means(state):
        return ox.KMeans(5, random_state=state, init="random", n_init=1).fit(NUMBERS).cluster_centers_

    assert (means(3) == means(3)).all()
    assert (means(np.random.RandomState(3)) == means(np.random.RandomState(3))).all()
    assert any((means(seed) != means(0)).any() for seed in range(1, 9))


def test_attributes_are_scikit_learns():
    for kind in ("full", "tied", "diag", "spherical"):
        for prior in ("dirichlet_process", "dirichlet_distribution"):
            given = {"n_components": 3, "covariance_type": kind, "weight_concentration_prior_type": prior}
            ours, theirs = ox.BayesianGaussianMixture(**given).fit(OCTETS), TheirMixture(**given).fit(OCTETS)
            public = {name for name in vars(theirs) if name.endswith("_")}
            assert public <= set(vars(ours))
            # Of tied covariances scikit-learn has lists of one number.
            for name in public - {"lower_bounds_", "lower_bound_"}:
                assert np.shape(getattr(ours, name)) == np.shape(getattr(theirs, name)), name
                assert isinstance(getattr(ours, name), tuple) == isinstance(getattr(theirs, name), tuple), name


def test_models_go_to_files_and_to_scikit_learn(tmp_path):
    for model in MODELS[:3]:
        fitted = clone(model).fit(NUMBERS)
        fitted.save(tmp_path / "model.json")
        loaded = ox.load(tmp_path / "model.json")
        assert type(loaded) is type(fitted) and (loaded.predict(TEXT) == fitted.predict(TEXT)).all()
        theirs = fitted.to_sklearn()
        assert type(theirs).__module__.startswith("sklearn") and type(theirs).__name__ == type(fitted).__name__
        assert (theirs.predict(OCTETS.astype(float)) == fitted.predict(OCTETS)).all()
        if hasattr(fitted, "score_samples"):
            assert theirs.score_samples(OCTETS.astype(float)) == pytest.approx(fitted.score_samples(OCTETS), abs=1e-9)
    with pytest.raises(OSError, match="cannot read the model"):
        ox.load(tmp_path / "none.json")


def test_scores_are_scikit_learns():
    ours = ox.GaussianMixture(3, random_state=0).fit(NUMBERS)
    theirs, X = ours.to_sklearn(), OCTETS.astype(float)
    for name in ("score", "bic", "aic"):
        assert getattr(ours, name)(NUMBERS) == pytest.approx(getattr(theirs, name)(X), rel=1e-9)
    kmeans = ox.KMeans(3, random_state=0).fit(NUMBERS)
    theirs = kmeans.to_sklearn()
    assert kmeans.score(NUMBERS) == pytest.approx(theirs.score(X), rel=1e-9)
    assert kmeans.transform(NUMBERS) == pytest.approx(theirs.transform(X), rel=1e-9)


def test_a_search_ends_no_lower_than_restarts():
    given = {"n_components": 7, "n_init": 10, "random_state": 0}
    bounds = {
        search: ox.BayesianGaussianMixture(search=search, **given).fit(TEXT).lower_bound_
        for search in ("restarts", "merge-split")
    }
    assert bounds["merge-split"] >= bounds["restarts"] - 1e-3
    for wrong in ({"search": "x"}, {"search": "merge-split", "init_params": "random"}):
        with pytest.raises(ValueError, match="search"):
            ox.BayesianGaussianMixture(**wrong).fit(TEXT)


def test_a_fit_that_has_not_converged_warns_and_goes_on_when_it_is_warm():
    model = ox.GaussianMixture(3, max_iter=2, tol=0, random_state=0, warm_start=True)
    with pytest.warns(ConvergenceWarning, match="2 iterations"):
        first = model.fit(NUMBERS).lower_bound_
        assert model.fit(NUMBERS).lower_bound_ >= first


def test_a_sweep_is_kmeans_of_each_number():
    rows = ox.sweep(TEXT, ks=range(1, 6))
    alone = [ox.KMeans(k, n_init=10, random_state=0).fit(TEXT).inertia_ for k in range(1, 6)]
    assert rows["inertia"].tolist() == alone and rows.to_pandas()["k"].tolist() == [1, 2, 3, 4, 5]
    bounds = ox.sweep(TEXT, ks=[2, 3], model=ox.BayesianGaussianMixture(random_state=0))["lower_bound"]
    assert np.isfinite(bounds).all()


def test_an_array_of_addresses_is_not_copied():
    addresses = np.arange(1_000_000, dtype=np.uint32)
    model = ox.KMeans(2, random_state=0).fit(addresses)
    before = time.perf_counter()
    model.predict(addresses[:1])
    assert time.perf_counter() - before < 0.1
