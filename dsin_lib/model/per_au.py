"""Independent affine maps, one an Action Unit, without a loop over Action Units."""

import torch
from einops.layers.torch import EinMix
from torch import nn

INIT_SIGMA = 0.1
"""Step 0 of Algorithm 1 for Phi and Omega: N(0, sigma^2), sigma unstated. Reading: init-sigma."""


def per_au(n_au: int, n_in: int, n_out: int | None = None, *, sigma: float = INIT_SIGMA) -> EinMix:
    """Maps (batch au input) to (batch au output), or to (batch au) without ``n_out``.

    ``weight`` has the axes au, input (and output) and comes from N(0, sigma^2), ``bias`` au (and
    output).
    """
    output = "" if n_out is None else " output"
    axes = {"au": n_au, "input": n_in} | ({} if n_out is None else {"output": n_out})
    layer = EinMix(
        f"batch au input -> batch au{output}",
        weight_shape=f"au input{output}",
        bias_shape=f"au{output}",
        **axes,
    )
    nn.init.normal_(layer.weight, std=sigma)
    layer.bias = nn.Parameter(torch.zeros(layer.bias.shape[1:]))  # EinMix keeps a batch axis of 1
    return layer
