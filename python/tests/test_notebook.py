"""The tutorial's notebook runs from top to bottom, and ends at the tutorial's numbers."""

import shutil

import nbformat
from nbclient import NotebookClient

from conftest import ROOT


def test_the_tutorial(tmp_path):
    for name in ("tutorial.ipynb", "tutorial_packets.csv"):
        shutil.copy(ROOT / "examples" / name, tmp_path)
    notebook = nbformat.read(tmp_path / "tutorial.ipynb", as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    texts = [output.get("data", {}).get("text/plain", "") for output in outputs]
    assert "(8, 107)" in texts
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 2
    pages = [output["data"]["text/html"] for output in outputs if "iframe" in output.get("data", {}).get("text/html", "")]
    assert len(pages) == 1 and "sandbox=" in pages[0]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
