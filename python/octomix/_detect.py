"""What stands out in a capture, and why."""

import html
import json
import os
import shutil
import tempfile
from functools import cached_property
from pathlib import Path

import numpy as np

from . import _octomix
from ._addresses import addresses_of
from ._capture import Capture
from ._checks import flag, seed_of, text, texts, whole
from ._progress import bar
from ._table import Table

_COLUMNS = {
    "address": str, "packets": int, "cluster": int, "log_density": float, "rule": str, "finding": bool, "gist": str,
    "reason": str, "surprise": float,
}


def detect(
    capture, k="auto", model="bayesian", *, n_init=10, random_state=0, threshold="percentile:4", score="sklearn",
    rules=None, allow=None, weight="addresses", pairs=False, engine="auto", progress=True,
):
    """Fits a model to each side of ``capture``, and says which addresses are odd, and why.

    ``capture`` comes from ``octomix.read``; an array of addresses, or what else estimators take, will do too. ``k`` is
    the number of components, or ``'auto'``; ``model`` is ``'bayesian'``, ``'gaussian'`` or ``'kmeans'``. ``threshold``
    says which densities are low, ``rules`` which rules apply (all), and ``allow`` which CIDR blocks are never flagged.
    The results are those of ``octomix detect``, whose options these are.

    >>> found = ox.detect(ox.read("examples/tutorial_packets.csv"))
    >>> found.src.findings["address"].tolist()
    ['172.19.2.66', '0.0.0.0']
    """
    if isinstance(k, str) and k != "auto":
        raise ValueError(f"k must be 'auto' or a whole number, got {k!r}")
    components = None if isinstance(k, str) else whole("k", k)
    asked = _asked(model, components, n_init, random_state, threshold, score, rules, allow, weight, pairs)
    capture = _captured(capture)
    with bar("octomix", shown=progress) as told:
        raw = _octomix.detect(capture._raw, asked, {"engine": engine, "adapter": None}, told)
    return Detection(raw, f"octomix.detect(k={k!r}, model={model!r})")


def score(model, capture, *, rules=None, allow=None, pairs=False, engine="auto", progress=True):
    """Says which addresses of ``capture`` are odd under a ``model`` of another day, and what has changed since.

    ``model`` is a folder that ``Detection.save`` or the program wrote, the path of a model.json, a fitted estimator, or
    a detection.
    """
    asked = _asked("bayesian", None, 10, 0, "percentile:4", "sklearn", rules, allow, "addresses", pairs)
    capture = _captured(capture)
    with tempfile.TemporaryDirectory() as folder, bar("octomix", shown=progress) as told:
        path, of_each = model, isinstance(getattr(model, "_model", None), _octomix.Model)
        if isinstance(model, Detection):
            if all(side is None or side.model is None for side in (model.src, model.dst, model.any)):
                raise ValueError("model is a detection by the model of another day, and has none of its own: give that one")
            path = Path(folder) / "model"
            model.save(path, tables="none")
        elif of_each:
            path = Path(folder) / "model.json"
            model.save(path)
        elif not isinstance(model, (str, os.PathLike)):
            kinds = "a folder, the path of a model.json, a fitted mixture or K-Means of octomix, or a detection"
            raise ValueError(f"model, which comes first, must be {kinds}; got {type(model).__name__}")
        device = {"engine": engine, "adapter": None}
        raw = _octomix.score(os.fspath(path), of_each, capture._raw, asked, device, told)
    return Detection(raw, "octomix.score()")


def _asked(model, components, n_init, seed, threshold, score, rules, allow, weight, pairs):
    """What the library is asked for, in JSON."""
    return json.dumps({
        "model": text("model", model), "components": components, "n_init": whole("n_init", n_init), "seed": seed_of(seed),
        "threshold": text("threshold, such as 'percentile:4',", threshold), "score": text("score", score),
        "rules": texts("rules", rules), "allow": texts("allow", allow), "weight": text("weight", weight),
        "pairs": flag("pairs", pairs),
    })


def _captured(capture):
    if isinstance(capture, Capture):
        return capture
    return Capture(_octomix.capture({"addresses": addresses_of(capture), "weights": None}))


