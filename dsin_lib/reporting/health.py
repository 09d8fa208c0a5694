"""Which units of a profile's networks learned: for tables, claims, pages and the command line.

A row rests on every network that its predictions pass through, so a dead unit of the mouth's
network inside PP+F counts for that unit of PP+F.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from dsin_lib.config import Config
from dsin_lib.runs.rows import PATCH_ROWS, ROWS, Row, row_named
from dsin_lib.reporting.cost import chain, wanted
from dsin_lib.runs.health import BLIND, DEAD, SEEING, UNSETTLED, at_the_end, dead
from dsin_lib.training.runs import run
from dsin_lib.runs.files import load_run

DAGGER = "†"
LEGEND = (
    f"{DAGGER} a unit of a network of this row never learned though it had frames to learn from"
)
FED, UNFED = "dead and fed", "dead but not fed"
STATES = (FED, UNFED, UNSETTLED, BLIND, SEEING)
"""What a unit is counted as: a defect, too little to learn from, stopped too early, a result, and
as it should be."""
BLIND_COLUMNS = ("blind for", "blind, but not fed")


def units(config: Config, row: Row, fold: int, seed: int) -> pd.DataFrame:
    """The last state of every unit of every network that a row's predictions pass through.

    A network that the row takes over and does not train, as step 4 alone does with the patches, is
    as the run that trained it left it.

    Returns:
        One line a network and Action Unit, as of :class:`dsin_lib.runs.files.Run`.
    """
    own = run(config, row, fold, seed).health
    starts = () if set(row.patches) <= set(own["network"]) else row.starts_from
    taken = [units(config, row_named(start), fold, seed) for start in starts]
    return at_the_end(pd.concat([*taken, own], ignore_index=True))


def dead_units(config: Config, row: Row, fold: int, seed: int) -> pd.DataFrame:
    """The lines of :func:`units` that are a defect."""
    return dead(units(config, row, fold, seed))


def of_rows(config: Config, rows: Iterable[str]) -> pd.DataFrame:
    """:func:`units` of some rows on every fold and seed, with ``row`` (as shown), fold and seed."""
    return pd.concat(
        [
            units(config, row, fold, seed).assign(row=row.shown, fold=fold, seed=seed)
            for row in map(row_named, rows)
            for fold in config.evaluation.folds
            for seed in config.evaluation.seeds
        ],
        ignore_index=True,
    )


def defective(config: Config, rows: Iterable[str]) -> list[tuple[str, str]]:
    """Row (as shown) and Action Unit of each cell with a dead and fed unit in any fold or seed."""
    found = of_rows(config, rows)
    found = found[_counted_as(found) == FED]
    return list(dict.fromkeys(zip(found["row"], found["au"], strict=True)))


def cells(found: pd.DataFrame) -> list[tuple[str, str]]:
    """The same of a table, its averages included, from the column ``dead`` of its scores.

    Args:
        found: Of :func:`dsin_lib.reporting.tables.table_scores`.
    """
    spoiled = found.loc[found["dead"] > 0, ["row", "au"]].drop_duplicates()
    whole = [row for row in spoiled["row"].unique() if not ROWS[row].aus]
    pairs = [*zip(spoiled["row"], spoiled["au"], strict=True), *((row, "average") for row in whole)]
    return [(ROWS[row].shown, column) for row, column in pairs]


def marks(table: pd.DataFrame) -> pd.DataFrame:
    """A dagger for each cell that ``table.attrs`` calls dead, nothing for others; same shape."""
    spoiled = set(table.attrs.get("dead", ()))
    signs = [[DAGGER if (row, c) in spoiled else "" for c in table.columns] for row in table.index]
    return pd.DataFrame(signs, table.index, table.columns)


def sound(table: pd.DataFrame) -> pd.DataFrame:
    """A table without the values of cells with a dead unit behind them."""
    return table.where(marks(table) == "")


def without_dead(labels: np.ndarray, config: Config, row: Row, fold: int, seed: int) -> np.ndarray:
    """Labels (frame au) as if a row's dead units were not coded, so that they have no score."""
    dead = set(dead_units(config, row, fold, seed)["au"])
    return np.where([au in dead for au in config.corpus.aus], np.nan, labels)


def legend(table: pd.DataFrame) -> str:
    """The line below a table with a dagger, as HTML; nothing below others."""
    some = (marks(table) != "").any(axis=None)
    return f'<p class="provenance">{LEGEND}</p>' if some else ""


def in_words(named: Iterable[str]) -> str:
    """Why nothing is said: the dead units by name."""
    return f"dead units: {', '.join(named)}"


def summary(config: Config, rows: Iterable[str]) -> pd.DataFrame:
    """How many units of each row's networks are in each state, over folds and seeds.

    Returns:
        One line a row: ``units``, a column for each of :data:`STATES`, and, if there is a defect,
        ``which`` names it.
    """
    found = of_rows(config, rows)
    counts = pd.crosstab(found["row"], _counted_as(found))
    counts = counts.reindex(found["row"].unique()).reindex(columns=STATES, fill_value=0)
    table = counts.rename_axis(index=None, columns=None).astype(object)
    table.insert(0, "units", counts.sum(axis=1))
    spoiled = found[_counted_as(found) == FED]
    if len(spoiled):
        names = spoiled.apply(_in_fold, axis=1).groupby(spoiled["row"]).agg(", ".join)
        table["which"] = names.reindex(table.index).fillna("")
    return table


def blind_by_patch(config: Config, rows: Iterable[str] = PATCH_ROWS) -> pd.DataFrame:
    """For which Action Units the network of each patch is blind, fed ones apart from others.

    Those that are blind in some of the trainings only say in how many.
    """
    found = of_rows(config, rows)
    of = len(config.evaluation.folds) * len(config.evaluation.seeds)
    blind = found[found["state"] == BLIND]
    lists = {
        name: blind[blind["fed"] == fed].groupby("row")["au"].agg(lambda aus: _listed(aus, of))
        for name, fed in zip(BLIND_COLUMNS, (True, False), strict=True)
    }
    return pd.DataFrame(lists, index=found["row"].unique()).fillna("none")


def on_disk(config: Config) -> dict[Path, pd.DataFrame | None]:
    """The record of every run that a profile's book asks for; none where it is not finished.

    Trains nothing. A run is named by its folder.
    """
    folders: dict[Path, Row] = {}
    for _, trial, fold, seed in wanted(config):
        folders |= chain(trial.of(config), row_named(trial.row), fold, seed)
    return {folder: _finished(folder) for folder in folders}


def report(found: Mapping[Path, pd.DataFrame | None]) -> tuple[list[str], list[str]]:
    """What :func:`on_disk` says: a line a finished run, and a line a dead and fed unit."""
    finished = {f"{f.parent.name}/{f.name}": one for f, one in found.items() if one is not None}
    counts = [f"{name}: {_count(one)}" for name, one in finished.items()]
    defects = [
        f"{FED}: {unit.au} of the network {unit.network} in {name}"
        for name, one in finished.items()
        for unit in dead(one).itertuples()
    ]
    return counts, defects


def _finished(folder: Path) -> pd.DataFrame | None:
    try:
        return load_run(folder).health
    except FileNotFoundError:
        return None


def _count(health: pd.DataFrame) -> str:
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
