"""Sentences of the paper about thresholds, labels and networks, as margins.

Their readings stand in ``dsin_lib/paper/observations.yaml``.
"""

from collections.abc import Callable, Sequence

import numpy as np

from dsin_lib.paper.claims import Margins
from dsin_lib.reporting.claims.finding import ARITHMETIC, Evidence, Finding, finding, no_interval
from dsin_lib.reporting.messages import moved, sides
from dsin_lib.runs.predictions import LABEL, PARTS, subjects_of, values_of
from dsin_lib.runs.run import Run
from dsin_lib.scores.bootstrap import (
    by_subject,
    counts,
    resampled,
    resampled_f1,
)
from dsin_lib.scores.measured import in_folds, measure
from dsin_lib.scores.thresholds import TAUS, highest

IND = ("pp_mouth_ind", "pp_mouth")
"""One network an Action Unit, and one for all."""
LOW_TAU = (0.1, 0.3)


def individual_parameters(known: Evidence) -> Finding:
    """Numbers of the trained networks: the same in every run."""
    alone, joint = (known.rows[row][0].provenance["numbers"] for row in IND)
    return Finding(alone / joint - 2, basis=ARITHMETIC)


def individual_speed(known: Evidence) -> Finding:
    """Processor seconds of whole trainings, early stopping included."""
    alone, joint = (known.rows[row] for row in IND)
    ratio = sum(map(_seconds, alone)) / sum(map(_seconds, joint))
    return Finding(ratio - 2, basis=no_interval(len(joint)))


def taus(margin: Callable[[np.ndarray, list[str]], Margins]) -> Callable[[Evidence], Finding]:
    """A margin of the best thresholds (... au) of DSIN_10, chosen again in every resampling."""

    def observed(known: Evidence) -> Finding:
        runs = known.rows["dsin_10"]
        here, resamples = _best_taus(runs)
        aus = runs[0].corpus.aus
        return finding(float(margin(here, aus)), margin(resamples, aus))

    return observed


def _seconds(of: Run) -> float:
    once = of.history.drop_duplicates(["network", "step"])
    return float(once["step_cpu_seconds"].sum())


def _best_taus(runs: Sequence[Run]) -> tuple[np.ndarray, np.ndarray]:
    """The best threshold of each unit: measured (au), and resampled over subjects (resample au)."""
    first = [run for run in runs if run.seed == runs[0].seed]
    folds = []
    for run in first:  # of one seed: others hold out some of the same people
        part = PARTS[run.config.evaluation.thresholds_from]
        labels, values = values_of(run, part, LABEL), values_of(run, part)
        whose = subjects_of(run, part)
        folds.append(np.stack([counts(values, labels, whose, tau) for tau in TAUS])[None])
    everybody = [fold.sum(2, keepdims=True) for fold in folds]  # one subject: always taken once
    here, resamples = resampled_f1(everybody, resamples=1), resampled_f1(folds)
    return highest(here)[0], highest(resamples)


def tau_half(best: np.ndarray, aus: list[str]) -> Margins:
    """Units whose threshold is away from 0.5."""
    return (np.abs(best - 0.5) >= 0.1 - 1e-9).sum(-1) - len(aus) / 2


def tau_low(best: np.ndarray, aus: list[str]) -> Margins:
    """Units whose threshold is low."""
    low, high = LOW_TAU
    return ((best >= low - 1e-9) & (best <= high + 1e-9)).sum(-1) - len(aus) / 2


def tau_au04(best: np.ndarray, aus: list[str]) -> Margins:
    """Distance of AU04's threshold from the range of low ones; below zero inside it."""
    of_au04, (low, high) = best[..., aus.index("AU04")], LOW_TAU
    return np.maximum(low - of_au04, of_au04 - high).round(9)


def messages_correct(known: Evidence) -> Finding:
    """F and y_hat of one trained network on its test frames."""

    def sums(run: Run) -> np.ndarray:
        right, spoiled, coded = moved(run)
        net = right.sum(1) - spoiled.sum(1)
        return by_subject(np.stack([net, coded.sum(1)], 1), subjects_of(run, "test"))

    folds = in_folds(known.rows["dsin_10"], sums)
    return finding(*resampled(folds, lambda total: 100 * total[..., 0] / total[..., 1]))


def messages(row: str) -> Callable[[Evidence], Finding]:
    """F1 of y_hat less that of f in one trained network of a row."""

    def observed(known: Evidence) -> Finding:
        inside = sides(known.rows[row])
        (after, resamples), (before, resamples_before) = map(inside.average, ("ŷ", "f"))
        return finding(after - before, resamples - resamples_before)

    return observed


def end_to_end(known: Evidence) -> Finding:
    """Step 5 against step 4 alone, which starts from the same patches and fusion."""
    measured = measure({row: known.rows[row] for row in ("dsin_10", "omega")})
    (whole, resamples), (alone, resamples_alone) = map(measured.average, ("dsin_10", "omega"))
    return finding(whole - alone, resamples - resamples_alone)
