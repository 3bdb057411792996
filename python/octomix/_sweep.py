"""Fits with several numbers of clusters."""

import json

import numpy as np

from . import _octomix
from ._base import Saved, json_of
from ._checks import whole
from ._progress import bar
from ._table import Table


def sweep(X, ks=None, model=None, sample_weight=None):
    """Fits ``X`` with each number of clusters in ``ks``; all fits share their runs over the addresses.

    ``ks`` is 1 to 9 where nothing is said, or as far as there are addresses. ``model`` is an estimator that says how:
    by default ``KMeans(n_init=10, random_state=0)``. Returns a table with a row for each number: ``k``, ``inertia``,
    ``tightness`` (the mean distance to the nearest centre, in octets), ``lower_bound``, ``bic``, ``aic``, and of
    mixtures how many components are ``used``, by any address, and ``needed``.

    >>> rows = sweep(["10.0.0.1", "10.0.0.3", "172.16.0.1", "172.16.0.9"], ks=[1, 2])
    >>> float(rows["inertia"][1])
    34.0
    """
    from ._kmeans import KMeans

    model = KMeans(n_init=10, random_state=0) if model is None else model
    if not isinstance(model, Saved):
        raise ValueError(f"model must be a mixture or K-Means of octomix, got {model!r}")
    rows = model._rows(X, sample_weight)
    if ks is None:
        ks = range(1, 1 + min(9, len(np.unique(rows["addresses"]))))
    ks = [whole("each of ks", k) for k in ks] if np.iterable(ks) else [whole("ks", ks)]
    if not ks:
        raise ValueError("ks must have a number of clusters, got none")
    is_kmeans = isinstance(model, KMeans)
    options = json_of(model._options(rows["addresses"]) if is_kmeans else model._options())
    given = (None, options) if is_kmeans else (options, None)
    with bar("sweep") as progress:
        swept = json.loads(_octomix.sweep(rows, ks, *given, model._device(), progress))
    columns = {name: [row[name] for row in swept] for name in (swept[0] if swept else [])}
    return Table({name: column for name, column in columns.items() if None not in column})
