"""The ledger: every claim can be computed, and the arithmetic is right on tables made by hand."""

from dataclasses import replace

import pandas as pd
import pytest

from dsin_lib.paper.claims import (
    MARGINS,
    ROUNDING,
    Claim,
    arithmetic,
    as_ours,
    claims,
    margin,
    measured_on,
    rows_of,
)
from dsin_lib.paper.published import joined
from dsin_lib.runs.rows import TABLE_3, TABLE_4

AUS = ["AU01", "AU02", "AU12"]
SCORES = pd.DataFrame([[50, 40, 60], [45, 42, 50], [30, 30, 58]], list("abc"), AUS, dtype=float)
LEAD = Claim(
    id="x", section="4", says="a leads", tables=("table3",), margin="lead", row="a", over=("b", "c")
)


@pytest.mark.parametrize("claim", claims().values(), ids=claims())
def test_a_claim_has_a_margin_on_each_of_its_tables(claim):
    for table in claim.tables:
        assert abs(margin(claim, joined(table))) < 100


def test_a_lead_is_over_the_best_of_the_others():
    assert margin(LEAD, SCORES) == pytest.approx(150 / 3 - 137 / 3)
    assert margin(replace(LEAD, by=5), SCORES) == pytest.approx(150 / 3 - 137 / 3 - 5)
    assert margin(replace(LEAD, aus=("AU02",)), SCORES) == -2


def test_a_contrast_is_gain_against_gain():
    contrast = replace(LEAD, margin="contrast", over=("b",), aus=("AU12",))
    assert margin(contrast, SCORES) == 10 - (5 - 2) / 2


@pytest.mark.parametrize(
    ("said", "sign"),
    [({"exactly": 2}, 1), ({"exactly": 1}, -1), ({"at_least": 2}, 1), ({"at_least": 3}, -1)],
)
def test_units_on_which_a_row_is_best_are_counted(said, sign):
    best = replace(LEAD, margin="best_on", **said)  # a is best on AU01 and AU12
    assert margin(best, SCORES) * sign > 0


def test_a_tie_leads_nobody():
    scores = SCORES.copy()
    scores.loc["b", "AU01"] = 50
    best = replace(LEAD, margin="best_on", over=("b",), exactly=1)  # AU12 alone
    assert margin(best, scores) > 0


@pytest.mark.parametrize(
    ("said", "sign"),
    [
        ({"row": "b", "over": ("a", "c"), "place": 2, "exactly": 2}, 1),
        ({"row": "b", "over": ("a", "c"), "place": 2, "exactly": 3}, -1),
        ({"row": "b", "over": ("a",), "by": -5, "at_least": 3}, 1),  # less than 5 behind on AU01
        ({"row": "b", "over": ("a",), "by": -4, "at_least": 3}, -1),
    ],
)
def test_a_place_other_than_the_first_and_a_lead_that_may_be_missed(said, sign):
    scores = SCORES.copy()
    scores.loc["b"] = [45.5, 42, 59]
    assert margin(replace(LEAD, **{"margin": "best_on", **said}), scores) * sign > 0


def test_the_worst_trails_the_next_worst():
    worst = replace(LEAD, margin="trail", row="c", over=("a", "b"))
    assert margin(worst, SCORES) == pytest.approx(137 / 3 - 118 / 3)
    assert margin(replace(worst, row="b", over=("a", "c")), SCORES) < 0


def test_a_relative_lead_is_in_percent():
    assert margin(replace(LEAD, margin="relative", by=9), SCORES) == pytest.approx(1300 / 137 - 9)


def test_our_rows_stand_for_printed_ones_that_have_another_name():
    claim = claims()["thresholds-disfa"]
    assert rows_of(claim) == ("DSIN^tt", "DSIN")
    assert rows_of(as_ours(claim)) == ("DSIN_10^tt", "DSIN_10")
    assert as_ours(LEAD) == LEAD
    ours = {row.label for row in TABLE_4}
    for one in claims().values():
        assert one.ours is None or (set(one.ours) <= ours and len(one.ours) == len(rows_of(one)))


def test_every_table_of_a_claim_is_about_one_corpus():
    for claim in claims().values():
        for printed_in in claim.tables:
            assert {measured_on(one) for one in printed_in.split("+")} == {measured_on(printed_in)}
    assert measured_on("table3+table5") == "table_3" and measured_on("table6") == "table_4"


def test_what_exactly_meets_a_claim_does_not_exceed_it():
    assert (arithmetic(0.01), arithmetic(0.0)) == ("holds", "does not")


def test_a_margin_that_rounding_can_turn_round_is_neither():
    assert {arithmetic(x, 0.1) for x in (0.09, 0.0, -0.09)} == {"within rounding"}
    assert (arithmetic(0.11, 0.1), arithmetic(-0.11, 0.1)) == ("holds", "does not")
    assert set(ROUNDING) == set(MARGINS)


def test_a_unit_that_a_row_lacks_is_left_out():
    partial = SCORES.copy()
    partial.loc["b", "AU12"] = float("nan")
    assert margin(replace(LEAD, over=("b",)), partial) == pytest.approx((5 - 2) / 2)


def test_a_missing_row_is_an_error():
    with pytest.raises(KeyError, match="nobody"):
        margin(replace(LEAD, over=("nobody",)), SCORES)


def test_rows_of_our_tables_are_named_as_printed():
    """A claim about our rows finds them; only compared systems and later rows are missing."""
    named = {row for claim in claims().values() for row in rows_of(claim)}
    ours = {row.label for row in (*TABLE_3, *TABLE_4)}
    unnamed = {"PP(right cheek)", "DSIN_10^tt"}  # the second stands in no table of the paper
    assert ours <= named | unnamed
