"""A run's files: a folder that is complete or absent.

==========================  ==========================================================
file                        content
==========================  ==========================================================
config.json                 the run's spec: everything its numbers depend on
history.csv                 one line an epoch of every step
health.csv                  one line a step, network and Action Unit: what tells whether it learned
predictions.parquet         held-out and test frames: probabilities and labels
weights.safetensors         pi, phi, omega as far as trained, spec in the metadata
layers.csv, votes.csv ...   what the trained network shows of itself
provenance.json             code version, data hash, libraries, seed, machine, seconds
==========================  ==========================================================

Every run has its spec, its predictions and its provenance; a system that has no epochs or no
tensors leaves out the rest. The provenance lists what was written.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from safetensors import SafetensorError

from dsin_lib.files import named
from dsin_lib.runs.health import with_states

SPEC, PREDICTIONS, PROVENANCE = "config.json", "predictions.parquet", "provenance.json"
HISTORY, HEALTH, WEIGHTS = "history.csv", "health.csv", "weights.safetensors"
LAYERS, VOTES, MOVEMENT, HEARD = "layers", "votes", "movement", "heard"
"""Looks: tables of what a trained network shows of itself, as far as it has it."""
FILTERS = ".convolutions."
"""Part of the names of the tensors of convolutional blocks, batch normalisation included."""
ALWAYS = (SPEC, PREDICTIONS, PROVENANCE)
"""What every run holds."""
FILES = (*ALWAYS, HISTORY, HEALTH, WEIGHTS)
"""What a trained network leaves behind."""
NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Files:
    """What a run has left on disk.

    Attributes:
        folder: Its files.
        spec: What its numbers depend on.
        history: One line an epoch: step, epoch (from 1; 0: the weights that a joint step came
            with), train_loss, valid_loss, valid_f1, valid_auc, chi_mean, chi_std, whether its
            weights were ``kept`` and its updates ``compiled``, step_seconds, step_cpu_seconds,
            network (``all``, or one Action Unit's own).
        health: One line a step, network and Action Unit: what
            :func:`dsin_lib.runs.health.record` found when the step ended, ``frames``, ``people``
            and ``fed``: what the unit had to learn from, and its ``state``.
        predictions: One line a held-out (``split`` valid) or test frame: subject, sequence,
            frame, a probability an Action Unit, and its label as ``AU01_label``. With structure
            inference also ``AU01_fused``, f that it starts from, and ``AU01_chi``, the mean of its
            correction factor over the steps.
        provenance: Code version, data hash, libraries, machine, seconds.
    """

    folder: Path
    spec: dict
    predictions: pd.DataFrame
    provenance: dict
    history: pd.DataFrame
    health: pd.DataFrame

    def look(self, name: str) -> pd.DataFrame:
        """A table of what the trained network shows of itself.

        Raises:
            ValueError: The run has none of that name, or its file is damaged; names the folder.
        """
        with _readable(self.folder):
            return pd.read_csv(self.folder / f"{name}.csv", index_col=0)

    def weights(self) -> dict[str, Any]:
        """The trained tensors, named ``pi.`` ``phi.`` ``omega.``, in single precision.

        Raises:
            ValueError: The file is damaged, or the run came without it; names the folder.
        """
        from safetensors.torch import load_file  # brings torch, which predictions do without
        from torch import float16

        with _readable(self.folder):
            found = load_file(self._weights)
        return {name: of.float() if of.dtype == float16 else of for name, of in found.items()}

    def arrays(self) -> dict[str, np.ndarray]:
        """The same tensors for whoever needs their numbers only, and no torch."""
        from safetensors.numpy import load_file

        with _readable(self.folder):
            found = load_file(self._weights)
        halves = {name: of.astype(np.float32) for name, of in found.items() if of.dtype == np.half}
        return found | halves

    @property
    def _weights(self) -> Path:
        if WEIGHTS in self.provenance.get("taken", NONE).get("left_out", ()):
            raise ValueError("a run that was taken from an archive without its weights")
        return self.folder / WEIGHTS


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    """Turns what goes wrong in reading a run into an error that names its folder."""
    try:
        yield
    except (ValueError, OSError, LookupError, TypeError, SafetensorError) as error:
        raise ValueError(
            f"{folder}: expected a readable run, got {error}; remove the folder to train it again"
        ) from error


def is_complete(folder: Path, spec: Mapping) -> bool:
    """Whether a folder holds a whole run of exactly this spec.

    Raises:
        ValueError: Its spec or its provenance is damaged; names the folder, which may be removed.
    """
    if not all((folder / name).is_file() for name in ALWAYS):
        return False
    with _readable(folder):
        own, made = (json.loads((folder / name).read_text()) for name in (SPEC, PROVENANCE))
        whole = all((folder / name).is_file() for name in made["files"])
        return whole and own == json.loads(json.dumps(spec))


def read(folder: Path) -> Files:
    """Reads a complete run, once however often it is asked for.

    Raises:
        ValueError: A file of it is damaged; names the folder, which may be removed.
    """
    return _read(folder, (folder / PROVENANCE).stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(folder: Path, changed: int) -> Files:
    with _readable(folder):
        return Files(
            folder,
            json.loads((folder / SPEC).read_text()),
            pd.read_parquet(folder / PREDICTIONS),
            json.loads((folder / PROVENANCE).read_text()),
            _table(folder / HISTORY),
            with_states(_table(folder / HEALTH)),
        )


def _table(path: Path) -> pd.DataFrame:
    """A table that a system may lack: empty then."""
    return pd.read_csv(path) if path.is_file() else pd.DataFrame()


def write(
    folder: Path,
    *,
    spec: dict,
    predictions: pd.DataFrame,
    provenance: dict,
    history: pd.DataFrame | None = None,
    health: pd.DataFrame | None = None,
    looks: Mapping[str, pd.DataFrame] = NONE,
    weights: dict[str, Any] | None = None,
) -> None:
    """Writes all files of a run: a reader sees all of it or none."""
    with writing(folder) as fresh:
        (fresh / SPEC).write_text(json.dumps(spec, indent=1) + "\n")
        predictions.to_parquet(fresh / PREDICTIONS, index=False)
        for name, table in ((HISTORY, history), (HEALTH, health)):
            if table is not None:
                table.to_csv(fresh / name, index=False)
        for name, table in looks.items():
            table.to_csv(fresh / f"{name}.csv")
        if weights is not None:
            _write_weights(fresh / WEIGHTS, weights, spec, folder)
        files = sorted([*(path.name for path in fresh.iterdir()), PROVENANCE])
        text = json.dumps({**provenance, "files": files}, indent=1) + "\n"
        (fresh / PROVENANCE).write_text(text)


@contextmanager
def writing(folder: Path) -> Iterator[Path]:
    """An empty folder beside a run's that takes its place if the block ends well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (
        named(folder),
        tempfile.TemporaryDirectory(dir=folder.parent, prefix=".writing-") as parent,
    ):
        fresh = Path(parent) / folder.name
        fresh.mkdir()
        yield fresh
        if folder.exists():
            shutil.rmtree(folder)
        fresh.rename(folder)


def _write_weights(path: Path, weights: dict[str, Any], spec: dict, folder: Path) -> None:
    from safetensors.torch import save_file

    try:
        save_file(weights, path, metadata={"spec": json.dumps(spec)})
    except SafetensorError as error:
        raise OSError(f"{folder}: weights could not be written: {error}") from error
