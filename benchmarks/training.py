"""What makes training fast: each choice beside its alternative, by turns, in one run.

    python -m benchmarks.training [--only omega] [--at-once 1 --at-once 4]

Needs no corpus: pixels, predictions and labels are random. Calls that are compared alternate, and
medians are printed, so that other work on the machine slows down both. One thread a process. Sized
for two minutes on a CPU and three on a GPU. A section that fails says so, and the others go on.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import contextlib
import json
import platform
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Annotated

import numpy as np
import pandas as pd
import torch
import typer
from fastai.basics import Learner, default_device, set_seed
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.training_process import BATCH, N_AU
from dsin_lib.data.dataset import (
    Batch,
    CachedData,
    Data,
    Inputs,
    PatchData,
    ResidentData,
    as_input,
    resident,
)
from dsin_lib.model.dsin import DSIN, GROUPS
from dsin_lib.model.fusion import Fusion
from dsin_lib.model.losses import DSINLoss
from dsin_lib.model.patch_prediction import PatchCNN, PatchPrediction
from dsin_lib.model.structure_inference import INITIAL_STATES, StructureInference
from dsin_lib.sections import Training
from dsin_lib.shapes import PATCHES
from dsin_lib.training.epochs import WORTH_COMPILING, captured, updated, worth_compiling
from dsin_lib.training.learner import make_learner
from dsin_lib.training.memory import keep_freed_memory

HERE = Path(__file__).resolve().parents[1]
DEVICE = default_device()
ON_GPU = DEVICE.type == "cuda"
TRAINING = Training(batch_size=BATCH, patience=1000, patience_cached=1000)
ROWS = 7_000
"""Frames of a fold's training part, as cached steps see them."""
MANY_EPOCHS = 1_000
"""As cached steps may take, so that the learner finds them worth compiling."""
N_ITER = 10
ALIKE = 1e-6

Call = Callable[[], object]


# ---------------------------------------------------------------------------------- measuring


def medians(*calls: Call, repeats: int = 3) -> list[float]:
    """Median seconds of each call, by turns, after a round that is not counted."""
    rounds = [[seconds(call) for call in calls] for _ in range(repeats + 1)]
    return [median(of) for of in zip(*rounds[1:], strict=True)]


def seconds(call: Call) -> float:
    """Of one call by the clock, until the device has done it."""
    synchronise()
    started = perf_counter()
    call()
    synchronise()
    return perf_counter() - started


def synchronise() -> None:
    if DEVICE.type != "cpu":
        torch.accelerator.synchronize()


# ------------------------------------------------------------------------- what is trained, on what


def labels(frames: int) -> Tensor:
    return torch.randint(2, (frames, N_AU), device=DEVICE).float()


def loss_of(group: str) -> DSINLoss:
    """The loss of the one group of parameters that is trained."""
    own = {f"w_{name}": float(name == group) for name in GROUPS}
    return DSINLoss(torch.ones(N_AU), **own).to(DEVICE)


def adam(model: nn.Module) -> torch.optim.Adam:
    """As the project's learner makes it, of what is trained."""
    trained = [weights for weights in model.parameters() if weights.requires_grad]
    return torch.optim.Adam(trained, 1e-3, fused=True, capturable=ON_GPU)


def step(model: DSIN, group: str, x: Inputs, y: Tensor) -> Call:
    """A call that takes one step on one mini-batch."""
    loss, optimiser = loss_of(group), adam(model)
    return lambda: updated(lambda x, y: loss(model(x), y), optimiser, x, y)


def patch_net(patch: str, px: int, layout: torch.memory_format = torch.channels_last) -> DSIN:
    return DSIN(pi=PatchPrediction(N_AU, {patch: px})).to(DEVICE, memory_format=layout)


def learner_of(
    model: DSIN, group: str, train: Data, valid: Data, max_epochs: int = MANY_EPOCHS
) -> Learner:
    """The project's own learner."""
    return make_learner(model, train, valid, loss_of(group), TRAINING, group, max_epochs)


