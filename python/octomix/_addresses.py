"""From what people hold addresses in to arrays of them, an unsigned 32-bit number each."""

import ipaddress
import os

import numpy as np

from . import _octomix

OCTETS = 4


def addresses_of(X, name="octomix"):
    """The addresses of ``X``, in its order, as an array of ``uint32``; one that is such an array is not copied.

    ``X`` has an address a row: four whole octets, in any type of number; or, in one dimension, integers, dotted quads
    or ``ipaddress.IPv4Address``. ``name`` is who asks.
    """
    if isinstance(X, np.ndarray) and X.dtype == np.uint32 and X.ndim == 1:
        return some(np.require(X, requirements="CA"))
    if isinstance(X, (str, bytes, os.PathLike)):
        raise ValueError(f"expected addresses, got {X!r}: octomix.read reads a file, and a single address stands in a list")
    if isinstance(X, np.ma.MaskedArray) and np.ma.is_masked(X):
        raise ValueError("some addresses are masked; leave them out, by X[~X.mask] for example")
    if hasattr(X, "account"):
        raise ValueError("expected addresses, got a capture: take one of its sides, such as capture.src")
    if hasattr(X, "toarray"):
        raise TypeError("Sparse data was passed, but dense data is required: an address has four octets")
    array = X if isinstance(X, np.ndarray) else np.asarray(getattr(X, "addresses", X))
    if array.ndim == 2 and array.shape[1] == 0:
        raise ValueError(f"0 feature(s) (shape={array.shape}) while a minimum of 1 is required: an address has 4 octets")
    if array.size == 0 and array.ndim < 3:
        return some(array)
    if array.dtype.kind in "cmM":
        raise ValueError(f"{'Complex data' if array.dtype.kind == 'c' else 'Times are'} not supported: an address has 4 octets")
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
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"octets must be numbers: {error}") from None
        if numbers.dtype.kind == "f" and not np.isfinite(numbers).all():
            told = first_row(~np.isfinite(numbers), octets)
            raise ValueError(f"Input X contains NaN or infinity: every address needs four octets; {told}")
        octets = numbers.astype(np.uint8) if numbers.size == 0 or fits(numbers) else None
        if octets is None or not (octets == numbers).all():
            negative = "Negative values in data: " if numbers.min() < 0 else ""
            told = first_row((numbers < 0) | (numbers > 255) | (numbers != np.floor(numbers)), numbers)
            raise ValueError(f"{negative}octets must be whole numbers from 0 to 255, and are not scaled; {told}")
    return np.ascontiguousarray(octets).view(">u4")[:, 0].astype(np.uint32)


def first_row(wrong, octets):
    """The first row that is ``wrong`` in an octet."""
    row = int(wrong.any(axis=1).argmax())
    return f"row {row} (from 0) is {octets[row].tolist()}"


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
        if value is None or value != value:
            raise ValueError(f"row {row} (from 0) is {value}; leave out rows without an address, in pandas by dropna()")
        if not isinstance(value, (str, bytes, ipaddress.IPv4Address)):
            raise ValueError(
                f"row {row} (from 0) is {value!r}; an address is text such as '192.168.0.1', an integer or an IPv4Address"
            )
    return _octomix.parse([value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in values])


def octets_of(addresses):
    """The octets of an array of addresses: an array of ``uint8``, four in a row."""
    return addresses.astype(">u4").view(np.uint8).reshape(-1, OCTETS)


def dotted(X):
    """The dotted quad of each of the addresses ``X``, a list.

    >>> dotted([0xc0a80001])
    ['192.168.0.1']
    """
    return _octomix.dotted(addresses_of(X))


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
        whole = weights.astype(np.uint64) if weights.dtype.kind not in "USmM" else None
        if whole is None:
            raise TypeError(f"they are {weights.dtype}")
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"sample_weight must be whole numbers, such as packets: {error}") from None
    if not (weights >= 0).all() or not (whole == weights).all():
        raise ValueError("sample_weight must be whole numbers of 0 or more, such as packets; multiply others")
    if not whole.any():
        raise ValueError("every sample_weight is zero; at least one address must count")
    return np.ascontiguousarray(whole)
