"""Error bars by resampling subjects: frames of one person are not independent, people are.

Every line of a table is scored on the same resampled subjects, so that a difference of two lines
keeps what they have in common (a paired bootstrap). F1 needs only counts, and counts of frames add
up over subjects: a resampling is a weighted sum.
"""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float, Int

from dsin_lib.scores.f1 import f1_of

RESAMPLES = 2000
LEVEL = 0.95
"""Share of the resamplings inside an interval."""

Counts = Int[np.ndarray, "subject 4 au"]


def counts(
    probabilities: Float[np.ndarray, "frame au"],
    labels: Float[np.ndarray, "frame au"],
    subjects: np.ndarray,
    tau: float | Float[np.ndarray, " au"] = 0.5,
) -> Counts:
    """True and false positives, false and true negatives by subject, in the order of names.

    Args:
        probabilities: Predictions, 0..1.
        labels: 0, 1 or nan, which counts nowhere.
        subjects: The subject of each frame (frame).
        tau: Predicted active from here upwards.
    """
    active, yes, no = probabilities >= tau, labels == 1, labels == 0
    cells = np.stack([active & yes, active & no, ~active & yes, ~active & no], 1)
    return by_subject(cells.astype(int), subjects)


def by_subject(values: np.ndarray, subjects: np.ndarray) -> np.ndarray:
    """Sums of values (frame ...) over each subject's frames (subject ...), in order of names."""
    names, whose = np.unique(subjects, return_inverse=True)
    total = np.zeros((len(names), *values.shape[1:]), values.dtype)
    np.add.at(total, whose, values)
    return total


def averaged_f1(
    folds: Sequence[Int[np.ndarray, "seed line _ 4 au"]],
) -> Float[np.ndarray, "line au"]:
    """F1 of every line on all test subjects, averaged over folds and training seeds.

    Reading: fold-average. Missing (nan) for a unit that a line has no coded frame for.

    Args:
        folds: As of :func:`resampled_f1`, which does the same for resampled subjects.
    """
    means = [np.where(fold.any(axis=(2, 3)), f1_of(fold.sum(2)), np.nan).mean(0) for fold in folds]
    return np.mean(means, axis=0)


def resampled_f1(
    folds: Sequence[Int[np.ndarray, "seed line _ 4 au"]],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Float[np.ndarray, "resample line au"]:
    """F1 of every line under the same resamplings, averaged over folds and training seeds.

    Reading: fold-average. Each resampling takes every fold's test subjects anew, with replacement,
    and the mean over folds. All lines and seeds of a fold see the same resampling. A unit that a
    line has no coded frame for, since it does not predict it, is missing (nan) in all of them.

    Args:
        folds: Counts of one fold each (seed line subject 4 au), of every training seed and line on
            its test subjects, of whom folds may have more or fewer.
        resamples: How many.
        seed: Of the resampling.
    """
    rng = np.random.default_rng(seed)
    means = []
    for fold in folds:
        times = _times_taken(rng, fold.shape[2], resamples)
        coded = fold.any(axis=(2, 3))
        f1 = f1_of(np.einsum("bs,erska->berka", times, fold))
        means.append(np.where(coded, f1, np.nan).mean(1))
    return np.mean(means, axis=0)


def resampled(
    folds: Sequence[np.ndarray],
    statistic: Callable[[np.ndarray], np.ndarray],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float, Float[np.ndarray, " resample"]]:
    """What any statistic of sums over subjects is, and under resamplings of the subjects.

    Args:
        folds: Sums of one fold each over the frames of a subject (subject seed ...).
        statistic: From sums over subjects (resample seed ...) to one number each (resample seed).
        resamples: How many.
        seed: Of the resampling, which is that of :func:`resampled_f1` for the same subjects.
    """
    rng = np.random.default_rng(seed)
    totals = [np.tensordot(_times_taken(rng, len(fold), resamples), fold, 1) for fold in folds]
    here = np.mean([statistic(fold.sum(0)[None]).mean() for fold in folds])
    return float(here), np.mean([statistic(total).mean(1) for total in totals], axis=0)


def of_others(values: np.ndarray) -> np.ndarray:
    """Resampled values (resample ...), to be compared with those of another group of people.

    Both groups were resampled with the same sequence of random numbers. Shifted by one, the values
    that are compared come of different random numbers, so the two groups vary independently.
    """
    return np.roll(values, 1, axis=0)


def _times_taken(rng: np.random.Generator, subjects: int, resamples: int) -> np.ndarray:
    """How often each resampling takes each subject (resample subject)."""
    return rng.multinomial(subjects, np.full(subjects, 1 / subjects), size=resamples)


def interval(values: Float[np.ndarray, "resample ..."], level: float = LEVEL) -> np.ndarray:
    """Lower and upper end (2 ...) of the percentile interval; missing where a value is."""
    return np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
