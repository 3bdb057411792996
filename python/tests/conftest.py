"""Where the repository's lists and golden files are."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/golden"


@pytest.fixture(scope="session")
def packets():
    """The packets of the tutorial."""
    return ROOT / "examples/tutorial_packets.csv"


def addresses(name):
    """The lines of a list."""
    return (GOLDEN / name).read_text().split()


def golden(pattern):
    """Every golden file whose name matches, with its name."""
    files = sorted(GOLDEN.glob(pattern))
    assert files, pattern
    return [(file.stem, json.loads(file.read_text())) for file in files]


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch, doctest_namespace):
    """Examples name files from the repository's root, and everything of the package."""
    import octomix

    monkeypatch.chdir(ROOT)
    doctest_namespace["ox"] = octomix
