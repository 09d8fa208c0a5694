"""What runs score, as two long tables; every table, interval, figure and claim is a sum of these.

A *line* is what is scored under one name, a word or a number: a row of a table, a value of a sweep,
a side of a comparison. It has one :class:`Scored` a fold and seed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from jaxtyping import Float, Int, Num

from dsin_lib.runs.predictions import LABEL, PARTS, PROBABILITY, SCORE, subjects_of, values_of
from dsin_lib.runs.run import Run
from dsin_lib.runs.units import dead_of
from dsin_lib.scores.bootstrap import averaged_f1, counts, interval, resampled_f1
from dsin_lib.scores.f1 import f1_of, scores
from dsin_lib.scores.thresholds import best_taus

ALWAYS, PRIOR = "always positive", "training prevalence"
"""Predictors that look at no image, on the frames of a run: every unit in every frame; every unit
with the probability that it has among the training frames, which passes tau or does not."""
Name = str | float
COUNTS = ["tp", "fp", "fn", "tn"]


@dataclass(frozen=True)
class Scored:
    """What is scored of a run.

    Attributes:
        run: It must be there.
        what: A suffix of its predictions: the whole system's scores, or f before the messages; or
            :data:`ALWAYS`, :data:`PRIOR`.
    """

    run: Run
    what: str = SCORE

    @property
    def aus(self) -> list[str]:
        """Column names of the Action Units of its corpus."""
        return self.run.corpus.aus

    def labels(self, part: str) -> Float[np.ndarray, "frame au"]:
        """0, 1 or nan; nan for units that it does not predict."""
        return values_of(self.run, part, LABEL)

    def values(self, part: str) -> Float[np.ndarray, "frame au"]:
        """Scores of each frame and unit."""
        if self.what in (ALWAYS, PRIOR):
            of = 1.0 if self.what == ALWAYS else self.run.provenance["prevalence"]
            every = pd.Series(of, self.aus, dtype=float).fillna(0)  # 0: coded in no frame
            return np.broadcast_to(every.to_numpy(), self.labels(part).shape)
        return values_of(self.run, part, self.what)

    @cached_property
    def taus(self) -> Float[np.ndarray, " au"]:
        """From where each unit is called active: the config's tau, or those that the row tunes.

        Scores that are no probabilities have their system's own operating point in place of tau.
        """
        how, point = self.run.config.evaluation, self.run.provenance["point"]
        if self.what in (ALWAYS, PRIOR):
            return np.full(len(self.aus), how.tau)
        if self.run.row.thresholds == "fixed":
            return np.full(len(self.aus), how.tau if point == PROBABILITY else point)
        part = PARTS[how.thresholds_from]
        return best_taus(self.values(part), self.labels(part), point)

    @cached_property
    def dead(self) -> np.ndarray:
        """How many networks behind it are dead for each unit though it was fed (au)."""
        if self.what in (ALWAYS, PRIOR):
            return np.zeros(len(self.aus), int)
        by_unit = dead_of(self.run)["au"].value_counts()
        return by_unit.reindex(self.aus, fill_value=0).to_numpy()


@dataclass(frozen=True)
class Measured:
    """Lines scored on the same test frames.

    Attributes:
        counts: One line a line, fold, seed, test subject and Action Unit: ``tp fp fn tn``, and
            ``dead``, how many networks behind it are dead for the unit though it was fed.
        scores: One line a line, fold, seed and Action Unit: f1, auc, ap, prevalence (0..1), frames,
            tau, dead.
        seed: Of the resampling of test subjects.
    """

    counts: pd.DataFrame
    scores: pd.DataFrame
    seed: int = 0

    @property
    def aus(self) -> list[str]:
        """Column names of the Action Units."""
        return list(self.counts["au"].unique())

    @property
    def lines(self) -> list[Name]:
        """Names of the lines, in order."""
        return list(dict.fromkeys(self.counts["line"]))

    def dead(self) -> list[tuple[Name, str]]:
        """Line and unit of each cell with a dead network behind it, in any fold or seed."""
        spoiled = self.scores.loc[self.scores["dead"] > 0, ["line", "au"]].drop_duplicates()
        return list(spoiled.itertuples(index=False, name=None))

    def mean(self, score: str = "f1") -> pd.DataFrame:
        """A score, 0..1, averaged over folds and seeds: a line each, a column an Action Unit.

        Reading: fold-average. Missing where a line does not predict a unit.
        """
        by_line = self.scores.groupby(["line", "au"], sort=False)[score].mean().unstack("au")
        return by_line.loc[self.lines, self.aus].rename_axis(index=None, columns=None)

    @cached_property
    def folds(self) -> list[Int[np.ndarray, "seed line subject 4 au"]]:
        """Counts of each fold; a dead unit is as one that nobody coded."""
        sound = self.counts[COUNTS].where(self.counts["dead"] == 0, 0)
        n_au, n_line = len(self.aus), len(self.lines)
        return [
            sound.loc[of.index].to_numpy(int)
            .reshape(of["seed"].nunique(), n_line, -1, n_au, len(COUNTS))
            .swapaxes(-1, -2)
            for _, of in self.counts.groupby("fold", sort=False)
        ]  # fmt: skip

    @cached_property
    def f1(self) -> Float[np.ndarray, "line au"]:
        """F1 in percent, without what a dead unit spoils."""
        return 100 * averaged_f1(self.folds)

    @cached_property
    def together(self) -> Float[np.ndarray, "line au"]:
        """F1 in percent of the frames of all folds together, the mean over seeds."""
        total = sum(fold.sum(2) for fold in self.folds)
        coded = np.all([fold.any(axis=(2, 3)) for fold in self.folds], axis=0)
        return 100 * np.where(coded, f1_of(total), np.nan).mean(0)

    @cached_property
    def resampled(self) -> Float[np.ndarray, "resample line au"]:
        """The same in each resampling of the test subjects, which all lines share."""
        return 100 * resampled_f1(self.folds, seed=self.seed)

    def average(self, line: Name) -> tuple[float, Float[np.ndarray, " resample"]]:
        """F1 in percent, averaged over units, measured and resampled; missing if a unit is."""
        at = self.lines.index(line)
        return float(self.f1[at].mean()), self.resampled[:, at].mean(-1)

    def gain(self, line: Name, over: Name) -> dict[str, float]:
        """By how many F1 points a line's average exceeds another's, and the interval's ends."""
        (here, resampled), (there, other) = self.average(line), self.average(over)
        low, high = interval(resampled - other)
        return {"points": here - there, "low": float(low), "high": float(high)}


