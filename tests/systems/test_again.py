"""One run of each row is fitted anew and compared; what is there stays as it is."""

import pandas as pd
import pytest
from made import made
from typer.testing import CliRunner

from dsin_lib import __main__ as command_line
from dsin_lib.runs import run as run_module
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run, runs_of
from dsin_lib.runs.sweeps import chi_penalty
from dsin_lib.systems.again import fitted_again, one_of_each


def test_one_run_of_each_row_is_asked_the_first_of_it(tiny):
    plain = runs_of(tiny, ["pp_nose", "omega"])
    runs = [*plain, *runs_of(tiny, ["omega"], chi_penalty(0.1))]
    assert one_of_each(runs) == plain and one_of_each(runs, ["omega"]) == plain[1:]
    with pytest.raises(ValueError, match=r"--row: expected one of \['omega', 'pp_nose'\], got 'x'"):
        one_of_each(runs, ["x"])


def test_the_same_code_gives_the_same_and_a_changed_number_is_said(copied):
    tiny = copied("omega")
    runs = [Run(tiny, ROWS[row], 1, 0) for row in ("pp_nose", "omega")]
    before = {path: path.stat().st_mtime_ns for run in runs for path in run.folder.rglob("*")}
    assert [same for same, _ in fitted_again(runs)] == [True, True]
    path = runs[0].folder / "predictions.parquet"
    changed = pd.read_parquet(path)
    changed.loc[0, "AU01"] += 0.25
    changed.to_parquet(path)
    (runs[0].folder / "provenance.json").touch()
    (same, said), (other, _) = fitted_again(runs)
    assert not same and other
    assert said.startswith("pp_nose, fold 1, seed 0: apart by up to 0.25; made by today's code, ")
    after = {path: path.stat().st_mtime_ns for run in runs for path in run.folder.rglob("*")}
    assert after.keys() == before.keys()
    assert not list(runs[0].folder.parent.glob(".writing-*")), "nothing is left behind"


def test_a_run_that_is_not_there_is_named_and_the_others_are_asked(copied):
    tiny = copied("pp_nose")
    missing, there = (Run(tiny, ROWS[row], 1, 0) for row in ("pp_mouth", "pp_nose"))
    (nothing, said), (same, _) = fitted_again([missing, there])
    assert nothing is None and same is True
    assert said.startswith("pp_mouth, fold 1, seed 0: not there") and missing.command in said


def test_after_an_edit_of_code_it_is_compared_with_what_the_code_before_made(copied, monkeypatch):
    tiny = copied("pp_nose")
    before = Run(tiny, ROWS["pp_nose"], 1, 0)
    assert before.code
    monkeypatch.setattr(run_module, "computing_code", lambda system: "0badc0de")
    ((same, said),) = fitted_again([Run(tiny, ROWS["pp_nose"], 1, 0)])
    assert same and f"equal; made by code {before.code}" in said


def test_the_command_says_by_its_exit_status_whether_all_are_equal(copied, monkeypatch):
    tiny = copied("pp_nose")
    monkeypatch.setattr(command_line, "load_config", lambda name: tiny)
    asked = ["again", "--row", "pp_nose"]
    done = CliRunner().invoke(command_line.app, asked)
    assert done.exit_code == 0 and "pp_nose, fold 1, seed 0: equal" in done.stdout
    folder = made(tiny, "pp_nose").folder
    path = folder / "predictions.parquet"
    pd.read_parquet(path).iloc[::-1].to_parquet(path)
    (folder / "provenance.json").touch()
    assert CliRunner().invoke(command_line.app, asked).exit_code == 1
