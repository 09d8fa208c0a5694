"""What trainings cost, each counted once however many rows start from it."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run, distinct


def trainings(parts: Mapping[str, Iterable[Run]]) -> pd.DataFrame:
    """One line a distinct training, named after what asks for it first.

    Args:
        parts: Runs by the table or the sweep that asks for them, such as
            :func:`dsin_lib.runs.chapters.book` lists.

    Returns:
        Columns ``part``, ``row``, ``fold``, ``seed``, ``code``, ``epochs``, ``seconds`` by the
        clock, ``cpu_seconds`` of the processor (missing where not measured).

    Raises:
        MissingRunError: A training is not there; names it.
    """
    lines: dict[object, dict[str, object]] = {}
    for part, runs in parts.items():
        for run in distinct(runs):
            if run.folder not in lines:
                place = {"row": run.row.id, "fold": run.fold, "seed": run.seed}
                lines[run.folder] = {"part": part, **place, **_measured(run)}
    return pd.DataFrame(lines.values())


def sharing(rows: Mapping[str, Sequence[Run]]) -> dict[str, int | float]:
    """What sharing saves: distinct trainings of some rows, and what each row alone would need.

    Returns:
        ``trainings`` and ``seconds`` as they are, ``trainings alone`` and ``seconds alone`` if
        every row trained all that it starts from for itself.
    """
    chains = [distinct([run]) for runs in rows.values() for run in runs]
    every = [one for chain in chains for one in chain]
    seconds = {one.folder: float(_measured(one)["seconds"]) for one in every}
    return {
        "trainings": len(seconds),
        "seconds": sum(seconds.values()),
        "trainings alone": len(every),
        "seconds alone": sum(seconds[one.folder] for one in every),
    }


def by_row(parts: Mapping[str, Iterable[Run]]) -> pd.DataFrame:
    """Trainings, epochs and seconds of each row of each part, summed over folds and seeds.

    A sum of which a part was not measured is missing.
    """
    groups = trainings(parts).groupby(["part", "row"], sort=False)
    sums = groups[["epochs", "seconds", "cpu_seconds"]].sum(skipna=False)
    return sums.assign(trainings=groups.size())


def each_row(runs: Iterable[Run]) -> pd.DataFrame:
    """What each row of a table adds to the bill, as the book prints it: its own training alone."""
    sums = by_row({"": runs}).loc[""]
    columns = {
        "trainings": sums["trainings"],
        "epochs each": sums["epochs"] / sums["trainings"],
        "processor s each": sums["cpu_seconds"] / sums["trainings"],
    }
    return pd.DataFrame(columns).set_axis([ROWS[row].shown for row in sums.index])


def _measured(run: Run) -> dict[str, object]:
    record = run.provenance
    cpu = record.get("cpu_seconds")  # runs made before it was measured have none
    return {
        "code": record["code"],
        "epochs": sum(record["epochs"].values()),
        "seconds": sum(record["seconds"].values()),
        "cpu_seconds": sum(cpu.values()) if cpu else float("nan"),
    }
