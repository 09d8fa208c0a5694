"""Intervals come from subjects, differences are paired, and verdicts follow from intervals."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dsin_lib.config import changed
from dsin_lib.evaluation.bootstrap import interval
from dsin_lib.experiments import ROWS
from dsin_lib.paper.claims import claims
from dsin_lib.reporting import seeds, tables, uncertainty
from dsin_lib.reporting.uncertainty import Measured
from dsin_lib.reporting.verdicts import NOT_RUN, verdict
from dsin_lib.studies import Trial
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


def test_rows_of_some_units_are_compared_on_those(tiny):
    table, drawn = tables.table_3(tiny, IND), uncertainty.resamplings(tiny, IND)
    assert np.isnan(drawn[:, 1, 5:]).all() and not np.isnan(drawn[:, 1, :5]).any()
    assert uncertainty.averages(drawn, IND).loc["PP(right eye)<sup>ind</sup>"].isna().all()
    both, alone = (table.loc[ROWS[row].shown].iloc[:5].mean() for row in IND)
    ours, claim = uncertainty.measured(tiny, IND, table, drawn), claims()["joint-targets-eye"]
    assert ours.margin(claim)["margin"] == pytest.approx(both - alone)
    on_all = replace(claim, aus=None)
    assert ours.margin(on_all)["margin"] == pytest.approx(both - alone)


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


def test_differences_are_those_that_the_paper_concludes_from(tiny, drawn):
    table = tables.table_3(tiny, SOME)
    found = uncertainty.differences(tiny, table, drawn, SOME)
    upper, lower = found.index
    assert upper == "PP(right eye) over PP(mouth), upper face"
    assert lower == "PP(mouth) over PP(right eye), lower face"
    expected = interval(drawn[:, 1, :5].mean(1) - drawn[:, 0, :5].mean(1))
    np.testing.assert_allclose(found.loc[upper, ["low", "high"]].to_numpy(float), expected)
    mouth, eye = (table.loc[ROWS[row].shown].iloc[:5].mean() for row in SOME)
    assert found.loc[upper, "here"] == pytest.approx(eye - mouth)
    assert found.loc[upper, "paper"] == pytest.approx(15.28)  # not less the five points of `by`


@pytest.mark.parametrize(
    ("shift", "words"),
    [(50, "above zero"), (-50, "below zero"), (0, "spans zero: undecided")],
)
def test_a_difference_says_in_words_whether_it_spans_zero(tiny, shift, words):
    rng = np.random.default_rng(0)
    drawn = 50 + rng.standard_normal((300, 2, 12))
    drawn[:, 1] += shift
    table = pd.DataFrame(50.0, [ROWS[row].shown for row in SOME], tiny.corpus.aus)
    found = uncertainty.differences(tiny, table, drawn, SOME)
    assert found.loc["PP(right eye) over PP(mouth), upper face", "interval"] == words
    assert words in tables.plain(found).data


def test_the_ledger_holds_our_rows_against_every_claim_about_the_corpus(tiny, drawn):
    table = tables.table_3(tiny, SOME)
    ours = uncertainty.measured(tiny, SOME, table, drawn)
    lines = [uncertainty.claim_line(claim, "table3", ours) for claim in claims().values()
             if "table3" in claim.tables]  # fmt: skip
    found = pd.DataFrame(lines)
    run_here = found[found["verdict"] != NOT_RUN].set_index("id")
    assert {"locality-upper", "locality-lower"} == set(run_here.index)
    eye, mouth = (table.loc[ROWS[row].shown].iloc[:5].mean() for row in SOME[::-1])
    line = run_here.loc["locality-upper"]
    assert line["margin"] == pytest.approx(eye - mouth - 5)
    assert line["verdict"] == verdict(line["low"], line["high"])
    assert line["paper"] == pytest.approx(10.28) and line["arithmetic"] == "holds"
    shown = tables.plain(uncertainty.shown(found)).data
    assert "10.28" in shown and "by more than five points" in shown


def test_thresholds_of_table_6_are_held_against_our_rows_of_table_4():
    scores = np.array([[50.0] * 8, [54.0] * 8])
    drawn = scores + np.random.default_rng(0).normal(0, 0.1, (100, 2, 8))
    aus = ["AU01", "AU02", "AU04", "AU06", "AU09", "AU12", "AU25", "AU26"]
    ours = Measured("disfa", ["DSIN_10", "DSIN_10^tt"], aus, scores, drawn)
    line = uncertainty.claim_line(claims()["thresholds-disfa"], "table6", ours)
    assert line["margin"] == pytest.approx(54 - 50 - 3.05)
    assert line["verdict"] == "supported" and line["table"] == "6"
    assert line["paper"] == pytest.approx(0.075)
    none = uncertainty.claim_line(claims()["thresholds-disfa"], "table6", None)
    assert none["verdict"] == NOT_RUN and none["paper"] == line["paper"]


def test_the_spread_over_seeds_is_of_averages(tiny):
    two = changed(tiny, {"evaluation.seeds": [0, 1]})
    alone = [
        tables.table_3(changed(tiny, {"evaluation.seeds": [seed]}), ["pp_mouth"]) for seed in (0, 1)
    ]
    averages = [table.loc["PP(mouth)", "average"] for table in alone]
    assert averages[0] != averages[1]
    found = seeds.spread_over_seeds(two, ["pp_mouth", "pp_mouth_ind"])
    assert found["PP(mouth)"] == pytest.approx(np.std(averages, ddof=1))
    assert np.isnan(found["PP(mouth)<sup>ind</sup>"])
    assert f"{found['PP(mouth)']:.1f} points" in seeds.seeds_in_words(two, ["pp_mouth"]).data
    assert "from one seed (0)" in seeds.seeds_in_words(tiny, ["pp_mouth"]).data
