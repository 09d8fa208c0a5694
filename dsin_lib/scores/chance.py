"""How far chance moves a margin: that of who is tested, of the seed, and of the fold.

A *training* is a fold with a seed. Every line of a comparison has the same trainings and is tested
on the same people, so a margin is one number a training, and one more for each test person who is
left out. Three chances move it: other people could have been tested; another seed would have
trained other networks; another fold would have trained on other people.

The first two are those of *readers and cases* in radiology, with trainings as readers and people as
cases, and are taken apart as there (Dorfman, Berbaum and Metz 1992, with the degrees of freedom of
Hillis, Berbaum and Metz 2008): leaving a person out gives that person's share of a margin, the
jackknife's pseudo-value, and an analysis of variance of those shares tells people, trainings and
what the two do together apart. An F1 or an AUC thus needs no formula of its own.

The fold's own chance cannot be taken apart: three folds differ by two numbers, and half of any two
folds' training people are the same. What the folds' means scatter is therefore added in part,
:data:`SHARE`, to what people and seeds explain; the ends are those of a t distribution with the
degrees of freedom of people and seeds (Satterthwaite 1946). From a single fold nothing is added: an
interval then is about the training people of that fold.

`python -m benchmarks.coverage` draws margins with known chances and counts how often such an
interval holds the truth, beside intervals that were not chosen. At a nominal 95 %, from three or
five seeds (in brackets: from one seed, with intervals a fifth to a third wider):

* 97 to 99 % (94 to 99) where the fold's own chance is nothing: a little too wide;
* 93 to 97 % (94 to 98) where it has up to half the variance between seeds, and a seed moves a fold
  no more than its people do;
* 86 to 91 % (90) where it has half of it, and a seed moves a fold more than three times as much;
* 80 to 91 % (85 to 93) where it is as large as that between seeds. Three folds cannot tell that
  this is so.

At the level that a table of some thirty claims needs, 99.8 %, the first two are 99.5 to 100 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.stats import t as student

from dsin_lib.scores.bootstrap import LEVEL

SHARE, SHARE_OF_ONE_SEED = 2 / 3, 3 / 2
"""What part of the scatter of the folds' means is added to what people and seeds explain.

Two thirds is what drawing three folds with replacement would add. That and the second number were
checked by simulation, before any run was looked at: 93 % or more of intervals hold the truth
wherever the fold's own chance has up to half the variance between seeds and seeds move a fold no
more than its people do. A seed already draws the fifth of a fold's training people who are held
out, beside the initial weights and the order of frames; that is why half is thought to be much.
From one seed only the folds' means can show what a training moves, so more of them is added.