def fit(learner: Learner, epochs: int = 1) -> None:
    with learner.no_bar(), learner.no_logging(), contextlib.redirect_stdout(None):
        learner.fit(epochs)


# ------------------------------------------------------------------------------ section: layout


def layout() -> None:
    """Channels last in memory, for a step of a patch network."""
    px, formats = 112, (torch.contiguous_format, torch.channels_last)
    x, y = torch.rand(BATCH, 3, px, px, device=DEVICE), labels(BATCH)
    steps = (
        step(patch_net("face", px, of), "pi", {"face": x.to(memory_format=of)}, y) for of in formats
    )
    default, last = medians(*steps)
    print(f"face {px} px, a step: {ms(default)} by default, {ms(last)} with channels last: "
          f"{default / last:.1f} x")  # fmt: skip


# ------------------------------------------------------------------------------ section: cached


def cached() -> None:
    """Step 2 on cached p, against patch networks that stand still and yet compute it."""
    px = {patch: 112 if patch == "face" else 56 for patch in PATCHES}
    x = {patch: torch.rand(BATCH, 3, side, side, device=DEVICE) for patch, side in px.items()}
    x = {patch: of.to(memory_format=torch.channels_last) for patch, of in x.items()}
    pi = PatchPrediction(N_AU, px).to(DEVICE, memory_format=torch.channels_last)
    pi.eval().requires_grad_(False)
    phi, y = Fusion(N_AU, len(px)).to(DEVICE), labels(BATCH)
    recomputed, from_cache = medians(
        step(DSIN(pi, phi), "phi", x, y), step(DSIN(phi=phi), "phi", pi(x), y)
    )
    print(f"step 2, a mini-batch: {ms(recomputed)} if p is recomputed, {ms(from_cache)} from the "
          f"cache: {recomputed / from_cache:.0f} x")  # fmt: skip


# ----------------------------------------------------------------------------- section: patches


def patches() -> None:
    """Step 1 from a memory-mapped file and from the device's own memory, through the learner."""
    operations, convolution = large_convolution()
    print("100 % is what a convolution reaches, forward and backward: 256 to 256 channels, 4 x 4, "
          "channels last")  # fmt: skip
    frames = {"face": 4_096, "mouth": 8_192} if ON_GPU else {"face": BATCH, "mouth": 4 * BATCH}
    for patch, px in (("face", 224), ("mouth", 56)):
        with tempfile.TemporaryDirectory() as folder:
            epochs = patch_epochs(mapped(Path(folder), patch, px, frames[patch]), patch, px)
            reference, *times = medians(convolution, *epochs.values())
        peak = operations / reference
        for name, time in zip(epochs, times, strict=True):
            rate = frames[patch] / time
            share = rate * training_flops(px) / peak
            print(f"{patch} {px} px, {name}: {rate:,.0f} frames/s, {times[0] / time:.2f} x, "
                  f"{share:.0%} of {peak / 1e9:,.0f} GFLOP/s")  # fmt: skip


def patch_epochs(data: PatchData, patch: str, px: int) -> dict[str, Call]:
    """Calls that train for an epoch, by name; on a GPU a loop without a learner is the ceiling."""
    held = resident(data, DEVICE)
    few = replace(data, frames=data.frames[:8], y=data.y[:8])  # validating takes no time
    calls = {
        name: partial(fit, learner_of(patch_net(patch, px), "pi", train, few))
        for name, train in (("mapped", data), ("resident", held))
    }
    if ON_GPU:
        calls["resident, plain loop, TF32"] = plain_loop(patch_net(patch, px), held)
    return calls


def plain_loop(model: DSIN, data: ResidentData) -> Call:
    """A call that trains for an epoch with nothing around the steps, cuDNN free to choose."""
    loss, optimiser = loss_of("pi"), adam(model)

    def epoch() -> None:
        with fastest_kernels():
            for chosen in torch.randperm(len(data), device=DEVICE).split(BATCH):
                x, y = data.batch(chosen)
                updated(lambda x, y: loss(model(x), y), optimiser, as_input(x), y)

    return epoch


