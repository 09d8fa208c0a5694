"""What trainings cost: each counted once, sharing told apart from what it saves."""

import pytest

from dsin_lib.config import load_config
from dsin_lib.reporting import cost
from dsin_lib.runs import chapters
from dsin_lib.runs.rows import ROWS, TRAINED
from dsin_lib.runs.run import MissingRunError, Run, by_row, distinct, runs_of


@pytest.fixture
def measured(results, monkeypatch):
    """A profile whose every training is there and took ten seconds."""
    ten = {"epochs": 2, "seconds": 10.0, "cpu_seconds": 8.0}
    monkeypatch.setattr(cost, "_measured", lambda run: ten)
    return load_config("smoke")


def test_a_start_is_part_of_the_chain_and_comes_first(measured):
    rows = [one.row.id for one in distinct([Run(measured, ROWS["dsin_10"], 1, 0)])]
    assert rows[-2:] == ["pp_f", "dsin_10"] and len(rows) == 8
    assert set(rows[:6]) == set(ROWS["pp_f"].starts_from)
    second = distinct([Run(measured, ROWS["t4_pp_face"], 1, 0)])
    assert [one.row.id for one in second] == ["pp_face", "t4_pp_face"]


def test_each_training_is_counted_once(measured):
    found = cost.trainings(chapters.book(measured))
    table_3 = found[found["part"] == "Table 3"]
    assert len(table_3) == 15 and table_3["row"].is_unique
    assert set(found[found["part"] == "Table 4"]["row"]) == {
        f"t4_{row}" for row in (*ROWS["pp_f"].starts_from, "pp_f", "dsin_10")
    }
    selected = found[found["part"] == "sweep test_fold"]
    assert len(selected) == 8, "six patch networks, fusion and inference, stopped on the test fold"


def test_the_bill_of_table_3_names_each_row_once(measured, monkeypatch):
    runs = runs_of(measured, TRAINED)
    bill = cost.each_row(runs)
    assert len(bill) == 15 and bill.index.is_unique and "PP+F" in bill.index
    assert set(bill["trainings"]) == {1} and set(bill["processor s each"]) == {8.0}
    old = {"epochs": 2, "seconds": 10.0, "cpu_seconds": float("nan")}
    monkeypatch.setattr(cost, "_measured", lambda run: old)
    assert cost.each_row(runs)["processor s each"].isna().all(), "no sum of a part"


def test_what_sharing_saves(measured):
    found = cost.sharing(by_row(measured, TRAINED))
    assert found["trainings"] == 15
    alone = 10 + 7 + 4 * 8  # networks of one step, PP+F, and four DSIN rows with their starts
    assert found["trainings alone"] == alone
    assert found["seconds"] == 10 * 15 and found["seconds alone"] == 10 * alone


def test_a_training_that_is_missing_is_named(results):
    with pytest.raises(MissingRunError, match=r"vgg_face/fold1_seed0_.*expected the run of vgg"):
        cost.trainings(chapters.book(load_config("smoke")))
