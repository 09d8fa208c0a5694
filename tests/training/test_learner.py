"""The learner alone: what becomes of a training that diverges."""

import pytest
import torch
from torch import nn

from dsin_lib.config import load_config
from dsin_lib.data.dataset import CachedData
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import DSINLoss
from dsin_lib.training.learner import make_learner
from dsin_lib.training.stages import ALGORITHM_1, run_step

CONFIG = load_config("smoke")


def net():
    """Eight numbers a frame in, p of one patch and two Action Units out."""
    return nn.Sequential(nn.Linear(8, 2), nn.Sigmoid(), nn.Unflatten(1, (1, 2)))


@pytest.fixture
def data():
    torch.manual_seed(0)
    x = torch.rand(40, 8)
    return CachedData(x, (x[:, :2] > 0.5).float())


@pytest.fixture
def diverged(data):
    """Frames on which no loss is finite."""
    return CachedData(torch.full_like(data.x, torch.nan), data.y)


def test_a_training_that_never_has_a_finite_loss_says_so(data, diverged):
    parts = {"train": data, "valid": diverged}
    expected = r"step 1, network AU12: expected a finite held-out loss after an epoch, got nan, nan"
    with pytest.raises(FloatingPointError, match=expected):
        run_step(ALGORITHM_1[0], {"pi": net()}, parts, CONFIG, 0, ["AU12"], ["mouth"], "AU12")


def test_weights_of_an_earlier_fit_are_not_put_back_after_one_that_diverged(data):
    loss = DSINLoss(torch.ones(2), w_pi=1.0, w_phi=0.0, w_omega=0.0)
    model = DSIN(net())
    learner = make_learner(model, data, data, loss, CONFIG.training)
    with learner.no_bar(), learner.no_logging():
        learner.fit(1)
        nn.init.constant_(model.pi[0].weight, torch.nan)
        with pytest.raises(FloatingPointError, match="expected a finite held-out loss"):
            learner.fit(1)
