"""Frames a second of the corpus generator, writing included.

Usage:
    python benchmarks/synth.py [--frames 2000] [--workers 2]
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import resource
import tempfile
import time
from pathlib import Path

import typer

from data_prep.synth import write_corpus
from data_prep.synth.seeds import SUBJECTS, TASKS


def main(frames: int = 2000, workers: int = 2, image_px: int = 256) -> None:
    """Writes a corpus of about `frames` frames to a temporary folder and prints the rate."""
    subjects = SUBJECTS[:: max(1, len(SUBJECTS) // 8)]
    a_sequence = max(1, frames // (len(subjects) * len(TASKS)))
    with tempfile.TemporaryDirectory() as folder:
        warm = dict(subjects=subjects[:workers], tasks=TASKS[:1], frames_per_sequence=2, stride=8)
        write_corpus(Path(folder) / "warm", **warm, workers=workers, progress=False)
        wall, cpu = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        write_corpus(
            Path(folder) / "timed", subjects=subjects, tasks=TASKS, stride=8, workers=workers,
            frames_per_sequence=a_sequence, image_px=image_px, progress=False,
        )  # fmt: skip
        wall = time.perf_counter() - wall
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = (after.ru_utime + after.ru_stime) - (cpu.ru_utime + cpu.ru_stime)
        n = len(list((Path(folder) / "timed").rglob("*.jpg")))
    print(f"{n} frames, {image_px} px, {workers} workers, start of the processes included")
    print(f"{n / wall:.1f} frames/s by the clock ({wall:.1f} s)")
    print(f"{n / used * workers:.1f} frames/s if {workers} cores were free ({used:.1f} s of CPU)")
    print(f"largest process: {after.ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    typer.run(main)
