"""Pinned runs: found and read for what they are, whatever becomes of the code."""

import pytest
from made import made

from dsin_lib.reporting.page.provenance import provenance_line
from dsin_lib.runs import run as run_module
from dsin_lib.runs.pins import pin, unpin
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run
from dsin_lib.systems.ensure import ensure


@pytest.fixture
def of_other_code(monkeypatch):
    """From now on, the code is another."""
    return lambda: monkeypatch.setattr(run_module, "computing_code", lambda system: "0badc0de")


def test_other_code_makes_another_run(copied, of_other_code):
    tiny = copied("pp_nose")
    before = Run(tiny, ROWS["pp_nose"], 1, 0)
    assert before.is_there()
    of_other_code()
    after = Run(tiny, ROWS["pp_nose"], 1, 0)
    assert not after.is_there()
    assert after.folder.name.endswith("-0badc0de") and after.spec == before.spec


def test_a_pinned_run_is_never_fitted_again_and_says_what_made_it(copied, of_other_code):
    tiny = copied("pp_nose")
    before = Run(tiny, ROWS["pp_nose"], 1, 0)
    pin(before.folder, "published")
    stamp = (before.folder / "provenance.json").stat().st_mtime_ns
    of_other_code()
    (after,) = ensure([Run(tiny, ROWS["pp_nose"], 1, 0)])
    assert after.folder == before.folder and after.code == before.code != after.code_today
    assert (after.folder / "provenance.json").stat().st_mtime_ns == stamp
    line = provenance_line([after]).data
    assert f"made by code {before.code} at commit {after.provenance['code']}" in line
    unpin(before.folder)
    assert not Run(tiny, ROWS["pp_nose"], 1, 0).is_there()


def test_what_starts_from_a_pinned_run_has_its_code_in_its_name(copied, of_other_code):
    tiny = copied("pp_f")
    start = Run(tiny, ROWS["pp_f"], 1, 0)
    alone = Run(tiny, ROWS["omega"], 1, 0).folder
    pin(start.folder, "published")
    assert Run(tiny, ROWS["omega"], 1, 0).folder == alone, "the same code, pinned or not"
    of_other_code()
    mixed = Run(tiny, ROWS["omega"], 1, 0)
    assert mixed.starts[0].folder == start.folder
    assert mixed.code not in (start.code, "0badc0de")


def test_of_several_pinned_runs_the_one_pinned_last_is_read(copied, of_other_code):
    tiny = copied("pp_nose")
    old = Run(tiny, ROWS["pp_nose"], 1, 0)
    of_other_code()
    new = made(tiny, "pp_nose")
    pin(new.folder, "brought")
    pin(old.folder, "published")
    assert Run(tiny, ROWS["pp_nose"], 1, 0).folder == old.folder


def test_a_pinned_run_that_lost_a_file_is_not_replaced(copied):
    tiny = copied("pp_nose")
    run = Run(tiny, ROWS["pp_nose"], 1, 0)
    pin(run.folder, "published")
    (run.folder / "predictions.parquet").unlink()
    with pytest.raises(ValueError, match=f"{run.folder}: expected all files of a pinned run"):
        ensure([Run(tiny, ROWS["pp_nose"], 1, 0)])
    assert (run.folder / "history.csv").is_file()
