"""What a trained network shows of itself, looked at once when its training ends.

Chapters that draw it then need no network, and no library that runs one.
"""

from collections.abc import Mapping, Sequence

import pandas as pd
import torch
from jaxtyping import Float
from torch import Tensor, nn

from dsin_lib.model.dsin import DSIN
from dsin_lib.model.patch_prediction import PatchCNN
from dsin_lib.runs.files import HEARD, LAYERS, MOVEMENT, VOTES


def looks(model: DSIN, out: Mapping[str, Tensor], aus: list[str]) -> dict[str, pd.DataFrame]:
    """Tables by name, as far as the network has what they show.

    Args:
        model: All of it, in evaluation mode.
        out: Its outputs on the test frames, and f, what structure inference starts from.
        aus: Column names of the Action Units.
    """
    found = {}
    if model.phi is not None and model.pi is not None:
        found[VOTES] = votes(model, list(model.pi.nets), aus)
    elif model.pi is not None:
        found[LAYERS] = layers(model.pi)
    if model.omega is not None:
        found[MOVEMENT] = movement(out["y_hat_steps"], aus)
        found[HEARD] = heard(model, out["f"], aus)
    return {name: table for name, table in found.items() if table is not None}


@torch.no_grad()
def votes(model: DSIN, patches: Sequence[str], aus: list[str]) -> pd.DataFrame:
    """f_j when one patch votes 1, minus f_j when it votes 0, all other votes at one half."""
    p = torch.full((2, len(patches), len(patches), len(aus)), 0.5)  # vote, voter, patch, au
    for k in range(len(patches)):
        p[0, k, k], p[1, k, k] = 0.0, 1.0
    f = model.phi(p.flatten(0, 1)).unflatten(0, (2, len(patches)))
    index = [name.replace("_", " ") for name in patches]
    return pd.DataFrame((f[1] - f[0]).numpy(), index=index, columns=aus)


def movement(y_hat: Float[Tensor, "frame iter au"], aus: list[str]) -> pd.DataFrame:
    """Mean movement of the predictions from each step of inference to the next (t au)."""
    moved = y_hat.diff(dim=1).abs().mean(0).numpy()
    index = pd.RangeIndex(2, y_hat.shape[1] + 1, name="t")
    return pd.DataFrame(moved, index=index, columns=aus)


def heard(model: DSIN, fused: Float[Tensor, "frame au"], aus: list[str]) -> pd.DataFrame:
    """Mean gradient of each unit's y_hat with respect to the f of every unit (listener speaker).

    Whom structure inference lets a unit listen to, itself included, whatever the patches see.
    """
    f = fused.detach().clone().requires_grad_()
    y_hat = model.omega(f)["y_hat"]
    rows = [
        torch.autograd.grad(y_hat[:, j].sum(), f, retain_graph=True)[0].mean(0).double().numpy()
        for j in range(len(aus))
    ]
    return pd.DataFrame(rows, index=aus, columns=aus)


@torch.no_grad()
def layers(pi: nn.Module) -> pd.DataFrame | None:
    """Output sizes of each layer of the one patch network and its parameters; none for others."""
    nets = list(getattr(pi, "nets", {}).values())
    if len(nets) != 1 or not isinstance(nets[0], PatchCNN):
        return None
    (net,), px = nets, nets[0].input_px
    x, sizes = torch.zeros(1, 3, px, px), {"input": f"{px} x {px} x 3"}
    for k, block in enumerate(net.eval().convolutions, start=1):
        x = block(x)
        sizes[f"block {k}"] = " x ".join(map(str, (*x.shape[2:], x.shape[1])))
    linear = [layer for layer in net.head if isinstance(layer, nn.Linear)]
    sizes |= {f"fully connected {k}": f"{of.out_features}" for k, of in enumerate(linear, start=1)}
    sizes["parameters"] = f"{sum(p.numel() for p in net.parameters()):,}"
    return pd.DataFrame({"size": sizes})
