"""Runs fitted anew beside what is there: do today's code and machine still give the same?

Every row is asked by one run, which starts from the runs that are there.
"""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from dsin_lib.runs.files import read
from dsin_lib.runs.predictions import KEYS
from dsin_lib.runs.run import Run
from dsin_lib.systems.fit import fit


def one_of_each(runs: Iterable[Run], rows: Iterable[str] | None = None) -> list[Run]:
    """The first run of each row, each after what it starts from.

    Args:
        runs: In the order in which they are fitted.
        rows: Ids of those that are asked; none for all.

    Raises:
        ValueError: A row that no run is of; names it and those that there are.
    """
    first: dict[str, Run] = {}
    for run in runs:
        first.setdefault(run.row.id, run)
    wanted = list(rows or first)
    for row in wanted:
        if row not in first:
            raise ValueError(f"--row: expected one of {sorted(first)}, got {row!r}")
    return [first[row] for row in wanted]


def fitted_again(runs: Iterable[Run]) -> Iterator[tuple[bool, str]]:
    """Fits each run anew in a folder that goes away, and compares predictions.

    Returns:
        Of each, whether all predictions are equal bit for bit, and a line that says so.

    Raises:
        MissingRunError: One is not there to be compared with.
    """
    for run in runs:
        before = run.predictions
        with tempfile.TemporaryDirectory(dir=run.folder.parent, prefix=".writing-") as scratch:
            fit(run, folder := Path(scratch, "again"))
            apart = farthest(before, read(folder).predictions)
        made = "today's code" if run.code == run.code_today else f"code {run.code}"
        how = "equal" if apart == 0 else f"apart by up to {apart:.2g}"
        yield apart == 0, f"{run}: {how}; made by {made}, {run.provenance['code']}"


def farthest(one: pd.DataFrame, other: pd.DataFrame) -> float:
    """The largest difference of two runs' predictions; infinite if they are of other frames."""
    keys = [*KEYS, "split"]
    if list(one) != list(other) or not one[keys].equals(other[keys]):
        return np.inf
    here, there = (of.drop(columns=keys).to_numpy(float) for of in (one, other))
    same = (here == there) | (np.isnan(here) & np.isnan(there))
    return float(np.where(same, 0, np.abs(here - there)).max())
