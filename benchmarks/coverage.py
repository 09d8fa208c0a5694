"""How often does an interval hold the truth? On margins drawn with known chances.

    python -m benchmarks.coverage [--draws 4000] [--level 0.95]

No run is read: every number here is drawn. A table of this book has three folds of about 14 people
(Table 3) or 9 (Table 4), and 1, 3 or 5 seeds, so that is what is drawn. The chances, as variances
of one fold's margin from one seed; only their ratios matter:

* people: who is tested.
* seed: initial weights, order of frames, and the fifth of the training people who are held out.
* both: a training that suits some people better than another training does.
* fold: on whom was trained. Two of three folds share half their training people, so what they have
  of this is correlated by one half; nobody can see it within a run.

How large each is nobody knows before a run, so each is nothing, smaller than the others, or as
large as they are; a chosen interval has to do in all of these. Fold is thought to be at most half
of seed, since a seed draws a part of the training people as well; it is drawn larger too, to show
where an interval fails. The last lines are not drawn from a normal distribution: people of whom a
few differ much from the rest, and F1 of counted frames.

Printed for every interval: percent of draws that it holds the truth in, and its mean half width.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import typer
from scipy.stats import t as student

from dsin_lib.scores.chance import chance_of, leaving_out
from dsin_lib.scores.f1 import f1_of

FOLDS, FRAMES, RESAMPLES = 3, 120, 300


@dataclass(frozen=True)
class Components:
    """Variances of one fold's margin from one seed; ``skewed``: of people a few differ much."""

    people: float
    seed: float = 0.0
    both: float = 0.0
    fold: float = 0.0
    skewed: bool = False


CASES = {
    "people alone": Components(1),
    "people, and both": Components(0.3, both=0.7),
    "seeds small": Components(1, 0.3, 0.3),
    "seeds as people": Components(1, 1, 0.3),
    "seeds most": Components(0.3, 1, 0.1),
    "seeds small, fold half": Components(1, 0.3, 0.3, 0.15),
    "seeds as people, fold quarter": Components(1, 1, 0.3, 0.25),
    "seeds as people, fold half": Components(1, 1, 0.3, 0.5),
    "seeds as people, fold as seeds": Components(1, 1, 0.3, 1),
    "seeds most, fold half": Components(0.3, 1, 0.1, 0.5),
    "seeds most, fold as seeds": Components(0.3, 1, 0.1, 1),
    "skewed people": Components(1, 0.3, 0.3, skewed=True),
}


def shares(
    rng: np.random.Generator, draws: int, chances: Components, seeds: int, people: int
) -> np.ndarray:
    """What each person adds to a margin whose truth is zero (draw fold seed person)."""
    normal = rng.standard_normal
    size = draws, FOLDS, 1, people
    persons = rng.exponential(size=size) - 1 if chances.skewed else normal(size)
    tested_on = normal((draws, FOLDS))  # what the people of each fold teach, if trained on
    trained_on = (tested_on.sum(1, keepdims=True) - tested_on) / np.sqrt(FOLDS - 1)
    return (
        np.sqrt(people * chances.people) * persons
        + np.sqrt(people * chances.both) * normal((draws, FOLDS, seeds, people))
        + np.sqrt(chances.seed) * normal((draws, FOLDS, seeds, 1))
        + np.sqrt(chances.fold) * trained_on[:, :, None, None]
    )


def margins(of: np.ndarray) -> list[np.ndarray]:
    """Means with all people, then without each (seed left draw), a fold each."""
    times = leaving_out(of.shape[-1])
    means = of @ times.T / times.sum(1)
    return [np.moveaxis(means[:, k], 0, -1) for k in range(of.shape[1])]


def drawn(
    rng: np.random.Generator, draws: int, chances: Components, seeds: int, people: int
) -> list[np.ndarray]:
    """Margins whose truth is zero, as :func:`dsin_lib.scores.chance.chance_of` takes them."""
    return margins(shares(rng, draws, chances, seeds, people))


def f1_drawn(
    rng: np.random.Generator, draws: int, seeds: int, people: int, rate: float = 0.2
) -> list[np.ndarray]:
    """F1 of one unit, of two lines of equal skill, as margins in percent whose truth is zero.

    A person has a share of active frames and is found easily or not; a training finds more or less.
    """
    size = draws, FOLDS, seeds, people
    active = rng.binomial(FRAMES, rng.beta(8 * rate, 8 * (1 - rate), (*size[:2], 1, people)))
    active = np.broadcast_to(active, size)
    easy = rng.normal(0, 0.5, (*size[:2], 1, people))
    sides = []
    for _ in range(2):
        own = easy + rng.normal(0, 0.4, easy.shape) + rng.normal(0, 0.3, (*size[:3], 1))
        hit, alarm = (1 / (1 + np.exp(-by)) for by in (0.5 + own, -1.7 + own / 2))
        found, false = rng.binomial(active, hit), rng.binomial(FRAMES - active, alarm)
        sides.append(np.stack([found, false, active - found], -1))
    totals = np.einsum("lp,dfspcx->dfslcx", leaving_out(people), np.stack(sides, -1))
    f1 = 100 * f1_of(totals)
    return [np.moveaxis(f1[:, k, ..., 0] - f1[:, k, ..., 1], 0, -1) for k in range(FOLDS)]


