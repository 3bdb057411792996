"""Captures: packet captures, flow logs, tables and lists, as arrays of their distinct addresses."""

import json
import os
import warnings
from functools import cached_property

import numpy as np

from . import _octomix
from ._checks import flag, text, texts, whole
from ._progress import bar
from ._table import Table


def read(
    paths, role=None, where=None, recursive=False, *, src_column=None, dst_column=None, layout=None, tunnels="outer",
    integers=False, zero_padded=False, day_first=False, month_first=False, year=None, strict=False, behaviour="auto",
    only=None, exclude=None, progress=True,
):
    """Reads files as one capture: packet captures, flow logs, CSV, JSON lines, logs, lists of addresses.

    ``paths`` is one or several files or patterns, and with ``recursive`` folders. ``role`` is ``'src'``, ``'dst'``,
    ``'both'`` or ``'any'`` (both sides as one set). ``where`` is a condition, such as ``'proto=tcp and dport=443'``;
    ``only`` and ``exclude`` are lists of CIDR blocks, or one; a column is a name or a number from 1. The others are the
    options of ``octomix detect``, by their names.

    >>> capture = read("examples/tutorial_packets.csv")
    >>> len(capture.src), len(capture.dst)
    (187, 2673)
    """
    if isinstance(paths, (str, bytes, os.PathLike)):
        paths = [paths]
    if not isinstance(paths, (list, tuple, set)) and hasattr(paths, "columns"):
        raise ValueError("paths must be files, got a frame: octomix.detect takes a column of addresses as it is")
    try:
        paths = [os.fsdecode(path) for path in paths]
    except TypeError:
        raise ValueError(f"paths must be a path or several, got {paths!r}") from None
    asked = {
        "role": role, "where": None if where is None else text("where", where), "recursive": flag("recursive", recursive),
        "src_column": None if src_column is None else str(src_column),
        "dst_column": None if dst_column is None else str(dst_column),
        "layout": layout, "tunnels": tunnels, "integers": flag("integers", integers),
        "zero_padded": flag("zero_padded", zero_padded), "day_first": flag("day_first", day_first),
        "month_first": flag("month_first", month_first), "year": None if year is None else whole("year", year),
        "strict": flag("strict", strict), "behaviour": behaviour, "only": texts("only", only),
        "exclude": texts("exclude", exclude),
    }
    if day_first and month_first:
        raise ValueError("day_first and month_first exclude each other; give one of them")
    with bar("octomix", shown=progress) as told:
        capture = Capture(_octomix.read(paths, json.dumps(asked), told))
    for warning in capture.warnings:
        warnings.warn(warning, stacklevel=2)
    return capture


class Side:
    """The distinct addresses of one side of a capture, with what was counted of them."""

    def __init__(self, raw):
        self._raw = raw

    @cached_property
    def addresses(self):
        """The addresses, an array of ``uint32`` that lies where the capture has it; it cannot be written."""
        return np.asarray(self._raw)

    @cached_property
    def packets(self):
        """How many packets each address has, an array of ``uint64``; see ``unit``."""
        return self._raw.packets()

    @property
    def unit(self):
        """What ``packets`` counts: packets, or records where the input tells no packets."""
        return self._raw.unit()

    def __len__(self):
        return len(self.addresses)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.addresses, dtype=dtype, copy=copy)

    def to_table(self):
        """The addresses as text, with their packets."""
        return Table({"address": _octomix.dotted(self.addresses), "packets": self.packets})

    def to_pandas(self):
        """The same as a ``pandas.DataFrame``."""
        return self.to_table().to_pandas()

    def to_polars(self):
        """The same as a ``polars.DataFrame``."""
        return self.to_table().to_polars()

    def __arrow_c_array__(self, requested_schema=None):
        return self._raw.__arrow_c_array__(requested_schema)

    def __repr__(self):
        return f"{len(self):,} addresses, {int(self.packets.sum()):,} {self.unit}"


class Capture:
    """What was read: the sides ``src``, ``dst`` and ``any``, each a :class:`Side` or ``None``, and an account."""

    def __init__(self, raw):
        self._raw = raw
        self.src, self.dst, self.any = (self._side(key) for key in ("src", "dst", "any"))

    def _side(self, key):
        raw = self._raw.side(key)
        return None if raw is None else Side(raw)

    @property
    def warnings(self):
        """What there is to be warned of: files that are cut off, for example."""
        return self._raw.warnings()

    @cached_property
    def account(self):
        """What was read and what was not: a dictionary, that of ``input`` in summary.json."""
        return json.loads(self._raw.account())

    def __repr__(self):
        sides = (("src", self.src), ("dst", self.dst), ("any", self.any))
        told = [f"{key}: {side!r}" for key, side in sides if side is not None]
        files = len(self.account["files"])
        return f"<octomix capture of {files} file{'' if files == 1 else 's'}; {'; '.join(told)}>"
