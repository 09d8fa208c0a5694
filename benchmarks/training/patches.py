"""Patch networks: their layout in memory, and where their pixels come from."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.training.measuring import (
    DEVICE,
    ON_GPU,
    Call,
    adam,
    fit,
    labels,
    learner_of,
    loss_of,
    medians,
    ms,
    patch_net,
    step,
)
from benchmarks.training.process import BATCH, N_AU
from dsin_lib.data.dataset import PatchData, ResidentData, as_input, resident
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.patch_prediction import PatchCNN
from dsin_lib.training.epochs import updated


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