def held(ends: np.ndarray, truth: float = 0.0) -> float:
    """The share of intervals (2 draw) that hold the truth."""
    return float(((ends[0] <= truth) & (truth <= ends[1])).mean())


def chosen(folds: Sequence[np.ndarray], level: float) -> np.ndarray:
    """The interval of this book."""
    return chance_of(folds).interval(level)


def people_alone(folds: Sequence[np.ndarray], level: float) -> np.ndarray:
    """Trained networks as they are, other people: the t form of a bootstrap over subjects."""
    found = chance_of([fold.mean(0, keepdims=True) for fold in folds])
    square = np.mean([_jackknife(fold.mean(0)) for fold in folds], axis=0) / len(folds)
    freedom = sum(fold.shape[1] - 2 for fold in folds)
    return _ends(found.margin, np.sqrt(square), freedom, level)


def trainings_alone(folds: Sequence[np.ndarray], level: float) -> np.ndarray:
    """A t of the trainings' margins, as if each training were another people's."""
    every = np.concatenate([fold[:, 0] for fold in folds])
    return _ends(every.mean(0), every.std(0, ddof=1) / np.sqrt(len(every)), len(every) - 1, level)


def folds_alone(folds: Sequence[np.ndarray], level: float) -> np.ndarray:
    """A t of the folds' means."""
    means = np.stack([fold[:, 0].mean(0) for fold in folds])
    return _ends(means.mean(0), means.std(0, ddof=1) / np.sqrt(len(means)), len(means) - 1, level)


def _jackknife(left: np.ndarray) -> np.ndarray:
    n = len(left) - 1
    return (n - 1) / n * ((left[1:] - left[1:].mean(0)) ** 2).sum(0)


def _ends(middle: np.ndarray, error: np.ndarray, freedom: float, level: float) -> np.ndarray:
    half = student.isf((1 - level) / 2, freedom) * error
    return np.stack([middle - half, middle + half])


def resampled(of: np.ndarray, rng: np.random.Generator, level: float, nested: bool) -> np.ndarray:
    """Percentiles of a hierarchical bootstrap (2 draw): trainings, then people of their folds.

    Args:
        of: From :func:`shares`.
        rng: Of the resampling.
        level: Of the interval.
        nested: Whether folds are resampled, then the seeds of each; else fold and seed at once.
    """
    _, k, s, n = of.shape
    values = []
    for _ in range(RESAMPLES):
        if nested:
            taken = np.zeros((k, s))
            for fold in rng.integers(k, size=k):
                np.add.at(taken[fold], rng.integers(s, size=s), 1)
        else:
            taken = rng.multinomial(k * s, np.full(k * s, 1 / (k * s))).reshape(k, s)
        times = rng.multinomial(n, np.full(n, 1 / n), size=k)
        values.append(np.einsum("dksn,ks,kn->d", of, taken, times) / (taken.sum() * n))
    return np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)


INTERVALS: dict[str, Callable[[Sequence[np.ndarray], float], np.ndarray]] = {
    "chosen": chosen,
    "people": people_alone,
    "trainings": trainings_alone,
    "folds": folds_alone,
}
BOOTSTRAPS = {"boot flat": False, "boot nested": True}


def table(draws: int, level: float) -> None:
    """Prints the table."""
    names = [*INTERVALS, *BOOTSTRAPS]
    print(f"{'':32}{'people':>7}{'seeds':>6}", *(f"{name:>14}" for name in names), sep="")
    for name, chances in CASES.items():
        for people in (14, 9):
            for seeds in (1, 3, 5):
                rng = np.random.default_rng([people, seeds])
                of = shares(rng, draws, chances, seeds, people)
                ends = [one(margins(of), level) for one in INTERVALS.values()]
                some = of[: max(draws // 4, 1)]
                ends += [resampled(some, rng, level, how) for how in BOOTSTRAPS.values()]
                _line(name, people, seeds, ends)
    for rate in (0.2, 0.5):
        for people in (14, 9):
            for seeds in (1, 3, 5):
                of_f1 = f1_drawn(np.random.default_rng([people, seeds]), draws, seeds, people, rate)
                ends = [one(of_f1, level) for one in INTERVALS.values()]
                _line(f"F1, active in {100 * rate:.0f} %", people, seeds, ends)


def _line(name: str, people: int, seeds: int, ends: Sequence[np.ndarray]) -> None:
    cells = (f"{100 * held(one):7.1f} ±{np.mean(one[1] - one[0]) / 2:5.2f}" for one in ends)
    print(f"{name:32}{people:>7}{seeds:>6}", *cells, sep="")


def main(
    draws: Annotated[int, typer.Option(min=4)] = 4000,
    level: Annotated[float, typer.Option(min=0.5, max=0.9999)] = 0.95,
) -> None:
    """Prints how often each interval holds the truth."""
    table(draws, level)


if __name__ == "__main__":
    typer.run(main)
