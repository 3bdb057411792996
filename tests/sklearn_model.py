"""Loads a model of octomix into scikit-learn and compares what both say of every address.

Usage: sklearn_model.py DIR    (a role's output folder: model.json, addresses.csv)

Prints the largest error in one line, or the reason of a failure, and then exits with 1.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
from sklearn.mixture import BayesianGaussianMixture

# Of max(1, |log-density|). Both compute in f64 from the same parameters: what is left is rounding.
TOLERANCE = 1e-9

# Arguments of the constructor, which a fitted model has once more with an underscore.
PRIORS = ["weight_concentration_prior", "mean_precision_prior", "mean_prior",
          "degrees_of_freedom_prior", "covariance_prior"]
CHOICES = ["covariance_type", "weight_concentration_prior_type"]
FITTED = ["weights", "means", "covariances", "precisions_cholesky", "weight_concentration",
          "mean_precision", "degrees_of_freedom", "converged", "n_iter", "lower_bound", *PRIORS]

TRUTH = {"true": True, "1": True, "false": False, "0": False}


def load_model(model):
    """The estimator that scikit-learn would have fitted itself."""
    header = (model["format"], model["version"], model["kind"])
    if header != ("octomix-model", 1, "bayesian"):
        raise ValueError(f"not a Bayesian octomix model of version 1: {header}")
    arguments = {name: model[name] for name in PRIORS + CHOICES}
    mixture = BayesianGaussianMixture(n_components=len(model["weights"]), **arguments)
    for name in FITTED:
        value = model[name]
        setattr(mixture, name + "_", np.asarray(value) if isinstance(value, list) else value)
    mixture.n_features_in_ = 4
    return mixture


def compare(folder):
    """The largest relative error of the log-densities, and the number of addresses."""
    model = json.loads((folder / "model.json").read_text())
    with open(folder / "addresses.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise ValueError("addresses.csv has no rows")
    octets = np.array([row["address"].split(".") for row in rows], dtype=np.float64)
    cluster = np.array([int(row["cluster"]) for row in rows])
    log_density = np.array([float(row["log_density"]) for row in rows])
    anomaly = np.array([TRUTH[row["anomaly"]] for row in rows])

    def demand(right, column, expected):
        """Fails on the first row whose column is not right."""
        if not right.all():
            first = int(np.argmin(right))
            row = rows[first]
            raise ValueError(f"address {first + 1}, {row['address']}: {column} is {row[column]}, "
                             f"expected {expected[first]}")

    mixture = load_model(model)
    expected = mixture.score_samples(octets)
    error = np.abs(log_density - expected) / np.maximum(1.0, np.abs(expected))
    demand(error <= TOLERANCE, "log_density", expected)
    nearest = mixture.predict(octets)
    demand(cluster == nearest, "cluster", nearest)

    threshold = model["threshold"]
    # Against the file's own numbers: an address may lie exactly on the threshold.
    below = log_density < threshold["log_density"]
    demand(anomaly == below, "anomaly", below)
    if threshold["rule"] == "percentile":
        percentile = np.percentile(log_density, threshold["percentile"])
        if not abs(percentile - threshold["log_density"]) <= TOLERANCE * max(1.0, abs(percentile)):
            raise ValueError(f"threshold {threshold}: numpy's percentile is {percentile}")
    return error.max(), len(rows)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: sklearn_model.py DIR")
    folder = Path(sys.argv[1])
    try:
        error, count = compare(folder)
    except KeyError as missing:
        sys.exit(f"{folder}: no such key, column or truth value: {missing}")
    except (OSError, TypeError, ValueError) as reason:
        sys.exit(f"{folder}: {reason}")
    print(f"{folder}: {count} addresses as in scikit-learn, largest relative error {error:.1e}")


if __name__ == "__main__":
    main()
