"""How fast a corpus is prepared, and which step takes the time.

    python -m benchmarks.prepare [--root CORPUS] [--frames 1600] [--workers 2]

Without a root it renders a small open corpus first. The steps are timed on the same frames in
turn, frame by frame, in one process, so that whatever else the machine does slows all of them.
"""

import resource
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Annotated

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from data_prep.prepare import prepare
from data_prep.synth import write_corpus
from dsin_lib.config import Preprocessing
from dsin_lib.data.store import Store
from dsin_lib.faces.align import align
from dsin_lib.faces.landmarks import landmarks
from dsin_lib.faces.patches import PATCH_POINTS, crop, resize
from dsin_lib.faces.stills import decode_image

console = Console()
seconds: dict[str, float] = defaultdict(float)


@contextmanager
def timed(step: str) -> Iterator[None]:
    start = perf_counter()
    yield
    seconds[step] += perf_counter() - start


def cpu_seconds() -> float:
    """Of this process and of its finished children, user and system."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in used)


def time_steps(root: Path, store: Store, n: int) -> int:
    """The chain by hand on up to ``n`` frames that have a face; returns how many."""
    cv2.setNumThreads(1)
    usable = store.frames.query("status == 'ok'")
    chosen = usable.iloc[np.unique(np.linspace(0, len(usable) - 1, n).astype(int))]
    landmarks(np.zeros((128, 128, 3), np.uint8))  # load the models outside the clock
    for source in chosen["source"]:
        with timed("read the file"):
            data = (root / source).read_bytes()
        with timed("decode"):
            image = decode_image(data)
        with timed("detect, 68 landmarks"):
            face = landmarks(image)
        with timed("align to 224 px"):
            aligned, points, _ = align(image, face.points, store.anchors)
        with timed("five patches"):
            for name in PATCH_POINTS:
                crop(aligned, points, name)
        with timed("face to 112 px"):
            resize(aligned, 112)
    return len(chosen)


def main(
    root: Annotated[Path | None, typer.Option(help="A corpus in the BP4D layout.")] = None,
    frames: Annotated[int, typer.Option(help="Of the open corpus, and timed by step.")] = 400,
    workers: int = 2,
) -> None:
    """Print frames/s and the share of each step."""
    with tempfile.TemporaryDirectory() as scratch:
        if root is None:
            root = Path(scratch) / "corpus"
            write_corpus(
                root,
                subjects=["F001", "F002", "M001", "M002"],
                tasks=["T1", "T2", "T5", "T8"],
                frames_per_sequence=max(1, frames // 16),
                stride=10,
                workers=workers,
            )
        start, cpu_before = perf_counter(), cpu_seconds()
        prepare(root, Path(scratch) / "store", Preprocessing(face_px=112), workers=workers)
        whole, cpu = perf_counter() - start, cpu_seconds() - cpu_before
        store = Store.open(Path(scratch) / "store")
        timed_frames = time_steps(root, store, frames)

    total = sum(seconds.values())
    table = Table(title=f"One process, {timed_frames} frames, each step on each frame in turn")
    for column in ("step", "ms a frame", "share"):
        table.add_column(column, justify="left" if column == "step" else "right")
    for step, spent in seconds.items():
        table.add_row(step, f"{1e3 * spent / timed_frames:.2f}", f"{spent / total:.0%}")
    console.print(table)
    n = store.record["counts"]["frames"]
    console.print(
        f"prepare: {n} frames, {workers} workers, {whole:.1f} s from start to store: "
        f"[bold]{n / whole:.0f} frames/s[/bold]"
    )
    console.print(
        f"{1e3 * cpu / n:.1f} ms of CPU a frame, all included: "
        f"{workers} idle cores would do {workers * n / cpu:.0f} frames/s"
    )


if __name__ == "__main__":
    typer.run(main)
