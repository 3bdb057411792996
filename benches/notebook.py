"""The Python package beside scikit-learn, in one process, on one thread: what a notebook waits for.

    python benches/notebook.py [--turns 3] [--addresses 1000000] [--only tutorial mixture kmeans scores shares call]

after pip install ./python. Both do the same work by turns A B A B; times are medians of wall time. The answers are compared:
bounds and inertias may not be lower than scikit-learn's by more than a thousandth, and scores not differ by more than 1e-6.
"""

import argparse
import os
import statistics
import time
import warnings
from pathlib import Path

for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"]:
    os.environ[variable] = "1"

import numpy as np
from sklearn import cluster, decomposition, mixture

import octomix as ox

LISTS = Path(__file__).resolve().parent.parent / "tests/golden/lists"
warnings.filterwarnings("ignore")


def octets_of(addresses):
    return addresses.astype(">u4").view(np.uint8).reshape(-1, 4).astype(float)


def read(name):
    return ox.read(LISTS / name, progress=False).src.addresses


def mixed(count):
    """Subnets of all sizes: sorted, distinct addresses."""
    rng = np.random.default_rng(0)
    subnets = rng.integers(0x0A00_0000, 0xDF00_0000, 2000) & 0xFFFF_0000
    drawn = subnets[rng.integers(0, len(subnets), 2 * count)] + rng.integers(0, 2**16, 2 * count)
    return np.sort(rng.permutation(np.unique(drawn))[:count]).astype(np.uint32)


def tutorial(module, cluster, decomposition, sides):
    """All modelling of the tutorial; the lower bounds and inertias that it ends at."""
    told = []
    for X, components in sides:
        for k in components:
            model = module.BayesianGaussianMixture(n_components=k, n_init=10, random_state=0).fit(X)
            densities = model.score_samples(X)
            assert (densities < np.percentile(densities, 4)).sum() == (8 if len(densities) == 187 else 107)
            told.append(model.lower_bound_)
        if module is ox:
            told.extend(-ox.sweep(X, ks=range(1, 10))["inertia"])
        else:
            told.extend(-cluster.KMeans(k, n_init=10, random_state=0).fit(X).inertia_ for k in range(1, 10))
        told.append(-cluster.KMeans(5, n_init=200, random_state=0).fit(X).inertia_)
        decomposition.PCA(2).fit_transform(X)
    return told


def not_lower(ours, theirs):
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    return (ours >= theirs - 1e-3 * np.maximum(1, np.abs(theirs))).all()


def close(ours, theirs):
    return np.abs(ours - theirs).max() < 1e-6


def compare(name, ours, theirs, agree, turns):
    times = ([], [])
    for _ in range(turns):
        answers = []
        for work, spent in zip((ours, theirs), times):
            start = time.perf_counter()
            answers.append(work())
            spent.append(time.perf_counter() - start)
        assert agree(*answers), f"{name}: {answers}"
    a, b = (statistics.median(spent) for spent in times)
    print(f"| {name} | {1e3 * b:,.1f} | {1e3 * a:,.2f} | {b / a:.1f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--addresses", type=int, default=1_000_000)
    kinds = ["tutorial", "mixture", "kmeans", "scores", "shares", "call"]
    parser.add_argument("--only", nargs="*", choices=kinds, default=kinds)
    arguments = parser.parse_args()
    only, turns = arguments.only, arguments.turns
    print("| what | scikit-learn, ms | octomix, ms | ratio |\n| --- | --- | --- | --- |")
    if "tutorial" in only:
        src, dst = read("tutorial_src.txt"), read("tutorial_dst.txt")
        ours, theirs = [(src, (3, 7)), (dst, (4, 5))], [(octets_of(src), (3, 7)), (octets_of(dst), (4, 5))]
        compare(
            "the tutorial's modelling", lambda: tutorial(ox, ox, ox, ours),
            lambda: tutorial(mixture, cluster, decomposition, theirs), not_lower, turns,
        )
    keys = mixed(arguments.addresses)
    X, size = octets_of(keys), f"{len(keys):,}"
    given = {"n_components": 8, "max_iter": 10, "tol": 0, "random_state": 0}
    start = np.linspace(0, 8, len(keys), endpoint=False).astype(int)
    if "mixture" in only:
        class FromLabels(mixture.BayesianGaussianMixture):
            def _initialize_parameters(self, X, random_state, xp=None):
                self._initialize(X, np.eye(8)[start])

        compare(
            f"Bayesian mixture, K = 8, ten iterations, {size}",
            lambda: ox.BayesianGaussianMixture(init_params=start, **given).fit(keys).lower_bounds_[-1],
            lambda: FromLabels(**given).fit(X).lower_bounds_[-1],
            lambda a, b: abs(a - b) < 1e-6 * abs(b), turns,
        )
    centers = X[:: len(X) // 5][:5]
    if "kmeans" in only:
        compare(
            f"K-Means, K = 5, {size}", lambda: -ox.KMeans(5, init=centers, tol=0, max_iter=20).fit(keys).inertia_,
            lambda: -cluster.KMeans(5, init=centers, n_init=1, tol=0, max_iter=20).fit(X).inertia_, not_lower, turns,
        )
    if {"scores", "shares"} & set(only):
        model = ox.BayesianGaussianMixture(init_params=start, **given).fit(keys)
        same = model.to_sklearn()
        for kind, method in (("scores", "score_samples"), ("shares", "predict_proba")):
            if kind in only:
                ours, theirs = getattr(model, method), getattr(same, method)
                compare(f"{method}, K = 8, {size}", lambda: ours(keys), lambda: theirs(X), close, turns)
    if "call" in only:
        capture = ox.read(LISTS / "tutorial_dst.txt", progress=False)
        times = []
        for _ in range(10_000):
            before = time.perf_counter_ns()
            capture.src.addresses
            times.append(time.perf_counter_ns() - before)
        print(f"\nAn array that is borrowed from a capture: {statistics.median(times)} ns")


if __name__ == "__main__":
    main()
