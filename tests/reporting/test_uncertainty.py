"""Intervals come from subjects, differences are paired, and verdicts follow from intervals."""

import numpy as np
import pytest

from dsin_lib.config import changed
from dsin_lib.scores.bootstrap import interval
from dsin_lib.runs.rows import ROWS
from dsin_lib.reporting import tables, uncertainty
from dsin_lib.reporting.verdicts import verdict
from dsin_lib.runs.sweeps import Trial
from dsin_lib.training.runs import run

SOME = ("pp_mouth", "pp_right_eye")
IND = ("pp_right_eye", "pp_right_eye_ind")


@pytest.fixture
def drawn(tiny):
    return uncertainty.resamplings(tiny, SOME)


def test_every_row_sees_the_same_draws(tiny, drawn):
    twice = uncertainty.resamplings(tiny, ("pp_mouth", "pp_mouth"))
    np.testing.assert_array_equal(twice[:, 0], twice[:, 1])
    np.testing.assert_array_equal(drawn[:, 0], twice[:, 0])


def test_a_trial_is_resampled_as_a_row_is(tiny, drawn):
    trials = [Trial("pp_mouth"), Trial("pp_mouth", {"training.patience": 1})]
    here, found = uncertainty.of_trials(tiny, trials)
    np.testing.assert_allclose(found[:, 0], drawn[:, 0].mean(-1))
    assert found.shape == (len(drawn), 2)
    assert here[0] == pytest.approx(tables.table_3(tiny, SOME).loc["PP(mouth)", "average"])


def test_folds_can_be_averaged_or_put_together(tiny, monkeypatch):
    two = changed(tiny, {"evaluation.folds": [1, 2]})
    here, both = ([2, 1, 1, 0], [0, 3, 0, 4])  # tp fp fn tn of either fold: F1 2/3 and 0
    of = {1: here, 2: both}
    monkeypatch.setattr(
        uncertainty, "_counts",
        lambda config, row, fold, seed: np.array(of[fold])[None, :, None].repeat(12, axis=2),
    )  # fmt: skip
    found = uncertainty.pooled(two, ["pp_mouth", "pp_mouth_ind"])
    assert list(found.index) == ["PP(mouth)"]
    np.testing.assert_allclose(found.loc["PP(mouth)"], [100 / 3, 400 / 9, 100 / 9])


def test_the_measured_average_lies_in_its_interval(tiny, drawn):
    table = tables.table_3(tiny, SOME)
    ends = uncertainty.averages(drawn, SOME)
    for row in SOME:
        low, high = ends.loc[ROWS[row].shown]
        assert low <= table.loc[ROWS[row].shown, "average"] <= high


def test_half_widths_are_of_the_cells(tiny, drawn):
    table = tables.table_3(tiny, SOME)
    found = uncertainty.half_widths(drawn, table, SOME)
    assert list(found.columns) == list(table.columns)
    assert found.loc["PP(mouth)", "AU12"] == pytest.approx(np.ptp(interval(drawn[:, 0, 6])) / 2)
    assert found.loc["PP(mouth)", "average"] < found.loc["PP(mouth)"].drop("average").max()


def test_draws_are_of_test_subjects(tiny):
    """With two test subjects there are three different draws, however many frames they have."""
    predictions = run(tiny, "pp_mouth").predictions
    assert predictions.query("split == 'test'")["subject"].nunique() == 2
    values = uncertainty.resamplings(tiny, ("pp_mouth",))
    assert len(np.unique(values.reshape(len(values), -1).round(9), axis=0)) == 3


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((0.1, 2), "supported"),
        ((-2, -0.1), "not supported"),
        ((-1, 1), "undecided"),
        ((0, 1), "undecided"),
        ((float("nan"), float("nan")), "undecided"),
    ],
)
def test_a_verdict_is_the_sign_of_a_whole_interval(ends, said):
    assert verdict(*map(float, ends)) == said
