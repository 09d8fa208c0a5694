"""Processes that `python -m benchmarks.training` starts and measures; nothing to run by hand."""

import json
import resource
from dataclasses import replace
from time import perf_counter

import numpy as np
import pandas as pd
import torch
import typer

from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import DSINLoss
from dsin_lib.model.patch_prediction import PatchCNN, PatchPrediction
from dsin_lib.training.memory import keep_freed_memory

N_AU, BATCH = 12, 64
app = typer.Typer()


@app.command()
def steps(px: int, count: int, keep: bool = False) -> None:
    """Steps of a patch network on the CPU after one that is not counted; prints their costs."""
    torch.set_num_threads(1)
    if keep:
        keep_freed_memory()
    net = PatchCNN(N_AU, px).to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(net.parameters(), 1e-3, fused=True)
    x = torch.rand(BATCH, 3, px, px).to(memory_format=torch.channels_last)

    def step() -> None:
        optimiser.zero_grad()
        net(x).square().mean().backward()
        optimiser.step()

    step()
    before, started = resource.getrusage(resource.RUSAGE_SELF), perf_counter()
    for _ in range(count):
        step()
    after, ended = resource.getrusage(resource.RUSAGE_SELF), perf_counter()
    cost = {
        "seconds": ended - started,
        "system_seconds": after.ru_stime - before.ru_stime,
        "page_faults": after.ru_minflt - before.ru_minflt,
    }
    print(json.dumps(cost))


@app.command()
def training(px: int, frames: int, epochs: int) -> None:
    """A whole training of a patch network; says `ready`, then waits for a line to begin."""
    from dsin_lib.config.sections import Training  # so that `steps` need not wait for them
    from dsin_lib.data.dataset import PatchData, resident
    from dsin_lib.training.learner import default_device, fit

    torch.zeros(1, device=default_device())  # a GPU takes a moment to begin
    print("ready", flush=True)
    input()
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (frames, px, px, 3), np.uint8)
    y = torch.from_numpy(rng.integers(0, 2, (frames, N_AU)).astype(np.float32))
    on_disk = PatchData(pd.DataFrame({"row": range(frames)}), {"patch": pixels}, y)
    few = replace(on_disk, frames=on_disk.frames[:8], y=y[:8])  # validating takes no time
    train, valid = (resident(part, default_device()) for part in (on_disk, few))
    model = DSIN(pi=PatchPrediction(N_AU, {"patch": px}))
    loss = DSINLoss(torch.ones(N_AU), w_pi=1, w_phi=0, w_omega=0)
    patient = Training(patience=epochs)
    fit(model, train, valid, loss, max_epochs=epochs, training=patient, seed=0)


if __name__ == "__main__":
    app()
