"""All runs of a book, packed and taken elsewhere, say the same; whatever is missing is said."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from dsin_lib.config import PROJECT, load_config, results_root
from dsin_lib.reporting.tables import write_tables
from dsin_lib.runs.chapters import trainings
from dsin_lib.runs.files import WEIGHTS
from dsin_lib.runs.pins import is_pinned
from dsin_lib.runs.predictions import LABEL
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run
from dsin_lib.travel.pack import pack
from dsin_lib.travel.take import take

WITH_WEIGHTS = ("pp_mouth", "dsin_10")
BOOK = load_config("smoke")


@pytest.fixture(scope="module")
def whole(smoke, tmp_path_factory):
    """Archives of the whole book, weights of two rows with them, and a folder that took them."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DSIN_RESULTS", str(smoke))
        runs = trainings(BOOK)
        heavy = [Run(BOOK, ROWS[row], 1, 0) for row in WITH_WEIGHTS]
        archives = pack(runs, folder / "archives", heavy)
        patch.setenv("DSIN_RESULTS", str(folder / "results"))
        return archives, folder / "results", take(archives)


@pytest.fixture
def taken(whole, monkeypatch):
    """The folder that took the whole book; only to be looked at."""
    monkeypatch.setenv("DSIN_RESULTS", str(whole[1]))
    return whole


def test_every_run_of_the_book_is_there_pinned_and_says_that_it_was_taken(taken, smoke):
    archives, results, said = taken
    runs = trainings(load_config("smoke"))
    assert all(path.stat().st_size <= 15e6 for path in archives)
    assert len(said.new) == len(runs) > 70 and said.there == 0 and said.said == ()
    for run in runs:
        assert run.is_there() and is_pinned(run.folder)
        record = json.loads((smoke / "stores" / run.store.name / "store.json").read_text())
        of = run.provenance["taken"]
        assert of["scores"] == "half" and of["store"] == record
        assert of["other_pictures_here"] is False, "there are none here"
        heavy = run.row.id in WITH_WEIGHTS and WEIGHTS in run.provenance["files"]
        assert of["left_out"] == ([] if heavy else [WEIGHTS])
        before = json.loads(
            (smoke / run.folder.relative_to(results) / "provenance.json").read_text()
        )
        assert {**run.provenance, "files": 0, "taken": 0} == {**before, "files": 0, "taken": 0}


def test_tables_are_equal_to_the_digits_printed(taken, smoke):
    for path in write_tables(load_config("smoke")):
        ours, theirs = path.read_text(), (smoke / "smoke" / "tables" / path.name).read_text()
        if path.stem in ("table3", "table4"):
            assert ours == theirs
            continue
        ours, theirs = (pd.read_csv(file) for file in (path, smoke / "smoke/tables" / path.name))
        close = ours.columns.intersection(["auc", "ap"])
        tuned = ["tau"] if path.stem == "table3_scores" else []
        pd.testing.assert_frame_equal(
            ours.drop(columns=[*close, *tuned]), theirs.drop(columns=[*close, *tuned])
        )
        for name in [*close, *tuned]:
            np.testing.assert_allclose(ours[name], theirs[name], atol=1e-3, err_msg=name)


@pytest.mark.parametrize("row", ["pp_nose", "pp_mouth_ind", "dsin_10", "t4_dsin_10"])
def test_no_decision_changes_and_no_ranking_by_a_thousandth(taken, smoke, row):
    run = Run(load_config("smoke"), ROWS[row], 1, 0)
    after = run.predictions
    before = pd.read_parquet(smoke / run.folder.relative_to(taken[1]) / "predictions.parquet")
    assert list(after) == list(before) and (after.dtypes == before.dtypes).all()
    for au in run.aus:
        assert ((after[au] >= 0.5) == (before[au] >= 0.5)).all()
        pd.testing.assert_series_equal(after[f"{au}{LABEL}"], before[f"{au}{LABEL}"])
        for part in ("valid", "test"):
            was, now = (of[of["split"] == part] for of in (before, after))
            if was[f"{au}{LABEL}"].nunique() == 2:
                auc = [roc_auc_score(of[f"{au}{LABEL}"], of[au]) for of in (was, now)]
                assert auc[1] == pytest.approx(auc[0], abs=1e-3)


@pytest.mark.parametrize("row", WITH_WEIGHTS)
def test_weights_come_back_in_single_precision(taken, smoke, row):
    from safetensors.numpy import load_file

    run = Run(load_config("smoke"), ROWS[row], 1, 0)
    before = load_file(smoke / run.folder.relative_to(taken[1]) / WEIGHTS)
    arrays, tensors = run.files.arrays(), run.files.weights()
    assert (run.folder / WEIGHTS).stat().st_size < 0.52 * sum(of.nbytes for of in before.values())
    assert arrays.keys() == tensors.keys() == before.keys()
    whole_numbers = [name for name, of in before.items() if of.dtype != np.float32]
    assert whole_numbers, "as batch normalisation counts"
    for name, of in before.items():
        assert arrays[name].dtype == tensors[name].numpy().dtype == of.dtype
        assert np.array_equal(arrays[name], tensors[name].numpy())
        np.testing.assert_allclose(arrays[name], of, rtol=1e-3, atol=1e-7)
        assert name not in whole_numbers or np.array_equal(arrays[name], of)


def test_a_run_without_weights_says_so_and_names_its_folder(taken):
    run = Run(load_config("smoke"), ROWS["pp_nose"], 1, 0)
    for weights in (run.files.arrays, run.files.weights):
        with pytest.raises(ValueError, match=rf"{run.folder}: .*taken from an archive without"):
            weights()


def files(folder):
    """Every file of a folder with its time."""
    return {path: path.stat().st_mtime_ns for path in (folder / "runs").rglob("*")}


def test_taken_twice_nothing_changes(taken):
    archives, results, said = taken
    before = files(results)
    again = take(archives)
    assert again.new == () and again.there == len(said.new) and again.said == ()
    assert files(results) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from dsin_lib.travel.take import take

left = int(sys.argv[1])


def until_killed(event, arguments):
    global left
    if event in ("os.rename", "open") and ".writing-" in str(arguments[0]):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


sys.addaudithook(until_killed)
take(map(Path, sys.argv[2:]))
"""


@pytest.mark.parametrize("moment", [3, 12, 40])
def test_killed_while_taking_every_run_is_whole_or_absent(whole, results, moment):
    archives, _, said = whole
    command = [sys.executable, "-c", KILLED, str(moment), *map(str, archives)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    there = [path for path in results.glob("runs/*/[!.]*") if path.is_dir()]
    assert (moment > 12) <= len(there) < len(said.new)
    for run in trainings(load_config("smoke")):
        if run.folder.exists():
            assert run.is_there() and is_pinned(run.folder) and len(run.predictions)
    again = take(archives)
    assert again.there == len(there) and len(again.new) + len(there) == len(said.new)
    assert all(run.is_there() for run in trainings(load_config("smoke")))
    assert results_root() == results
