"""Writes SynAU-B to disk in BP4D's layout: complete or absent, sequence by sequence.

Layout::

    F001/T1/0001.jpg                 frames by video frame number, 25 a second
    AUCoding/AU_OCC/F001_T1.csv      header 0..99; frame number; code of AU N in column N: 0, 1, 9
    truth/F001_T1.parquet            what was drawn
    subjects.csv                     who was drawn
    corpus.json                      version, parameters, content hash; written last
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from threadpoolctl import threadpool_limits

from data_prep.synth import camera, filming
from data_prep.synth.action_units import CODED
from data_prep.synth.identity import identity
from data_prep.synth.performance import Performance, perform
from data_prep.synth.recipe import Recipe, compare, recipe_of

NOT_CODED = 9
N_COLUMNS = 100
"""BP4D's AU_OCC files have columns 0..99: the frame number, then AU 1 to AU 99."""


def write_corpus(
    root: Path,
    *,
    subjects: Sequence[str],
    tasks: Sequence[str],
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
        subjects: BP4D names, "F001".."F023", "M001".."M018".
        tasks: "T1".."T8".
        frames_per_sequence: frames written a sequence, at least 1.
        stride: video frames (25 a second) from one written frame to the next, at least 1.
        image_px: side of the square pictures, at least 96.
        seed: decides everything that is drawn.
        workers: processes; the content does not depend on it.
        progress: whether to show a bar.

    Raises:
        ValueError: a parameter out of range, or `root` holds a corpus of other parameters.
    """
    root = Path(root)
    recipe = recipe_of(subjects, tasks, frames_per_sequence, stride, image_px, seed)
    if workers < 1:
        raise ValueError(f"workers: expected at least 1, found {workers}")
    if _is_complete(root, recipe):
        return
    root.mkdir(parents=True, exist_ok=True)
    _claim(root, recipe)
    for leftover in root.rglob("*.tmp"):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    jobs = [
        (str(root), subject, recipe)
        for subject in recipe.subjects
        if any(not _sequence_done(root, subject, task) for task in recipe.tasks)
    ]
    _run(jobs, len(recipe.tasks), workers, progress)
    _write_text(root / "subjects.csv", _subjects_table(recipe).to_csv(index=False))
    content = {
        "name": "synau_b",
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


def _paths(root: Path, subject: str, task: str) -> tuple[Path, Path, Path]:
    """Returns frames' folder, label file and truth file of a sequence."""
    name = f"{subject}_{task}"
    return (
        root / subject / task,
        root / "AUCoding" / "AU_OCC" / f"{name}.csv",
        root / "truth" / f"{name}.parquet",
    )


def _sequence_done(root: Path, subject: str, task: str) -> bool:
    """The frames' folder is renamed last, so it stands for the whole sequence."""
    return _paths(root, subject, task)[0].is_dir()


def _run(jobs: list, n_tasks: int, workers: int, progress: bool) -> None:
    """Writes subject by subject, in processes of one thread each."""
    bar = Progress(
        TextColumn("SynAU-B"), BarColumn(), MofNCompleteColumn(), TextColumn("subjects"),
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
            if not _sequence_done(Path(root), subject, task):
                _write_sequence(Path(root), subject, task, recipe)


def _write_sequence(root: Path, subject: str, task: str, recipe: Recipe) -> None:
    act = perform(
        subject, task, frames_per_sequence=recipe.frames_per_sequence, stride=recipe.stride,
        seed=recipe.seed,
    )  # fmt: skip
    frames, codes, truth = _paths(root, subject, task)
    part = frames.with_name(frames.name + ".tmp")
    for folder in (part, codes.parent, truth.parent):
        folder.mkdir(parents=True, exist_ok=True)
    quality = filming.lens(subject, task, recipe.seed).quality
    shots = []
    for number, shot in zip(
        act.frame, filming.film(act, subject, task, recipe.image_px, recipe.seed), strict=True
    ):
        (part / f"{number:04d}.jpg").write_bytes(camera.jpeg(shot.picture, quality))
        shots.append((shot.landmarks, shot.lip_gap))
    table = truth_table(act, shots)
    draft = truth.with_name(truth.name + ".tmp")
    table.to_parquet(draft, index=False)
    draft.replace(truth)
    _write_text(codes, occurrence_codes(act.frame, act.active).to_csv(index=False))
    part.replace(frames)


def occurrence_codes(frame: np.ndarray, active: np.ndarray) -> pd.DataFrame:
    """Returns BP4D's AU_OCC table: column 0 the frame, column N the code of AU N.

    Args:
        frame: (n) video frame numbers.
        active: (n au) 0/1 of the twelve coded AUs.
    """
    table = np.full((len(frame), N_COLUMNS), NOT_CODED, int)
    table[:, 0] = frame
    table[:, list(CODED)] = active
    return pd.DataFrame(table, columns=[str(i) for i in range(N_COLUMNS)])


def truth_table(act: Performance, shots: list) -> pd.DataFrame:
    """Returns what was drawn, one row a frame."""
    points = np.stack([p for p, _ in shots])
    columns = {"frame": act.frame}
    for a, au in enumerate(CODED):
        columns[f"AU{au:02d}"] = act.active[:, a]
        columns[f"AU{au:02d}_left"] = act.left[:, a]
        columns[f"AU{au:02d}_right"] = act.right[:, a]
    columns |= {"AU25": act.lips_apart, "AU26": act.jaw_drop, "blink": act.blink}
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
        shares = dict(zip(("african", "asian", "caucasian"), who.ancestry.round(3), strict=True))
        rows.append({"subject": subject, "sex": subject[0], "age": round(who.age, 1), **shares})
    return pd.DataFrame(rows)


def content_hash(root: Path, recipe: Recipe) -> str:
    """Returns the SHA-256 over every label file and every picture, by name."""
    digest = hashlib.sha256(json.dumps(recipe.as_json(), sort_keys=True).encode())
    for subject in recipe.subjects:
        for task in recipe.tasks:
            frames, codes, _ = _paths(root, subject, task)
            for path in (codes, *sorted(frames.glob("*.jpg"))):
                digest.update(f"{path.relative_to(root).as_posix()}\n".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