class DetectedSide:
    """What was found on one side: its findings, all that is flagged, its model and clusters."""

    def __init__(self, raw, key, told):
        self._raw, self._key, self._told = raw, key, told

    @cached_property
    def findings(self):
        """What rules flagged that can also find nothing, the most telling first: a table with a reason each."""
        return _table(self._raw.findings(self._key))

    @cached_property
    def flagged(self):
        """All that is flagged, least dense first: a table with a reason each, of at most a million."""
        return _table(self._raw.flagged(self._key))

    @cached_property
    def addresses(self):
        """All flagged addresses, ascending, an array of ``uint32``."""
        return self._raw.addresses(self._key)

    @cached_property
    def model(self):
        """The fitted model, an estimator; ``None`` where the model is of another day."""
        from ._files import estimator_of

        raw = self._raw.model(self._key)
        return None if raw is None else estimator_of(raw)

    @property
    def threshold(self):
        """The log-density strictly below which addresses are flagged, in nats."""
        return self._told["threshold"]["log_density"]

    @property
    def clusters(self):
        """The clusters, a dictionary each, as summary.json has them."""
        return self._told["clusters"]

    def __repr__(self):
        told = self._told
        return f"<{told['addresses']:,} addresses, {told['finding_count']} findings, {told['anomaly_count']} flagged>"


class Detection:
    """What stands out in a capture: the sides ``src``, ``dst`` and ``any``, a summary, a page. A notebook shows the page."""

    def __init__(self, raw, command):
        self._raw, self._command = raw, command
        self.src, self.dst, self.any = (self._side(key) for key in ("src", "dst", "any"))

    def _side(self, key):
        told = self.summary.get(key)
        return None if told is None else DetectedSide(self._raw, key, told)

    @cached_property
    def summary(self):
        """All that was read, fitted and found, a dictionary: summary.json without its files."""
        return json.loads(self._raw.summary())

    @property
    def warnings(self):
        """What there is to be warned of."""
        return self._raw.warnings()

    @cached_property
    def page(self):
        """The report as one page of HTML, which loads nothing."""
        return self._raw.page(self._command)

    def save(self, directory, tables="csv", plots=False):
        """Writes what ``octomix detect`` writes to ``directory``: tables (``'csv'``, ``'parquet'`` or ``'none'``), models,
        summary.json and report.html, all or none. With ``plots`` also the plane of each side as plane.svg and plane.png.

        Results of an earlier run take their names; what else is there stays. Raises ``ValueError`` rather than write over
        a file that was read.
        """
        self._raw.save(os.fspath(directory), tables, bool(plots), self._command)

    def _repr_html_(self):
        # Sandboxed: its script runs, and reaches nothing of the notebook.
        page = html.escape(self.page, quote=True)
        return (
            f'<iframe srcdoc="{page}" sandbox="allow-scripts" title="octomix" '
            'style="width: 100%; height: 40em; border: 1px solid #8888"></iframe>'
        )

    def __repr__(self):
        return self._raw.text(shutil.get_terminal_size().columns).rstrip()


def _table(rows):
    columns = zip(*rows, strict=True) if rows else ((),) * len(_COLUMNS)
    told = zip(_COLUMNS.items(), columns, strict=True)
    return Table({name: np.asarray(column, dtype) for (name, dtype), column in told})


def compare(X, n_components=7, n_clusters=None, *, n_init=10, random_state=0, engine="auto", progress=True):
    """Sets a Bayesian mixture against K-Means over the addresses ``X``: what compare.json holds, a dictionary.

    K-Means has ``n_clusters``, or as many as the mixture fills.

    >>> found = compare(["10.0.0.1", "10.0.0.2", "172.16.0.1", "172.16.0.9"], n_components=2)
    >>> -1 <= found["adjusted_rand_index"] <= 1
    True
    """
    n_clusters = None if n_clusters is None else whole("n_clusters", n_clusters)
    asked = _asked("bayesian", whole("n_components", n_components), n_init, random_state, "percentile:4", "sklearn", None, None, "addresses", False)
    capture = _captured(X)
    with bar("octomix", shown=progress) as told:
        return json.loads(_octomix.compare(capture._raw, asked, n_clusters, {"engine": engine, "adapter": None}, told))
