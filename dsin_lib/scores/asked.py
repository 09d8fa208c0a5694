"""A claim as a test: words that can be said of it, each with the least level at which it may be.

A test is made from what chance does to the margins that a claim compares. A word is read off an
interval of how far the claim is exceeded, so its p is the level at which the interval just gets
there. Which word is said, at which level, is for :mod:`dsin_lib.scores.decisions`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf, nan

import numpy as np
from jaxtyping import Float
from scipy.stats import norm

from dsin_lib.scores.chance import TRAININGS, Chance
from dsin_lib.scores.holm import adjusted
from dsin_lib.scores.verdicts import SUPPORTED

CONTRADICTED, SAME = "contradicted", "no difference that matters"
FEW, ALIKE = f"fewer than {TRAININGS} trainings", "nothing varies: what is compared says the same"
SPARE = 1
"""A count that is said to be exactly so may be off by one: one near tie moves it."""


@dataclass(frozen=True)
class Test:
    """What can be said of a claim, and how surely.

    Attributes:
        margin: By how much it is exceeded: percent, or a number of units.
        p: Of each word that can be said, the least level at which it may be.
        ends: From a level to the ends of the interval of ``margin`` that has it.
        needed: From a level to how many trainings would decide; infinite if none would.
        trainings: From how many it is.
        why: Why it cannot be tested, if so.
    """

    __test__ = False

    margin: float = nan
    p: Mapping[str, float] = field(default_factory=dict)
    ends: Callable[[float], tuple[float, float]] = lambda level: (nan, nan)
    needed: Callable[[float], float] = lambda level: nan
    trainings: int = 0
    why: str = ""


def untestable(why: str, trainings: int = 0, margin: float = nan) -> Test:
    """A claim that cannot be tested; it keeps its place in the family: others get no easier."""
    return Test(margin=margin, trainings=trainings, why=why)


def lead(chance: Chance, matters: int | float | None) -> Test:
    """A claim that a row leads others, each by more than nothing.

    It leads the best of them if it leads each (so no correction is paid for their number: Berger
    1982), and does not if any leads it, for which each is held to its share of the level.

    Args:
        chance: Of the row's margins over each (rival).
        matters: From where on a difference matters; none if the claim states a size.
    """
    margin = float(chance.margin.min())
    if reason := _why_not(chance):
        return untestable(reason, chance.trainings, margin)
    n, nearest = chance.margin.size, int(chance.margin.argmin())
    p = {
        SUPPORTED: _both_sides(chance.above().max()),
        CONTRADICTED: _both_sides(n * chance.below().min()),
    }
    if matters is not None:
        p[SAME] = _both_sides(max(chance.above(-matters).max(), n * chance.below(matters).min()))

    def ends(level: float) -> tuple[float, float]:
        low, high = chance.interval(1 - level)[0], chance.interval(1 - level / n)[1]
        return float(low.min()), float(high.min())

    def needed(level: float) -> float:
        far = abs(margin) if matters is None else max(abs(margin), matters - abs(margin))
        return float(_needed(chance, level / (1 if margin > 0 else n), far)[nearest])

    return Test(margin, p, ends, needed, chance.trainings)


def within(chance: Chance, size: int | float) -> Test:
    """A claim that a difference is smaller than a size, in either direction.

    Args:
        chance: Of the one difference (1).
        size: In percent; what exceeds it is a difference.
    """
    margin = size - float(abs(chance.margin[0]))
    if reason := _why_not(chance):
        return untestable(reason, chance.trainings, margin)
    below, above = (chance.below(size)[0], chance.above(-size)[0])
    beyond = min(chance.above(size)[0], chance.below(-size)[0])
    p = {SUPPORTED: _both_sides(max(below, above)), CONTRADICTED: _both_sides(beyond)}

    def ends(level: float) -> tuple[float, float]:
        low, high = (float(end[0]) for end in chance.interval(1 - level))
        nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
        return size - max(abs(low), abs(high)), size - nearest

    def needed(level: float) -> float:
        return float(_needed(chance, level, abs(margin))[0])

    return Test(margin, p, ends, needed, chance.trainings)


def count(chance: Chance, n: int, exactly: bool = False, place: int = 1) -> Test:
    """A claim that a row has its place on so many units.

    A unit counts once it is shown that the row has its place there, and against once it is shown
    that it has not, each with Holm's procedure within the claim; a near tie counts for neither.

    *At least n* is supported if n units count, and contradicted if so many count against that n
    cannot be reached. *Exactly n* is taken as n or one away (:data:`SPARE`): supported if at least
    n - 1 count and enough count against, contradicted if more than n + 1 count, or so many against
    that n - 1 cannot be reached. Margins do not apply: units are whole.

    Args:
        chance: Of the row's margins over each rival on each unit (unit rival); missing for units
            that are not scored, which count for neither.
        n: How many units.
        exactly: Whether no more are meant.
        place: 1 is best.
    """
    units, rivals = chance.margin.shape
    spare = SPARE if exactly else 0
    placed = (chance.margin <= 0).sum(1) == place - 1
    placed &= ~np.isnan(chance.margin).any(1)
    margin = float(placed.sum() - n)
    if chance.trainings < TRAININGS:
        return untestable(FEW, chance.trainings, margin)
    before, after = (np.nan_to_num(of, nan=1.0) for of in (chance.below(), chance.above()))
    has = np.maximum(_at_least(place - 1, before), _at_least(rivals - place + 1, after))
    less = _at_least(rivals - place + 2, after)  # fewer than place - 1 before it
    hasnot = np.minimum(_at_least(place, before), less) * (1 if place == 1 else 2)
    for_, against = (np.sort(adjusted(np.minimum(of, 1))) for of in (has, hasnot))

    def p_for(k: int) -> float:
        return _both_sides(_nth(for_, k))

    def p_against(k: int) -> float:
        return _both_sides(_nth(against, k))

    most = p_against(units - n - spare) if exactly else 0.0
    p = {
        SUPPORTED: max(p_for(n - spare), most),
        CONTRADICTED: min(
            p_against(units - n + spare + 1), p_for(n + spare + 1) if exactly else 1.0
        ),
    }

    def ends(level: float) -> tuple[float, float]:
        low, high = ((2 * of <= level).sum() for of in (for_, against))
        return float(low - n), float(units - high - n)

    def needed(level: float) -> float:
        nearest = np.nan_to_num(np.abs(chance.margin), nan=0.0).min(1)
        by_rival = _needed(chance, level / units, np.abs(chance.margin))
        each = np.where(nearest > 0, np.nan_to_num(by_rival, nan=inf).max(1), inf)
        yes, no = np.sort(each[placed]), np.sort(each[~placed])
        if exactly:
            return max(_nth(yes, n - spare, inf), _nth(no, units - n - spare, inf))
        return _nth(yes, n, inf) if margin >= 0 else _nth(no, units - n + 1, inf)

    return Test(margin, p, ends, needed, chance.trainings)


def _why_not(chance: Chance) -> str:
    if chance.trainings < TRAININGS:
        return FEW
    return ALIKE if np.isnan(chance.above()).any() else ""


def _both_sides(p: float) -> float:
    """From one side's p to the level of the interval with two ends that excludes as much."""
    return float(min(2 * p, 1))


