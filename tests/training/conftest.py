"""What tests of the training share: a folder of their own that begins with trained runs."""

import shutil

import pytest

from dsin_lib.config import results_root
from dsin_lib.experiments import ROWS
from dsin_lib.reporting.cost import chain
from dsin_lib.training.runs import run


@pytest.fixture
def apart(tiny, tmp_path, monkeypatch):
    """Goes on in a results folder of the test's own, with a copy of one row's run and its starts.

    They were trained in the folder that all tests share, whose store is read from here too.
    """

    def apart(row):
        run(tiny, row)
        shared, here = results_root(), tmp_path / "apart"
        for folder in chain(tiny, ROWS[row], 1, 0):
            shutil.copytree(folder, here / folder.relative_to(shared))
        (here / "stores").symlink_to(shared / "stores")
        monkeypatch.setenv("DSIN_RESULTS", str(here))
        return run(tiny, row)

    return apart
