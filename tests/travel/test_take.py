"""All runs of a book, packed and taken elsewhere, say the same; whatever is missing is said."""

import json
import shutil
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
from dsin_lib.travel.archive import name_of, read_archive
from dsin_lib.travel.pack import kept, pack
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


@pytest.fixture
def pieces(book, tmp_path):
    """Archives of one run with its weights, cut into pieces."""
    mouth = Run(book, ROWS["pp_mouth"], 1, 0)
    paths = pack([mouth, Run(book, ROWS["pp_nose"], 1, 0)], tmp_path / "cut", [mouth], 0.8)
    assert len(paths) > 4
    return paths


@pytest.fixture
def elsewhere(pieces, tmp_path, monkeypatch):
    """An empty folder of results, once the archives are made."""
    monkeypatch.setenv("DSIN_RESULTS", str(tmp_path / "elsewhere"))
    return tmp_path / "elsewhere"


def test_weights_in_pieces_come_together_in_any_order(pieces, elsewhere):
    found = take(pieces[::-1])
    assert len(found.new) == 2 and found.said == ()
    assert Run(load_config("smoke"), ROWS["pp_mouth"], 1, 0).files.arrays()


def test_weights_that_are_not_whole_are_left_out_and_said_and_may_come_later(pieces, elsewhere):
    run = Run(load_config("smoke"), ROWS["pp_mouth"], 1, 0)
    found = take([path for path in pieces if path != pieces[2]])
    assert found.said == (f"{name_of(run)}: left out: its weights are not whole in these archives",)
    assert run.is_there() and WEIGHTS in run.provenance["taken"]["left_out"]
    again = take([path for path in pieces if path != pieces[2]])
    assert again.new == () and again.there == 2 and again.said == ()
    predictions = (run.folder / "predictions.parquet").read_bytes()
    assert take(pieces).new == (run.folder,)
    assert (run.folder / "predictions.parquet").read_bytes() == predictions
    assert run.files.arrays() and run.provenance["taken"]["left_out"] == []


def test_pieces_of_two_cuts_are_told_apart(book, pieces, tmp_path, monkeypatch):
    mouth = Run(book, ROWS["pp_mouth"], 1, 0)
    coarser = pack([mouth], tmp_path / "coarser", [mouth], 1.7)
    monkeypatch.setenv("DSIN_RESULTS", str(tmp_path / "elsewhere"))
    assert take([*coarser[1:], *pieces]).said == ()
    assert (tmp_path / "elsewhere/runs" / name_of(mouth) / WEIGHTS).is_file()


@pytest.fixture
def other_pictures(smoke, elsewhere):
    """A machine whose corpus differs from the one that the runs saw."""
    name = Run(load_config("smoke"), ROWS["pp_mouth"], 1, 0).store.name
    record = json.loads((smoke / "stores" / name / "store.json").read_text())
    (elsewhere / "stores" / name).mkdir(parents=True)
    text = json.dumps({**record, "content": "f" * 16})
    (elsewhere / "stores" / name / "store.json").write_text(text)
    return record


def test_a_corpus_that_differs_here_is_said_and_recorded(pieces, other_pictures):
    found = take(pieces)
    run = Run(load_config("smoke"), ROWS["pp_mouth"], 1, 0)
    assert found.new and run.is_there()
    assert run.provenance["taken"]["other_pictures_here"] is True
    (said,) = found.said
    assert said.startswith(f"{run.store.name}: its pictures there ({other_pictures['content']})")
    assert f"not those here ({'f' * 16})" in said


def test_runs_that_were_taken_travel_on_as_what_they_are(
    pieces, other_pictures, tmp_path, monkeypatch
):
    """Kept by who took them: trained on those pictures, without the weights that did not come."""
    config = load_config("smoke")
    take([path for path in pieces if path != pieces[2]])
    (path,) = kept(trainings(config), tmp_path / "kept")
    assert list(read_archive(path).stores.values()) == [other_pictures]
    monkeypatch.setenv("DSIN_RESULTS", str(tmp_path / "third"))
    assert len(take([path]).new) == 2
    run = Run(load_config("smoke"), ROWS["pp_mouth"], 1, 0)
    of = run.provenance["taken"]
    assert of["store"] == other_pictures and of["other_pictures_here"] is False
    assert of["left_out"] == [WEIGHTS]
    with pytest.raises(ValueError, match="taken from an archive without its weights"):
        run.files.arrays()


def test_runs_of_one_store_from_two_machines_are_told_apart(
    smoke, pieces, other_pictures, tmp_path
):
    take(pieces)
    here = Run(load_config("smoke"), ROWS["pp_face"], 1, 0)
    shutil.copytree(smoke / "runs" / name_of(here), here.folder)
    config = load_config("smoke")
    archives = [read_archive(path) for path in kept(trainings(config), tmp_path / "kept")]
    contents = [(set(one.runs), next(iter(one.stores.values()))["content"]) for one in archives]
    ours = [content for runs, content in contents if name_of(here) in runs]
    theirs = [content for runs, content in contents if name_of(here) not in runs]
    assert ours == ["f" * 16] and set(theirs) == {other_pictures["content"]}


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


@pytest.mark.parametrize("moment", [3, 10, 12, 40])
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
