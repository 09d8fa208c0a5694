"""The book that all tests share, and folders for what is made of its runs."""

import shutil

import pytest

from dsin_lib.config import load_config
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run


@pytest.fixture
def book(smoke, monkeypatch):
    """The profile of the shared book, whose runs are there; only to be looked at."""
    monkeypatch.setenv("DSIN_RESULTS", str(smoke))
    return load_config("smoke")


@pytest.fixture
def some(smoke, tmp_path, monkeypatch, book):
    """A results folder with two runs of the book, to which others may come."""
    results = tmp_path / "own results"
    (results / "runs").mkdir(parents=True)
    (results / "stores").symlink_to(smoke / "stores")
    monkeypatch.setenv("DSIN_RESULTS", str(results))

    def add(*rows):
        for run in (Run(book, ROWS[row], 1, 0) for row in rows):
            shutil.copytree(smoke / run.folder.relative_to(results), run.folder)

    add("pp_nose", "pp_face")
    return add
