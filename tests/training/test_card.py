"""On a GPU: resident patches and captured epochs give the CPU's numbers within a stated tolerance.

Skipped where there is none. Convolutions run in TF32 there (10 bits of mantissa, 1e-3 of a value),
everything else in single precision.
"""

from copy import deepcopy

import jaxtyping
import numpy as np
import pandas as pd
import pytest
import torch
from fastai.basics import default_device

from dsin_lib.config import load_config
from dsin_lib.data.dataset import CachedData, PatchData, ResidentData, on_device
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import DSINLoss, constant_optimum
from dsin_lib.model.patch_prediction import PatchHeads, PatchPrediction
from dsin_lib.model.structure_inference import StructureInference
from dsin_lib.training.learner import fit
from dsin_lib.training.predict import predict

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")

TRAINING = load_config("smoke").training
TF32, SINGLE = 5e-2, 3e-3
"""Of probabilities: after a few convolutional updates, and after hundreds without convolutions.

Measured on an H200: 0.021 with TF32 and 0.007 without, and 0.0009 without convolutions.
"""


@pytest.fixture
def devices():
    """Says which device trains; afterwards what was said before."""
    before = default_device()
    yield default_device
    default_device(use=before.type == "cuda")


def patches(tmp_path, frames=320):
    """Bytes on disk in which the brightness of a corner tells the unit."""
    rng = np.random.default_rng(0)
    y = (rng.random((frames, 2)) < (0.3, 0.6)).astype(np.float32)
    pixels = rng.integers(0, 120, (frames, 56, 56, 3), dtype=np.uint8)
    pixels[:, :20, :20] += (100 * y[:, 0, None, None, None]).astype(np.uint8)
    pixels[:, 36:, 36:] += (100 * y[:, 1, None, None, None]).astype(np.uint8)
    np.save(tmp_path / "mouth.npy", pixels)
    kept = {"mouth": np.load(tmp_path / "mouth.npy", mmap_mode="r")}
    return PatchData(pd.DataFrame({"row": np.arange(frames)}), kept, torch.from_numpy(y))


def trained(model, train, loss, epochs, on, devices):
    """Outputs (frame au) of a copy of the model, trained on a device."""
    device, copy = devices(use=on == "cuda"), deepcopy(model)
    there = on_device({"train": train}, device)["train"]
    fit(
        copy.to(device), there, there, loss,
        max_epochs=epochs, training=TRAINING, seed=0,
    )  # fmt: skip
    return next(iter(predict(copy, train).values()))


def test_patches_on_the_card_train_as_on_the_cpu(tmp_path, devices):
    data = patches(tmp_path)
    assert isinstance(on_device({"train": data}, torch.device("cuda"))["train"], ResidentData)
    torch.manual_seed(0)
    model = DSIN(PatchPrediction(2, {"mouth": 56}))
    model.pi.start_at(constant_optimum(data.y))
    loss = DSINLoss(torch.ones(2), w_pi=1.0, w_phi=0.0, w_omega=0.0)
    on_cpu, on_card = (trained(model, data, loss, 1, on, devices) for on in ("cpu", "cuda"))
    torch.testing.assert_close(on_card, on_cpu, rtol=0, atol=TF32)


@pytest.mark.parametrize("epochs", [10, 300], ids=["captured", "compiled and captured"])
def test_a_captured_epoch_takes_the_same_steps(epochs, devices, monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # cannot be compiled
    torch.manual_seed(0)
    f = torch.rand(2200, 12)
    data = CachedData(f, (f + 0.3 * torch.randn_like(f) > 0.7).float())
    loss = DSINLoss(torch.ones(12), w_pi=0.0, w_phi=0.0, w_omega=1.0)
    model = DSIN(omega=StructureInference(12, 10))
    on_cpu, on_card = (trained(model, data, loss, epochs, on, devices) for on in ("cpu", "cuda"))
    torch.testing.assert_close(on_card, on_cpu, rtol=0, atol=SINGLE)


def test_captured_heads_on_maps_by_patch(devices):
    torch.manual_seed(0)
    names = ("mouth", "nose")
    maps = {name: torch.rand(640, 256) for name in names}
    data = CachedData(maps, (torch.rand(640, 3) < 0.3).float())
    sizes = dict.fromkeys(names, 56)
    model = DSIN(PatchHeads({k: v.head for k, v in PatchPrediction(3, sizes).nets.items()}))
    loss = DSINLoss(torch.ones(3), w_pi=1.0, w_phi=0.0, w_omega=0.0)
    on_cpu, on_card = (trained(model, data, loss, 3, on, devices) for on in ("cpu", "cuda"))
    torch.testing.assert_close(on_card, on_cpu, rtol=0, atol=SINGLE)
