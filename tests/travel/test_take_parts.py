"""Weights in pieces, corpora that differ, runs that travel on: what is not as it was is said."""

import json
import shutil

import pytest

from dsin_lib.config import load_config
from dsin_lib.runs.chapters import trainings
from dsin_lib.runs.files import WEIGHTS
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run
from dsin_lib.travel.archive import name_of, read_archive
from dsin_lib.travel.pack import kept, pack
from dsin_lib.travel.take import take


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
