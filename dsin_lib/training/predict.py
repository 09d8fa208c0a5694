"""Outputs of a model on every frame of a split."""

import torch
from torch import Tensor, nn

from dsin_lib.data.dataset import Data, Inputs, as_input

BATCH = 256


def final(out: dict[str, Tensor]) -> Tensor:
    """The last prediction (batch au) that a model makes: y_hat, else f, else p of one patch."""
    if "y_hat" in out:
        return out["y_hat"]
    return out["f"] if "f" in out else out["p"].mean(1)


def last_output(model: nn.Module, data: Data) -> Inputs:
    """What modules that stand still make of every frame: f, else p, else maps a patch."""
    out = predict(model, data)
    return out.get("f", out.get("p", out))


@torch.no_grad()
def predict(model: nn.Module, data: Data, batch_size: int = BATCH) -> dict[str, Tensor]:
    """All outputs on all frames, in order, on the CPU, with batch norm in its trained state."""
    device = next(model.parameters()).device
    model.eval()
    batches = []
    for start in range(0, len(data), batch_size):
        x, _ = data.batch(list(range(start, min(start + batch_size, len(data)))))
        x = {k: v.to(device) for k, v in x.items()} if isinstance(x, dict) else x.to(device)
        batches.append({name: value.cpu() for name, value in model(as_input(x)).items()})
    return {name: torch.cat([batch[name] for batch in batches]) for name in batches[0]}
