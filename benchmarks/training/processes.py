"""What only whole processes show: memory that is kept, and trainings that share a machine."""

import contextlib
import json
import platform
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.training.measuring import ON_GPU

HERE = Path(__file__).resolve().parents[2]


def memory() -> None:
    """Steps on the CPU in fresh processes, freed memory given back to the kernel or kept."""
    if platform.libc_ver()[0] != "glibc":
        print("skipped: not glibc")
        return
    px, count = 112, 4
    both: dict[str, list[dict[str, float]]] = {"--no-keep": [], "--keep": []}
    for option in [*both] * 2:
        command = process("steps", str(px), str(count), option)
        done = subprocess.run(command, cwd=HERE, stdout=subprocess.PIPE, check=True)
        both[option].append(json.loads(done.stdout))
    time = {}
    for option, name in (("--no-keep", "given back"), ("--keep", "kept")):
        time[option], system, faults = (
            median(cost[key] / count for cost in both[option])
            for key in ("seconds", "system_seconds", "page_faults")
        )
        print(f"CPU, face {px} px, a step, freed memory {name}: {time[option]:.3f} s, of them "
              f"{system:.3f} s of the system; {faults:,.0f} page faults")  # fmt: skip
    print(f"kept: {time['--no-keep'] / time['--keep']:.2f} x")


def process(*words: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.training.process", *words]


def runs_at_once(counts: Sequence[int]) -> None:
    """Whole trainings in processes of their own: how many of them make the most of the machine?"""
    px, frames, epochs = 56, 4_096 if ON_GPU else 512, 8 if ON_GPU else 3
    print(f"a run: a patch network of {px} px, {epochs} epochs of {frames:,} frames")
    for count in counts:
        whole, started = trainings(count, str(px), str(frames), str(epochs))
        print(f"{count} at once: {60 * count / whole:.1f} runs a minute, "
              f"{60 * count / started:.1f} without imports and the start of a GPU")  # fmt: skip


def trainings(count: int, *of_training: str) -> tuple[float, float]:
    """Seconds until all have ended, since they were started and since all were ready to train."""
    command, pipe = process("training", *of_training), subprocess.PIPE
    begin = partial(subprocess.Popen, command, cwd=HERE, text=True, stdin=pipe, stdout=pipe)
    started = perf_counter()
    with contextlib.ExitStack() as at_the_end:
        begun = [at_the_end.enter_context(begin()) for _ in range(count)]
        if any(one.stdout.readline() != "ready\n" for one in begun):
            raise RuntimeError("a training did not start")
        ready = perf_counter()
        for one in begun:
            one.stdin.write("go\n")
            one.stdin.flush()
        if any([one.wait() for one in begun]):
            raise RuntimeError("a training failed")
        ended = perf_counter()
    return ended - started, ended - ready
