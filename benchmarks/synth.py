"""Frames a second and memory of the corpus generator, writing included.

Usage:
    python -m benchmarks.synth [--shape synau_d] [--frames 2000] [--stride 8] [--workers 2]

Memory does not depend on how many subjects there are: a worker holds one at a time. Whole sequences
(--shape synau_d --frames 9690 --stride 1) show the most that it takes.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import resource
import tempfile
import time
from pathlib import Path

import typer

from data_prep.synth import write_corpus
from data_prep.synth.plan.shapes import shape_named

MEBI = 1024
"""KiB, the unit of ru_maxrss."""


def main(
    shape: str = "synau_b", frames: int = 2000, stride: int = 8, workers: int = 2, px: int = 256
) -> None:
    """Writes a corpus of about `frames` frames to a temporary folder and prints the rate."""
    chosen = shape_named(shape)
    longest = (chosen.frames_per_sequence - 1) // stride + 1
    n_subjects = max(workers, min(8, len(chosen.subjects), frames // longest))
    subjects = chosen.subjects[:: len(chosen.subjects) // n_subjects][:n_subjects]
    a_sequence = min(longest, max(1, frames // (n_subjects * len(chosen.tasks))))
    common = dict(shape=shape, image_px=px, workers=workers, progress=False)
    with tempfile.TemporaryDirectory() as folder:
        warm = Path(folder) / "warm"
        write_corpus(
            warm, subjects=subjects[:workers], frames_per_sequence=1, stride=stride, **common
        )
        wall, cpu = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        timed = Path(folder) / "timed"
        write_corpus(
            timed, subjects=subjects, frames_per_sequence=a_sequence, stride=stride, **common
        )
        wall = time.perf_counter() - wall
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        n = len(list(timed.rglob("*.jpg")))
    used = (after.ru_utime + after.ru_stime) - (cpu.ru_utime + cpu.ru_stime)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{shape}: {n} frames, {px} px, {workers} workers, start of the processes included")
    print(f"{n / wall:.1f} frames/s by the clock ({wall:.1f} s)")
    print(f"{n / used * workers:.1f} frames/s if {workers} cores were free ({used:.1f} s of CPU)")
    print(f"at most {(own + workers * after.ru_maxrss) / MEBI:.0f} MiB in all")


if __name__ == "__main__":
    typer.run(main)
