"""Fits a run's system, and puts what comes of it into the run's folder in one move."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import torch

from dsin_lib.data.dataset import PatchData, split_data
from dsin_lib.runs.files import write
from dsin_lib.runs.predictions import LABEL, PARTS, SCORE, table
from dsin_lib.runs.run import Run
from dsin_lib.runs.split import split_of, store_of
from dsin_lib.systems.door import System, system_of
from dsin_lib.training.provenance import provenance


def fit(run: Run, folder: Path | None = None) -> None:
    """Fits a run's system and writes its folder.

    Args:
        run: What it starts from, and takes filters of, must be there.
        folder: Where it goes; none for the run's own.
    """
    store = store_of(run)
    parts = split_data(store, split_of(run, store), run.row.patches, run.aus)
    system = system_of(run, store)
    system.fit(parts["train"], parts[PARTS[run.config.training.stop_on]])
    predictions = [_predicted(system, parts[part]).assign(split=part) for part in ("valid", "test")]
    left = system.left()
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
    unlabelled = replace(part, y=torch.full_like(part.y, torch.nan))
    scores = system.predict(unlabelled)
    values = {SCORE: scores, LABEL: part.y.numpy(), **system.beside(unlabelled)}
    return table(part.frames, system.run.aus, values)
