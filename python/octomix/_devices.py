"""Where octomix computes, and whether the numbers are right there."""

import json

from . import _octomix
from ._addresses import addresses_of
from ._checks import whole
from ._table import Table


def devices():
    """The GPU adapters of this machine, best first, a dictionary each: ``name``, ``kind``, ``driver``, ``used`` ..."""
    return json.loads(_octomix.devices())


def validate(X, n_components=8, engine="cpu"):
    """Compares every sum that an engine makes of ``X`` with plain loops in doubles.

    A row for each statistic of each pass: its ``error``, the ``bound`` that is derived for it, and whether it is
    ``within``.

    >>> bool(validate(["10.0.0.1", "10.0.0.2", "172.16.0.9"], n_components=2)["within"].all())
    True
    """
    rows = {"addresses": addresses_of(X), "weights": None}
    found = _octomix.validate(rows, whole("n_components", n_components), {"engine": engine, "adapter": None})
    names = ("pass", "statistic", "error", "bound", "within")
    return Table(dict(zip(names, zip(*found, strict=True), strict=True)))
