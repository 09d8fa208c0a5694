"""Rows on folds: (config, row, fold, seed) -> a run, read if it is there and trained if not."""

import time
from collections.abc import Iterable

import pandas as pd
from fastai.basics import default_device, set_seed

from dsin_lib.config import Config
from dsin_lib.data.dataset import Data, split_data
from dsin_lib.data.folds import Split, split_subjects
from dsin_lib.data.store import Store
from dsin_lib.evaluation.predict import final, predict
from dsin_lib.experiments import ROWS, Row, row_aus, row_config, row_named, run_spec
from dsin_lib.locks import alone
from dsin_lib.model.dsin import DSIN
from dsin_lib.paths import run_dir, store_dir
from dsin_lib.studies import STUDIES
from dsin_lib.training.frozen import without_frozen
from dsin_lib.training.modules import load_filters, load_weights, make_modules
from dsin_lib.training.provenance import provenance
from dsin_lib.training.saved import Run, is_complete, load_run, write_run
from dsin_lib.training.stages import ALGORITHM_1, run_step, trainings

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


def train(
    config: Config, row: Row, fold: int, seed: int, starts: list[Run], filters: list[Run]
) -> None:
    """Trains a row's steps and writes its folder in one move.

    Args:
        config: The profile.
        row: The row.
        fold: Of the three.
        seed: Of the initial weights, the held-out subjects and the order of the frames.
        starts: Runs whose weights it starts from.
        filters: Runs whose convolutional filters it takes, and nothing else of them.
    """
    store = Store.open(store_dir(config), config.corpus.active_from)
    own, aus = row_config(config, row), row_aus(config, row)
    patches = split_data(store, subject_split(config, store, fold, seed), row.patches, aus)
    set_seed(seed, reproducible=True)
    modules = make_modules(own, row, store)
    load_weights(modules, [start.weights() for start in starts])
    load_filters(modules["pi"], [of.weights() for of in filters])
    for module in modules.values():
        module.to(default_device())
    weights, clocks = DSIN(**modules), (time.perf_counter(), time.process_time())
    modules, data = without_frozen(row, modules, patches)
    once = (time.perf_counter() - clocks[0], time.process_time() - clocks[1])
    seen = {"train": data["train"], "valid": data[PARTS[own.training.stop_on]]}
    histories = [
        run_step(step, trained, inputs, own, seed + step.number, name)
        for name, (trained, inputs) in trainings(row, modules, seen).items()
        for step in ALGORITHM_1
        if step.number in row.steps
    ]
    model = DSIN(**modules)
    write_run(
        run_dir(config, row, fold, seed),
        spec=run_spec(config, row, fold, seed),
        history=pd.concat(histories),
        predictions=pd.concat(
            [
                _predictions(model, data[part], patches[part].frames, aus).assign(split=part)
                for part in ("valid", "test")
            ]
        ),
        weights={name: tensor.contiguous().cpu() for name, tensor in weights.state_dict().items()},
        provenance=provenance(store, patches, histories, seed, once),
    )


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


def _predictions(model: DSIN, data: Data, frames: pd.DataFrame, aus: list[str]) -> pd.DataFrame:
    out = predict(model, data)
    keys = frames[["subject", "sequence", "frame"]]
    columns = {"": final(out), "_label": data.y}
    if "y_hat" in out:
        fused = data.x if model.phi is None else out["f"]
        columns |= {"_fused": fused, "_chi": out["chi"].mean(1)}
    values = [
        pd.DataFrame(value.numpy(), columns=[f"{au}{suffix}" for au in aus])
        for suffix, value in columns.items()
    ]
    return pd.concat([keys, *values], axis=1)
