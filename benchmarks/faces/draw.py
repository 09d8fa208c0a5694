"""Draws the fixed frames with the generator of this checkout, as its corpora would show them.

The folder is laid out as the corpora are, without label files: pictures, and `truth/*.parquet` of
what was drawn, one folder a corpus.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks.faces.frames import SEED, whole
from data_prep.synth.acting.performance import Performance
from data_prep.synth.corpus.sequences import as_drawn, truth_table
from data_prep.synth.plan.shapes import SHAPES
from data_prep.synth.render import camera, filming

IMAGE_PX = 256
PER_FRAME = ("frame", "label", "left", "right", "gaze", "pose", "speed")


def at(act: Performance, frame: np.ndarray) -> Performance:
    """Returns these video frames (n) of a performance."""
    rows = frame - 1
    kept = {name: getattr(act, name)[rows] for name in PER_FRAME}
    return replace(act, **kept, unlabelled={au: v[rows] for au, v in act.unlabelled.items()})


def draw(root: Path, frames: pd.DataFrame, tell: Callable[[str], None] = print) -> None:
    """Draws the frames that are not there yet, sequence by sequence."""
    cv2.setNumThreads(1)
    with threadpool_limits(1):
        for (name, subject, task), rows in frames.groupby(["corpus", "subject", "task"]):
            layout, corpus = SHAPES[name].layout, root / name
            if not (corpus / layout.truth(subject, task)).exists():
                _draw_sequence(corpus, subject, task, rows["frame"].to_numpy())
                tell(f"{name} {subject} {task}: {len(rows)} frames")


def _draw_sequence(root: Path, subject: str, task: str, frame: np.ndarray) -> None:
    act = at(whole(subject, task), frame)
    layout = act.shape.layout
    pictures, truth = root / layout.pictures(subject, task), root / layout.truth(subject, task)
    pictures.mkdir(parents=True, exist_ok=True)
    quality, shots = filming.lens(subject, task, SEED).quality, []
    for number, shot in zip(
        act.frame, filming.film(act, subject, task, IMAGE_PX, SEED), strict=True
    ):
        path = pictures / f"{number:0{layout.digits}d}.jpg"
        path.write_bytes(camera.jpeg(shot.picture, quality))
        shots.append((shot.landmarks, shot.lip_gap))
    truth.parent.mkdir(parents=True, exist_ok=True)
    act = as_drawn(act, np.array([gap for _, gap in shots]))
    truth_table(act, shots).to_parquet(truth.with_name(truth.name + ".tmp"), index=False)
    truth.with_name(truth.name + ".tmp").replace(truth)
