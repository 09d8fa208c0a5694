"""Trainings share a card by a stated number, as Snakemake schedules them; none is trained."""

import re
import subprocess

import pytest

from dsin_lib.config import load_config
from dsin_lib.config.places import corpus_dir
from dsin_lib.dag import run_dag
from dsin_lib.runs.run import runs_of
from dsin_lib.runs.sweeps import SWEEPS, record_of

SMOKE = load_config("smoke")
TOUCH = ("--touch", "--force", "--rerun-triggers", "mtime")
"""Schedules the targets as if they were to be made, and makes nothing."""


@pytest.fixture
def trainings(results):
    """Two runs and two sweeps, none of which waits for another, with all that they need."""
    sweeps = ("test_fold", "patch_readings")
    stores = {run.store for name in sweeps for run in SWEEPS[name].at(SMOKE, 1, 0)}
    rows = runs_of(SMOKE, ("pp_mouth", "pp_nose", "pp_right_cheek"))
    records = [run.folder / "provenance.json" for run in rows]
    made = [record_of(SMOKE, name, 1, 0) for name in sweeps]
    corpus = corpus_dir(SMOKE.corpora.table_3) / "corpus.json"
    for path in (corpus, *(store / "store.json" for store in stores), *records, *made):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return [str(path) for path in (*records[1:], *made)]


@pytest.mark.parametrize(("shares", "at_once"), [(2, 2), (14, 4)])
def test_trainings_take_a_share_of_a_card_each(monkeypatch, trainings, shares, at_once):
    """However many cores there are: what holds them back is that runs and sweeps claim one."""
    run, said = subprocess.run, []

    def scheduled(command, **options):
        before = command.index("--")
        command = [*command[:before], *TOUCH, "--", *trainings]
        said.append(run(command, capture_output=True, text=True, **options))
        return said[-1]

    monkeypatch.setattr(subprocess, "run", scheduled)
    monkeypatch.setattr("dsin_lib.dag.RUNS_PER_CARD", shares)
    code = run_dag("smoke", trainings[0], cores=32)
    text = said[-1].stdout + said[-1].stderr
    assert code == 0, text
    started = [int(jobs) for jobs in re.findall(r"^Execute (\d+) jobs", text, re.MULTILINE)]
    assert sum(started) == len(trainings) and max(started) == at_once, text
