"""Two trials held against each other on the same test subjects, with the interval of the change.

The library's other comparisons are between rows of one config; here the configs differ too.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from dsin_lib.config import Config, changed
from dsin_lib.scores.bootstrap import averaged_f1, counts, interval, resampled_f1
from dsin_lib.runs.rows import row_named
from dsin_lib.reporting.health import without_dead
from dsin_lib.reporting.predictions import labels_and, row_taus, subjects_of
from dsin_lib.runs.sweeps import Trial
from dsin_lib.training.runs import run

PAIRED, INDEPENDENT = "paired", "independent"


def with_seed(config: Config, seed: int | None) -> Config:
    """The same profile with one seed of the trainings; none: all of its own."""
    return config if seed is None else changed(config, {"evaluation.seeds": [seed]})


def change(
    config: Config, trial: Trial, base: Trial, over: Sequence[int]
) -> dict[str, float | str]:
    """What a trial changes against another, in F1 points averaged over Action Units.

    The draws are paired if both are tested on the same people in every fold. If not (another
    subject list), the two are resampled apart, and nothing that they share cancels. Where a unit
    of either is dead there is nothing to compare, and all that would use it is missing.

    Args:
        config: The profile.
        trial: The one whose change is asked for.
        base: The one that it is held against.
        over: Folds.

    Returns:
        F1 base, F1 trial, change, low, high; the same above the always-positive predictor of the
        same frames (always base, always trial, above, above low, above high), which another set
        of labels changes too; and how the subjects were drawn.
    """
    of_base, of_trial = ([_tested(config, one, fold) for fold in over] for one in (base, trial))
    same = all(a[0] == b[0] for a, b in zip(of_base, of_trial, strict=True))
    base_counts, trial_counts = ([found for _, found in of] for of in (of_base, of_trial))
    if same:
        both = zip(base_counts, trial_counts, strict=True)
        drawn = resampled_f1([np.concatenate(pair, axis=1) for pair in both])
    else:
        apart = [resampled_f1(base_counts, seed=0), resampled_f1(trial_counts, seed=1)]
        drawn = np.concatenate(apart, axis=1)
    measured = np.concatenate([averaged_f1(base_counts), averaged_f1(trial_counts)])
    f1, f1_drawn = 100 * measured.mean(1), 100 * drawn.mean(2)
    moved, moved_drawn = f1[2] - f1[0], f1_drawn[:, 2] - f1_drawn[:, 0]
    above, above_drawn = moved - (f1[3] - f1[1]), moved_drawn - (f1_drawn[:, 3] - f1_drawn[:, 1])
    values = {
        "F1 base": f1[0], "F1 trial": f1[2],
        "change": moved, **dict(zip(("low", "high"), interval(moved_drawn), strict=True)),
        "always base": f1[1], "always trial": f1[3], "above": above,
        **dict(zip(("above low", "above high"), interval(above_drawn), strict=True)),
    }  # fmt: skip
    return {name: float(value) for name, value in values.items()} | {
        "draws": PAIRED if same else INDEPENDENT
    }


def _tested(
    config: Config, trial: Trial, fold: int
) -> tuple[list[str], Int[np.ndarray, "seed 2 subject 4 au"]]:
    """Who is tested; counts of a trial and of the always-positive predictor."""
    own, row = trial.of(config), row_named(trial.row)
    found = []
    for seed in config.evaluation.seeds:
        run_ = run(own, row, fold, seed)
        labels, probabilities = labels_and(run_, "test", own.corpus.aus)
        who = subjects_of(run_, "test")
        coded = without_dead(labels, own, row, fold, seed)
        by_row = counts(probabilities, coded, who, row_taus(own, row, run_))
        found.append(np.stack([by_row, counts(np.ones_like(labels), labels, who)]))
    return sorted(set(who.tolist())), np.stack(found)
