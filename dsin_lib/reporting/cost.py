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
    found = trainings(parts).groupby(["part", "row"], sort=False)
    sums = found[["epochs", "seconds", "cpu_seconds"]].sum(skipna=False)
    return sums.assign(trainings=found.size())


def each_row(runs: Iterable[Run]) -> pd.DataFrame:
    """What each row of a table adds to the bill, as the book prints it: its own training alone."""
    found = by_row({"": runs}).loc[""]
    columns = {
        "trainings": found["trainings"],
        "epochs each": found["epochs"] / found["trainings"],
        "processor s each": found["cpu_seconds"] / found["trainings"],
    }
    return pd.DataFrame(columns).set_axis([ROWS[row].shown for row in found.index])


def _measured(run: Run) -> dict[str, object]:
    found = run.provenance
    cpu = found.get("cpu_seconds")  # runs made before it was measured have none
    return {
        "code": found["code"],
        "epochs": sum(found["epochs"].values()),
        "seconds": sum(found["seconds"].values()),
        "cpu_seconds": sum(cpu.values()) if cpu else float("nan"),
    }
