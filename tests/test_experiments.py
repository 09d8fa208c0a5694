"""Rows are data: labels of the paper, and specs that change exactly with what a run depends on."""

import pytest

from dsin_lib.config import load_config
from dsin_lib.runs.rows import ROWS, TABLE_3, TABLE_4, row_aus, row_config, row_named, run_spec
from dsin_lib.paper.published import published

CONFIG = load_config("smoke")


def changed_rows(overrides):
    """The trained rows whose numbers depend on a parameter."""
    other = load_config("smoke", overrides)
    return {
        row.id
        for row in TABLE_3
        if row.steps and run_spec(CONFIG, row, 1, 0) != run_spec(other, row, 1, 0)
    }


TRAINED = {row.id for row in TABLE_3 if row.steps}
WITH_OMEGA = {"dsin_2_ncf", "dsin_2", "dsin_5", "dsin_10"}


@pytest.mark.parametrize(
    ("overrides", "depend"),
    [
        ({"structure_inference.chi_penalty": 0.1}, WITH_OMEGA),
        ({"fusion.hidden": 32}, WITH_OMEGA | {"pp_f"}),
        ({"patch_prediction.max_epochs": 3}, TRAINED),
        ({"training.patience": 1}, TRAINED),
        ({"vgg.width": 16}, {"vgg_face"}),
        ({"training.stop_on": "test"}, TRAINED),
        ({"evaluation.thresholds_from": "test"}, set()),
        ({"second_corpus.seed": 1}, set()),
        ({"corpus.seed": 1}, TRAINED),
        ({"preprocessing.patch_crop": "fixed"}, TRAINED),
        ({"evaluation.tau": 0.4}, set()),
        ({"evaluation.folds": [1, 2]}, set()),
    ],
)
def test_a_change_reaches_exactly_what_depends_on_it(overrides, depend):
    assert changed_rows(overrides) == depend


def test_every_row_stands_in_the_paper():
    assert {row.label for row in TABLE_3} <= set(published("table3").index)


def test_every_start_comes_before_its_row():
    seen = set()
    for row in (*TABLE_3, *TABLE_4):
        assert {*row.starts_from, *row.filters_from} <= seen, row.id
        seen.add(row.id)


def test_a_row_changes_its_config():
    assert row_config(CONFIG, ROWS["dsin_2"]).structure_inference.n_iter == 2
    assert not row_config(CONFIG, ROWS["pp_face_ncb"]).patch_prediction.class_balancing
    assert row_config(CONFIG, ROWS["dsin_10_tt"]).structure_inference.n_iter == 10


def test_an_unknown_row_is_named():
    with pytest.raises(ValueError, match=r"row: expected one of .*pp_f.*got 'dsin_3'"):
        row_named("dsin_3")


def test_a_row_of_some_units_predicts_those_that_its_corpus_has():
    assert row_aus(CONFIG, ROWS["pp_right_eye_ind"]) == ["AU01", "AU02", "AU04", "AU06", "AU07"]
    disfa = CONFIG.on_second_corpus()
    assert row_aus(disfa, ROWS["pp_right_eye_ind"]) == ["AU01", "AU02", "AU04", "AU06"]
    assert row_aus(disfa, ROWS["pp_face"]) == disfa.corpus.aus


def test_every_row_of_table_4_but_our_own_stands_in_the_paper():
    assert [row.label for row in TABLE_4[:-1]] == list(published("table4").index)
    assert all(row.fixed_filters for row in TABLE_4 if row.steps)
