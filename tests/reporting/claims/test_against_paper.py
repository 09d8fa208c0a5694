"""Differences of the paper are those of our rows, with the interval that their verdicts follow."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from told import rows_made, told

from dsin_lib.config import load_config
from dsin_lib.paper.claims import claims
from dsin_lib.reporting import tables
from dsin_lib.reporting.claims import against_paper
from dsin_lib.reporting.claims.against_paper import Held
from dsin_lib.reporting.page.tables import plain
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run, by_row
from dsin_lib.scores.bootstrap import interval
from dsin_lib.scores.verdicts import NOT_RUN, verdict

SOME = ("pp_mouth", "pp_right_eye")
IND = ("pp_right_eye", "pp_right_eye_ind")


@pytest.fixture
def found(tiny):
    return rows_made(tiny, SOME)


@pytest.fixture
def ours(tiny, found):
    return against_paper.held(found, tiny.vgg)


def test_rows_of_some_units_are_compared_on_those(tiny):
    found = rows_made(tiny, IND)
    table, ours = tables.table(found), against_paper.held(found, tiny.vgg)
    assert np.isnan(ours.resampled[:, 1, 5:]).all() and not np.isnan(ours.resampled[:, 1, :5]).any()
    assert tables.averages(found).loc["PP(right eye)<sup>ind</sup>"].isna().all()
    both, alone = (table.loc[ROWS[row].shown].iloc[:5].mean() for row in IND)
    claim = claims()["joint-targets-eye"]
    assert ours.margin(claim)["margin"] == pytest.approx(both - alone)
    on_all = replace(claim, aus=None)
    assert ours.margin(on_all)["margin"] == pytest.approx(both - alone)


def test_what_is_held_has_the_paper_s_names_and_no_baselines(found, ours):
    assert ours.about == "table_3" and ours.rows == ["PP(mouth)", "PP(right eye)"]
    np.testing.assert_array_equal(ours.scores, tables.table(found).iloc[2:, :-1])
    np.testing.assert_array_equal(ours.resampled, found.resampled[:, 2:])


def test_from_random_weights_vgg_is_not_the_network_of_the_sentence(results, tmp_path):
    small = load_config("smoke")
    for row in ("vgg_face", "pp_face"):
        told(Run(small, ROWS[row], 1, 0))
    found = tables.rows_measured(by_row(small, ("vgg_face", "pp_face")))
    tuned = load_config("paper", {"vgg.weights": str(tmp_path / "vgg_face.safetensors")})
    for vgg, known in ((small.vgg, False), (tuned.vgg, True)):
        line = against_paper.claim_line(
            claims()["topology"], "table3", against_paper.held(found, vgg)
        )
        assert (line["verdict"] != NOT_RUN) == known


def test_differences_are_those_that_the_paper_concludes_from(tiny, found, ours):
    table, drawn = tables.table(found), ours.resampled
    shown = against_paper.differences(ours)
    upper, lower = shown.index
    assert upper == "PP(right eye) over PP(mouth), upper face"
    assert lower == "PP(mouth) over PP(right eye), lower face"
    expected = interval(drawn[:, 1, :5].mean(1) - drawn[:, 0, :5].mean(1))
    np.testing.assert_allclose(shown.loc[upper, ["low", "high"]].to_numpy(float), expected)
    mouth, eye = (table.loc[ROWS[row].shown].iloc[:5].mean() for row in SOME)
    assert shown.loc[upper, "here"] == pytest.approx(eye - mouth)
    assert shown.loc[upper, "paper"] == pytest.approx(15.28)  # not less the five points of `by`


@pytest.mark.parametrize(
    ("shift", "words"),
    [(50, "above zero"), (-50, "below zero"), (0, "spans zero: undecided")],
)
def test_a_difference_says_in_words_whether_it_spans_zero(tiny, shift, words):
    rng = np.random.default_rng(0)
    drawn = 50 + rng.standard_normal((300, 2, 12))
    drawn[:, 1] += shift
    labels, aus = [ROWS[row].label for row in SOME], tiny.corpora.table_3.aus
    found = against_paper.differences(Held("table_3", labels, aus, np.full((2, 12), 50.0), drawn))
    assert found.loc["PP(right eye) over PP(mouth), upper face", "interval"] == words
    assert words in plain(found).data


def test_the_ledger_holds_our_rows_against_every_claim_about_the_corpus(found, ours):
    table = tables.table(found)
    lines = [against_paper.claim_line(claim, "table3", ours) for claim in claims().values()
             if "table3" in claim.tables]  # fmt: skip
    every = pd.DataFrame(lines)
    run_here = every[every["verdict"] != NOT_RUN].set_index("id")
    assert {"locality-upper", "locality-lower"} == set(run_here.index)
    eye, mouth = (table.loc[ROWS[row].shown].iloc[:5].mean() for row in SOME[::-1])
    line = run_here.loc["locality-upper"]
    assert line["margin"] == pytest.approx(eye - mouth - 5)
    assert line["verdict"] == verdict(line["low"], line["high"])
    assert line["paper"] == pytest.approx(10.28) and line["arithmetic"] == "holds"
    shown = plain(against_paper.in_book(every)).data
    assert "10.28" in shown and "by more than five points" in shown


def test_thresholds_of_table_6_are_held_against_our_rows_of_table_4():
    scores = np.array([[50.0] * 8, [54.0] * 8])
    drawn = scores + np.random.default_rng(0).normal(0, 0.1, (100, 2, 8))
    aus = ["AU01", "AU02", "AU04", "AU06", "AU09", "AU12", "AU25", "AU26"]
    ours = Held("table_4", ["DSIN_10", "DSIN_10^tt"], aus, scores, drawn)
    line = against_paper.claim_line(claims()["thresholds-disfa"], "table6", ours)
    assert line["margin"] == pytest.approx(54 - 50 - 3.05)
    assert line["verdict"] == "supported" and line["table"] == "6"
    assert line["paper"] == pytest.approx(0.075)
    none = against_paper.claim_line(claims()["thresholds-disfa"], "table6", None)
    assert none["verdict"] == NOT_RUN and none["paper"] == line["paper"]
