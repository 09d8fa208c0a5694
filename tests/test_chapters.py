"""A profile trains what its chapters show, and a chapter that it leaves out costs it nothing."""

import subprocess
from pathlib import Path
from types import SimpleNamespace as Done

from dags import dag, planned, variant

from dsin_lib.runs.chapters import CHAPTERS, chapters, studies
from dsin_lib.config import load_config
from dsin_lib.dag import RUNS_PER_CARD, run_dag
from dsin_lib.reporting.cost import wanted
from dsin_lib.runs.sweeps import STUDIES

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


def test_trainings_claim_shares_of_a_card(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setenv("DSIN_RESULTS", str(tmp_path))
    monkeypatch.setattr(
        subprocess, "run", lambda command, **_: asked.append(command) or Done(returncode=0)
    )
    run_dag("smoke", "tables", cores=32)
    assert f"gpu={RUNS_PER_CARD}" in asked[-1]
    rules = (ROOT / "Snakefile").read_text().split("\nrule ")
    claims = {rule.split(":")[0] for rule in rules if "gpu=1" in rule}
    assert claims == {"run", "study"}
