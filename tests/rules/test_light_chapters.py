"""A chapter whose runs are there waits for no library that trains: it reads and draws."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dsin_lib.runs.chapters import CHAPTERS

BOOK = Path(__file__).parents[2] / "book"
HEAVY = ("torch", "fastai", "numba")
LOOKING_AGAIN = {
    "structure_seen": {"torch"},  # gradients of a network on the faces that it draws
    "faces_and_facs": {"numba"},  # renders each Action Unit at each level
    "preprocessing": {"numba"},  # renders faces turned until none is found
    "label_statistics": {"numba"},  # lets the generator write its labels once more
}
"""Chapters that draw what no run has left."""
RUN = f"""
import json, sys, warnings
import matplotlib
matplotlib.use("Agg")
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for source in json.loads(sys.stdin.read()):
    shell.run_cell(source).raise_error()
print("LOADED", *(name for name in {HEAVY} if name in sys.modules))
"""


def cells(chapter):
    notebook = json.loads((BOOK / f"{chapter}.ipynb").read_text())
    sources = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    assert 'config = "quick"' in sources[0]
    return [sources[0].replace('"quick"', '"smoke"'), *sources[1:]]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_imports_nothing_that_trains(smoke, tmp_path, chapter):
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps(cells(chapter)),
        cwd=BOOK,
        env={**os.environ, "DSIN_RESULTS": str(smoke), "MPLCONFIGDIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    last = done.stdout.splitlines()[-1].split()
    assert last[0] == "LOADED" and set(last[1:]) == LOOKING_AGAIN.get(chapter, set())
