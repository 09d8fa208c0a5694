"""What may be said of margins: each word at the level at which the interval just allows it."""

from math import inf

import numpy as np
import pytest
from scipy.stats import norm

from dsin_lib.scores.asked import ALIKE, CONTRADICTED, FEW, SAME, count, lead, within
from dsin_lib.scores.chance import Chance, chance_of
from dsin_lib.scores.verdicts import SUPPORTED


def chance(margins, error=0.5, people=0.1, freedom=30.0, trainings=9):
    """Margins with one error for all."""
    margins = np.array(margins, dtype=float)
    errors = np.broadcast_to(np.asarray(error, float), margins.shape)
    return Chance(margins, errors.copy(), 0 * margins + people, 0 * margins + freedom, trainings)


def word_at(level, test):
    """What is said at a level, or nothing."""
    return [word for word, p in test.p.items() if p <= level]


@pytest.mark.parametrize(
    ("margin", "error", "said"),
    [
        (2.0, 0.5, [SUPPORTED]),
        (-2.0, 0.5, [CONTRADICTED]),
        (0.5, 0.5, []),
        (0.0, 0.4, [SAME]),
        (0.5, 0.1, [SUPPORTED, SAME]),
        (-0.5, 0.1, [CONTRADICTED, SAME]),
        (1.05, 0.1, [SUPPORTED]),
    ],
)
def test_words_follow_the_interval(margin, error, said):
    test = lead(chance([margin], error), matters=1.0)
    assert sorted(word_at(0.05, test)) == sorted(said)
    low, high = test.ends(0.05)
    assert (low > 0) == (SUPPORTED in said) and (high < 0) == (CONTRADICTED in said)
    assert (low > -1 and high < 1) == (SAME in said)
    assert test.margin == margin and test.trainings == 9 and not test.why


@pytest.mark.parametrize("matters", [1.0, None])
@pytest.mark.parametrize("margins", [[0.9], [-0.6], [0.2], [2.0, 0.8], [1.0, -0.9, 0.3]])
def test_p_is_the_level_at_which_the_interval_gets_there(margins, matters):
    test = lead(chance(margins), matters)
    edges = {SUPPORTED: (0, 0.0), CONTRADICTED: (1, 0.0)}
    for word, (end, edge) in edges.items():
        if test.p[word] < 1:
            assert test.ends(test.p[word])[end] == pytest.approx(edge, abs=1e-9)
    if SAME in test.p and test.p[SAME] < 1:
        low, high = test.ends(test.p[SAME])
        assert min(low + 1, 1 - high) == pytest.approx(0, abs=1e-9)
    assert (SAME in test.p) == (matters is not None)


def test_the_best_is_led_if_each_is_and_leads_if_any_does():
    alone, of_three = lead(chance([1.2]), None), lead(chance([1.2, 5.0, 6.0]), None)
    assert of_three.margin == 1.2 and of_three.p[SUPPORTED] == alone.p[SUPPORTED]
    down, of_many = lead(chance([-1.2]), None), lead(chance([-1.2, 5.0, 6.0]), None)
    assert of_many.p[CONTRADICTED] == pytest.approx(3 * down.p[CONTRADICTED])
    assert lead(chance([1.2, 0.1]), None).p[SUPPORTED] > 0.5, "it does not lead the second"


def test_rows_that_say_the_same_or_few_trainings_are_not_tested():
    same = lead(chance_of([np.full((2, 10, 1), 3.0)] * 3), 1.0)
    assert same.why == ALIKE and same.p == {} and same.margin == 3
    few = lead(chance_of([np.random.default_rng(0).normal(size=(1, 10, 1))] * 2), 1.0)
    assert few.why == FEW and few.trainings == 2
    for test in (within(chance([1.0], trainings=2), 1), count(chance([[1.0]], trainings=2), 1)):
        assert test.why == FEW


def test_how_many_trainings_would_decide():
    """People's part stays: .2^2; the rest, .5^2 - .2^2 from 9 trainings, shrinks."""
    one = lead(chance([0.9], people=0.04), 1.0)
    bearable = (0.9 / norm.isf(0.025)) ** 2
    expected = np.ceil((0.25 - 0.04) * 9 / (bearable - 0.04))
    assert one.needed(0.05) == expected > 9
    assert lead(chance([0.9], people=0.25), 1.0).needed(0.05) == inf
    toward_zero = lead(chance([0.1], people=0.04), 1.0)
    assert toward_zero.needed(0.05) == expected, "0.9 to the margin, as 0.9 was to zero"
    assert lead(chance([0.1], people=0.04), None).needed(0.05) == inf, "a size has no margin"
    assert one.needed(0.001) > expected