def _at_least(n: int, p: Float[np.ndarray, "unit rival"]) -> Float[np.ndarray, " unit"]:
    """P of each unit that at least n of its hypotheses hold (Benjamini and Heller 2008)."""
    if n <= 0:
        return np.zeros(len(p))
    if n > p.shape[1]:
        return np.ones(len(p))
    return np.minimum((p.shape[1] - n + 1) * np.sort(p, axis=1)[:, n - 1], 1)


def _nth(values: np.ndarray, n: int, beyond: float = 1.0) -> float:
    """The n-th smallest of sorted values; 0 for none, ``beyond`` where there are not so many."""
    if n <= 0:
        return 0.0
    return float(values[n - 1]) if n <= len(values) else beyond


def _needed(chance: Chance, level: float, far: float | np.ndarray) -> np.ndarray:
    """From how many trainings half an interval would be as short as ``far``.

    People's part of the error stays, the rest shrinks as trainings grow. By the normal
    distribution, so at least so many.
    """
    bearable = (far / norm.isf(level / 2)) ** 2
    shrinks = np.maximum(chance.error**2 - chance.people, 0) * chance.trainings
    with np.errstate(divide="ignore", invalid="ignore"):
        number = np.ceil(shrinks / (bearable - chance.people))
    number = np.maximum(number, chance.trainings + 1)
    return np.where(bearable > chance.people, number, inf)
