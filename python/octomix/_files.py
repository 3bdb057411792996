"""Models from files."""

import json
import os

from . import _octomix


def load(path):
    """The model of a ``model.json``, which octomix or this package wrote: a fitted estimator."""
    path = os.fsdecode(path)
    if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
        raise ValueError(f"'{path}' is no file; expected a model.json")
    return estimator_of(_octomix.Model.load(path))


def estimator_of(model):
    """The estimator of a raw ``model``."""
    from ._kmeans import KMeans
    from ._mixture import BayesianGaussianMixture, GaussianMixture

    told = json.loads(model.json())
    components = len(told["weights"])
    fitted = {"n_init": told["n_init"], "max_iter": told["max_iter"], "tol": told["tol"], "random_state": told["seed"]}
    if told["kind"] == "kmeans":
        estimator = KMeans(components, **fitted)
    else:
        fitted |= {"covariance_type": told["covariance_type"], "reg_covar": told["reg_covar"]}
        if told["kind"] == "gaussian":
            estimator = GaussianMixture(components, **fitted)
        else:
            kind = told["weight_concentration_prior_type"]
            estimator = BayesianGaussianMixture(
                n_components=components, weight_concentration_prior_type=kind, **fitted
            )
        estimator._parameters = told["n_parameters"]
    estimator._keep(model)
    return estimator