def test_a_small_difference_is_one_within_a_size():
    assert word_at(0.05, within(chance([0.1], 0.3), 1)) == [SUPPORTED]
    assert word_at(0.05, within(chance([-2.1], 0.3), 1)) == [CONTRADICTED]
    assert word_at(0.05, within(chance([0.9], 0.3), 1)) == []
    for margin in (0.1, -0.9, 2.1, -1.4):
        test = within(chance([margin], 0.3), 1)
        assert test.margin == pytest.approx(1 - abs(margin))
        low, high = test.ends(0.05)
        assert low < test.margin <= high <= 1
        assert (low > 0) == (SUPPORTED in word_at(0.05, test))
        assert (high < 0) == (CONTRADICTED in word_at(0.05, test))


SURE, TIE = 5.0, 0.02


def units(yes, no, ties=0):
    """A row against one rival: units that it surely leads, surely trails, and nearly ties on."""
    return chance(np.array([[SURE]] * yes + [[-SURE]] * no + [[TIE]] * ties))


@pytest.mark.parametrize(
    ("yes", "no", "ties", "n", "said"),
    [
        (10, 2, 0, 10, [SUPPORTED]),
        (12, 0, 0, 10, [SUPPORTED]),
        (10, 0, 2, 10, [SUPPORTED]),
        (9, 3, 0, 10, [CONTRADICTED]),
        (9, 2, 1, 10, []),
        (9, 0, 3, 10, []),
        (0, 3, 9, 10, [CONTRADICTED]),
    ],
)
def test_at_least_so_many_units(yes, no, ties, n, said):
    test = count(units(yes, no, ties), n)
    assert word_at(0.05, test) == said
    assert test.ends(0.05) == (yes - n, yes + ties - n)
    assert test.margin == yes + ties - n


@pytest.mark.parametrize(
    ("yes", "no", "ties", "said"),
    [
        (3, 5, 0, [SUPPORTED]),
        (2, 6, 0, [SUPPORTED]),
        (4, 4, 0, [SUPPORTED]),
        (2, 4, 2, [SUPPORTED]),
        (5, 3, 0, [CONTRADICTED]),
        (1, 7, 0, [CONTRADICTED]),
        (2, 3, 3, []),
        (1, 4, 3, []),
        (0, 0, 8, []),
    ],
)
def test_exactly_three_is_three_or_one_away(yes, no, ties, said):
    assert word_at(0.05, count(units(yes, no, ties), 3, exactly=True)) == said


def test_a_count_against_several_rivals_and_of_a_second_place():
    best = [SURE, SURE, SURE]
    second, third = [SURE, -SURE, SURE], [SURE, -SURE, -SURE]
    of = chance(np.array([best, best, second, third]))
    assert word_at(0.05, count(of, 2)) == [SUPPORTED]
    assert word_at(0.05, count(of, 3)) == [CONTRADICTED]
    assert word_at(0.05, count(of, 1, place=2)) == [SUPPORTED]
    assert word_at(0.05, count(of, 2, place=2)) == [CONTRADICTED]
    assert count(of, 2).margin == 0 and count(of, 1, place=2).margin == 0


def test_a_unit_that_is_not_scored_counts_for_neither():
    of = chance(np.array([[SURE]] * 9 + [[np.nan]]), error=0.5)
    assert word_at(0.05, count(of, 9)) == [SUPPORTED]
    assert word_at(0.05, count(of, 10)) == []
    assert count(of, 10).needed(0.05) == inf


def test_many_near_leads_are_not_shown_though_each_might_be():
    """Ten units at two errors each: one test would pass, ten of them together do not."""
    of = chance(np.full((10, 1), 1.1), error=0.5)
    assert word_at(0.05, count(of, 10)) == []
    assert word_at(0.05, count(chance([[1.1]]), 1)) == [SUPPORTED]


def test_a_count_is_wrong_as_seldom_as_it_says():
    """Five of ten units led by nothing at all, so not led: at least six is false."""
    rng = np.random.default_rng(0)
    truth = np.array([3.0] * 5 + [0.0] * 5)
    wrong = 0
    for _ in range(300):
        of = chance(truth[:, None] + 0.5 * rng.normal(size=(10, 1)), freedom=1e6)
        wrong += SUPPORTED in word_at(0.05, count(of, 6))
    assert wrong / 300 < 0.05
