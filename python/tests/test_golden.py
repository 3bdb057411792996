"""scikit-learn's numbers, which the library reproduces, hold through Python."""

import numpy as np
import pytest
from conftest import addresses, golden

import octomix as ox

MIXTURES = golden("gmm_*.json") + golden("bgmm_*.json")
[(_, BOUNDS)] = golden("bounds.json")
# The list and the numbers of components of which the tutorial has mixtures: there every seed is held to it.
TUTORIAL = {("lists/tutorial_src.txt", 3), ("lists/tutorial_src.txt", 7), ("lists/tutorial_dst.txt", 4), ("lists/tutorial_dst.txt", 5)}
# Of max(1, |expected|): rounding, grown over a few iterations. scikit-learn loses digits of diagonal and spherical
# covariances whose variances are near reg_covar.
TOLERANCE, CANCELLED = 1e-9, 1e-3
# Below it scikit-learn's own scores, differences of large squares, are rounding.
TOLD = -1e3


def close(found, expected, what, tolerance=TOLERANCE):
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    scale = np.maximum(1, np.abs(expected))
    assert (np.abs(found - expected) <= tolerance * scale).all(), what


def tolerance_of(model):
    if model.covariance_type in ("diag", "spherical"):
        return CANCELLED if model.covariances_.min() < 1e3 * model.reg_covar else TOLERANCE
    # A Cholesky factor is as uncertain as the covariance is ill-conditioned, on both sides.
    return max(TOLERANCE, 8 * np.finfo(float).eps * np.linalg.cond(model.covariances_).max())


@pytest.mark.filterwarnings("ignore:The best of the fits did not converge")
@pytest.mark.parametrize("name, file", MIXTURES, ids=[name for name, _ in MIXTURES])
def test_mixtures_are_scikit_learns(name, file):
    X = addresses(file["list"])
    for case in file["cases"]:
        shared = {"covariance_type": case["covariance_type"], "reg_covar": case["reg_covar"]}
        for stage in ("iter1", "iter5"):
            expected = case["stages"][stage]
            shared |= {"max_iter": expected["max_iter"], "tol": expected["tol"], "n_components": case["n_components"]}
            if file["kind"] == "gmm":
                starts = {key: case[key] for key in ("means_init", "weights_init", "precisions_init")}
                model = ox.GaussianMixture(**shared, **starts)
            else:
                prior = case["weight_concentration_prior_type"]
                model = ox.BayesianGaussianMixture(
                    **shared, weight_concentration_prior_type=prior, init_params=case["init_labels"],
                    **case["priors_given"],
                )
            model.fit(X)
            tolerance = tolerance_of(model)
            for key in ("weights", "means", "covariances", "lower_bounds"):
                close(getattr(model, f"{key}_"), expected[key], f"{name} {stage} {key}", tolerance)
            assert model.n_iter_ == expected["n_iter"] and model.converged_ == expected["converged"]
            probes = file["probes"]
            scores, shares = (np.array(expected[f"probe_{key}"]) for key in ("score_samples", "predict_proba"))
            told = scores > TOLD
            close(model.score_samples(probes)[told], scores[told], f"{name} {stage} scores", tolerance)
            assert (model.predict(probes) == expected["probe_predict"])[told].all()
            close(model.predict_proba(probes)[told], shares[told], f"{name} {stage} shares", tolerance)


@pytest.mark.parametrize("name, file", golden("kmeans_*.json"))
def test_kmeans_is_scikit_learns(name, file):
    X = addresses(file["list"])
    for case in file["cases"]:
        model = ox.KMeans(case["k"], init=np.array(case["init"]), tol=case["tol"]).fit(X)
        if case["independent_lloyd_agrees"]:
            close(model.cluster_centers_, case["centres"], name)
            assert model.labels_.tolist() == case["labels"] and model.n_iter_ == case["n_iter"]
        close(model.inertia_, case["inertia"], name)


@pytest.mark.parametrize("name, file", golden("anomalies_*.json"))
def test_the_tutorials_anomalies(name, file):
    X, fit = addresses(file["list"]), file["fit"]
    kind = ox.GaussianMixture if file["model_kind"] == "gmm" else ox.BayesianGaussianMixture
    model = kind(n_components=file["n_components"], n_init=10, random_state=0).fit(X)
    scores = model.score_samples(X)
    assert (scores < np.percentile(scores, 4)).sum() == (8 if len(X) == 187 else 107)
    assert model.lower_bound_ >= fit["lower_bound"] - 1e-3 * abs(fit["lower_bound"])


@pytest.mark.filterwarnings("ignore:The best of the fits did not converge")
@pytest.mark.parametrize("case", BOUNDS["medians"], ids=lambda case: f"{case['list']}-{case['n_components']}")
def test_restarts_end_no_lower_than_scikit_learns(case):
    X, median, k = addresses(case["list"]), case["median"], case["n_components"]
    fits = (ox.BayesianGaussianMixture(n_components=k, n_init=10, random_state=s).fit(X) for s in range(BOUNDS["seeds"]))
    bounds = [fit.lower_bound_ for fit in fits]
    told = min(bounds) if (case["list"], k) in TUTORIAL else np.median(bounds)
    assert told >= median - TOLERANCE * abs(median), bounds
