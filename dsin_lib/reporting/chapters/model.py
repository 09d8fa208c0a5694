"""What trained modules do: layers, votes, steps of inference."""

import pandas as pd
import torch
from IPython.display import HTML
from torch import nn

from dsin_lib.config import Config
from dsin_lib.data.dataset import split_data
from dsin_lib.data.store import Store
from dsin_lib.training.predict import predict
from dsin_lib.runs.rows import row_config, row_named
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.patch_prediction import PatchCNN
from dsin_lib.config.places import store_dir
from dsin_lib.reporting.tables import plain
from dsin_lib.training.modules import load_weights, make_modules
from dsin_lib.training.runs import subject_split
from dsin_lib.runs.files import Run


def layers(store: Store, config: Config) -> HTML:
    """Output sizes of each layer of the patch and of the face network, and their parameters."""
    n_au, tables = len(config.corpus.aus), {}
    for name in ("mouth", "face"):
        px = store.patch(name).shape[1]
        tables[f"{'patch' if name == 'mouth' else name}, {px} px"] = _sizes(PatchCNN(n_au, px), px)
    deepest = max(tables.values(), key=len)
    return plain(pd.DataFrame(tables).loc[list(deepest)].fillna(""), 0)


def modules_of(run: Run, config: Config) -> DSIN:
    """The trained model of a run, in evaluation mode."""
    row = row_named(run.spec["row"])
    modules = make_modules(row_config(config, row), row, Store.open(store_dir(config)))
    load_weights(modules, [run.weights()])
    return DSIN(**modules).eval()


@torch.no_grad()
def vote_effects(run: Run, config: Config) -> pd.DataFrame:
    """f_j when one patch votes 1, minus f_j when it votes 0, all other votes at one half."""
    model = modules_of(run, config)
    names, aus = list(model.pi.nets), config.corpus.aus
    p = torch.full((2, len(names), len(names), len(aus)), 0.5)  # vote, voter, patch, au
    for k in range(len(names)):
        p[0, k, k], p[1, k, k] = 0.0, 1.0
    f = model.phi(p.flatten(0, 1)).unflatten(0, (2, len(names)))
    index = [name.replace("_", " ") for name in names]
    return pd.DataFrame((f[1] - f[0]).numpy(), index=index, columns=aus)


def steps_of(run: Run, config: Config, fold: int, seed: int) -> pd.DataFrame:
    """Mean movement of the predictions from each step of inference to the next, test frames."""
    store, row = Store.open(store_dir(config)), row_named(run.spec["row"])
    split = subject_split(config, store, fold, seed)
    test = split_data(store, split, row.patches, config.corpus.aus)["test"]
    y_hat = predict(modules_of(run, config), test)["y_hat_steps"]
    moved = y_hat.diff(dim=1).abs().mean(0).numpy()
    table = pd.DataFrame(moved, index=range(2, y_hat.shape[1] + 1), columns=config.corpus.aus)
    return table.rename_axis("t").reset_index().melt("t", var_name="au", value_name="movement")


@torch.no_grad()
def _sizes(net: PatchCNN, px: int) -> dict[str, str]:
    net.eval()
    x, sizes = torch.zeros(1, 3, px, px), {"input": f"{px} x {px} x 3"}
    for k, block in enumerate(net.convolutions, start=1):
        x = block(x)
        sizes[f"block {k}"] = " x ".join(map(str, (*x.shape[2:], x.shape[1])))
    linear = [layer for layer in net.head if isinstance(layer, nn.Linear)]
    sizes |= {
        f"fully connected {k}": f"{layer.out_features}" for k, layer in enumerate(linear, start=1)
    }
    return sizes | {"parameters": f"{sum(p.numel() for p in net.parameters()):,}"}
