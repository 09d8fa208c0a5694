"""Small real trainings, long enough for whole units to die in, and what became of their units."""

import numpy as np
import pandas as pd
import torch
from torch import nn

from dsin_lib.config import changed, load_config
from dsin_lib.data.dataset import ResidentData
from dsin_lib.model.losses import constant_optimum
from dsin_lib.runs.health import dead, food, with_states
from dsin_lib.training.stages import run_step

PEOPLE = 20


def labels(shares, frames, seed):
    """Independent units, each active on exactly its share of the frames."""
    draw = torch.Generator().manual_seed(seed)
    orders = [torch.randperm(frames, generator=draw) for _ in shares]
    return torch.stack([order < round(s * frames) for s, order in zip(shares, orders, strict=True)])


def painted(patch, px, shares, frames, seed, *, unseen=()):
    """Noise in which each unit but the ``unseen`` brightens a square of its own."""
    active, side = labels(shares, frames, seed), px // 4
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 60, (frames, px, px, 3), dtype=np.uint8)
    for j, on in enumerate(active.numpy()):
        row, column = side * (j // 4), side * (j % 4)
        pixels[on & (j not in unseen), row : row + side - 1, column : column + side - 1] += 120
    table = pd.DataFrame({"row": range(frames)})
    return ResidentData(table, {patch: torch.from_numpy(pixels)}, active.T.float())


def as_at_first(output):
    """The initialisation that killed: the one of layers before a ReLU."""
    nn.init.kaiming_normal_(output.weight)
    nn.init.zeros_(output.bias)


def begun(module, data, *, at_first=None):
    """The module as the library has it begin, but for an output layer that begins as at first."""
    module.start_at(constant_optimum(data["train"].y))
    if at_first is not None:
        as_at_first(at_first)
    return module


def trained(step, module, data, seed, *, batch, epochs=1, rate=1e-3):
    """The module's record after so many epochs of a step, of frames that people share alike."""
    options = {"batch_size": batch, "max_cached_epochs": epochs, "learning_rate": rate}
    config = changed(
        load_config("smoke"),
        {f"training.{name}": value for name, value in options.items()}
        | {"patch_prediction.max_epochs": epochs},
    )
    y = data["train"].y
    aus = [f"AU{j:02}" for j in range(y.shape[1])]
    fed = food(y, np.arange(len(y)) % PEOPLE, aus)
    parts, named = {step.trained[0]: module}, fed.loc[fed["fed"], "au"].tolist()
    done = run_step(step, parts, data, config, seed, aus, ["mouth"], named)
    return with_states(done.health.merge(fed, on="au"))


def dead_units(health, units=None):
    """How many units of a record are dead, of some or of all, whatever they were fed."""
    found = health if units is None else health.iloc[list(units)]
    return len(dead(found.assign(fed=True)))