def measure(lines: Mapping[Name, Iterable[Scored | Run]], seed: int = 0) -> Measured:
    """Scores some lines on the test frames of their runs.

    Args:
        lines: By name; each with the same folds and seeds, on the same people.
        seed: Of the resampling of test subjects.

    Raises:
        ValueError: A line has other folds, seeds, people or Action Units; names it.
    """
    by_place: dict[tuple[int, int], list[tuple[Name, Scored]]] = {}
    for name, line in lines.items():
        for one in line:
            scored = Scored(one) if isinstance(one, Run) else one
            by_place.setdefault((scored.run.fold, scored.run.seed), []).append((name, scored))
    every = [one for at_place in by_place.values() for one in at_place]
    counts = pd.concat([_counted(name, one) for name, one in every], ignore_index=True)
    _check_same(counts, list(lines))
    units = pd.concat([_scored(name, one) for name, one in every], ignore_index=True)
    return Measured(counts, units, seed)


def with_baselines(
    lines: Mapping[Name, Sequence[Run]],
) -> dict[Name, Sequence[Scored | Run]]:
    """The lines below those of the predictors that look at no image, on the same frames.

    Raises:
        ValueError: Every line is of some units, so none has the labels of all; names them.
    """
    whole = next((line for line in lines.values() if not line[0].row.aus), None)
    if whole is None:
        raise ValueError(f"lines: expected a row of all units among them, got {list(lines)}")
    return {what: [Scored(one, what) for one in whole] for what in (ALWAYS, PRIOR)} | dict(lines)


def in_folds(
    runs: Sequence[Run], sums: Callable[[Run], np.ndarray]
) -> list[Num[np.ndarray, "subject seed ..."]]:
    """Sums over the frames of each test subject (subject ...) of each run, a fold each."""
    folds = dict.fromkeys(run.fold for run in runs)
    return [np.stack([sums(run) for run in runs if run.fold == fold], 1) for fold in folds]


def _counted(name: Name, one: Scored) -> pd.DataFrame:
    subjects = subjects_of(one.run, "test")
    of = counts(one.values("test"), one.labels("test"), subjects, one.taus)
    people = np.unique(subjects)
    cells = of.swapaxes(1, 2).reshape(-1, len(COUNTS))
    table = pd.DataFrame(cells, columns=COUNTS)
    table.insert(0, "au", np.tile(one.aus, len(people)))
    table.insert(0, "subject", np.repeat(people, len(one.aus)))
    table.insert(0, "seed", one.run.seed)
    table.insert(0, "fold", one.run.fold)
    table.insert(0, "line", [name] * len(table))
    return table.assign(dead=np.tile(one.dead, len(people)))


def _scored(name: Name, one: Scored) -> pd.DataFrame:
    table = scores(one.values("test"), one.labels("test"), one.aus, one.taus).reset_index()
    table.insert(0, "seed", one.run.seed)
    table.insert(0, "fold", one.run.fold)
    table.insert(0, "line", [name] * len(table))
    return table.assign(tau=one.taus, dead=one.dead)


def _check_same(counts: pd.DataFrame, lines: list[Name]) -> None:
    keys = ["fold", "seed", "subject", "au"]
    first = None
    for name in lines:
        of = counts.loc[counts["line"] == name, keys].reset_index(drop=True)
        first = of if first is None else first
        if not of.equals(first):
            raise ValueError(f"{name}: expected the folds, seeds, people and units of {lines[0]}")
