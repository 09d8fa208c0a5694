"""Error bars: what a paired bootstrap over test subjects leaves of a score and of a difference.

Subjects, not frames, are drawn: frames of one person resemble each other, so an interval over
frames would be far too narrow.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float

from dsin_lib.config import Config
from dsin_lib.scores.bootstrap import (
    Counts,
    averaged_f1,
    counts,
    f1_of,
    in_percent,
    interval,
    resampled_f1,
)
from dsin_lib.runs.rows import Row, row_named
from dsin_lib.reporting.health import without_dead
from dsin_lib.reporting.predictions import labels_and, row_taus, subjects_of
from dsin_lib.reporting.tables import TABLE_3_ROWS
from dsin_lib.runs.sweeps import Trial
from dsin_lib.training.runs import run

Drawn = Float[np.ndarray, "resample row au"]


def resamplings(config: Config, rows: Iterable[str] = TABLE_3_ROWS) -> Drawn:
    """F1 in percent of every row under the same draws of test subjects.

    A unit that a row does not predict, or for which a network of it is dead, is missing in all.
    """
    return 100 * resampled_f1(_folds(config, [(config, row_named(row)) for row in rows]))


def of_trials(config: Config, trials: Sequence[Trial]) -> tuple[np.ndarray, np.ndarray]:
    """Average F1 in percent of trials of one corpus: here (trial) and in draws (draw trial)."""
    folds = _folds(config, [(trial.of(config), row_named(trial.row)) for trial in trials])
    return in_percent(folds)


def averages(drawn: Drawn, rows: Iterable[str]) -> pd.DataFrame:
    """The interval of every row's average: low and high, by the row as it is shown.

    Missing for a row of some units: it has no average.
    """
    chosen = [row_named(row) for row in rows]
    some = np.array([bool(row.aus) for row in chosen])
    low, high = interval(np.where(some, np.nan, np.nanmean(drawn, 2)))
    return pd.DataFrame({"low": low, "high": high}, index=[row.shown for row in chosen])


def half_widths(drawn: Drawn, table: pd.DataFrame, rows: Iterable[str]) -> pd.DataFrame:
    """Half the width of the interval of each cell and of each average, in the table's shape."""
    rows = list(rows)
    low, high = interval(drawn)
    ends = averages(drawn, rows)
    cells = pd.DataFrame((high - low) / 2, ends.index, table.columns.drop("average"))
    cells.attrs = table.attrs
    return cells.assign(average=(ends["high"] - ends["low"]) / 2)


def pooled(config: Config, rows: Iterable[str] = TABLE_3_ROWS) -> pd.DataFrame:
    """The other reading of fold-average: F1 of the frames of all folds together, in percent.

    Returns:
        One line a row that has an average: ``mean of folds``, ``folds together``, ``difference``.
    """
    chosen = [row for row in map(row_named, rows) if not row.aus]
    folds = _folds(config, [(config, row) for row in chosen])
    together = 100 * f1_of(sum(fold.sum(2) for fold in folds)).mean(axis=(0, -1))
    mean = 100 * averaged_f1(folds).mean(-1)
    columns = {"mean of folds": mean, "folds together": together, "difference": together - mean}
    return pd.DataFrame(columns, index=[row.shown for row in chosen])


def _folds(config: Config, chosen: list[tuple[Config, Row]]) -> list[np.ndarray]:
    """Counts of every fold (seed row subject 4 au)."""
    return [
        np.stack(
            [
                np.stack([_counts(own, row, fold, seed) for own, row in chosen])
                for seed in config.evaluation.seeds
            ]
        )
        for fold in config.evaluation.folds
    ]


def _counts(config: Config, row: Row, fold: int, seed: int) -> Counts:
    run_, aus = run(config, row, fold, seed), config.corpus.aus
    labels, probabilities = labels_and(run_, "test", aus)
    tau, coded = row_taus(config, row, run_), without_dead(labels, config, row, fold, seed)
    return counts(probabilities, coded, subjects_of(run_, "test"), tau)
