"""A profile trains what its chapters show, and a chapter that it leaves out costs it nothing."""

from pathlib import Path

import pytest

from dsin_lib.config import changed, load_config
from dsin_lib.runs.chapters import CHAPTERS, at, book, chapters, runs, sweeps, trainings
from dsin_lib.runs.run import distinct
from dsin_lib.runs.sweeps import SWEEPS

ROOT = Path(__file__).parents[2]
SMOKE = load_config("smoke")


def test_a_chapter_left_out_is_not_shown_nor_trained_what_it_alone_shows():
    own = changed(SMOKE, {"reporting.leave_out": ["protocols", "silences"]})
    assert set(CHAPTERS) - set(chapters(own)) == {"protocols", "silences"}
    dropped = set(sweeps(SMOKE)) - set(sweeps(own))
    assert dropped == {"test_fold", "patch_readings", "readings"}, "activity is shown elsewhere"
    assert not set(book(own)) & {f"sweep {name}" for name in dropped}
    assert {run.folder for run in trainings(own)} < {run.folder for run in trainings(SMOKE)}


def test_every_notebook_is_a_chapter_with_its_trainings():
    assert set(CHAPTERS) == {path.stem for path in (ROOT / "book").glob("*.ipynb")}
    assert set(SWEEPS) - set(sweeps(SMOKE)) == {"main_rows", "claimed_rows"}, "seeds of gpu"
    seeds = {"evaluation.main_seeds": [1], "evaluation.claim_seeds": [2]}
    assert set(sweeps(changed(SMOKE, seeds))) == set(SWEEPS)


def test_a_chapter_about_both_corpora_needs_both():
    alone = load_config("smoke", {"corpora.table_4": None})
    assert set(CHAPTERS) - set(chapters(alone)) == {"disfa_ablation"}
    assert not {run.row.corpus for run in trainings(alone)} - {"table_3"}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_what_a_chapter_shows_is_part_of_what_the_book_trains(chapter):
    every = {run.folder for run in trainings(SMOKE)}
    assert {run.folder for run in distinct(runs(chapter, SMOKE))} <= every


def test_one_fold_and_seed_more_are_shown_beside_those_of_the_profile():
    plain, more = runs("fusion", SMOKE), runs("fusion", SMOKE, 3, 7)
    near = at(SMOKE, CHAPTERS["fusion"].rows, 3, 7)
    assert {run.folder for run in more} == {run.folder for run in (*plain, *near)}
    assert {(run.fold, run.seed) for run in near} == {(3, 7)}
    assert [run.row.id for run in near] == list(CHAPTERS["fusion"].rows)


def test_the_book_s_trainings_come_once_and_after_what_they_start_from():
    found = trainings(SMOKE)
    folders = [run.folder for run in found]
    assert len(set(folders)) == len(folders)
    for k, run in enumerate(found):
        assert {one.folder for one in (*run.starts, *run.filters)} <= set(folders[:k])
