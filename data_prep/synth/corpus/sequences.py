"""One sequence of a corpus on disk: its pictures, its label files and what was drawn.

Needs the renderer, so it is imported when there is something to write.
"""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from data_prep.synth.acting import lips
from data_prep.synth.acting.action_units import damped
from data_prep.synth.acting.performance import BLINK, Performance, perform, seen_levels
from data_prep.synth.corpus.recipe import Recipe
from data_prep.synth.plan.layouts import write_text
from data_prep.synth.plan.shapes import SHAPES
from data_prep.synth.render import camera, filming


def write_subject(root: Path, subject: str, recipe: Recipe) -> None:
    """Writes the missing sequences of one subject on one thread: more would change last bits."""
    cv2.setNumThreads(1)
    with threadpool_limits(1):
        for task in recipe.tasks:
            if not SHAPES[recipe.shape].layout.is_written(root, subject, task):
                _write_sequence(root, subject, task, recipe)


def _write_sequence(root: Path, subject: str, task: str, recipe: Recipe) -> None:
    act = perform(
        subject, task, frames_per_sequence=recipe.frames_per_sequence, stride=recipe.stride,
        seed=recipe.seed,
    )  # fmt: skip
    layout = act.shape.layout
    pictures, truth = root / layout.pictures(subject, task), root / layout.truth(subject, task)
    part = pictures.with_name(pictures.name + ".tmp")
    part.mkdir(parents=True, exist_ok=True)
    quality = filming.lens(subject, task, recipe.seed).quality
    shots = []
    for number, shot in zip(
        act.frame, filming.film(act, subject, task, recipe.image_px, recipe.seed), strict=True
    ):
        name = f"{number:0{layout.digits}d}.jpg"
        (part / name).write_bytes(camera.jpeg(shot.picture, quality))
        shots.append((shot.landmarks, shot.lip_gap))
    act = as_drawn(act, np.array([gap for _, gap in shots]))
    truth.parent.mkdir(parents=True, exist_ok=True)
    draft = truth.with_name(truth.name + ".tmp")
    truth_table(act, shots).to_parquet(draft, index=False)
    draft.replace(truth)
    for path, text in layout.labels(subject, task, act.frame, act.label, act.shape.aus).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        write_text(root / path, text)
    part.replace(pictures)


def as_drawn(act: Performance, gap: np.ndarray) -> Performance:
    """Returns the performance with AU25, where it is coded, labelled by the gap (n) in the mesh."""
    if lips.LIPS_PART not in act.shape.aus:
        return act
    return replace(act, label=seen_levels(act, gap))


def truth_table(act: Performance, shots: list) -> pd.DataFrame:
    """Returns what was drawn, one row a frame; intensities are those after exclusions."""
    points = np.stack([p for p, _ in shots])
    columns = {"frame": act.frame}
    left, right = (damped(side) for side in act.sides())
    for a, au in enumerate(act.shape.aus):
        columns[f"AU{au:02d}"] = act.label[:, a]
        columns[f"AU{au:02d}_left"] = left[au]
        columns[f"AU{au:02d}_right"] = right[au]
    for au in act.unlabelled:
        columns["blink" if au == BLINK else f"AU{au:02d}"] = left[au]
    columns |= {"gaze_left": act.gaze[:, 0], "gaze_up": act.gaze[:, 1]}
    columns |= {k: act.pose[:, i] for i, k in enumerate(("yaw", "pitch", "roll"))}
    columns["lip_gap_dm"] = np.array([gap for _, gap in shots])
    for i in range(points.shape[1]):
        columns[f"x{i}"], columns[f"y{i}"] = points[:, i, 0], points[:, i, 1]
    table = pd.DataFrame(columns)
    floats = table.select_dtypes("float64").columns
    return table.astype(dict.fromkeys(floats, "float32"))
