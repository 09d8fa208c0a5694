"""Words at the level that a whole family pays for."""

from math import inf

import numpy as np
import pytest

from dsin_lib.scores.asked import CONTRADICTED, FEW, SAME, lead, untestable
from dsin_lib.scores.chance import Chance
from dsin_lib.scores.decisions import DEPENDS, WORDS, Decision, decide, headline
from dsin_lib.scores.holm import adjusted, holm
from dsin_lib.scores.verdicts import NOT_RUN, SUPPORTED, UNDECIDED, UNTESTABLE


def test_holm_by_hand():
    """.01 <= .05/4, .015 <= .05/3, .03 > .05/2: the third fails, and the fourth with it."""
    p = [0.03, 0.01, 0.015, 0.04]
    np.testing.assert_allclose(holm(p), [0.025, 0.0125, 0.05 / 3, 0.025])
    assert [x <= level for x, level in zip(p, holm(p), strict=True)] == [False, True, True, False]
    np.testing.assert_allclose(adjusted(np.array(p)), [0.06, 0.04, 0.045, 0.06])


def test_holm_s_adjusted_p_passes_where_its_level_does():
    rng = np.random.default_rng(0)
    for _ in range(200):
        p = rng.random(6) ** 4
        np.testing.assert_array_equal(p <= holm(p.tolist()), adjusted(p) <= 0.05)
    assert holm([]).shape == (0,) and holm([0.04]).tolist() == [0.05]


def of(margin, error=0.5, people=0.0, trainings=9):
    one = np.array([float(margin)])
    return lead(Chance(one, 0 * one + error, 0 * one + people, 0 * one + 60, trainings), 1.0)


def test_a_word_is_said_at_the_level_of_its_step():
    found = decide({"a": of(5), "b": of(-5), "c": of(0.5), "d": of(0.0, 0.1)})
    assert {name: one.word for name, one in found.items()} == {
        "a": SUPPORTED, "b": CONTRADICTED, "c": UNDECIDED, "d": SAME
    }  # fmt: skip
    assert sorted(one.level for one in found.values()) == pytest.approx(
        [0.05 / 4, 0.05 / 3, 0.05 / 2, 0.05]
    )
    assert found["a"].low > 0 and found["b"].high < 0 and found["c"].low < 0 < found["c"].high
    assert found["a"].would_decide == "" and found["c"].would_decide.startswith("at least ")


def test_a_trifle_above_zero_does_not_matter():
    (found,) = decide({"a": of(0.4, 0.1)}).values()
    assert found.low > 0 and found.word == SAME


def test_more_claims_make_each_harder_even_those_that_cannot_be_tested():
    alone = decide({"a": of(1.2)})["a"]
    among = decide({"a": of(1.2)} | {str(n): untestable(FEW) for n in range(30)})
    assert alone.word == SUPPORTED and among["a"].word == UNDECIDED
    assert among["7"].word == UNTESTABLE and among["7"].why == FEW
    assert among["a"].level == pytest.approx(0.05 / 31)
    assert decide({"a": untestable(NOT_RUN)})["a"].word == NOT_RUN


def test_what_would_decide():
    assert Decision(UNDECIDED, needed=17.0).would_decide == "at least 17 trainings"
    assert Decision(UNDECIDED, needed=inf).would_decide == "none: people"
    assert Decision(SUPPORTED, needed=17.0).would_decide == ""
    wide = decide({"a": of(0.5, error=2.0, people=3.9)})["a"]
    assert wide.would_decide == "none: people"


def test_a_headline_is_the_common_word():
    for word in WORDS:
        assert headline([word, word, word]) == headline([word]) == word
    assert headline([SUPPORTED, SUPPORTED, CONTRADICTED]) == DEPENDS


def test_a_family_is_wrong_anywhere_as_seldom_as_it_says():
    """Eight claims, half of nothing and half of something; any false word counts."""
    rng = np.random.default_rng(1)
    truth = np.array([0.0] * 4 + [1.5] * 4)
    any_wrong = uncorrected = 0
    for _ in range(200):
        tests = {}
        for n, margin in enumerate(truth + 0.5 * rng.normal(size=8)):
            one = Chance(*(np.array([x]) for x in (margin, 0.5, 0.0, 1e6)), trainings=9)
            tests[str(n)] = lead(one, matters=None)
        words = [one.word for one in decide(tests).values()]
        false = {SUPPORTED, CONTRADICTED} & set(words[:4]) or CONTRADICTED in words[4:]
        any_wrong += bool(false)
        uncorrected += any(min(tests[str(n)].p.values()) <= 0.05 for n in range(4))
    assert any_wrong / 200 < 0.09 < 0.11 < uncorrected / 200
