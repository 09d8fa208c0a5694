"""What trainings cost: each counted once, sharing told apart from what it saves."""

import pytest

from dsin_lib.config import load_config
from dsin_lib.runs.rows import ROWS
from dsin_lib.reporting import cost


@pytest.fixture
def measured(results, monkeypatch):
    """A profile whose every training is there and took ten seconds."""
    ten = {"epochs": 2, "seconds": 10.0, "cpu_seconds": 8.0}
    monkeypatch.setattr(cost, "_measured", lambda folder: ten)
    return load_config("smoke")


def test_a_start_is_part_of_the_chain_and_comes_first(measured):
    chain = cost.chain(measured, ROWS["dsin_10"], 1, 0)
    rows = [row.id for row in chain.values()]
    assert rows[-2:] == ["pp_f", "dsin_10"] and len(rows) == 8
    assert set(rows[:6]) == set(ROWS["pp_f"].starts_from)
    second = cost.chain(measured.on_second_corpus(), ROWS["t4_pp_face"], 1, 0)
    assert [row.id for row in second.values()] == ["pp_face", "t4_pp_face"]


def test_each_training_is_counted_once(measured):
    found = cost.trainings(measured)
    table_3 = found[found["part"] == "Table 3"]
    assert len(table_3) == 15 and table_3["row"].is_unique
    assert set(found[found["part"] == "Table 4"]["row"]) == {
        f"t4_{row}" for row in (*ROWS["pp_f"].starts_from, "pp_f", "dsin_10")
    }
    habit = found[found["part"] == "study habit"]
    assert len(habit) == 8, "six patch networks, fusion and inference, stopped on the test fold"


def test_the_bill_of_table_3_names_each_row_once(measured, monkeypatch):
    bill = cost.of_table_3(measured)
    assert len(bill) == 15 and bill.index.is_unique and "PP+F" in bill.index
    assert set(bill["trainings"]) == {1} and set(bill["processor s each"]) == {8.0}
    old = {"epochs": 2, "seconds": 10.0, "cpu_seconds": float("nan")}
    monkeypatch.setattr(cost, "_measured", lambda folder: old)
    assert cost.of_table_3(measured)["processor s each"].isna().all(), "no sum of a part"


def test_what_sharing_saves(measured):
    found = cost.shares(measured).loc["Table 3"]
    assert found["trainings"] == 15
    alone = 10 + 7 + 4 * 8  # networks of one step, PP+F, and four DSIN rows with their starts
    assert found["trainings alone"] == alone
    assert found["seconds alone"] == 10 * alone


def test_a_part_that_does_not_exist_is_refused(measured):
    with pytest.raises(ValueError, match=r"parts: expected some of \['Table 3'.*'Tabel 3'"):
        cost.by_row(measured, "Tabel 3")


def test_a_training_that_is_missing_is_named(results):
    with pytest.raises(FileNotFoundError, match=r"vgg_face/fold1_seed0_.*complete run"):
        cost.trainings(load_config("smoke"))
