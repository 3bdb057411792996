"""From what people hold addresses in to arrays of them, an unsigned 32-bit number each."""

import ipaddress

import numpy as np

from . import _octomix

OCTETS = 4


def addresses_of(X, name="octomix"):
    """The addresses of ``X``, in its order, as an array of ``uint32``; one that is such an array is not copied.

    ``X`` has an address a row: four whole octets, in any type of number; or, in one dimension, integers, dotted quads
    or ``ipaddress.IPv4Address``. ``name`` is who asks.
    """
    if isinstance(X, np.ndarray) and X.dtype == np.uint32 and X.ndim == 1:
        return some(np.ascontiguousarray(X))
    if hasattr(X, "toarray"):
        raise TypeError("Sparse data was passed, but dense data is required: an address has four octets")
    array = X if isinstance(X, np.ndarray) else np.asarray(getattr(X, "addresses", X))
    if array.ndim == 2 and array.shape[1] == 0:
        raise ValueError(f"0 feature(s) (shape={array.shape}) while a minimum of 1 is required: an address has 4 octets")
    if array.size == 0:
        return some(array)
    if array.dtype.kind == "c":
        raise ValueError("Complex data not supported")
    if array.ndim == 2 and array.shape[1] == OCTETS:
        return some(packed(array))
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 1 and array.dtype.kind in "OUTS":
        return some(parsed(array))
    if array.ndim == 1 and array.dtype.kind in "iu":
        return some(numbered(array))
    if array.ndim == 2:
        raise ValueError(
            f"X has {array.shape[1]} features, but {name} is expecting 4 features as input: the octets of an address"
        )
    raise ValueError(
        f"Expected 2D array of octets, or addresses in one dimension, got {array.ndim}D array of {array.dtype} instead. "
        "Reshape your data"
    )


def some(addresses):
    """``addresses``, if there are any."""
    if len(addresses) == 0:
        raise ValueError("Found array with 0 sample(s) (shape=(0, 4)) while a minimum of 1 is required.")
    return addresses


def packed(octets):
    """The addresses of rows of four octets."""
    if octets.dtype != np.uint8:
        try:
            numbers = octets if octets.dtype.kind in "iuf" else octets.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(f"octets must be numbers: {error}") from None
        if numbers.dtype.kind == "f" and not np.isfinite(numbers).all():
            raise ValueError("Input X contains NaN or infinity: every address needs four octets")
        octets = numbers.astype(np.uint8) if numbers.size == 0 or fits(numbers) else None
        if octets is None or not (octets == numbers).all():
            told = "Negative values in data: " if numbers.min() < 0 else ""
            raise ValueError(f"{told}octets must be whole numbers from 0 to 255")
    return np.ascontiguousarray(octets).view(">u4")[:, 0].astype(np.uint32)


def fits(numbers):
    """Whether all ``numbers`` are between 0 and 255."""
    return numbers.min() >= 0 and numbers.max() <= 255


def numbered(numbers):
    """Addresses that are given as integers."""
    if numbers.size and (numbers.min() < 0 or numbers.max() > 0xFFFF_FFFF):
        raise ValueError("addresses in one dimension must be integers from 0 to 4294967295, 0xc0a80001 for 192.168.0.1")
    return np.ascontiguousarray(numbers, dtype=np.uint32)


def parsed(array):
    """Addresses that are given as text, as objects of ``ipaddress``, or as Python's integers."""
    values = array.tolist()
    if values and all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return numbered(np.array(values, dtype=np.int64) if max(values) < 2**63 else np.array([-1]))
    for row, value in enumerate(values):
        if isinstance(value, ipaddress.IPv6Address):
            raise ValueError(f"row {row} (from 0) is {value}; only IPv4 addresses can be clustered")
        if not isinstance(value, (str, bytes, ipaddress.IPv4Address)):
            raise ValueError(
                f"row {row} (from 0) is {value!r}; an address is text such as '192.168.0.1', an integer or an IPv4Address"
            )
    return _octomix.parse([value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in values])


def octets_of(addresses):
    """The octets of an array of addresses: an array of ``uint8``, four in a row."""
    return addresses.astype(">u4").view(np.uint8).reshape(-1, OCTETS)


def weights_of(sample_weight, rows):
    """How often each of ``rows`` addresses counts; ``None`` for once."""
    if sample_weight is None:
        return None
    weights = np.asarray(sample_weight)
    if weights.ndim == 0:
        weights = np.full(rows, weights)
    if weights.shape != (rows,):
        raise ValueError(f"sample_weight.shape == {weights.shape}, expected {(rows,)}!")
    try:
        whole = weights.astype(np.uint64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"sample_weight must be whole numbers, such as packets: {error}") from None
    if not (weights >= 0).all() or not (whole == weights).all():
        raise ValueError("sample_weight must be whole numbers of 0 or more, such as packets; multiply others")
    if not whole.any():
        raise ValueError("every sample_weight is zero; at least one address must count")
    return np.ascontiguousarray(whole)