def mapped(folder: Path, patch: str, px: int, frames: int) -> PatchData:
    """Random pixels in a memory-mapped file, as the store keeps them."""
    path = folder / f"{patch}.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (frames, px, px, 3), np.uint8))
    pixels = np.load(path, mmap_mode="r")
    return PatchData(pd.DataFrame({"row": range(frames)}), {patch: pixels}, labels(frames).cpu())


def training_flops(px: int) -> float:
    """Floating-point operations of a patch network on one frame, backward as twice forward."""
    net = PatchCNN(N_AU, px).eval()
    return 3 * flops(lambda: net(torch.rand(1, 3, px, px)))


def large_convolution() -> tuple[float, Call]:
    """A convolution that suits the device: its floating-point operations, and a call of it."""
    last = {"memory_format": torch.channels_last}
    convolution = nn.Conv2d(256, 256, 4).to(DEVICE, **last)
    x = torch.rand(256 if ON_GPU else 4, 256, 32, 32, device=DEVICE).to(**last).requires_grad_()
    gradient = torch.rand_like(convolution(x))

    def call() -> None:
        with fastest_kernels():
            torch.autograd.grad(convolution(x), (x, convolution.weight), gradient)

    return 3 * flops(lambda: convolution(x)), call


def flops(forward: Call) -> int:
    with FlopCounterMode(display=False) as counter:
        forward()
    return counter.get_total_flops()


@contextlib.contextmanager
def fastest_kernels() -> Iterator[None]:
    """Lets cuDNN choose by trying, which a reproducible training forbids."""
    cudnn = torch.backends.cudnn
    before = cudnn.benchmark, cudnn.deterministic
    cudnn.benchmark, cudnn.deterministic = True, False
    try:
        yield
    finally:
        cudnn.benchmark, cudnn.deterministic = before


# ------------------------------------------------------------------------------- section: omega


class Stacked(StructureInference):
    """Structure inference as it was written first: inputs stacked, one layer an equation."""

    def forward(self, f: Tensor) -> dict[str, Tensor]:
        m = y_hat = INITIAL_STATES[self.initial_state](f)
        y_hat_steps, chi_steps = [], []
        for _ in range(self.n_iter):
            m = self.message(torch.stack([mean_of(m), f, y_hat], -1)).sigmoid()  # Eq. 7
            chi = self.gate(torch.stack([mean_of(m), f, y_hat], -1)).sigmoid()  # Eq. 8
            received = (chi * mean_of(m) + mean_of(chi * m)) / 2  # Eq. 9
            y_hat = self.predict(torch.stack([received, f], -1)).sigmoid()  # Eq. 10
            y_hat_steps.append(y_hat)
            chi_steps.append(chi)
        return {
            "y_hat": y_hat,
            "y_hat_steps": torch.stack(y_hat_steps, 1),
            "chi": torch.stack(chi_steps, 1),
        }


def mean_of(x: Tensor) -> Tensor:
    return x.mean(-1, keepdim=True).expand_as(x)


def omega() -> None:
    """A step of structure inference, and an epoch of step 4, as they were and as they are."""
    f, y = torch.rand(BATCH, N_AU, device=DEVICE), labels(BATCH)
    weights = StructureInference(N_AU, N_ITER).state_dict()
    variants = {
        "stacked": omega_step(Stacked, weights, f, y),
        "broadcasts": omega_step(StructureInference, weights, f, y),
    }
    if worth_compiling(WORTH_COMPILING, MANY_EPOCHS):
        new = partial(omega_step, StructureInference, weights, f, y, compiled=True)
        variants["broadcasts, compiled"] = new()
        if ON_GPU:
            variants["broadcasts, compiled, captured"] = new(graph=True)
    calls, y_hats = zip(*variants.values(), strict=True)
    times = medians(*calls, repeats=50)
    for name, time in zip(variants, times, strict=True):
        print(f"T = {N_ITER}, a step, {name}: {ms(time)}, {times[0] / time:.1f} x")
    apart = max((y_hat - y_hats[0]).abs().max().item() for y_hat in y_hats)
    print(f"before the first step their y_hat are within {apart:.0e} of each other")
    if not apart <= ALIKE:
        raise ArithmeticError(f"y_hat: expected the same to {ALIKE:.0e}, got {apart:.0e}")
    x = torch.rand(ROWS, N_AU, device=DEVICE)
    models = [DSIN(omega=of(N_AU, N_ITER).to(DEVICE)) for of in (Stacked, StructureInference)]
    print_epochs("step 4, stacked as it was", *models, "omega", x)


