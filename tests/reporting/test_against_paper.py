"""Differences of the paper are those of our rows, with the interval that their verdicts follow."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dsin_lib.scores.bootstrap import interval
from dsin_lib.runs.rows import ROWS
from dsin_lib.paper.claims import claims
from dsin_lib.reporting import against_paper, tables, uncertainty
from dsin_lib.reporting.against_paper import Measured
from dsin_lib.reporting.verdicts import NOT_RUN, verdict

SOME = ("pp_mouth", "pp_right_eye")
IND = ("pp_right_eye", "pp_right_eye_ind")


@pytest.fixture
def drawn(tiny):
    return uncertainty.resamplings(tiny, SOME)


def test_rows_of_some_units_are_compared_on_those(tiny):
    table, drawn = tables.table_3(tiny, IND), uncertainty.resamplings(tiny, IND)
    assert np.isnan(drawn[:, 1, 5:]).all() and not np.isnan(drawn[:, 1, :5]).any()
    assert uncertainty.averages(drawn, IND).loc["PP(right eye)<sup>ind</sup>"].isna().all()
    both, alone = (table.loc[ROWS[row].shown].iloc[:5].mean() for row in IND)
    ours, claim = against_paper.measured(tiny, IND, table, drawn), claims()["joint-targets-eye"]
    assert ours.margin(claim)["margin"] == pytest.approx(both - alone)
    on_all = replace(claim, aus=None)
    assert ours.margin(on_all)["margin"] == pytest.approx(both - alone)


def test_differences_are_those_that_the_paper_concludes_from(tiny, drawn):
    table = tables.table_3(tiny, SOME)
    found = against_paper.differences(tiny, table, drawn, SOME)
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
    found = against_paper.differences(tiny, table, drawn, SOME)
    assert found.loc["PP(right eye) over PP(mouth), upper face", "interval"] == words
    assert words in tables.plain(found).data


def test_the_ledger_holds_our_rows_against_every_claim_about_the_corpus(tiny, drawn):
    table = tables.table_3(tiny, SOME)
    ours = against_paper.measured(tiny, SOME, table, drawn)
    lines = [against_paper.claim_line(claim, "table3", ours) for claim in claims().values()
             if "table3" in claim.tables]  # fmt: skip
    found = pd.DataFrame(lines)
    run_here = found[found["verdict"] != NOT_RUN].set_index("id")
    assert {"locality-upper", "locality-lower"} == set(run_here.index)
    eye, mouth = (table.loc[ROWS[row].shown].iloc[:5].mean() for row in SOME[::-1])
    line = run_here.loc["locality-upper"]
    assert line["margin"] == pytest.approx(eye - mouth - 5)
    assert line["verdict"] == verdict(line["low"], line["high"])
    assert line["paper"] == pytest.approx(10.28) and line["arithmetic"] == "holds"
    shown = tables.plain(against_paper.shown(found)).data
    assert "10.28" in shown and "by more than five points" in shown


def test_thresholds_of_table_6_are_held_against_our_rows_of_table_4():
    scores = np.array([[50.0] * 8, [54.0] * 8])
    drawn = scores + np.random.default_rng(0).normal(0, 0.1, (100, 2, 8))
    aus = ["AU01", "AU02", "AU04", "AU06", "AU09", "AU12", "AU25", "AU26"]
    ours = Measured("disfa", ["DSIN_10", "DSIN_10^tt"], aus, scores, drawn)
    line = against_paper.claim_line(claims()["thresholds-disfa"], "table6", ours)
    assert line["margin"] == pytest.approx(54 - 50 - 3.05)
    assert line["verdict"] == "supported" and line["table"] == "6"
    assert line["paper"] == pytest.approx(0.075)
    none = against_paper.claim_line(claims()["thresholds-disfa"], "table6", None)
    assert none["verdict"] == NOT_RUN and none["paper"] == line["paper"]
