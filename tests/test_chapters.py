"""A profile trains what its chapters show, and a chapter that it leaves out costs it nothing."""

from pathlib import Path

from dags import dag, planned, variant

from dsin_lib.chapters import CHAPTERS, chapters, studies
from dsin_lib.config import load_config
from dsin_lib.reporting.cost import wanted
from dsin_lib.studies import STUDIES

ROOT = Path(__file__).parents[1]


def test_a_chapter_left_out_is_not_run_nor_what_it_alone_shows(smoke, tmp_path):
    path = variant(tmp_path, "reporting", leave_out=["protocols", "silences"])
    code, text = dag(smoke, "--dry", config=path)
    assert code == 0, text
    assert planned(text) == {"notebook": len(CHAPTERS) - 2, "book": 1, "site": 1}, (
        "and trains nothing anew"
    )
    left = chapters(load_config(path))
    assert set(CHAPTERS) - set(left) == {"protocols", "silences"}
    dropped = set(STUDIES) - set(studies(load_config(path)))
    assert dropped == {"habit", "patch_readings", "readings"}, "activity is shown elsewhere"
    assert not {part for part, *_ in wanted(load_config(path))} & {f"study {s}" for s in dropped}


def test_every_notebook_is_a_chapter_with_its_trainings():
    assert set(CHAPTERS) == {path.stem for path in (ROOT / "book").glob("*.ipynb")}
    assert set(studies(load_config("smoke"))) == set(STUDIES)
