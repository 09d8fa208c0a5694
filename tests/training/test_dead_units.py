"""Small real trainings over many seeds: no unit dies of how its network begins.

A 10 % and a 70 % unit are squares that brighten, as a mouth network learns them in a few steps of
Adam. Whole units died in that many, under the initialisation that output layers had at first.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from fastai.basics import set_seed
from torch import nn

from dsin_lib.config import changed, load_config
from dsin_lib.data.dataset import CachedData, ResidentData
from dsin_lib.experiments import ROWS, row_aus
from dsin_lib.model.fusion import Fusion
from dsin_lib.model.losses import constant_optimum
from dsin_lib.model.patch_prediction import PatchPrediction
from dsin_lib.model.vgg import VGG16
from dsin_lib.paths import run_dir
from dsin_lib.training import train as train_module
from dsin_lib.training.health import DEAD, with_states
from dsin_lib.training.saved import load_run
from dsin_lib.training.stages import ALGORITHM_1, run_step

RARE, COMMON = 0.1, 0.7
UNITS = {"twelve units": [RARE, COMMON] * 6, "a rare one": [RARE], "a common one": [COMMON]}
BATCH = 32


def labels(shares, frames, seed):
    torch.manual_seed(seed)
    return (torch.rand(frames, len(shares)) < torch.tensor(shares)).float()


def painted(patch, px, shares, frames, seed):
    """Noise in which each unit brightens a square of its own."""
    y, side = labels(shares, frames, seed), px // 4
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 60, (frames, px, px, 3), dtype=np.uint8)
    for j, active in enumerate(y.T.numpy()):
        row, column = side * (j // 4), side * (j % 4)
        pixels[active == 1, row : row + side - 1, column : column + side - 1] += 120
    table = pd.DataFrame({"row": range(frames)})
    return ResidentData(table, {patch: torch.from_numpy(pixels)}, y)


def as_at_first(output):
    """The initialisation that killed: the one of layers before a ReLU."""
    nn.init.kaiming_normal_(output.weight)
    nn.init.zeros_(output.bias)


def trained(step, module, data, seed, *, at_first=None):
    """The module's record after one epoch of a step; it begins as the library has it begin."""
    if at_first is None:
        module.start_at(constant_optimum(data["train"].y))
    else:
        as_at_first(at_first)
    short = {"patch_prediction.max_epochs": 1, "training.max_cached_epochs": 1}
    config = changed(load_config("smoke"), {"training.batch_size": BATCH, **short})
    aus = [f"AU{j:02}" for j in range(data["train"].y.shape[1])]
    group = step.trained[0]
    return with_states(run_step(step, {group: module}, data, config, seed, aus, ["mouth"]).health)


def dead_units(health):
    return int((health["state"] == DEAD).sum())


def patch_network(shares, seed, *, at_first=False):
    """Eight steps of Adam."""
    parts = {"train": (8 * BATCH, seed), "valid": (BATCH, 100 + seed)}
    data = {part: painted("mouth", 56, shares, *of) for part, of in parts.items()}
    set_seed(seed, reproducible=True)
    pi = PatchPrediction(len(shares), {"mouth": 56})
    output = pi.nets["mouth"].head[-2] if at_first else None
    return trained(ALGORITHM_1[0], pi, data, seed, at_first=output)


def vgg(seed, *, at_first=False):
    """Sixteen, of a network that is so deep."""
    shares = UNITS["twelve units"]
    parts = {"train": (16 * BATCH, seed), "valid": (BATCH, 100 + seed)}
    data = {part: painted("face", 32, shares, *of) for part, of in parts.items()}
    set_seed(seed, reproducible=True)
    pi = VGG16(12, {"face": 32}, 8)
    return trained(ALGORITHM_1[0], pi, data, seed, at_first=pi.head[-2] if at_first else None)


@pytest.mark.parametrize("units", UNITS)
def test_no_unit_of_a_patch_network_dies_whatever_the_seed(units):
    found = [patch_network(UNITS[units], seed) for seed in range(8)]
    assert [dead_units(health) for health in found] == [0] * 8
    spread = pd.concat(found).groupby("au")["spread"].median()
    assert (spread > 0.1).mean() > 0.8, "and it does learn"


@pytest.mark.parametrize("units", UNITS)
def test_units_die_where_the_output_layer_begins_as_those_before_a_relu(units):
    """The control: the same trainings up to the first death, and the test above would fail."""
    assert any(dead_units(patch_network(UNITS[units], seed, at_first=True)) for seed in range(8))


def test_no_unit_of_vgg_dies_whatever_the_seed():
    assert [dead_units(vgg(seed)) for seed in range(3)] == [0] * 3
    assert dead_units(vgg(0, at_first=True)) >= 1, "the control"


def test_no_unit_of_fusion_dies_whatever_the_seed():
    """On p of six patches that know something; forty steps of Adam."""
    for seed in range(8):
        data = {}
        for part, frames in (("train", 40 * BATCH), ("valid", BATCH)):
            y = labels(UNITS["twelve units"], frames, seed)
            data[part] = CachedData((y[:, None] * 0.5 + torch.rand(frames, 6, 12) * 0.5), y)
        set_seed(seed, reproducible=True)
        health = trained(ALGORITHM_1[1], Fusion(12, 6), data, seed)
        assert dead_units(health) == 0
        assert np.abs(health["mean"] - health["prevalence"]).max() < 0.2


WHOLE = replace(ROWS["dsin_10"], steps=(1, 2, 3, 4, 5), patches=("nose",), starts_from=())
"""Algorithm 1 from its beginning, on one patch."""


@pytest.mark.parametrize("row", [WHOLE, ROWS["pp_mouth_ind"], ROWS["vgg_face"]], ids=lambda r: r.id)
def test_every_network_of_a_run_begins_at_the_constant_optimum(own, monkeypatch, row):
    """Trained at next to no learning rate: what a run says in the end is what it began with."""
    still = {"training.learning_rate": 1e-9, "patch_prediction.max_epochs": 1}
    config = changed(own, {**still, "training.max_cached_epochs": 1})
    monkeypatch.setattr(
        train_module, "constant_optimum", lambda y: torch.linspace(0.05, 0.95, y.shape[1])
    )
    train_module.train(config, row, 1, 0, [], [])
    health = load_run(run_dir(config, row, 1, 0)).health
    begins = np.linspace(0.05, 0.95, health["au"].nunique())
    for (step, network), of in health.groupby(["step", "network"], sort=False):
        said = begins[[row_aus(config, row).index(au) for au in of["au"]]]
        off = np.log(of["mean"] / (1 - of["mean"])) - np.log(said / (1 - said))
        assert np.abs(off).max() < 1.2, f"step {step}: {network}"
