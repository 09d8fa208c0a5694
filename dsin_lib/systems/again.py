"""Runs fitted anew beside what is there: do today's code and machine still give the same?

Every row is asked by one run, which starts from runs of today's code, or pinned ones.
"""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from dsin_lib.runs.files import read
from dsin_lib.runs.predictions import KEYS
from dsin_lib.runs.run import Run
from dsin_lib.systems.ensure import ensure
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


def fitted_again(runs: Iterable[Run]) -> Iterator[tuple[bool | None, str]]:
    """Fits each run anew in a folder that goes away, and compares predictions.

    It is compared with the run that is there, or else with the newest of other code.

    Returns:
        Of each, whether all predictions are equal bit for bit, none if there is nothing to compare
        with, and a line that says so.
    """
    for run in runs:
        folder = run.folder if run.is_there() else run.before()
        if folder is None:
            yield None, f"{run}: not there, by whatever code; {run.command} makes it"
            continue
        there = read(folder)
        ensure(run.starts + run.filters)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".writing-") as scratch:
            fit(run, anew := Path(scratch, "again"))
            apart = farthest(there.predictions, read(anew).predictions)
        code = folder.name.rpartition("-")[2]
        made = "today's code" if code == run.code_today else f"code {code}"
        how = "equal" if apart == 0 else f"apart by up to {apart:.2g}"
        yield apart == 0, f"{run}: {how}; made by {made}, {there.provenance['code']}"


def farthest(one: pd.DataFrame, other: pd.DataFrame) -> float:
    """The largest difference of two runs' predictions; infinite if they are of other frames."""
    keys = [*KEYS, "split"]
    if list(one) != list(other) or not one[keys].equals(other[keys]):
        return np.inf
    here, there = (of.drop(columns=keys).to_numpy(float) for of in (one, other))
    same = (here == there) | (np.isnan(here) & np.isnan(there))
    return float(np.where(same, 0, np.abs(here - there)).max())
