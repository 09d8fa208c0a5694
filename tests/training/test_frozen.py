"""What stands still through a whole run: left out of the training, computed once, and the same."""

import numpy as np
import pandas as pd
import pytest
import torch
from made import made

from dsin_lib.data.dataset import PatchData
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.patch_prediction import PatchPrediction
from dsin_lib.runs.files import read
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.sweeps import chi_penalty
from dsin_lib.systems import algorithm_1
from dsin_lib.training import frozen
from dsin_lib.training.frozen import outputs, without_frozen


@pytest.fixture
def asked(monkeypatch):
    """Every time that frames are really put through frozen modules."""
    calls = []

    def counting(model, data):
        calls.append(model)
        return predict(model, data)

    predict = frozen.last_output
    monkeypatch.setattr(frozen, "last_output", counting)
    monkeypatch.setattr(frozen, "_KNOWN", {})
    return calls


def test_structure_inference_alone_is_what_it_is_with_everything_computed_again(
    tiny, apart, asked, monkeypatch
):
    apart("pp_f")
    run = made(tiny, "omega")
    assert asked, "f of the frozen modules"
    run.folder.rename(run.folder.with_name("short"))
    short = read(run.folder.with_name("short"))
    monkeypatch.setattr(algorithm_1, "without_frozen", lambda row, modules: (modules, None))
    long = made(tiny, "omega").files
    pd.testing.assert_frame_equal(short.predictions, long.predictions, rtol=1e-6, atol=1e-7)
    assert short.predictions.columns.tolist() == long.predictions.columns.tolist()
    losses = ["train_loss", "valid_loss", "valid_f1"]
    pd.testing.assert_frame_equal(short.history[losses], long.history[losses], rtol=1e-5)
    assert short.weights().keys() == long.weights().keys(), "all of it is kept, pi and phi too"


def test_runs_of_one_start_ask_its_modules_once(tiny, apart, asked):
    apart("pp_f")
    made(tiny, "omega")
    assert len(asked) == 3, "train, valid and test"
    other = made(tiny, "omega", change=chi_penalty(0.1))
    assert len(asked) == 3
    assert other.provenance["seconds"]["0"] < 1


def test_another_weight_or_another_frame_is_asked_anew(asked, tmp_path):
    pixels = np.lib.format.open_memmap(tmp_path / "a.npy", "w+", np.uint8, (4, 56, 56, 3))
    pixels[:] = np.random.default_rng(0).integers(0, 255, pixels.shape)
    data = PatchData(pd.DataFrame({"row": [0, 1]}), {"mouth": pixels}, torch.zeros(2, 3))
    net = DSIN(PatchPrediction(3, {"mouth": 56}))
    first = outputs(net, data)
    assert outputs(net, data) is first
    others = PatchData(pd.DataFrame({"row": [2, 1]}), {"mouth": pixels}, torch.zeros(2, 3))
    assert not torch.equal(outputs(net, others)[0], first[0])
    net.pi.nets["mouth"].convolutions[0][1].running_mean += 1  # batch norm is part of it
    assert not torch.equal(outputs(net, data), first)
    assert len(asked) == 3


def test_a_run_that_moves_everything_keeps_its_patches():
    modules = {"pi": torch.nn.Linear(1, 1), "phi": torch.nn.Linear(1, 1)}
    assert without_frozen(ROWS["pp_f"], modules) == (modules, None)
    moving, frozen = without_frozen(ROWS["phi"], modules)
    assert moving == {"phi": modules["phi"]} and frozen.pi is modules["pi"]
