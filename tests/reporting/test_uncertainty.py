"""Intervals come from subjects, differences are paired, and verdicts follow from intervals."""

import numpy as np
import pytest

from dsin_lib.evaluation.bootstrap import interval
from dsin_lib.experiments import ROWS
from dsin_lib.reporting import tables, uncertainty
from dsin_lib.training.runs import run

SOME = ("pp_mouth", "pp_right_eye")


@pytest.fixture
def drawn(tiny):
    return uncertainty.resamplings(tiny, SOME)


def test_every_row_sees_the_same_draws(tiny, drawn):
    twice = uncertainty.resamplings(tiny, ("pp_mouth", "pp_mouth"))
    np.testing.assert_array_equal(twice[:, 0], twice[:, 1])
    np.testing.assert_array_equal(drawn[:, 0], twice[:, 0])


def test_the_measured_average_lies_in_its_interval(tiny, drawn):
    table = tables.table_3(tiny, SOME)
    ends = uncertainty.averages(drawn, SOME)
    for row in SOME:
        low, high = ends.loc[ROWS[row].shown]
        assert low <= table.loc[ROWS[row].shown, "average"] <= high


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
    ],
)
def test_a_verdict_is_the_sign_of_a_whole_interval(ends, said):
    assert uncertainty.verdict(*map(float, ends)) == said


def test_differences_are_of_averages(tiny, drawn):
    rows = ("pp_mouth", "pp_face")
    both = uncertainty.resamplings(tiny, rows)
    found = uncertainty.differences(both, rows)
    expected = interval(both[:, 1].mean(1) - both[:, 0].mean(1))
    (words,) = found.index
    assert words == "the face beats the mouth on average"
    np.testing.assert_allclose(found.loc[words, ["low", "high"]].to_numpy(float), expected)


def test_the_ledger_holds_our_rows_against_every_claim(tiny, drawn):
    table = tables.table_3(tiny, SOME)
    found = uncertainty.ledger(tiny, table, drawn, SOME).set_index("claim")
    run_here = found[found["verdict"] != uncertainty.NOT_RUN]
    assert {"locality-upper", "locality-lower"} == set(run_here["id"])
    upper = ["AU01", "AU02", "AU04", "AU06", "AU07"]
    eye, mouth = (table.loc[ROWS[row].shown, upper].mean() for row in SOME[::-1])
    line = run_here.set_index("id").loc["locality-upper"]
    assert line["margin"] == pytest.approx(eye - mouth - 5)
    assert line["verdict"] == uncertainty.verdict(line["low"], line["high"])
    counts = uncertainty.summary(found.reset_index())
    assert sum(counts.values()) == len(found)
    assert "Of 2 claims" in uncertainty.in_words(tiny, found.reset_index()).data
