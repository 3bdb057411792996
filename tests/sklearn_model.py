"""Loads models of octomix into scikit-learn and compares what both say of every address.

Usage: sklearn_model.py DIR...         (each a role's output folder: model.json, addresses.csv)
       sklearn_model.py --go-on FROM TO
       sklearn_model.py --names PAGE
       sklearn_model.py --snippet PAGE DIR...

--go-on has scikit-learn go on from the model of FROM, with each address repeated as many times as it has
packets, and demands the model of TO. --names demands that a page of Markdown names every parameter,
attribute and method that scikit-learn's estimators have, below the heading of each. --snippet loads the model
of each folder by the Python that stands on a page, and demands its clusters and log-densities.

Prints a line a folder, or the reason of the first failure, and then exits with 1.
"""

import csv
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import scipy.special
import scipy.stats
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.mixture import _bayesian_mixture, _gaussian_mixture
from sklearn.mixture._gaussian_mixture import _compute_log_det_cholesky, _compute_precision_cholesky

# Of max(1, |expected|). Both compute in f64 from the same parameters: what is left is rounding.
TOLERANCE = 1e-9
# Of parameters after iterations of both: each rounds its own sums.
ITERATED = 1e-6

PRIORS = ["weight_concentration_prior", "mean_precision_prior", "mean_prior",
          "degrees_of_freedom_prior", "covariance_prior"]
TRUTH = {"true": True, "1": True, "false": False, "0": False}

expanded_log_prob = _gaussian_mixture._estimate_log_gaussian_prob


def direct_log_prob(X, means, factors, covariance_type, xp=None):
    """scikit-learn's function of that name, with differences squared instead of squares subtracted.

    Diagonal and spherical log-densities are sums of x^2 p - 2 x m p + m^2 p there. Near m, under a
    precision p of 1 / reg_covar, nothing of the result is left but the terms' rounding.
    """
    if covariance_type in ("full", "tied"):
        return expanded_log_prob(X, means, factors, covariance_type, xp=xp)
    scales = factors if covariance_type == "diag" else factors[:, np.newaxis]
    y = (X[:, np.newaxis, :] - means) * scales
    log_det = _compute_log_det_cholesky(factors, covariance_type, X.shape[1])
    return log_det - 0.5 * (X.shape[1] * np.log(2 * np.pi) + (y * y).sum(axis=2))


def cancelled(mixture, X):
    """What that subtraction may lose of a log-density: eight roundings of its largest terms."""
    factors = mixture.precisions_cholesky_
    if mixture.covariance_type in ("full", "tied"):
        return 0.0
    precisions = (factors if mixture.covariance_type == "diag" else factors[:, np.newaxis]) ** 2
    terms = np.maximum(X[:, np.newaxis, :], mixture.means_) ** 2 * precisions
    # The component that bounds the sum most loosely; far ones matter as little as they round much.
    return 8 * np.finfo(float).eps * terms.sum(axis=2).max(axis=1)


def use(log_prob):
    """Makes scikit-learn's mixtures take their log-densities from `log_prob`."""
    _gaussian_mixture._estimate_log_gaussian_prob = log_prob
    _bayesian_mixture._estimate_log_gaussian_prob = log_prob


def close(what, found, expected, bound=TOLERANCE):
    """Fails unless all of `found` are `expected` within `bound` of their magnitude, at least of 1."""
    found, expected = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    if found.shape != expected.shape:
        raise ValueError(f"{what} has the shape {found.shape}, expected {expected.shape}")
    error = np.abs(found - expected) / np.maximum(1.0, np.abs(expected))
    if not (error <= bound).all():
        at = np.unravel_index(np.argmax(np.where(error <= bound, -1, error)), error.shape)
        raise ValueError(f"{what}{list(map(int, at))} is {found[at]}, expected {expected[at]}")
    return float(error.max(initial=0.0))


