"""Runs on disk: (config, row, fold, seed) -> a folder that is complete or absent.

==========================  ==========================================================
file                        content
==========================  ==========================================================
config.json                 the run's spec: everything its numbers depend on
history.csv                 one line an epoch of every step
predictions.parquet         held-out and test frames: probabilities and labels
weights.safetensors         pi, phi, omega as far as trained, spec in the metadata
provenance.json             code version, data hash, libraries, seed, machine, seconds
==========================  ==========================================================
"""

import json
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch
from fastai.basics import default_device, set_seed
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from dsin_lib.config import Config
from dsin_lib.data.dataset import Data, split_data
from dsin_lib.data.folds import Split, split_subjects
from dsin_lib.data.store import Store
from dsin_lib.evaluation.predict import final, predict
from dsin_lib.experiments import ROWS, Row, row_aus, row_config, row_named, run_spec
from dsin_lib.model.dsin import DSIN
from dsin_lib.paths import run_dir, store_dir
from dsin_lib.studies import STUDIES
from dsin_lib.training.frozen import without_frozen
from dsin_lib.training.modules import load_filters, load_weights, make_modules
from dsin_lib.training.provenance import provenance
from dsin_lib.training.stages import ALGORITHM_1, run_step, trainings

FILES = (
    "config.json",
    "history.csv",
    "predictions.parquet",
    "weights.safetensors",
    "provenance.json",
)
"""What a complete run holds."""
PARTS = {"held_out": "valid", "test": "test"}
"""The part of a split that ends a training and chooses thresholds, by the name of its subjects.

Reading: early-stopping, threshold-set.
"""


@dataclass(frozen=True)
class Run:
    """A complete run.

    Attributes:
        folder: Its files.
        spec: What its numbers depend on.
        history: One line an epoch: step, epoch, train_loss, valid_loss, valid_f1, chi_mean,
            chi_std, step_seconds, step_cpu_seconds, network (``all``, or one Action Unit's own).
        predictions: One line a held-out (``split`` valid) or test frame: subject, sequence,
            frame, a probability an Action Unit, and its label as ``AU01_label``. With structure
            inference also ``AU01_fused``, f that it starts from, and ``AU01_chi``, the mean of its
            correction factor over the steps.
        provenance: Code version, data hash, libraries, machine, seconds.
    """

    folder: Path
    spec: dict
    history: pd.DataFrame
    predictions: pd.DataFrame
    provenance: dict

    def weights(self) -> dict[str, torch.Tensor]:
        """The trained tensors, named ``pi.`` ``phi.`` ``omega.``.

        Raises:
            ValueError: The file is damaged; names the folder, which may be removed.
        """
        with _readable(self.folder):
            return load_file(self.folder / "weights.safetensors")


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    """Turns what goes wrong in reading a run into an error that names its folder."""
    try:
        yield
    except (ValueError, OSError, SafetensorError) as error:
        raise ValueError(
            f"{folder}: expected a readable run, got {error}; remove the folder to train it again"
        ) from error


def is_complete(folder: Path, spec: Mapping) -> bool:
    """Whether a folder holds a whole run of exactly this spec.

    Raises:
        ValueError: Its spec is damaged; names the folder, which may be removed.
    """
    if not all((folder / name).is_file() for name in FILES):
        return False
    with _readable(folder):
        return json.loads((folder / "config.json").read_text()) == json.loads(json.dumps(spec))


def load_run(folder: Path) -> Run:
    """Reads a run.

    Raises:
        FileNotFoundError: The folder is not a complete run; names the missing file.
        ValueError: A file of it is damaged; names the folder, which may be removed.
    """
    for name in FILES:
        if not (folder / name).is_file():
            raise FileNotFoundError(
                f"{folder / name}: expected a complete run, this file is missing"
            )
    with _readable(folder):
        return Run(
            folder,
            json.loads((folder / "config.json").read_text()),
            pd.read_csv(folder / "history.csv"),
            pd.read_parquet(folder / "predictions.parquet"),
            json.loads((folder / "provenance.json").read_text()),
        )


def run(config: Config, row: Row | str, fold: int = 1, seed: int = 0) -> Run:
    """The run of a row: read if it is there, trained (with the rows it starts from) if not."""
    row = row_named(row) if isinstance(row, str) else row
    if not row.steps:
        (row,) = (ROWS[start] for start in row.starts_from)  # a row that re-reads predictions
    folder, spec = run_dir(config, row, fold, seed), run_spec(config, row, fold, seed)
    if not is_complete(folder, spec):
        starts = [run(config, start, fold, seed) for start in row.starts_from]
        filters = [run(config.on_second_corpus(), of, fold, seed) for of in row.filters_from]
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


def write_run(
    folder: Path,
    *,
    spec: dict,
    history: pd.DataFrame,
    predictions: pd.DataFrame,
    weights: dict[str, torch.Tensor],
    provenance: dict,
) -> None:
    """Writes all files beside the folder, then renames: a reader sees all of a run or none."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".writing-") as parent:
        fresh = Path(parent) / folder.name
        fresh.mkdir()
        (fresh / "config.json").write_text(json.dumps(spec, indent=1) + "\n")
        history.to_csv(fresh / "history.csv", index=False)
        predictions.to_parquet(fresh / "predictions.parquet", index=False)
        save_file(weights, fresh / "weights.safetensors", metadata={"spec": json.dumps(spec)})
        (fresh / "provenance.json").write_text(json.dumps(provenance, indent=1) + "\n")
        if folder.exists():
            shutil.rmtree(folder)
        fresh.rename(folder)


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