def omega_step(
    make: type[StructureInference], weights: dict[str, Tensor], f: Tensor, y: Tensor, *,
    compiled: bool = False, graph: bool = False,
) -> tuple[Call, Tensor]:  # fmt: skip
    """A call that takes one step, and y_hat before the first."""
    model, loss = make(N_AU, N_ITER).to(DEVICE), loss_of("omega")
    model.load_state_dict(weights)

    def forward(f: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        out = model(f)
        return loss(out, y), out["y_hat"].detach()

    if compiled:
        forward = torch.compile(forward)
    _, y_hat = forward(f, y)
    optimiser, only_loss = adam(model), lambda f, y: forward(f, y)[0]
    if graph:
        update = captured(only_loss, model, optimiser, f, y)
        return lambda: update(f, y), y_hat.clone()
    return lambda: updated(only_loss, optimiser, f, y), y_hat.clone()


# ------------------------------------------------------------------------------ section: fusion


def fusion() -> None:
    """An epoch of step 2, the mini-batches through fastai's loop or inside one of its batches."""
    x = torch.rand(ROWS, len(PATCHES), N_AU, device=DEVICE)
    models = [DSIN(phi=Fusion(N_AU, len(PATCHES)).to(DEVICE)) for _ in range(2)]
    print_epochs("step 2", *models, "phi", x)


@dataclass(frozen=True)
class NotKnownAsCached:
    """Cached rows that the learner takes for patches: it goes through fastai for each mini-batch.

    Attributes:
        rows: What they are.
    """

    rows: CachedData

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, items: Sequence[int]) -> Batch:
        return self.rows.batch(items)


def print_epochs(name: str, before: DSIN, now: DSIN, group: str, x: Tensor) -> None:
    """Prints the seconds of an epoch by fastai's plain learner and by the project's."""
    train, valid = CachedData(x, labels(len(x))), CachedData(x[:1_500], labels(1_500))
    plain = learner_of(before, group, NotKnownAsCached(train), NotKnownAsCached(valid))
    whole, epochs = learner_of(now, group, train, valid), 5
    slow, fast = medians(partial(fit, plain), partial(fit, whole, epochs))
    fast /= epochs
    how = "compiled" if whole.compiled else "not compiled"
    print(f"{name}, an epoch of {len(x):,} rows: plain learner {slow:.3f} s, "
          f"EpochLearner ({how}) {fast:.3f} s: {slow / fast:.1f} x")  # fmt: skip


# ------------------------------------------------------------------------------ section: memory


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
    return [sys.executable, "-m", "benchmarks.training_process", *words]


# ----------------------------------------------------------------------------- section: at-once


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


# ------------------------------------------------------------------------------------ all of it

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


def ms(time: float) -> str:
    """Milliseconds for print, from seconds."""
    return f"{time * 1e3:.3g} ms"


def device_name() -> str:
    if ON_GPU:
        return torch.cuda.get_device_name()
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text().splitlines() if cpus.exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores"


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
        except Exception:
            failed = True
            traceback.print_exc(file=sys.stdout)
        print(f"({perf_counter() - started:.0f} s)", flush=True)
    raise typer.Exit(int(failed))


if __name__ == "__main__":
    typer.run(main)
