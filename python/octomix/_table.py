"""Columns of equal length, for numpy, pandas, polars and Arrow."""

from collections.abc import Mapping

import numpy as np

from . import _octomix


class Table(Mapping):
    """Named columns, each an array: ``table["k"]``. ``to_pandas()``, ``to_polars()`` and ``to_arrow()`` make frames.

    ``len`` counts columns, as that of a mapping; ``rows`` says how many rows there are.
    """

    def __init__(self, columns):
        self._columns = {name: np.asarray(column) for name, column in columns.items()}

    def __getitem__(self, name):
        if name not in self._columns:
            raise KeyError(f"no column {name!r}; there are {', '.join(self._columns)}")
        return self._columns[name]

    def __iter__(self):
        return iter(self._columns)

    def __len__(self):
        return len(self._columns)

    @property
    def rows(self):
        """How many rows there are."""
        return len(next(iter(self._columns.values()), ()))

    def to_pandas(self):
        """The same as a ``pandas.DataFrame``."""
        import pandas

        return pandas.DataFrame(self._columns)

    def to_polars(self):
        """The same as a ``polars.DataFrame``."""
        import polars

        return polars.DataFrame(self)

    def to_arrow(self):
        """The same as a ``pyarrow.Table``."""
        import pyarrow

        return pyarrow.table(self)

    def __arrow_c_stream__(self, requested_schema=None):
        return _octomix.stream([(name, _plain(column)) for name, column in self._columns.items()])

    def __repr__(self):
        lines = [" ".join(f"{name:>14}" for name in self._columns)]
        for row in zip(*(column[:20] for column in self._columns.values())):
            lines.append(" ".join(f"{value!s:>14}" for value in row))
        if self.rows > 20:
            lines.append(f"... {self.rows} rows")
        return "\n".join(lines)


def _plain(column):
    """``column`` as the library takes it: contiguous, numbers in 64 bits, text as its characters, a row each."""
    kind = column.dtype.kind
    if kind == "U":
        return np.ascontiguousarray(column).view(np.uint32).reshape(len(column), column.dtype.itemsize // 4)
    return np.ascontiguousarray(column, dtype={"i": np.int64, "u": np.uint64, "f": np.float64}.get(kind))
