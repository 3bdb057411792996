"""Tables as frames of other libraries."""

import subprocess
import sys

import numpy as np
import polars
import pyarrow
import pytest

import octomix as ox
from octomix._table import Table

COLUMNS = {
    "text": np.array(["a", "", "ünï 🦀"]),
    "number": np.array([1, -2, 3]),
    "count": np.array([0, 1, 2**64 - 1], dtype=np.uint64),
    "small": np.array([0, 1, 2**32 - 1], dtype=np.uint32),
    "real": np.array([0.5, np.nan, -np.inf]),
    "whether": np.array([True, False, True]),
    "apart": np.arange(6.0)[::2],
}


@pytest.mark.parametrize("columns", [COLUMNS, {name: column[:0] for name, column in COLUMNS.items()}], ids=["some", "none"])
def test_a_table_is_a_stream_of_arrow(columns):
    table = Table(columns)
    expected = {name: pytest.approx(column.tolist(), nan_ok=True) for name, column in columns.items() if name != "text"}
    expected["text"] = columns["text"].tolist()
    for frame in (pyarrow.table(table), table.to_arrow()):
        assert frame.to_pydict() == expected
    # It makes a series of structures of a stream.
    for frame in (polars.from_arrow(table).struct.unnest(), polars.DataFrame(table), table.to_polars()):
        assert frame.to_dict(as_series=False) == expected
    assert str(table.to_arrow().schema.field("text").type) == "large_string"
    assert list(table.to_pandas()) == list(columns)


def test_nothing_is_left_of_a_stream_that_nobody_reads():
    assert "arrow_array_stream" in repr(Table(COLUMNS).__arrow_c_stream__())
    with pytest.raises(ValueError, match="length"):
        pyarrow.table(Table({"a": [1, 2], "b": [1]}))


WITHOUT = """
import sys
sys.modules["pyarrow"] = None
import polars
import octomix as ox

found = ox.detect(ox.read(sys.argv[1]))
for table in (found.src.findings, found.dst.findings):
    frames = [polars.from_arrow(table).struct.unnest(), polars.DataFrame(table), table.to_polars()]
    assert all(frame.equals(frames[0]) for frame in frames)
    print(frames[0]["address"].to_list(), frames[0].schema["packets"])
"""


def test_polars_needs_no_pyarrow(packets):
    command = [sys.executable, "-c", WITHOUT, packets]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert told == ["['172.19.2.66', '0.0.0.0'] Int64", "[] Int64"]
