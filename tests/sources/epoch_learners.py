"""Learners that are given an epoch at a time, fastai's own, and what they are made of."""

from copy import deepcopy
from functools import partial

import pandas as pd
import torch
from fastai.basics import DataLoaders, Learner, OptimWrapper, set_seed
from torch import nn

from dsin_lib.config import load_config
from dsin_lib.data.dataset import CachedData
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import DSINLoss
from dsin_lib.model.output import OutputLayer
from dsin_lib.model.patch_prediction import PatchHeads
from dsin_lib.model.structure_inference import StructureInference
from dsin_lib.scores.f1 import mean_auc, mean_f1
from dsin_lib.training import learner
from dsin_lib.training.epochs import EpochLearner
from dsin_lib.training.learner import KeepBest, _loader, make_learner
from dsin_lib.training.metrics import OfValid

SIZE, N_AU = 16, 3
TRAINING = load_config("smoke").training.model_copy(
    update={"batch_size": SIZE, "patience": 50, "patience_cached": 50, "learning_rate": 0.01}
)


def head():
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), OutputLayer(16, N_AU), nn.Sigmoid())


def omega():
    return DSIN(omega=StructureInference(N_AU, 2)), {"w_pi": 0.0, "w_phi": 0.0, "w_omega": 1.0}


def heads():
    pi = PatchHeads({"mouth": head(), "nose": head()})
    return DSIN(pi), {"w_pi": 1.0, "w_phi": 0.0, "w_omega": 0.0}


def cached(frames, seed, of):
    torch.manual_seed(seed)
    y = (torch.rand(frames, N_AU) < 0.4).float()
    x = y * 0.3 + torch.rand(frames, N_AU) * 0.7
    if of is heads:
        x = {name: torch.cat([x, torch.rand(frames, 8 - N_AU)], 1) for name in ("mouth", "nose")}
    y[torch.rand(frames, N_AU) < 0.1] = torch.nan
    return CachedData(x, y)


class Watched(DSINLoss):
    """Remembers the labels of the mini-batches that it is differentiated for."""

    def forward(self, out, y):
        if torch.is_grad_enabled():
            self.seen.append(y)
        return super().forward(out, y)


def setting(of, frames=70):
    """A model, its data and a loss that watches, all made from seeds."""
    torch.manual_seed(0)
    model, weights = of()
    loss = Watched(torch.tensor([0.5, 1.0, 1.5]), **weights)
    loss.seen = []
    return model, cached(frames, 1, of), cached(40, 2, of), loss


def by_batches(model, train, valid, loss):
    """fastai's own loop, which takes a batch at a time."""
    loaders = (_loader(train, SIZE, shuffle=True), _loader(valid, 4 * SIZE, shuffle=False))
    return Learner(
        DataLoaders(*loaders, device="cpu"),
        model,
        loss_func=loss,
        opt_func=partial(OptimWrapper, opt=torch.optim.Adam, fused=True),
        lr=TRAINING.learning_rate,
        metrics=[OfValid("valid_f1", mean_f1), OfValid("valid_auc", mean_auc)],
        cbs=[KeepBest("plain", 50)],
        train_bn=False,
    )


def by_epochs(model, train, valid, loss):
    made = make_learner(model, train, valid, loss, TRAINING)
    assert type(made) is EpochLearner
    return made


def fitted(make, of, frames=70, fits=({"n_epoch": 3},)):
    """Weights, the histories of all fits, and the mini-batches of a learner."""
    model, train, valid, loss = setting(of, frames)
    set_seed(7, reproducible=True)
    made = make(model, train, valid, loss)
    histories = []
    with made.no_bar(), made.no_logging():
        for how in fits:
            made.fit(**how)
            histories.append(learner._history(made, None).iloc[:, :4])
    return deepcopy(model.state_dict()), pd.concat(histories), loss.seen


def assert_same(one, other):
    (weights, history, seen), (weights_, history_, seen_) = one, other
    pd.testing.assert_frame_equal(history, history_, check_exact=True)
    assert len(seen) == len(seen_)
    for y, y_ in zip(seen, seen_, strict=True):
        assert torch.equal(y.nan_to_num(2.0), y_.nan_to_num(2.0))
    assert weights.keys() == weights_.keys()
    for name, tensor in weights.items():
        assert torch.equal(tensor, weights_[name]), name
