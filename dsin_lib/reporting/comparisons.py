"""Two sets of runs held against each other on the same test subjects, and the interval of that."""

from collections.abc import Mapping, Sequence

import numpy as np

from dsin_lib.runs.predictions import subjects_of
from dsin_lib.runs.run import Run
from dsin_lib.scores.bootstrap import interval
from dsin_lib.scores.measured import ALWAYS, Measured, Scored, measure

PAIRED, INDEPENDENT = "paired", "independent"


def change(runs: Sequence[Run], base: Sequence[Run]) -> dict[str, float | str]:
    """What some runs change against others, in F1 points averaged over Action Units.

    The resamplings are paired if both are tested on the same people in every fold. If not (another
    subject list), the two are resampled apart, and nothing that they share cancels. Where a unit of
    either is dead there is nothing to compare, and all that would use it is missing.

    Args:
        runs: Whose change is asked for, on some folds from some seeds.
        base: What they are held against, on the same folds from the same seeds.

    Returns:
        F1 base, F1 trial, change, low, high; the same above the always-positive predictor of the
        same frames (always base, always trial, above, above low, above high), which another set of
        labels changes too; and how the subjects were resampled.
    """
    lines = {
        "base": base, "always base": _always(base), "trial": runs, "always trial": _always(runs)
    }  # fmt: skip
    same = _people(runs) == _people(base)
    sides = [measure(lines)] if same else _apart(lines)
    f1 = {line: of.average(line) for of in sides for line in of.lines}
    (base_, always_base, trial, always) = (np.append(*of[::-1]) for of in f1.values())
    moved = trial - base_
    above = moved - (always - always_base)
    values = {
        "F1 base": base_[-1], "F1 trial": trial[-1], **_with_ends("change", moved, ""),
        "always base": always_base[-1], "always trial": always[-1],
        **_with_ends("above", above, "above "),
    }  # fmt: skip
    return {name: float(value) for name, value in values.items()} | {
        "resampling": PAIRED if same else INDEPENDENT
    }


def _always(runs: Sequence[Run]) -> list[Scored]:
    return [Scored(run, ALWAYS) for run in runs]


def _people(runs: Sequence[Run]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Fold, seed and the people that are tested."""
    return [(run.fold, run.seed, tuple(np.unique(subjects_of(run, "test")))) for run in runs]


def _apart(lines: Mapping[str, Sequence[Run | Scored]]) -> list[Measured]:
    """The two sides of a comparison, each resampled over its own people."""
    names = list(lines)
    sides = names[:2], names[2:]
    return [measure({n: lines[n] for n in side}, seed) for seed, side in enumerate(sides)]


def _with_ends(name: str, values: np.ndarray, prefix: str) -> dict[str, float]:
    """A change, its last value the one that was measured, and the ends of its interval."""
    low, high = interval(values[:-1])
    return {name: values[-1], f"{prefix}low": low, f"{prefix}high": high}
