"""Fits a run's system, and puts what comes of it into the run's folder in one move."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from dsin_lib.data.dataset import PatchData, split_data
from dsin_lib.runs.files import write
from dsin_lib.runs.predictions import KEYS, LABEL, PARTS, PROBABILITY, SCORE, table
from dsin_lib.runs.run import Run
from dsin_lib.runs.split import split_of, store_of
from dsin_lib.systems.door import Left, System, system_of
from dsin_lib.systems.provenance import provenance

WHOLE = 0
"""The step whose seconds are those of a system that names no steps."""


def fit(run: Run, folder: Path | None = None) -> None:
    """Fits a run's system and writes its folder.

    Args:
        run: What it starts from, and takes filters of, must be there.
        folder: Where it goes; none for the run's own.

    Raises:
        ValueError: Scores of another shape than (frame au), not finite, or no probabilities where
            the system's operating point says so; names the run.
    """
    store = store_of(run)
    parts = split_data(store, split_of(run, store), run.row.patches, run.aus)
    system = system_of(run, store)
    clocks = time.perf_counter(), time.process_time()
    system.fit(parts["train"], parts[PARTS[run.config.training.stop_on]])
    took = time.perf_counter() - clocks[0], time.process_time() - clocks[1]
    predictions = [_predicted(system, parts[part]).assign(split=part) for part in ("valid", "test")]
    left = _timed(system.left(), *took)
    write(
        folder or run.folder,
        spec=run.spec,
        predictions=pd.concat(predictions),
        provenance=provenance(run, store, parts, system.point, left),
        history=left.history,
        health=left.health,
        looks=left.looks,
        weights=left.weights,
    )


def _predicted(system: System, part: PatchData) -> pd.DataFrame:
    """A part's scores and labels; the system sees no label of it."""
    aus = system.run.aus
    unlabelled = part.frames[[*KEYS, "row"]]
    scores = system.predict(replace(part, frames=unlabelled, y=torch.full_like(part.y, torch.nan)))
    expected = (len(part), len(aus))
    if np.shape(scores) != expected:
        raise ValueError(f"{system.run}: expected scores {expected}, got {np.shape(scores)}")
    if not np.isfinite(scores).all():
        raise ValueError(f"{system.run}: expected finite scores of every frame and unit")
    low, high = np.min(scores), np.max(scores)
    if system.point == PROBABILITY and not (low >= 0 and high <= 1):
        raise ValueError(
            f"{system.run}: point {PROBABILITY}: expected probabilities, got {low} to {high}; "
            "margins have the point 0"
        )
    values = {SCORE: scores, LABEL: part.y.numpy(), **system.beside()}
    return table(part.frames, aus, values)


def _timed(left: Left, seconds: float, cpu_seconds: float) -> Left:
    """With the whole fit's seconds where the system has not told its steps apart."""
    if left.seconds:
        return left
    return replace(
        left, seconds={WHOLE: round(seconds, 1)}, cpu_seconds={WHOLE: round(cpu_seconds, 1)}
    )
