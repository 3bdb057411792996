"""What the package offers, for type checkers and editors."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address
from os import PathLike
from typing import Any, Callable, Literal, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

class _Array(Protocol):
    def __array__(self) -> NDArray[Any]: ...

# Octets, four in a row; or in one dimension integers, text, IPv4Address, or a series of pandas or polars.
_Addresses = ArrayLike | _Array | Sequence[str] | Sequence[IPv4Address]
_Path = str | PathLike[str]
_Engine = Literal["auto", "cpu", "gpu", "reference"]
_Covariance = Literal["full", "tied", "diag", "spherical"]
_State = int | np.random.RandomState | None
_Role = Literal["src", "dst", "both", "any"]

__version__: str

class OctomixError(Exception): ...

class Table(Mapping[str, NDArray[Any]]):
    def __getitem__(self, name: str) -> NDArray[Any]: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    @property
    def rows(self) -> int: ...
    def to_pandas(self) -> Any: ...
    def to_polars(self) -> Any: ...
    def to_arrow(self) -> Any: ...

class Side:
    @property
    def addresses(self) -> NDArray[np.uint32]: ...
    @property
    def packets(self) -> NDArray[np.uint64]: ...
    @property
    def unit(self) -> str: ...
    def __len__(self) -> int: ...
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]: ...
    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...
    def to_table(self) -> Table: ...
    def to_pandas(self) -> Any: ...
    def to_polars(self) -> Any: ...

class Capture:
    src: Side | None
    dst: Side | None
    any: Side | None
    @property
    def account(self) -> dict[str, Any]: ...
    @property
    def warnings(self) -> list[str]: ...

def read(
    paths: _Path | Iterable[_Path],
    role: _Role | None = None,
    where: str | None = None,
    recursive: bool = False,
    *,
    src_column: str | int | None = None,
    dst_column: str | int | None = None,
    layout: str | None = None,
    tunnels: Literal["outer", "inner"] = "outer",
    integers: bool = False,
    zero_padded: bool = False,
    day_first: bool = False,
    month_first: bool = False,
    year: int | None = None,
    strict: bool = False,
    behaviour: Literal["auto", "off", "exact", "approximate"] = "auto",
    only: Iterable[object] | None = None,
    exclude: Iterable[object] | None = None,
    progress: bool = True,
) -> Capture: ...

class DetectedSide:
    @property
    def findings(self) -> Table: ...
    @property
    def flagged(self) -> Table: ...
    @property
    def addresses(self) -> NDArray[np.uint32]: ...
    @property
    def model(self) -> BayesianGaussianMixture | GaussianMixture | KMeans | None: ...
    @property
    def threshold(self) -> float: ...
    @property
    def clusters(self) -> list[dict[str, Any]]: ...

class Detection:
    src: DetectedSide | None
    dst: DetectedSide | None
    any: DetectedSide | None
    @property
    def summary(self) -> dict[str, Any]: ...
    @property
    def warnings(self) -> list[str]: ...
    @property
    def page(self) -> str: ...
    def save(
        self, directory: _Path, tables: Literal["csv", "parquet", "none"] = "csv", plots: bool = False
    ) -> None: ...

def detect(
    capture: Capture | _Addresses,
    k: int | Literal["auto"] = "auto",
    model: Literal["bayesian", "gaussian", "kmeans"] = "bayesian",
    *,
    n_init: int = 10,
    random_state: int = 0,
    threshold: str = "percentile:4",
    score: Literal["sklearn", "predictive"] = "sklearn",
    rules: Iterable[str] | None = None,
    allow: Iterable[object] | None = None,
    weight: Literal["addresses", "packets"] = "addresses",
    pairs: bool = False,
    engine: _Engine = "auto",
    progress: bool = True,
) -> Detection: ...
def score(
    model: _Path | Detection | GaussianMixture | BayesianGaussianMixture | KMeans,
    capture: Capture | _Addresses,
    *,
    rules: Iterable[str] | None = None,
    allow: Iterable[object] | None = None,
    pairs: bool = False,
    engine: _Engine = "auto",
    progress: bool = True,
) -> Detection: ...
def dotted(X: _Addresses) -> list[str]: ...

class _Estimator:
    n_features_in_: int
    feature_names_in_: NDArray[Any]
    def get_params(self, deep: bool = True) -> dict[str, Any]: ...
    def set_params(self, **params: Any) -> Self: ...
    def to_sklearn(self) -> Any: ...

class _Model(_Estimator):
    def save(self, path: _Path) -> None: ...
    def fit(self, X: _Addresses, y: object = None, sample_weight: ArrayLike | None = None) -> Self: ...

class _Mixture(_Model):
    weights_: NDArray[np.float64]
    means_: NDArray[np.float64]
    covariances_: NDArray[np.float64]
    precisions_: NDArray[np.float64]
    precisions_cholesky_: NDArray[np.float64]
    converged_: bool
    n_iter_: int
    lower_bound_: float
    lower_bounds_: list[float]
    def fit_predict(
        self, X: _Addresses, y: object = None, sample_weight: ArrayLike | None = None
    ) -> NDArray[np.int64]: ...
    def predict(self, X: _Addresses) -> NDArray[np.int64]: ...
    def predict_proba(self, X: _Addresses) -> NDArray[np.float64]: ...
    def score_samples(
        self, X: _Addresses, score: Literal["sklearn", "predictive"] = "sklearn"
    ) -> NDArray[np.float64]: ...
    def score(self, X: _Addresses, y: object = None) -> float: ...
    def sample(self, n_samples: int = 1) -> tuple[NDArray[np.uint8], NDArray[np.int64]]: ...

class GaussianMixture(_Mixture):
    def __init__(
        self,
        n_components: int = 1,
        *,
        covariance_type: _Covariance = "full",
        tol: float = 1e-3,
        reg_covar: float = 1e-6,
        max_iter: int = 100,
        n_init: int = 1,
        init_params: Literal["kmeans", "k-means++", "random", "random_from_data"] | ArrayLike = "kmeans",
        weights_init: ArrayLike | None = None,
        means_init: ArrayLike | None = None,
        precisions_init: ArrayLike | None = None,
        random_state: _State = None,
        warm_start: bool = False,
        verbose: int = 0,
        verbose_interval: int = 10,
        engine: _Engine = "auto",
    ) -> None: ...
    def bic(self, X: _Addresses) -> float: ...
    def aic(self, X: _Addresses) -> float: ...

class BayesianGaussianMixture(_Mixture):
    weight_concentration_prior_: float
    weight_concentration_: tuple[NDArray[np.float64], NDArray[np.float64]] | NDArray[np.float64]
    mean_precision_prior_: float
    mean_precision_: NDArray[np.float64]
    mean_prior_: NDArray[np.float64]
    degrees_of_freedom_prior_: float
    degrees_of_freedom_: NDArray[np.float64] | float
    covariance_prior_: NDArray[np.float64] | float
    def __init__(
        self,
        *,
        n_components: int = 1,
        covariance_type: _Covariance = "full",
        tol: float = 1e-3,
        reg_covar: float = 1e-6,
        max_iter: int = 100,
        n_init: int = 1,
        init_params: Literal["kmeans", "k-means++", "random", "random_from_data"] | ArrayLike = "kmeans",
        weight_concentration_prior_type: Literal["dirichlet_process", "dirichlet_distribution"] = "dirichlet_process",
        weight_concentration_prior: float | None = None,
        mean_precision_prior: float | None = None,
        mean_prior: ArrayLike | None = None,
        degrees_of_freedom_prior: float | None = None,
        covariance_prior: ArrayLike | None = None,
        random_state: _State = None,
        warm_start: bool = False,
        verbose: int = 0,
        verbose_interval: int = 10,
        search: Literal["restarts", "merge-split"] = "restarts",
        engine: _Engine = "auto",
    ) -> None: ...

class KMeans(_Model):
    cluster_centers_: NDArray[np.float64]
    labels_: NDArray[np.int32]
    inertia_: float
    n_iter_: int
    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: Literal["k-means++", "random"] | ArrayLike | Callable[..., ArrayLike] = "k-means++",
        n_init: int | Literal["auto"] = "auto",
        max_iter: int = 300,
        tol: float = 1e-4,
        verbose: int = 0,
        random_state: _State = None,
        copy_x: bool = True,
        algorithm: str = "lloyd",
        engine: _Engine = "auto",
    ) -> None: ...
    def fit_predict(
        self, X: _Addresses, y: object = None, sample_weight: ArrayLike | None = None
    ) -> NDArray[np.int32]: ...
    def predict(self, X: _Addresses) -> NDArray[np.int32]: ...
    def transform(self, X: _Addresses) -> NDArray[np.float64]: ...
    def fit_transform(self, X: _Addresses, y: object = None, **fit_params: Any) -> NDArray[np.float64]: ...
    def score(self, X: _Addresses, y: object = None, sample_weight: ArrayLike | None = None) -> float: ...

class PCA(_Estimator):
    components_: NDArray[np.float64]
    explained_variance_: NDArray[np.float64]
    explained_variance_ratio_: NDArray[np.float64]
    singular_values_: NDArray[np.float64]
    mean_: NDArray[np.float64]
    n_components_: int
    n_samples_: int
    noise_variance_: float
    def __init__(self, n_components: int | None = None, *, engine: _Engine = "auto") -> None: ...
    def fit(self, X: _Addresses, y: object = None, sample_weight: ArrayLike | None = None) -> Self: ...
    def transform(self, X: _Addresses) -> NDArray[np.float64]: ...
    def fit_transform(self, X: _Addresses, y: object = None, **fit_params: Any) -> NDArray[np.float64]: ...
    def inverse_transform(self, X: ArrayLike) -> NDArray[np.float64]: ...

def load(path: _Path) -> GaussianMixture | BayesianGaussianMixture | KMeans: ...
def sweep(
    X: _Addresses,
    ks: Iterable[int] | int | None = None,
    model: GaussianMixture | BayesianGaussianMixture | KMeans | None = None,
    sample_weight: ArrayLike | None = None,
) -> Table: ...
def compare(
    X: _Addresses,
    n_components: int = 7,
    n_clusters: int | None = None,
    *,
    n_init: int = 10,
    random_state: int = 0,
    engine: _Engine = "auto",
    progress: bool = True,
) -> dict[str, Any]: ...
def devices() -> list[dict[str, Any]]: ...
def validate(X: _Addresses, n_components: int = 8, engine: _Engine = "cpu") -> Table: ...
