"""Clusters and anomalies in very large sets of IP addresses.

scikit-learn's mixtures, K-Means and PCA over the four octets of addresses, many times faster; readers of packet
captures, flow logs and lists; and the detection of what stands out, with reasons.

>>> import octomix as ox
>>> model = ox.BayesianGaussianMixture(n_components=2, random_state=0)
>>> model.fit(["10.0.0.1", "10.0.0.2", "10.0.0.3", "192.168.1.1", "192.168.1.2"]).predict(["10.0.0.9"]).shape
(1,)
"""

import os

from . import _octomix
from ._addresses import dotted
from ._capture import Capture, Side, read
from ._detect import Detection, compare, detect, score
from ._octomix import OctomixError, __version__

# Mesa's layer that selects devices warns where there is no display, whenever a fit looks for a GPU.
os.environ.setdefault("NODEVICE_SELECT", "1")
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_octomix.forked)

# scikit-learn takes a second to import, and reading needs none of it.
_ELSEWHERE = {
    "BayesianGaussianMixture": "_mixture",
    "GaussianMixture": "_mixture",
    "KMeans": "_kmeans",
    "PCA": "_pca",
    "devices": "_devices",
    "load": "_files",
    "sweep": "_sweep",
    "validate": "_devices",
}

__all__ = [
    "Capture", "Detection", "OctomixError", "Side", "__version__", "compare", "detect", "dotted", "read", "score", *_ELSEWHERE,
]


def __getattr__(name):
    if name not in _ELSEWHERE:
        raise AttributeError(f"module 'octomix' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f".{_ELSEWHERE[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__():
    return __all__
