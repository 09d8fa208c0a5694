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
from short_trainings import begun, dead_units, painted, trained

from dsin_lib.config import changed
from dsin_lib.model.patch_prediction import PatchPrediction
from dsin_lib.model.vgg import VGG16
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run
from dsin_lib.systems import algorithm_1
from dsin_lib.systems.fit import fit
from dsin_lib.training.stages import ALGORITHM_1

RARE, COMMON = 0.1, 0.7
UNITS = {"twelve units": [RARE, COMMON] * 6, "a rare one": [RARE], "a common one": [COMMON]}
BATCH = 32


def patch_network(shares, seed, *, at_first=False):
    """Eight steps of Adam."""
    parts = {"train": (8 * BATCH, seed), "valid": (BATCH, 100 + seed)}
    data = {part: painted("mouth", 56, shares, *of) for part, of in parts.items()}
    set_seed(seed, reproducible=True)
    pi = PatchPrediction(len(shares), {"mouth": 56})
    begun(pi, data, at_first=pi.nets["mouth"].head[-2] if at_first else None)
    return trained(ALGORITHM_1[0], pi, data, seed, batch=BATCH)


def vgg(seed, *, at_first=False):
    """Sixteen, of a network that is so deep."""
    shares = UNITS["twelve units"]
    parts = {"train": (16 * BATCH, seed), "valid": (BATCH, 100 + seed)}
    data = {part: painted("face", 32, shares, *of) for part, of in parts.items()}
    set_seed(seed, reproducible=True)
    pi = VGG16(12, {"face": 32}, 8)
    begun(pi, data, at_first=pi.head[-2] if at_first else None)
    return trained(ALGORITHM_1[0], pi, data, seed, batch=BATCH)


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


WHOLE = replace(ROWS["dsin_10"], steps=(1, 2, 3, 4, 5), patches=("nose",), starts_from=())
"""Algorithm 1 from its beginning, on one patch."""


@pytest.mark.parametrize("row", [WHOLE, ROWS["pp_mouth_ind"], ROWS["vgg_face"]], ids=lambda r: r.id)
def test_every_network_of_a_run_begins_at_the_constant_optimum(own, monkeypatch, row):
    """Trained at next to no learning rate: what a run says in the end is what it began with."""
    still = {"training.learning_rate": 1e-9, "patch_prediction.max_epochs": 1}
    config = changed(own, {**still, "training.max_cached_epochs": 1})
    monkeypatch.setattr(
        algorithm_1, "constant_optimum", lambda y: torch.linspace(0.05, 0.95, y.shape[1])
    )
    run = Run(config, row, 1, 0)
    fit(run)
    health = run.health
    begins = np.linspace(0.05, 0.95, health["au"].nunique())
    for (step, network), of in health.groupby(["step", "network"], sort=False):
        said = begins[[run.aus.index(au) for au in of["au"]]]
        off = np.log(of["mean"] / (1 - of["mean"])) - np.log(said / (1 - said))
        assert np.abs(off).max() < 1.2, f"step {step}: {network}"
