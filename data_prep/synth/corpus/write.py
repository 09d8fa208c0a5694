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
from concurrent.futures import as_completed
from pathlib import Path

import numpy as np
import pandas as pd
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from data_prep.synth.corpus.recipe import Recipe, compare, recipe_of
from data_prep.synth.people.identity import identity
from data_prep.synth.plan.layouts import write_text
from data_prep.synth.plan.shapes import SHAPES
from data_prep.workers import worker_pool


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
        (root, subject, recipe)
        for subject in recipe.subjects
        if not all(layout.is_written(root, subject, task) for task in recipe.tasks)
    ]
    if jobs:
        _run(jobs, shape, workers, progress)
    write_text(root / "subjects.csv", _subjects_table(recipe).to_csv(index=False))
    content = {
        "name": shape,
        "recipe": recipe.as_json(),
        "content_sha256": content_hash(root, recipe),
    }
    write_text(root / "corpus.json", json.dumps(content, indent=1) + "\n")
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
        write_text(path, json.dumps({"recipe": recipe.as_json()}, indent=1) + "\n")


def _run(jobs: list[tuple[Path, str, Recipe]], name: str, workers: int, progress: bool) -> None:
    """Writes subject by subject, in processes of one thread each."""
    from data_prep.synth.corpus.sequences import (
        write_subject,  # compiles: not for a finished corpus
    )

    bar = Progress(
        TextColumn(name), BarColumn(), MofNCompleteColumn(), TextColumn("subjects"),
        TimeRemainingColumn(), disable=not progress,
    )  # fmt: skip
    with bar, worker_pool(workers) as pool:
        shown = bar.add_task("", total=len(jobs))
        if pool is None:
            for job in jobs:
                write_subject(*job)
                bar.advance(shown)
            return
        for done in as_completed([pool.submit(write_subject, *job) for job in jobs]):
            done.result()
            bar.advance(shown)


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
