"""Are the runs of two results folders the same, bit for bit? What `yardstick.py` asks.

The first part knows how results lie on disk and what a spec says: mend it when that changes.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pandas as pd

RUNS = "runs/*/*/config.json"
"""The spec of every run, beside its `predictions.parquet`."""
KEYS = ["subject", "sequence", "frame", "split"]
"""Columns of the predictions that name a frame."""
PLACES = ("root", "weights")
"""Parameters that say where something lies, not what it is."""
OF_THE_ROW = ("system", "network", "fixed_filters", "aus")
"""What specs have said since 2026-11-27, and the row's id says too."""


@dataclass(frozen=True)
class Run:
    """One run: its folder, which run of its row it is, its spec, its turn in the sweeps."""

    folder: Path
    kind: tuple[str, int, int]
    spec: str
    turn: tuple[int, str]


def find_runs(results: Path) -> list[Run]:
    """Every run below a results folder; those of the tables alone come before those of sweeps."""
    recorded = [
        name
        for record in sorted(results.glob("*/sweeps/*.json"))
        for name in json.loads(record.read_text())["runs"]
    ]
    turns = {name: number for number, name in reversed(list(enumerate(recorded)))}
    found = []
    for path in sorted(results.glob(RUNS)):
        spec, name = json.loads(path.read_text()), path.parent.relative_to(results).as_posix()
        kind = spec["row"], spec["fold"], spec["seed"]
        content = json.dumps(without_places(spec), sort_keys=True)
        found.append(Run(path.parent, kind, content, (turns.get(name, -1), name)))
    return sorted(found, key=lambda run: (run.kind, run.turn))


def without_places(value: object) -> object:
    """A spec without the paths in it, nor what older ones did not say."""
    if isinstance(value, Mapping):
        kept = {k: of for k, of in value.items() if k not in (*PLACES, *OF_THE_ROW)}
        return {k: without_places(of) for k, of in kept.items() if of or k != "filters_from"}
    return [without_places(one) for one in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Difference:
    """How far two tables of predictions are apart.

    Attributes:
        frames: Rows with a difference; all, where the frames or the columns are others.
        largest: Absolute difference of a number; NaN where a number stands beside none, or where
            rows cannot be told to be the same frame.
        column: The first that differs.
    """

    frames: int
    largest: float
    column: str


def compare(there: pd.DataFrame, here: pd.DataFrame) -> Difference | None:
    """What two tables of predictions differ in, bit for bit; none if in nothing."""
    for name, other in zip_longest(there.columns, here.columns):
        if name != other:
            return Difference(max(len(there), len(here)), np.nan, name or other)
    if len(there) != len(here):
        return Difference(max(len(there), len(here)), np.nan, "rows")
    rows, largest, first = np.zeros(len(there), bool), 0.0, ""
    for name in there.columns:
        a, b = there[name], here[name]
        unequal = _unequal(a, b)
        if not unequal.any():
            continue
        first, rows = first or name, rows | unequal
        if name in KEYS or not all(map(pd.api.types.is_numeric_dtype, (a, b))):
            largest = np.nan
        else:
            apart = np.abs(a.to_numpy(float) - b.to_numpy(float))[unequal]
            largest = max(largest, float(apart.max()), key=lambda x: (np.isnan(x), x))
    return Difference(int(rows.sum()), largest, first) if first else None


def _unequal(a: pd.Series, b: pd.Series) -> np.ndarray:
    """Where two columns differ: numbers by their bits, so that 0.0 is not -0.0 and NaN is NaN."""
    if a.dtype != b.dtype:
        return np.ones(len(a), bool)
    if isinstance(a.dtype, np.dtype) and a.dtype.kind == "f":
        bits = np.dtype(f"u{a.dtype.itemsize}")
        return np.ascontiguousarray(a).view(bits) != np.ascontiguousarray(b).view(bits)
    same = (a.reset_index(drop=True) == b.reset_index(drop=True)).fillna(False)
    both_missing = a.isna().to_numpy() & b.isna().to_numpy()
    return ~(same.to_numpy(bool) | both_missing)


Paired = tuple[list[tuple[Run, Run, str]], list[Run], list[Run]]


def pair(there: list[Run], here: list[Run]) -> Paired:
    """Which run is which: by its spec; what is left of a row, fold and seed by its turn.

    Returns:
        Pairs and how each was told ("spec" or "turn"), runs only there, runs only here.
    """
    same: dict[tuple, list[Run]] = defaultdict(list)
    for run in here:
        same[run.kind, run.spec].append(run)
    pairs = []
    for a in there:
        if same[a.kind, a.spec]:
            pairs.append((a, same[a.kind, a.spec].pop(0), "spec"))
    taken = {run.folder for a, b, _ in pairs for run in (a, b)}
    left: dict[tuple, tuple[list, list]] = defaultdict(lambda: ([], []))
    for side, runs in enumerate((there, here)):
        for run in runs:
            if run.folder not in taken:
                left[run.kind][side].append(run)
    only: tuple[list, list] = ([], [])
    for ours in left.values():
        if len(ours[0]) == len(ours[1]):
            pairs += [(a, b, "turn") for a, b in zip(*ours, strict=True)]
        else:
            only[0].extend(ours[0])
            only[1].extend(ours[1])
    return pairs, *only


def report(there: Path, here: Path) -> bool:
    """Prints the comparison of two results folders; whether there are runs and all are equal."""
    pairs, only_there, only_here = pair(find_runs(there), find_runs(here))
    equal = 0
    for a, b, told_by in pairs:
        tables = (pd.read_parquet(run.folder / "predictions.parquet") for run in (a, b))
        found = compare(*tables)
        equal += found is None
        if found is not None:
            what = f"{found.frames} frames, up to {found.largest:.3g}, first in {found.column}"
            print(f"different: {b.folder.relative_to(here)}: {what} (found by its {told_by})")
    for where, runs, root in (("there", only_there, there), ("here", only_here, here)):
        for run in runs:
            print(f"only {where}: {run.folder.relative_to(root)}")
    by_turn = sum(told_by == "turn" for *_, told_by in pairs)
    print(
        f"{equal} equal, {len(pairs) - equal} different, {len(only_there)} only there, "
        f"{len(only_here)} only here; {by_turn} runs told by their turn, not by their spec"
    )
    return bool(pairs) and equal == len(pairs) and not only_there and not only_here