def demand(rows, right, column, expected):
    """Fails on the first row whose column is not right."""
    if not right.all():
        first = int(np.argmin(right))
        raise ValueError(f"address {first + 1}, {rows[first]['address']}: {column} is "
                         f"{rows[first][column]}, expected {expected[first]}")


def read(folder):
    """The model, the rows of addresses.csv, their octets and how often each counts."""
    model = json.loads((folder / "model.json").read_text())
    if (model["format"], model["version"]) != ("octomix-model", 1):
        raise ValueError("not an octomix model of version 1")
    with open(folder / "addresses.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise ValueError("addresses.csv has no rows")
    octets = np.array([row["address"].split(".") for row in rows], dtype=np.float64)
    counted = "packets" if "packets" in rows[0] else "records"
    packets = np.array([int(row[counted]) for row in rows])
    return model, rows, octets, packets if model["weighted_by"] == "packets" else np.ones_like(packets)


def load(estimator, model, fitted):
    """Gives `estimator` each attribute that `fitted` has, under the same name and of the same shape."""
    for name in (name for name in vars(fitted) if name.endswith("_") and not name.startswith("_")):
        value = model[name[:-1]]
        value = np.asarray(value) if isinstance(value, list) else value
        # One lower bound an iteration; that of a tied Bayesian mixture is an array of one there.
        if not name.startswith("lower_bound") and np.shape(value) != np.shape(getattr(fitted, name)):
            raise ValueError(f"{name} has the shape {np.shape(value)}, "
                             f"expected {np.shape(getattr(fitted, name))}")
        setattr(estimator, name, value)
    return estimator


def load_mixture(model, octets):
    """The mixture that scikit-learn would have fitted itself."""
    arguments = {name: model[name] for name in ("covariance_type", "tol", "reg_covar", "max_iter")}
    cls = GaussianMixture
    if model["kind"] == "bayesian":
        cls = BayesianGaussianMixture
        arguments |= {name: model[name] for name in PRIORS}
        arguments["weight_concentration_prior_type"] = model["weight_concentration_prior_type"]
    mixture = cls(n_components=len(model["weights"]), **arguments)
    # What a fit of such a mixture has, whatever its values.
    fitted = cls(**mixture.get_params() | {"max_iter": 1, "reg_covar": 1e-3}).fit(octets)
    return load(mixture, model, fitted)


def compare_parameters(mixture):
    """That the parameters belong together."""
    kind = mixture.covariance_type
    covariances, factors = mixture.covariances_, mixture.precisions_cholesky_
    expected = _compute_precision_cholesky(covariances, kind)
    if kind in ("full", "tied"):
        # Octets are as different in scale as constant ones are from others: by standard deviations. A
        # factor is as uncertain as what then is left of the covariance is ill-conditioned.
        deviations = np.sqrt(np.diagonal(covariances, axis1=-2, axis2=-1))[..., np.newaxis]
        correlations = covariances / deviations / np.swapaxes(deviations, -1, -2)
        bound = max(TOLERANCE, 8 * np.finfo(float).eps * np.linalg.cond(correlations).max())
        close("precisions_cholesky by deviations", factors * deviations, expected * deviations, bound)
    else:
        close("precisions_cholesky by its own", factors / expected, np.ones_like(expected))
    kept = {name: getattr(mixture, name) for name in ("weights_", "precisions_")}
    mixture._set_parameters(mixture._get_parameters())
    close("weights", kept["weights_"], mixture.weights_)
    scale = mixture.precisions_
    if kind in ("full", "tied"):
        roots = np.sqrt(np.diagonal(scale, axis1=-2, axis2=-1))[..., np.newaxis]
        scale = roots * np.swapaxes(roots, -1, -2)
    close("precisions by their diagonals", kept["precisions_"] / scale, mixture.precisions_ / scale)
    if mixture.lower_bound_ != mixture.lower_bounds_[-1]:
        raise ValueError("lower_bound is not the last of lower_bounds")
    if mixture.n_iter_ != len(mixture.lower_bounds_):
        raise ValueError("lower_bounds are not one an iteration")


def compare_criteria(model, mixture, octets, weights):
    """The information criteria; of a Bayesian mixture those of the Gaussians it expects."""
    plug_in = GaussianMixture(len(model["weights"]), covariance_type=model["covariance_type"])
    for name in ("weights_", "means_", "covariances_", "precisions_cholesky_", "n_features_in_"):
        setattr(plug_in, name, getattr(mixture, name))
    repeated = np.repeat(octets, weights, axis=0)
    if plug_in._n_parameters() != model["n_parameters"]:
        raise ValueError(f"n_parameters is {model['n_parameters']}, expected {plug_in._n_parameters()}")
    close("log_likelihood", model["log_likelihood"], plug_in.score(repeated) * len(repeated))
    close("bic", model["bic"], plug_in.bic(repeated))
    close("aic", model["aic"], plug_in.aic(repeated))


def predictive_log_prob(model, mixture, X):
    """The weighted log-densities that octomix documents for --score predictive, a column a component."""
    kind, means, factors = mixture.covariance_type, mixture.means_, mixture.precisions_cholesky_
    log_weights = np.log(mixture.weights_)
    if model["kind"] == "gaussian":
        return direct_log_prob(X, means, factors, kind) + log_weights
    beta = mixture.mean_precision_
    nu = np.broadcast_to(mixture.degrees_of_freedom_, beta.shape)
    columns = []
    for k in range(len(means)):
        u = {"full": lambda: factors[k], "tied": lambda: factors,
             "diag": lambda: np.diag(factors[k]), "spherical": lambda: factors[k] * np.eye(4)}[kind]()
        b = beta[k] / (1 + beta[k])
        if kind in ("full", "tied"):
            freedom, precision = nu[k] - 3, b * (nu[k] - 3) / nu[k]
        else:
            freedom, precision = (nu[k] if kind == "diag" else 4 * nu[k]), b
        y = (X - means[k]) @ (u * np.sqrt(precision))
        log_det = np.log(np.diag(u)).sum() + 2 * np.log(precision)
        if kind == "diag":
            columns.append(scipy.stats.t.logpdf(y, freedom).sum(axis=1) + log_det)
        else:
            round_t = scipy.stats.multivariate_t(np.zeros(4), np.eye(4), freedom)
            columns.append(round_t.logpdf(y) + log_det)
    return np.stack(columns, axis=1) + log_weights


def compare_predictive(model, mixture, rows, octets):
    """The largest relative error of the log-densities under --score predictive."""
    log_prob = predictive_log_prob(model, mixture, octets)
    log_density = scipy.special.logsumexp(log_prob, axis=1)
    error = close("log_density", [float(row["log_density"]) for row in rows], log_density)
    cluster = np.array([int(row["cluster"]) for row in rows])
    demand(rows, cluster == log_prob.argmax(axis=1), "cluster", log_prob.argmax(axis=1))
    found = [[float(row[f"responsibility_{k}"]) for k in range(log_prob.shape[1])] for row in rows]
    close("responsibilities", found, np.exp(log_prob - log_density[:, np.newaxis]))
    return error


def compare_mixture(model, rows, octets, weights):
    """The largest relative error of the log-densities of a mixture."""
    mixture = load_mixture(model, octets)
    compare_parameters(mixture)
    if model["threshold"]["score"] == "predictive":
        return compare_predictive(model, mixture, rows, octets)
    log_density = np.array([float(row["log_density"]) for row in rows])
    use(expanded_log_prob)
    expected = mixture.score_samples(octets)
    lost = cancelled(mixture, octets)
    demand(rows, np.abs(log_density - expected) <= TOLERANCE * np.maximum(1, np.abs(expected)) + lost,
           "log_density", expected)
    use(direct_log_prob)
    expected = mixture.score_samples(octets)
    error = np.abs(log_density - expected) / np.maximum(1.0, np.abs(expected))
    demand(rows, error <= TOLERANCE, "log_density", expected)
    cluster = np.array([int(row["cluster"]) for row in rows])
    nearest = mixture.predict(octets)
    demand(rows, cluster == nearest, "cluster", nearest)
    for k, expected in enumerate(mixture.predict_proba(octets).T):
        column = f"responsibility_{k}"
        found = np.array([float(row[column]) for row in rows])
        demand(rows, np.abs(found - expected) <= TOLERANCE, column, expected)
    compare_criteria(model, mixture, octets, weights)

    if mixture.converged_:
        # Going on from here nothing is left to do. A bound is as uncertain as all log-densities.
        on = load_mixture(model, octets).set_params(warm_start=True)
        on.fit(np.repeat(octets, weights, axis=0))
        if on.n_iter_ != 1:
            raise ValueError(f"scikit-learn goes on for {on.n_iter_} iterations")
    return error.max()


def compare_kmeans(model, rows, octets, weights):
    """The largest relative error of the log-densities of K-Means."""
    k = len(model["weights"])
    cluster = np.array([int(row["cluster"]) for row in rows])
    # scikit-learn keeps the labels with the model; here they stand in the table.
    fitted = KMeans(k, n_init=1, max_iter=1).fit(octets)
    kmeans = load(KMeans(k), model | {"labels": cluster.tolist()}, fitted)
    kmeans._n_threads = 1
    nearest = kmeans.predict(octets)
    demand(rows, cluster == nearest, "cluster", nearest)
    close("inertia", model["inertia"], -kmeans.score(octets, sample_weight=weights))
    close("weights", model["weights"], np.bincount(cluster, weights, k) / weights.sum())

    # Going on from these centres moves none of them: they are iterated to the end.
    on = KMeans(k, init=kmeans.cluster_centers_, n_init=1, tol=0).fit(octets, sample_weight=weights)
    close("cluster_centers", kmeans.cluster_centers_, on.cluster_centers_)

    # Round Gaussians of one variance: the clusters' own.
    variance = model["inertia"] / (4 * weights.sum())
    squared = kmeans.transform(octets).min(axis=1) ** 2
    expected = -0.5 * (4 * np.log(2 * np.pi * variance) + squared / variance)
    return close("log_density", [float(row["log_density"]) for row in rows], expected)


def compare(folder):
    """The largest relative error of the log-densities, and the number of addresses."""
    model, rows, octets, weights = read(folder)
    kinds = {"bayesian": compare_mixture, "gaussian": compare_mixture, "kmeans": compare_kmeans}
    error = kinds[model["kind"]](model, rows, octets, weights)
    if (model["n_addresses"], model["n_points"]) != (len(rows), weights.sum()):
        raise ValueError("n_addresses or n_points are not the addresses")

    fitted = PCA(2).fit(np.repeat(octets, weights, axis=0))
    pca = load(PCA(2), model["pca"] | {"n_features_in": model["n_features_in"]}, fitted)
    for name in (name for name in vars(fitted) if name.endswith("_") and not name.startswith("_")):
        close(f"pca.{name[:-1]}", getattr(pca, name), getattr(fitted, name))
    coordinates = [[float(row["pc1"]), float(row["pc2"])] for row in rows]
    close("[pc1, pc2]", coordinates, pca.transform(octets))

    threshold = model["threshold"]
    log_density = np.array([float(row["log_density"]) for row in rows])
    anomaly = np.array([TRUTH[row["anomaly"]] for row in rows])
    # Against the file's own numbers: an address may lie exactly on the threshold.
    below = log_density < threshold["log_density"]
    demand(rows, anomaly == below, "anomaly", below)
    percentile = np.percentile(log_density, threshold["percentile"])
    close("threshold", threshold["log_density"], percentile)
    return error, len(rows)


def go_on(before, after):
    """Fits repeated rows from the model of `before` and compares with the model of `after`."""
    model, _, octets, weights = read(before)
    mixture = load_mixture(model, octets).set_params(warm_start=True, max_iter=1000)
    mixture.fit(np.repeat(octets, weights, axis=0))
    model = read(after)[0]
    for name in (name for name in vars(mixture) if name.endswith("_") and not name.startswith("_")):
        close(name, model[name[:-1]], getattr(mixture, name), ITERATED)


def check_snippet(page, folder):
    """Fails unless what the first Python of `page` loads from `folder` says what octomix says."""
    model, rows, octets, _ = read(folder)
    code = page.read_text().split("```python\n")[1].split("```\n")[0]
    path = '"octomix-out/src/model.json"'
    if code.count(path) != 1:
        raise ValueError(f"the Python of {page} does not open {path} once")
    names = {}
    exec(code.replace(path, repr(str(folder / "model.json"))), names)
    if len(names["clusters"]) != len(names["addresses"]):
        raise ValueError(f"the Python of {page} finds {names['clusters']}")
    loaded = names["loaded"]
    nearest = loaded.predict(octets)
    demand(rows, np.array([int(row["cluster"]) for row in rows]) == nearest, "cluster", nearest)
    if model["kind"] != "kmeans":
        log_density = np.array([float(row["log_density"]) for row in rows])
        expected = loaded.score_samples(octets)
        within = TOLERANCE * np.maximum(1, np.abs(expected)) + cancelled(loaded, octets)
        demand(rows, np.abs(log_density - expected) <= within, "log_density", expected)


def check_names(page):
    """Fails on the first name of scikit-learn's that has no row below its estimator's heading."""
    sections = {}
    for section in page.read_text().split("\n## ")[1:]:
        heading, _, body = section.partition("\n")
        rows = {line.split("|")[1].strip() for line in body.splitlines() if line.startswith("| `")}
        sections[heading] = {name for row in rows for name in row.replace("`", "").split(", ")}
    octets = np.random.default_rng(0).normal(size=(50, 4))
    for cls in (GaussianMixture, BayesianGaussianMixture, KMeans, PCA):
        estimator = cls().fit(octets)
        attributes = (name for name in vars(estimator) if name.endswith("_") and name[0] != "_")
        methods = (name for name in dir(estimator)
                   if name[0] != "_" and callable(getattr(estimator, name)))
        names = {*estimator.get_params(), *attributes, *methods}
        rows = set().union(*(rows for heading, rows in sections.items() if cls.__name__ in heading))
        if missing := sorted(names - rows):
            raise ValueError(f"{page} has no row for {', '.join(missing)} of {cls.__name__}")
        if cls not in (GaussianMixture, BayesianGaussianMixture) and (unknown := sorted(rows - names)):
            raise ValueError(f"{page} has a row for {', '.join(unknown)}, not of {cls.__name__}")


def main():
    warnings.simplefilter("ignore", ConvergenceWarning)
    arguments = sys.argv[1:]
    if not arguments:
        sys.exit("usage: sklearn_model.py DIR... | --go-on FROM TO | --names PAGE | --snippet PAGE DIR...")
    if arguments[0] == "--names":
        try:
            return check_names(Path(arguments[1]))
        except (OSError, ValueError) as reason:
            sys.exit(str(reason))
    if arguments[0] in ("--go-on", "--snippet"):
        folders = [Path(argument) for argument in arguments[2:]]
    else:
        folders = [Path(argument) for argument in arguments]
    for folder in folders:
        try:
            if arguments[0] == "--go-on":
                go_on(Path(arguments[1]), folder)
                print(f"{folder}: as by scikit-learn from {arguments[1]}")
                continue
            if arguments[0] == "--snippet":
                check_snippet(Path(arguments[1]), folder)
                print(f"{folder}: loaded by the Python of {arguments[1]}")
                continue
            error, count = compare(folder)
        except KeyError as missing:
            sys.exit(f"{folder}: no such key, column or truth value: {missing}")
        except (OSError, TypeError, ValueError) as reason:
            sys.exit(f"{folder}: {reason}")
        print(f"{folder}: {count} addresses as in scikit-learn, largest relative error {error:.1e}")


if __name__ == "__main__":
    main()
