"""Calls by turns and their seconds; what is trained in them, on random data."""

import contextlib
import os
import platform
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import torch
from fastai.basics import Learner, default_device
from torch import Tensor, nn

from benchmarks.training.process import BATCH, N_AU
from dsin_lib.config.sections import Training
from dsin_lib.data.dataset import Data, Inputs
from dsin_lib.model.dsin import DSIN, GROUPS
from dsin_lib.model.losses import DSINLoss
from dsin_lib.model.patch_prediction import PatchPrediction
from dsin_lib.training.epochs import updated
from dsin_lib.training.learner import make_learner

DEVICE = default_device()
ON_GPU = DEVICE.type == "cuda"
TRAINING = Training(batch_size=BATCH, patience=1000, patience_cached=1000)
MANY_EPOCHS = 1_000
"""As cached steps may take, so that the learner finds them worth compiling."""

Call = Callable[[], object]


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
