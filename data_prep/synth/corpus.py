"""Writes a corpus to disk in the layout of its shape: complete or absent, sequence by sequence.

Beside pictures and label files, where `layouts.py` says::

    truth/F001_T1.parquet            what was drawn (SynAU-D: truth/SN001.parquet)
    subjects.csv                     who was drawn
    corpus.json                      version, parameters, content hash; written last
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from threadpoolctl import threadpool_limits

from data_prep.synth import camera, filming, lips
from data_prep.synth.action_units import damped
from data_prep.synth.identity import identity
from data_prep.synth.layouts import Layout
from data_prep.synth.performance import BLINK, Performance, perform, seen_levels
from data_prep.synth.recipe import Recipe, compare, recipe_of
from data_prep.synth.shapes import SHAPES


def write_corpus(
    root: Path,
    *,
    shape: str = "synau_b",
    subjects: Sequence[str],
    tasks: Sequence[str] | None = None,
    frames_per_sequence: int,
    stride: int,
    image_px: int = 256,
    seed: int = 0,
    workers: int = 2,
    progress: bool = True,
) -> None:
    """Writes the corpus; a complete one returns at once, an interrupted one goes on.

    Args:
        root: folder of the corpus.
        shape: "synau_b" (BP4D's) or "synau_d" (DISFA's), a row of `shapes.SHAPES`.
        subjects: its names: "F001".."F023", "M001".."M018", or "SN001".."SN032".
        tasks: "T1".."T8", or "left", SynAU-D's one sequence; None: all.
        frames_per_sequence: frames written a sequence, at least 1.
        stride: video frames (25 a second, or 20) from one written frame to the next, at least 1.
        image_px: side of the square pictures, at least 96.
        seed: decides everything that is drawn.
        workers: processes; the content does not depend on it.
        progress: whether to show a bar.

    Raises:
        ValueError: a parameter out of range, or `root` holds a corpus of other parameters.
    """
    root = Path(root)
    recipe = recipe_of(shape, subjects, tasks, frames_per_sequence, stride, image_px, seed)
    if workers < 1:
        raise ValueError(f"workers: expected at least 1, found {workers}")
    if _is_complete(root, recipe):
        return
    root.mkdir(parents=True, exist_ok=True)
    _claim(root, recipe)
    layout = SHAPES[shape].layout
    for leftover in root.rglob("*.tmp"):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    jobs = [
        (str(root), subject, recipe)
        for subject in recipe.subjects
        if any(not _sequence_done(root, layout, subject, task) for task in recipe.tasks)
    ]
    _run(jobs, shape, workers, progress)
    _write_text(root / "subjects.csv", _subjects_table(recipe).to_csv(index=False))
    content = {
        "name": shape,
        "recipe": recipe.as_json(),
        "content_sha256": content_hash(root, recipe),
    }
    _write_text(root / "corpus.json", json.dumps(content, indent=1) + "\n")
    (root / "corpus.partial.json").unlink()


def _is_complete(root: Path, recipe: Recipe) -> bool:
    path = root / "corpus.json"
    if not path.exists():
        return False
    compare(path, recipe)
    return True


def _claim(root: Path, recipe: Recipe) -> None:
    """Records the parameters before the first frame, so that nothing is ever mixed."""
    path = root / "corpus.partial.json"
    if path.exists():
        compare(path, recipe)
    else:
        _write_text(path, json.dumps({"recipe": recipe.as_json()}, indent=1) + "\n")


def _write_text(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".tmp")
    part.write_text(text)
    part.replace(path)


def _sequence_done(root: Path, layout: Layout, subject: str, task: str) -> bool:
    """The frames' folder is renamed last, so it stands for the whole sequence."""
    return (root / layout.pictures(subject, task)).is_dir()


def _run(jobs: list, name: str, workers: int, progress: bool) -> None:
    """Writes subject by subject, in processes of one thread each."""
    bar = Progress(
        TextColumn(name), BarColumn(), MofNCompleteColumn(), TextColumn("subjects"),
        TimeRemainingColumn(), disable=not progress,
    )  # fmt: skip
    with bar:
        shown = bar.add_task("", total=len(jobs))
        if workers == 1:
            for job in jobs:
                _write_subject(job)
                bar.advance(shown)
            return
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            for done in as_completed([pool.submit(_write_subject, job) for job in jobs]):
                done.result()
                bar.advance(shown)


def _write_subject(job: tuple[str, str, Recipe]) -> None:
    """Writes the missing sequences of one subject on one thread: more would change last bits."""
    root, subject, recipe = job
    cv2.setNumThreads(1)
    with threadpool_limits(1):
        for task in recipe.tasks:
            if not _sequence_done(Path(root), SHAPES[recipe.shape].layout, subject, task):
                _write_sequence(Path(root), subject, task, recipe)


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
        _write_text(root / path, text)
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


def _subjects_table(recipe: Recipe) -> pd.DataFrame:
    rows = []
    for subject in recipe.subjects:
        who = identity(subject, recipe.seed)
        sex = "M" if who.male else "F"
        shares = dict(zip(("african", "asian", "caucasian"), who.ancestry.round(3), strict=True))
        rows.append({"subject": subject, "sex": sex, "age": round(who.age, 1), **shares})
    return pd.DataFrame(rows)


def content_hash(root: Path, recipe: Recipe) -> str:
    """Returns the SHA-256 over every label file and every picture, by name."""
    digest = hashlib.sha256(json.dumps(recipe.as_json(), sort_keys=True).encode())
    shape = SHAPES[recipe.shape]
    nothing = np.zeros(0, int), np.zeros((0, len(shape.aus)), int)
    for subject in recipe.subjects:
        for task in recipe.tasks:
            labels = shape.layout.labels(subject, task, *nothing, shape.aus)
            pictures = sorted((root / shape.layout.pictures(subject, task)).glob("*.jpg"))
            for path in (*(root / name for name in labels), *pictures):
                digest.update(f"{path.relative_to(root).as_posix()}\n".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
