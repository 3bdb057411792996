"""What the estimators have in common: from parameters to a fit, and from a fit to scikit-learn's attributes."""

import json

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ._addresses import OCTETS, addresses_of, weights_of
from ._checks import seed_of, text, whole
from ._progress import bar


class Estimator(BaseEstimator):
    """A scikit-learn estimator whose features are the four octets of addresses."""

    #: Keys of a model's file that are attributes here.
    _attributes = ()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = False
        tags.input_tags.positive_only = True
        return tags

    def _rows(self, X, sample_weight=None):
        """The addresses of ``X`` for a fit, with their weights."""
        addresses = addresses_of(X, type(self).__name__)
        names = getattr(X, "columns", None)
        if names is not None and all(isinstance(name, str) for name in names):
            self.feature_names_in_ = np.asarray(names, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        return {"addresses": addresses, "weights": weights_of(sample_weight, len(addresses))}

    def _addresses(self, X):
        """The addresses of ``X`` for a fitted model."""
        check_is_fitted(self, "n_features_in_")
        names, fitted = getattr(X, "columns", None), getattr(self, "feature_names_in_", None)
        if names is not None and fitted is not None and list(names) != list(fitted):
            raise ValueError(
                "The feature names should match those that were passed during fit.\n"
                f"Fitted with {list(fitted)}, now {list(names)}."
            )
        return addresses_of(X, type(self).__name__)

    def _device(self):
        return {"engine": text("engine", self.engine), "adapter": None}

    def _seed(self):
        return seed_of(self.random_state)

    def _whole(self, name):
        """The parameter ``name``, which counts something."""
        return whole(name, getattr(self, name))

    def _progress(self):
        return bar(type(self).__name__, shown=bool(self.verbose))

    def _keep(self, model=None):
        """Makes ``model`` this estimator's, if it has one, and its numbers scikit-learn's attributes."""
        self.n_features_in_ = OCTETS
        if model is None:
            return None
        self._model = model
        told = json.loads(model.json())
        for name in self._attributes:
            value = told[name]
            setattr(self, f"{name}_", np.asarray(value) if isinstance(value, list) and name != "lower_bounds" else value)
        return told

    def to_sklearn(self):
        """The same model as scikit-learn's estimator of this name.

        Give that octets as floats: of integers it rounds log-densities.
        """
        check_is_fitted(self, "n_features_in_")
        theirs = self._theirs()
        known = theirs().get_params()
        model = theirs(**{name: value for name, value in self.get_params().items() if name in known})
        for name, value in vars(self).items():
            if name.endswith("_") and not name.startswith("_"):
                setattr(model, name, value)
        return model


class Saved(Estimator):
    """An estimator whose model has a file."""

    def save(self, path):
        """Writes the model to ``path``, a model.json that ``octomix.load`` and the program ``octomix score`` read."""
        check_is_fitted(self, "_model")
        self._model.save(path)


def json_of(options):
    """``options`` in JSON; arrays become lists, and what is no number is told."""

    def plain(value):
        if hasattr(value, "tolist"):
            return value.tolist()
        raise ValueError(f"expected numbers, got {value!r}")

    for name, value in options.items():
        try:
            json.dumps(value, default=plain, allow_nan=False)
        except ValueError:
            raise ValueError(f"{name} must have finite numbers, got {value!r}") from None
    return json.dumps(options, default=plain)