Not chosen: a t of the folds' means is right whatever a fold does, but has two degrees of freedom,
so it is four errors wide on either side, and thirty at the level of a table of thirty claims: it
would decide nothing. Drawing folds, then seeds, then people is about as good at 95 % from three
seeds on and worse from one; at 99.8 % it takes tens of thousands of drawings. Drawing trainings as
if folds did not matter holds the truth in 79 to 85 % where they do."""
TRAININGS = 3
"""From how many on there is an interval."""
NOTHING = 1e-9
"""A standard error, in percent, that is one of rounding."""

Values = Float[np.ndarray, "*margin"] | np.float64
"""Of each of a batch of margins, or of one."""


@dataclass(frozen=True)
class Chance:
    """Margins and what chance does to them; all arrays have the shape of a batch of margins.

    Attributes:
        margin: Measured: the mean over folds of the mean over seeds.
        error: Its standard error, all three chances together; missing below :data:`TRAININGS`.
        people: What the error's square would come to from very many trainings: people's chance.
        freedom: Degrees of freedom of the ends: those of people and seeds.
        trainings: From how many trainings.
    """

    margin: Values
    error: Values
    people: Values
    freedom: Values
    trainings: int

    def interval(self, level: float = LEVEL) -> Float[np.ndarray, "2 ..."]:
        """Lower and upper end, which hold the margin of the method with this probability."""
        half = student.isf((1 - level) / 2, self.freedom) * self.error
        return np.stack([self.margin - half, self.margin + half])

    def above(self, value: Values | int | float = 0.0) -> Values:
        """How likely at most so high a margin is if that of the method is ``value``: one-sided p.

        Missing where nothing varies: such a margin comes of rows that say the same, or nothing.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return student.sf((self.margin - value) / self._varies, self.freedom)

    def below(self, value: Values | int | float = 0.0) -> Values:
        """How likely at most so low a margin is if that of the method is ``value``."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return student.cdf((self.margin - value) / self._varies, self.freedom)

    @property
    def _varies(self) -> Values:
        return np.where(self.error > NOTHING, self.error, np.nan)


def chance_of(folds: Sequence[Float[np.ndarray, "_ _ *margin"]]) -> Chance:
    """What chance does to margins.

    Args:
        folds: Margins of one fold each (seed left ...): from every seed; with all test people
            first, then without each of them, in the order of :func:`leaving_out`. Folds may have
            more or fewer people and seeds.

    Raises:
        ValueError: A fold has fewer than two test people; says which.
    """
    for n, fold in enumerate(folds):
        if fold.shape[1] < 3:
            raise ValueError(f"fold {n}: expected two or more people, got {fold.shape[1] - 1}")
    seeds = np.array([len(fold) for fold in folds])
    means = np.stack([fold[:, 0].mean(0) for fold in folds])
    margin = means.mean(0)
    if seeds.sum() < TRAININGS:
        nothing = margin * np.nan
        return Chance(margin, nothing, nothing, nothing, int(seeds.sum()))
    known, stays, freedom = _people_and_seeds(folds, seeds)
    k = len(folds)
    share = 0 if k == 1 else SHARE if (seeds > 1).any() else SHARE_OF_ONE_SEED
    scatter = means.var(0, ddof=1) if k > 1 else 0 * margin
    square, stays = known + share * scatter, stays + share * stays
    return Chance(margin, np.sqrt(square / k), stays / k, freedom, int(seeds.sum()))


def leaving_out(people: int) -> Int[np.ndarray, "left subject"]:
    """How often each person is taken: everybody once, then all but one."""
    return np.concatenate([np.ones((1, people), int), 1 - np.eye(people, dtype=int)])


def _people_and_seeds(
    folds: Sequence[np.ndarray], seeds: Int[np.ndarray, " fold"]
) -> tuple[Values, Values, Values]:
    """Variance of a fold's mean by people and seeds, the part that stays, degrees of freedom.

    Of people P, seeds T and both together PT, each as it moves a fold's margin from one seed, the
    mean over S seeds has the variance P + (T + PT) / S. The jackknife of that mean is P + PT / S,
    the scatter of seeds T + PT, and what is left of pseudo-values PT.
    """
    of_mean, of_seeds, of_both = [], [], []  # of_seeds, of_both: sums of squares over seeds
    for fold in folds:
        n = fold.shape[1] - 1
        pseudo = -(n - 1) * (fold[:, 1:] - fold[:, 1:].mean(1, keepdims=True))  # less their mean
        mean = pseudo.mean(0)
        of_mean.append((mean**2).sum(0) / (n * (n - 1)))
        of_both.append(((pseudo - mean) ** 2).sum((0, 1)) / (n * (n - 1)))
        of_seeds.append(((fold[:, 0] - fold[:, 0].mean(0)) ** 2).sum(0))
    people = np.mean(of_mean, axis=0)
    others = np.array([fold.shape[1] - 2 for fold in folds])
    more = int((seeds - 1).sum())
    if not more:
        return people, people, 0 * people + others.sum()
    a_seed = (1 / seeds).mean()
    scatter, both = (a_seed * np.sum(of, axis=0) / more for of in (of_seeds, of_both))
    seen = scatter > both
    known = people + np.where(seen, scatter - both, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = scatter**2 / more + people**2 / others.sum() + both**2 / ((seeds - 1) @ others)
        freedom = np.where(seen, known**2 / parts, others.sum())
    return known, np.maximum(people - both, 0), freedom
