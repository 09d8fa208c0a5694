"""The smallest network of patches, with frames that it learns in a few epochs."""

import torch
from torch import nn

from dsin_lib.data.dataset import CachedData
from dsin_lib.model.losses import DSINLoss

ALL = DSINLoss(torch.ones(2), w_pi=1.0, w_phi=0.0, w_omega=0.0)


def net():
    """Eight numbers a frame in, p of one patch and two Action Units out."""
    return nn.Sequential(nn.Linear(8, 2), nn.Sigmoid(), nn.Unflatten(1, (1, 2)))


def numbers():
    """Forty frames, each unit active where its own number is large."""
    torch.manual_seed(0)
    x = torch.rand(40, 8)
    return CachedData(x, (x[:, :2] > 0.5).float())
