"""Table 4's transfer: what of a network stood still, and which gains the second corpus shows.

Paper: Sec. 4.1.3 takes the patch networks of the first corpus, retrains their fully connected
layers for the new units and fixes the convolutional filters "throughout the rest of the training".
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from torch import Tensor

from dsin_lib.config import Config
from dsin_lib.scores.bootstrap import interval, of_others
from dsin_lib.runs.rows import ROWS, TABLE_4_TRAINED, Row
from dsin_lib.reporting import health, tables, uncertainty
from dsin_lib.training.modules import FILTERS
from dsin_lib.training.runs import run

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


def movement(second: Config, fold: int = 1, seed: int = 0) -> pd.DataFrame:
    """The largest change of any number of the patch networks, one line a trained row of Table 4.

    Filters and batch normalisation are held against the first corpus' networks; fully connected
    layers against the networks that the row started from, or for a single patch the first corpus',
    whose layers it does not take; the last layer where it has the same units.

    Args:
        second: The profile, second corpus in front.
        fold: Of the three.
        seed: Of the training.
    """
    return pd.DataFrame(
        {row: _movement(second, ROWS[row], fold, seed) for row in TABLE_4_TRAINED}
    ).T


def shown(moved: pd.DataFrame) -> pd.DataFrame:
    """The changes as the book prints them: a zero is a zero, and nothing is rounded to one."""
    cells = moved.map(lambda change: "0" if change == 0 else f"{change:.1g}")
    steps = [" and ".join(map(str, ROWS[row].steps)) for row in moved.index]
    cells.insert(0, "steps trained", steps)
    return cells.set_axis([ROWS[row].shown for row in moved.index])


def sizes(second: Config, row: str, fold: int = 1, seed: int = 0) -> dict[str, int]:
    """How many numbers of each kind the patch networks of a row have."""
    counted = dict.fromkeys(KINDS, 0)
    for name, tensor in _of_patches(run(second, row, fold, seed).weights()).items():
        counted[kind(name, tensor)] += tensor.numel()
    return counted


def kind(name: str, tensor: Tensor) -> str:
    """Which of :data:`KINDS` a tensor of a patch network is."""
    if FILTERS not in name:
        return FULLY_CONNECTED
    return CONVOLUTIONS if tensor.ndim == 4 else BATCH_NORM


def sources(row: Row) -> list[str]:
    """Ids of the first corpus' rows whose filters a row has, however many rows lie between."""
    return [*row.filters_from, *(of for start in row.starts_from for of in sources(ROWS[start]))]


def across(config: Config) -> pd.DataFrame:
    """Gains on the first corpus beside those on the second, and the interval of the difference.

    Args:
        config: The profile, first corpus in front.
    """
    first = _averages(config, GAINING)
    second = _averages(config.on_second_corpus(), [f"t4_{row}" for row in GAINING])
    second.columns = first.columns
    lines = {}
    for words, row, over in GAINS:
        on_first, on_second = (of[row].to_numpy() - of[over].to_numpy() for of in (first, second))
        low, high = interval(of_others(on_second[1:]) - on_first[1:])
        here = {"first corpus": on_first[0], "second corpus": on_second[0]}
        lines[words] = {**here, "difference": on_second[0] - on_first[0], "low": low, "high": high}
    return pd.DataFrame(lines).T


def _averages(config: Config, rows: Sequence[str]) -> pd.DataFrame:
    """Average F1 of some rows, one column a row: the measured one, then every resampling."""
    table = health.sound(tables.table_3(config, rows))
    measured = table.loc[[ROWS[row].shown for row in rows], "average"]
    drawn = uncertainty.resamplings(config, rows).mean(2)
    return pd.DataFrame(np.vstack([measured.to_numpy(float), drawn]), columns=list(rows))


def _movement(second: Config, row: Row, fold: int, seed: int) -> dict[str, float]:
    now = _of_patches(run(second, row, fold, seed).weights())
    fixed = _weights(second.on_second_corpus(), sources(row), fold, seed)
    before = _weights(second, row.starts_from, fold, seed) or fixed
    largest = dict.fromkeys(KINDS, 0.0)
    for name, tensor in now.items():
        which = kind(name, tensor)
        other = (before if which == FULLY_CONNECTED else fixed)[name]
        if other.shape == tensor.shape:
            change = (tensor.double() - other.double()).abs().max().item()
            largest[which] = max(largest[which], change)
    return largest


def _weights(config: Config, rows: Iterable[str], fold: int, seed: int) -> dict[str, Tensor]:
    """The patch networks of several rows together."""
    found: dict[str, Tensor] = {}
    for row in rows:
        found |= _of_patches(run(config, row, fold, seed).weights())
    return found


def _of_patches(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in weights.items() if name.startswith("pi.")}
