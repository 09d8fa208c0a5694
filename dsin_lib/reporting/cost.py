"""What a profile's trainings cost, each counted once however many rows start from it."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pandas as pd

from dsin_lib.runs.chapters import studies
from dsin_lib.config import Config
from dsin_lib.runs.rows import ROWS, TABLE_4_TRAINED, TRAINED, Row, row_named
from dsin_lib.config.places import run_dir
from dsin_lib.runs.sweeps import STUDIES, Trial
from dsin_lib.runs.files import load_run

TABLES = {
    "Table 3": tuple(Trial(row) for row in TRAINED),
    "Table 4": tuple(Trial(row, second=True) for row in TABLE_4_TRAINED),
}


def trainings(config: Config, *parts: str) -> pd.DataFrame:
    """One line a distinct training, named after what asks for it first.

    Args:
        config: The profile.
        parts: Tables and studies; none for all of them.

    Returns:
        Columns ``part`` (a table or a study), ``row``, ``fold``, ``seed``, ``code``, ``epochs``,
        ``seconds`` by the clock, ``cpu_seconds`` of the processor (missing where not measured).

    Raises:
        FileNotFoundError: A training is not there; names it.
        ValueError: No such part.
    """
    known = dict.fromkeys(part for part, *_ in wanted(config))
    if unknown := [part for part in parts if part not in known]:
        raise ValueError(f"parts: expected some of {list(known)}, got {unknown}")
    lines: dict[Path, dict[str, object]] = {}
    for part, trial, fold, seed in wanted(config):
        if parts and part not in parts:
            continue
        for folder, row in chain(trial.of(config), ROWS[trial.row], fold, seed).items():
            if folder not in lines:
                lines[folder] = {"part": part, "row": row.id, "fold": fold, "seed": seed}
                lines[folder] |= _measured(folder)
    return pd.DataFrame(lines.values())


def chain(config: Config, row: Row, fold: int, seed: int) -> dict[Path, Row]:
    """The folders of a row's training and of all that it starts from, the first one first."""
    found: dict[Path, Row] = {}
    for source in row.filters_from:
        found |= chain(config.on_second_corpus(), row_named(source), fold, seed)
    for start in row.starts_from:
        found |= chain(config, row_named(start), fold, seed)
    return found | ({run_dir(config, row, fold, seed): row} if row.steps else {})


def shares(config: Config, *tables: str) -> pd.DataFrame:
    """What sharing saves: per table, its distinct trainings and what each row alone would need.

    Args:
        config: The profile.
        tables: Of :data:`TABLES`; none for all that the profile has.

    Returns:
        One line a table: ``trainings`` and ``seconds`` as they are, ``trainings alone`` and
        ``seconds alone`` if every row trained all that it starts from for itself.
    """
    lines = {}
    for table in tables or TABLES:
        trials = TABLES[table]
        if trials[0].second and config.second_corpus is None:
            continue
        chains = [
            chain(trial.of(config), ROWS[trial.row], fold, seed)
            for trial in trials
            for fold in config.evaluation.folds
            for seed in config.evaluation.seeds
        ]
        every = [folder for one in chains for folder in one]
        seconds = {folder: float(_measured(folder)["seconds"]) for folder in set(every)}
        lines[table] = {
            "trainings": len(seconds),
            "seconds": sum(seconds.values()),
            "trainings alone": len(every),
            "seconds alone": sum(seconds[folder] for folder in every),
        }
    return pd.DataFrame(lines).T


def by_row(config: Config, *parts: str) -> pd.DataFrame:
    """Trainings, epochs and seconds of each row of each part, summed over folds and seeds.

    A sum of which a part was not measured is missing.
    """
    found = trainings(config, *parts).groupby(["part", "row"], sort=False)
    sums = found[["epochs", "seconds", "cpu_seconds"]].sum(skipna=False)
    return sums.assign(trainings=found.size())


def of_table_3(config: Config) -> pd.DataFrame:
    """What each row of Table 3 adds to the bill, as the book prints it: its own training alone."""
    found = by_row(config, "Table 3").loc["Table 3"]
    columns = {
        "trainings": found["trainings"],
        "epochs": found["epochs"] / found["trainings"],
        "processor s": found["cpu_seconds"] / found["trainings"],
    }
    shown = pd.DataFrame(columns).set_axis([ROWS[row].shown for row in found.index])
    return shown.rename(columns={"epochs": "epochs each", "processor s": "processor s each"})


def wanted(config: Config) -> Iterator[tuple[str, Trial, int, int]]:
    """Part, trial, fold and seed of everything that a profile's book asks for."""
    evaluation, trained = config.evaluation, studies(config)
    parts = {"Table 3": (TABLES["Table 3"], evaluation.folds, evaluation.seeds)}
    for name, study in STUDIES.items():
        if name not in trained:
            continue
        shown = "Table 4" if name == "table_4" else f"study {name}"
        parts[shown] = (study.trials(config), study.folds(config), study.seeds(config))
    for part, (trials, folds, seeds) in parts.items():
        for trial, fold, seed in product(trials, folds, seeds):
            yield part, trial, fold, seed


def _measured(folder: Path) -> dict[str, object]:
    found = load_run(folder).provenance
    cpu = found.get("cpu_seconds")  # runs made before it was measured have none
    return {
        "code": found["code"],
        "epochs": sum(found["epochs"].values()),
        "seconds": sum(found["seconds"].values()),
        "cpu_seconds": sum(cpu.values()) if cpu else float("nan"),
    }
