"""Captures: packet captures, flow logs, tables and lists, as arrays of their distinct addresses."""

import json
import os
from functools import cached_property

import numpy as np

from . import _octomix
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
    ``only`` and ``exclude`` are lists of CIDR blocks; a column is a name or a number from 1. The others are the options of ``octomix detect``, by their names.

    >>> capture = read("examples/tutorial_packets.csv")
    >>> len(capture.src), len(capture.dst)
    (187, 2673)
    """
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    asked = {
        "role": role, "where": where, "recursive": recursive,
        "src_column": None if src_column is None else str(src_column),
        "dst_column": None if dst_column is None else str(dst_column),
        "layout": layout, "tunnels": tunnels, "integers": integers, "zero_padded": zero_padded, "day_first": day_first,
        "month_first": month_first, "year": year, "strict": strict, "behaviour": behaviour,
        "only": [str(block) for block in only] if only is not None else None,
        "exclude": [str(block) for block in exclude] if exclude is not None else None,
    }
    with bar("octomix", shown=progress) as told:
        return Capture(_octomix.read([os.fspath(path) for path in paths], json.dumps(asked), told))


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

    @cached_property
    def account(self):
        """What was read and what was not: a dictionary, that of ``input`` in summary.json."""
        return json.loads(self._raw.account())

    def __repr__(self):
        sides = (("src", self.src), ("dst", self.dst), ("any", self.any))
        told = [f"{key}: {side!r}" for key, side in sides if side is not None]
        return f"<octomix capture of {len(self.account['files'])} files; {'; '.join(told)}>"
