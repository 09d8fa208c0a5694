"""Table 4's transfer: what of a network stood still, and which gains the second corpus shows.

Paper: Sec. 4.1.3 takes the patch networks of the first corpus, retrains their fully connected
layers for the new units and fixes the convolutional filters "throughout the rest of the training".
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

import numpy as np
import pandas as pd

from dsin_lib.config import Config
from dsin_lib.runs.files import FILTERS
from dsin_lib.runs.rows import PATCH_ROWS, ROWS, TABLE_4_TRAINED
from dsin_lib.runs.run import Run, by_row, runs_of
from dsin_lib.scores.bootstrap import interval, of_others
from dsin_lib.scores.measured import Measured, measure

CONVOLUTIONS = "convolutional filters"
BATCH_NORM = "their batch normalisation"
FULLY_CONNECTED = "fully connected layers"
KINDS = (CONVOLUTIONS, BATCH_NORM, FULLY_CONNECTED)
"""Kinds of tensors of a patch network; those of batch normalisation include its statistics."""
GAINING = ("pp_face", "pp_f", "dsin_10")
GAINS = (
    ("fusion over the face", "pp_f", "pp_face"),
    ("structure inference over fusion", "dsin_10", "pp_f"),
)
"""Gains that the paper calls higher, or more conclusive, on DISFA, by Table 3's names."""


def trained(config: Config, fold: int = 1, seed: int = 0) -> dict[str, Run]:
    """The rows of Table 4 that take filters, on a fold from a seed."""
    rows = [row for row in TABLE_4_TRAINED if ROWS[row].fixed_filters]
    return {run.row.id: run for run in runs_of(config, rows, folds=[fold], seeds=[seed])}


def patches(config: Config) -> list[Run]:
    """The patch networks whose filters Table 4 takes."""
    return runs_of(config, PATCH_ROWS)


def movement(rows: Mapping[str, Run]) -> pd.DataFrame:
    """The largest change of any number of the patch networks, one line a trained row of Table 4.

    Filters and batch normalisation are held against the first corpus' networks; fully connected
    layers against the networks that the row started from, or for a single patch the first corpus',
    whose layers it does not take; the last layer where it has the same units.
    """
    return pd.DataFrame({row: _movement(run) for row, run in rows.items()}).T


def in_book(moved: pd.DataFrame) -> pd.DataFrame:
    """The changes as the book prints them: a zero is a zero, and nothing is rounded to one."""
    cells = moved.map(lambda change: "0" if change == 0 else f"{change:.1g}")
    steps = [" and ".join(map(str, ROWS[row].steps)) for row in moved.index]
    cells.insert(0, "steps trained", steps)
    return cells.set_axis([ROWS[row].shown for row in moved.index])


def sizes(run: Run) -> dict[str, int]:
    """How many numbers of each kind the patch networks of a run have."""
    counted = dict.fromkeys(KINDS, 0)
    for name, tensor in _of_patches(run).items():
        counted[kind(name, tensor)] += tensor.size
    return counted


def kind(name: str, tensor: np.ndarray) -> str:
    """Which of :data:`KINDS` a tensor of a patch network is."""
    if FILTERS not in name:
        return FULLY_CONNECTED
    return CONVOLUTIONS if tensor.ndim == 4 else BATCH_NORM


def sources(run: Run) -> list[Run]:
    """The first corpus' runs whose filters a run has, however many lie between."""
    return [*run.filters, *(of for start in run.starts for of in sources(start))]


def across(config: Config) -> pd.DataFrame:
    """Gains on the corpus of Table 3 beside those on Table 4's, and the difference's interval."""
    first = measure(by_row(config, GAINING))
    second = measure({row: runs_of(config, [f"t4_{row}"]) for row in GAINING})
    lines = {}
    for words, row, over in GAINS:
        (on_first, resampled_first), (on_second, resampled_second) = (
            _gain(of, row, over) for of in (first, second)
        )
        low, high = interval(of_others(resampled_second) - resampled_first)
        here = {"first corpus": on_first, "second corpus": on_second}
        lines[words] = {**here, "difference": on_second - on_first, "low": low, "high": high}
    return pd.DataFrame(lines).T


def _gain(measured: Measured, row: str, over: str) -> tuple[float, np.ndarray]:
    (here, resampled), (there, other) = measured.average(row), measured.average(over)
    return here - there, resampled - other


def _movement(run: Run) -> dict[str, float]:
    fixed = _together(sources(run))
    before = _together(run.starts) or fixed
    largest = dict.fromkeys(KINDS, 0.0)
    for name, tensor in _of_patches(run).items():
        which = kind(name, tensor)
        other = (before if which == FULLY_CONNECTED else fixed)[name]
        if other.shape == tensor.shape:
            change = np.abs(tensor.astype(float) - other.astype(float)).max()
            largest[which] = max(largest[which], float(change))
    return largest


def _together(runs: Iterable[Run]) -> dict[str, np.ndarray]:
    """The patch networks of several runs."""
    return reduce(or_, map(_of_patches, runs), {})


def _of_patches(run: Run) -> dict[str, np.ndarray]:
    arrays = run.files.arrays()
    return {name: tensor for name, tensor in arrays.items() if name.startswith("pi.")}
