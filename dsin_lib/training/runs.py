"""Rows on folds: (config, row, fold, seed) -> a run, read if it is there and trained if not.

Whoever reads runs that are there waits for no training library: that one is imported to train.
"""

from collections.abc import Iterable

from dsin_lib.config import Config
from dsin_lib.data.folds import Split, split_subjects
from dsin_lib.data.store import Store
from dsin_lib.experiments import ROWS, Row, row_named, run_spec
from dsin_lib.locks import alone
from dsin_lib.paths import run_dir
from dsin_lib.studies import STUDIES
from dsin_lib.training.saved import Run, is_complete, load_run

PARTS = {"held_out": "valid", "test": "test"}
"""The part of a split that ends a training and chooses thresholds, by the name of its subjects.

Reading: early-stopping, threshold-set.
"""


def run(config: Config, row: Row | str, fold: int = 1, seed: int = 0) -> Run:
    """The run of a row: read if it is there, trained (with the rows it starts from) if not."""
    row = row_named(row) if isinstance(row, str) else row
    if not row.steps:
        (row,) = (ROWS[start] for start in row.starts_from)  # a row that re-reads predictions
    folder, spec = run_dir(config, row, fold, seed), run_spec(config, row, fold, seed)
    if not is_complete(folder, spec):
        starts = [run(config, start, fold, seed) for start in row.starts_from]
        filters = [run(config.on_second_corpus(), of, fold, seed) for of in row.filters_from]
        with alone(folder):
            if not is_complete(folder, spec):
                from dsin_lib.training.train import train

                train(config, row, fold, seed, starts, filters)
    return load_run(folder)


def run_study(config: Config, name: str, fold: int = 1, seed: int = 0) -> list[Run]:
    """The runs of all trials of a study, read or trained, in their order."""
    trials = STUDIES[name].trials(config)
    return [run(trial.of(config), trial.row, fold, seed) for trial in trials]


def runs_of(config: Config, rows: Iterable[str], fold: int = 1, seed: int = 0) -> dict[str, Run]:
    """The runs of some rows, by the label that the paper prints."""
    return {ROWS[row].label: run(config, row, fold, seed) for row in rows}


def every_run(config: Config, *rows: str) -> list[Run]:
    """The runs of some rows on every fold and seed of a profile, row by row."""
    evaluation = config.evaluation
    return [
        run(config, row, fold, seed)
        for row in rows
        for fold in evaluation.folds
        for seed in evaluation.seeds
    ]


def subject_split(config: Config, store: Store, fold: int, seed: int) -> Split:
    """Train, held-out and test subjects of a fold of the config's corpus."""
    return split_subjects(
        store.frames["subject"].unique(),
        corpus=config.corpus.name,
        fold=fold,
        lists=config.evaluation.fold_lists,
        valid_fraction=config.training.valid_fraction,
        seed=seed,
    )
