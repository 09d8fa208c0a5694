"""Which networks learned: dead units marked, blind ones told apart, what runs on disk say.

Of a row's networks each counts that its predictions pass through, so a dead unit of the mouth's
network inside PP+F counts for that unit of PP+F.
"""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from dsin_lib.runs.health import BLIND, DEAD, SEEING, UNSETTLED, at_the_end, dead
from dsin_lib.runs.run import Run
from dsin_lib.runs.units import dead_of, units_of

FED, UNFED = "dead and fed", "dead but not fed"
STATES = (FED, UNFED, UNSETTLED, BLIND, SEEING)
"""What a unit is counted as: a defect, too little to learn from, stopped too early, a result, and
as it should be."""
BLIND_COLUMNS = ("blind for", "blind, but not fed")


def summary(runs: Iterable[Run]) -> pd.DataFrame:
    """How many units of each row's networks are in each state, over folds and seeds.

    Returns:
        One line a row: ``units``, a column for each of :data:`STATES`, and, if there is a defect,
        ``which`` names it.
    """
    units = _units(runs)
    counts = pd.crosstab(units["row"], _counted_as(units))
    counts = counts.reindex(units["row"].unique()).reindex(columns=STATES, fill_value=0)
    table = counts.rename_axis(index=None, columns=None).astype(object)
    table.insert(0, "units", counts.sum(axis=1))
    spoiled = units[_counted_as(units) == FED]
    if len(spoiled):
        names = spoiled.apply(_in_fold, axis=1).groupby(spoiled["row"]).agg(", ".join)
        table["which"] = names.reindex(table.index).fillna("")
    return table


def blind_by_patch(runs: Sequence[Run]) -> pd.DataFrame:
    """For which Action Units the network of each patch is blind, fed ones apart from others.

    Those that are blind in some of the trainings only say in how many.

    Args:
        runs: Of patches, on the same folds from the same seeds each.
    """
    units = _units(runs)
    of = len({(run.fold, run.seed) for run in runs})
    blind = units[units["state"] == BLIND]
    lists = {
        name: blind[blind["fed"] == fed].groupby("row")["au"].agg(lambda aus: _listed(aus, of))
        for name, fed in zip(BLIND_COLUMNS, (True, False), strict=True)
    }
    return pd.DataFrame(lists, index=units["row"].unique()).fillna("none")


def defects(runs: Iterable[Run]) -> list[str]:
    """The dead and fed units behind some runs, each once, in words."""
    named = [f"{au} of {run.row.shown}" for run in runs for au in dead_of(run)["au"]]
    return list(dict.fromkeys(named))


def in_words(named: Iterable[str]) -> str:
    """Why nothing is said: the dead units by name."""
    return f"dead units: {', '.join(named)}"


def report(runs: Iterable[Run]) -> tuple[list[str], list[str], int]:
    """What the runs of a book say of themselves.

    Returns:
        A line a run that is there, a line a dead and fed unit, and how many runs are missing.
    """
    runs = list(runs)
    there: Mapping[str, pd.DataFrame] = {
        f"{run.row.id}/{run.folder.name}": run.health for run in runs if run.is_there()
    }
    counts = [f"{name}: {_count(of)}" for name, of in there.items()]
    spoiled = [
        f"{FED}: {unit.au} of the network {unit.network} in {name}"
        for name, of in there.items()
        if len(of)
        for unit in dead(of).itertuples()
    ]
    return counts, spoiled, len(runs) - len(there)


def _units(runs: Iterable[Run]) -> pd.DataFrame:
    """Their units, with ``row`` (as shown), fold and seed."""
    return pd.concat(
        [units_of(run).assign(row=run.row.shown, fold=run.fold, seed=run.seed) for run in runs],
        ignore_index=True,
    )


def _count(health: pd.DataFrame) -> str:
    if health.empty:
        return "no network looked at"
    counts = _counted_as(at_the_end(health)).value_counts().reindex(STATES, fill_value=0)
    return ", ".join(f"{n} {state}" for state, n in counts.items())


def _counted_as(health: pd.DataFrame) -> pd.Series:
    """Which of :data:`STATES` each line is."""
    unfed = (health["state"] == DEAD) & ~health["fed"]
    return health["state"].mask(unfed, UNFED).replace(DEAD, FED).rename(None)


def _in_fold(unit: pd.Series) -> str:
    return f"{unit['au']} of {unit['network']} (fold {unit['fold']}, seed {unit['seed']})"


def _listed(aus: pd.Series, of: int) -> str:
    """Names of units in their order, with how many times each is there if that is not always."""
    times = aus.value_counts().sort_index()
    return ", ".join(au if n == of else f"{au} ({n} of {of})" for au, n in times.items())
