"""What makes training fast: each choice beside its alternative, by turns, in one run.

    python -m benchmarks.training [--only omega] [--at-once 1 --at-once 4]

Needs no corpus: pixels, predictions and labels are random. Calls that are compared alternate, and
medians are printed, so that other work on the machine slows down both. One thread a process. Sized
for two minutes on a CPU and three on a GPU. A section that fails says so, and the others go on.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import subprocess
import sys
import traceback
from enum import StrEnum
from functools import partial
from time import perf_counter
from typing import Annotated

import torch
import typer
from fastai.basics import set_seed

from benchmarks.training.cached_steps import cached, fusion, omega
from benchmarks.training.measuring import ON_GPU, device_name
from benchmarks.training.patches import layout, patches
from benchmarks.training.processes import memory, runs_at_once
from dsin_lib.training.memory import keep_freed_memory

SECTIONS = {
    "layout": layout,
    "cached": cached,
    "patches": patches,
    "omega": omega,
    "fusion": fusion,
    "memory": memory,
    "at-once": runs_at_once,
}
Section = StrEnum("Section", {name: name for name in SECTIONS})
FAILURES = (RuntimeError, ArithmeticError, OSError, subprocess.SubprocessError)
"""Of torch (memory, kernels, a compiler), of a comparison, of a file and of a process."""


def main(
    only: Annotated[list[Section] | None, typer.Option(help="Sections; none: all.")] = None,
    at_once: Annotated[
        list[int] | None,
        typer.Option(min=1, help="Trainings at once; none: 1 and all cores, on a GPU 1, 4 and 14."),
    ] = None,
) -> None:
    """Prints what each choice is worth on this machine."""
    torch.set_num_threads(1)
    keep_freed_memory()
    set_seed(0, reproducible=True)
    print(f"{device_name()}; torch {torch.__version__}; {torch.get_num_threads()} thread")
    counts = at_once or ([1, 4, 14] if ON_GPU else sorted({1, os.cpu_count() or 1}))
    failed = False
    for name in only or SECTIONS:
        section = partial(SECTIONS[name], counts) if name == "at-once" else SECTIONS[name]
        started = perf_counter()
        print(f"\n{name}: {SECTIONS[name].__doc__}", flush=True)
        try:
            section()
        except FAILURES:
            failed = True
            traceback.print_exc(file=sys.stdout)
        print(f"({perf_counter() - started:.0f} s)", flush=True)
    raise typer.Exit(int(failed))


if __name__ == "__main__":
    typer.run(main)
