"""Runs on disk: a folder that is complete or absent.

==========================  ==========================================================
file                        content
==========================  ==========================================================
config.json                 the run's spec: everything its numbers depend on
history.csv                 one line an epoch of every step
health.csv                  one line a step, network and Action Unit: what tells whether it learned
predictions.parquet         held-out and test frames: probabilities and labels
weights.safetensors         pi, phi, omega as far as trained, spec in the metadata
provenance.json             code version, data hash, libraries, seed, machine, seconds
==========================  ==========================================================
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from safetensors import SafetensorError

from dsin_lib.files import named
from dsin_lib.training.health import with_states

FILES = (
    "config.json",
    "history.csv",
    "health.csv",
    "predictions.parquet",
    "weights.safetensors",
    "provenance.json",
)
"""What a complete run holds."""


@dataclass(frozen=True)
class Run:
    """A complete run.

    Attributes:
        folder: Its files.
        spec: What its numbers depend on.
        history: One line an epoch: step, epoch (from 1; 0: the weights that a joint step came
            with), train_loss, valid_loss, valid_f1, valid_auc, chi_mean, chi_std, whether its
            weights were ``kept`` and its updates ``compiled``, step_seconds, step_cpu_seconds,
            network (``all``, or one Action Unit's own).
        health: One line a step, network and Action Unit: what
            :func:`dsin_lib.training.health.record` found when the step ended, ``frames``,
            ``people`` and ``fed``: what the unit had to learn from, and its ``state``.
        predictions: One line a held-out (``split`` valid) or test frame: subject, sequence,
            frame, a probability an Action Unit, and its label as ``AU01_label``. With structure
            inference also ``AU01_fused``, f that it starts from, and ``AU01_chi``, the mean of its
            correction factor over the steps.
        provenance: Code version, data hash, libraries, machine, seconds.
    """

    folder: Path
    spec: dict
    history: pd.DataFrame
    health: pd.DataFrame
    predictions: pd.DataFrame
    provenance: dict

    def weights(self) -> dict[str, Any]:
        """The trained tensors, named ``pi.`` ``phi.`` ``omega.``.

        Raises:
            ValueError: The file is damaged; names the folder, which may be removed.
        """
        from safetensors.torch import load_file  # brings torch, which predictions do without

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
            with_states(pd.read_csv(folder / "health.csv")),
            pd.read_parquet(folder / "predictions.parquet"),
            json.loads((folder / "provenance.json").read_text()),
        )


def write_run(
    folder: Path,
    *,
    spec: dict,
    history: pd.DataFrame,
    health: pd.DataFrame,
    predictions: pd.DataFrame,
    weights: dict[str, Any],
    provenance: dict,
) -> None:
    """Writes all files beside the folder, then renames: a reader sees all of a run or none."""
    from safetensors.torch import save_file

    folder.parent.mkdir(parents=True, exist_ok=True)
    with (
        named(folder),
        tempfile.TemporaryDirectory(dir=folder.parent, prefix=".writing-") as parent,
    ):
        fresh = Path(parent) / folder.name
        fresh.mkdir()
        (fresh / "config.json").write_text(json.dumps(spec, indent=1) + "\n")
        history.to_csv(fresh / "history.csv", index=False)
        health.to_csv(fresh / "health.csv", index=False)
        predictions.to_parquet(fresh / "predictions.parquet", index=False)
        try:
            save_file(weights, fresh / "weights.safetensors", metadata={"spec": json.dumps(spec)})
        except SafetensorError as error:
            raise OSError(f"{folder}: weights could not be written: {error}") from error
        (fresh / "provenance.json").write_text(json.dumps(provenance, indent=1) + "\n")
        if folder.exists():
            shutil.rmtree(folder)
        fresh.rename(folder)
