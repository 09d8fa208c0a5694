"""What is missing is trained, each once and after what it starts from; what is there is not."""

import os
import shutil
import subprocess
import sys

import pytest
from made import made

from dsin_lib.config import PROJECT
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run, distinct
from dsin_lib.systems import fit as fit_module
from dsin_lib.systems.ensure import ensure


@pytest.fixture
def trained(monkeypatch):
    """Every run that is really trained."""
    found, fit = [], fit_module.fit
    monkeypatch.setattr(fit_module, "fit", lambda run: found.append(run) or fit(run))
    return found


def test_what_is_missing_is_trained_and_nothing_else(tiny, copied, trained):
    made(copied("pp_f"), "pp_f")
    trained.clear()
    runs = [Run(tiny, ROWS[row], 1, 0) for row in ("omega", "pp_f", "omega", "pp_nose")]
    assert ensure(runs) == runs
    assert [run.row.id for run in trained] == ["omega"]
    assert ensure(runs) == runs and len(trained) == 1


def test_a_run_is_trained_after_what_it_starts_from(copied, trained):
    tiny = copied("pp_nose", "pp_mouth")
    trained.clear()
    run = Run(tiny, ROWS["t4_pp_face"], 1, 0)
    ensure([run])
    assert [one.row.id for one in trained] == ["pp_face", "t4_pp_face"]
    assert all(one.is_there() for one in distinct([run]))


def test_a_run_that_is_there_needs_nothing_that_it_started_from(copied, trained):
    tiny = copied("pp_f")
    run = Run(tiny, ROWS["pp_f"], 1, 0)
    for start in run.starts:
        shutil.rmtree(start.folder)
    trained.clear()
    assert ensure([run]) == [run] and not trained
    ensure([run.of("omega")])
    assert [one.row.id for one in trained] == ["omega"]


READ = """
import sys
from dsin_lib.config import load_config
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run
from dsin_lib.scores.measured import measure
from dsin_lib.systems.ensure import ensure

config = load_config("smoke", {"training.patience": 6})
(run,) = ensure([Run(config, ROWS["pp_nose"], 1, 0)])
assert len(run.predictions) and run.files.arrays() and measure({"nose": [run]}).aus
print([name for name in ("torch", "fastai") if name in sys.modules])
"""


def test_whoever_finds_all_waits_for_no_training_library(tiny):
    made(tiny, "pp_nose")
    done = subprocess.run(
        [sys.executable, "-c", READ], cwd=PROJECT, env=os.environ, capture_output=True, text=True
    )
    assert done.stdout == "[]\n", done.stderr
