"""Where restarts end: lower bounds of Bayesian mixtures beside scikit-learn's, list by list and K by K.

    python benches/bounds.py [--seeds 10] [--only tutorial_src.txt ...] [--components 2 3 ...] [--golden FILE]

after pip install ./python. Both fit the same objective: scikit-learn's priors, tol, reg_covar and max_iter, with n_init=10.
Bounds are in nats; below counts our seeds that end below scikit-learn's median. The lists are those of tests/golden but for
those of more than 20,000 addresses, and for those in a plane: their covariance is singular, and so the bound has no highest
value there. --golden writes scikit-learn's medians to FILE, in which the tests look them up: tests/golden/bounds.json.
"""

import argparse
import json
import os
import statistics
import warnings
from pathlib import Path

for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"]:
    os.environ[variable] = "1"

import numpy as np
import scipy
import sklearn
from sklearn import mixture

import octomix as ox

LISTS = Path(__file__).resolve().parent.parent / "tests/golden/lists"
LARGEST = 20_000
# What rounding may make of a bound, as a share of it.
ROUNDING = 1e-9
warnings.filterwarnings("ignore")


def octets_of(addresses):
    return addresses.astype(">u4").view(np.uint8).reshape(-1, 4).astype(float)


def bounds_of(kind, X, k, seeds):
    """The lower bound that each seed ends at, in nats."""
    fits = (kind(n_components=k, n_init=10, random_state=seed).fit(X) for seed in range(seeds))
    return [float(fit.lower_bound_) for fit in fits]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = sorted(file.name for file in LISTS.glob("*.txt"))
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--only", nargs="*", choices=names, default=names)
    # Those of the golden files among them.
    parser.add_argument("--components", nargs="*", type=int, default=range(2, 9))
    parser.add_argument("--golden", type=Path)
    arguments = parser.parse_args()
    medians = []
    print("| list | K | scikit-learn, least | median | most | octomix, least | median | below |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in arguments.only:
        addresses = ox.read(LISTS / name, progress=False).src.addresses
        octets = octets_of(addresses)
        planar = np.linalg.matrix_rank(np.cov(octets.T)) < octets.shape[1]
        if planar or len(addresses) > LARGEST:
            print(f"| {name}: left out, {'in a plane' if planar else 'large'} | | | | | | | |", flush=True)
            continue
        for k in arguments.components:
            theirs = bounds_of(mixture.BayesianGaussianMixture, octets, k, arguments.seeds)
            ours = bounds_of(ox.BayesianGaussianMixture, addresses, k, arguments.seeds)
            median = statistics.median(theirs)
            medians.append({"list": f"lists/{name}", "n_components": k, "median": median})
            below = sum(bound < median - ROUNDING * abs(median) for bound in ours)
            print(
                f"| {name} | {k} | {min(theirs):,.3f} | {median:,.3f} | {max(theirs):,.3f} "
                f"| {min(ours):,.3f} | {statistics.median(ours):,.3f} | {below} |", flush=True,
            )
    if arguments.golden:
        told = {
            "kind": "bounds",
            "comment": "median of lower_bound_ over random_state 0 to seeds - 1 of BayesianGaussianMixture(n_init=10), all else "
            "sklearn defaults. Written by benches/bounds.py --golden.",
            "seeds": arguments.seeds,
            "medians": medians,
            "versions": {module.__name__: module.__version__ for module in (np, scipy, sklearn)},
        }
        arguments.golden.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
