"""Train a row on a fold: its steps of Algorithm 1, its predictions, its folder in one move."""

import time

import pandas as pd
from fastai.basics import default_device, set_seed

from dsin_lib.config import Config
from dsin_lib.data.dataset import Data, split_data
from dsin_lib.data.store import Store
from dsin_lib.evaluation.predict import final, predict
from dsin_lib.experiments import Row, row_aus, row_config, run_spec
from dsin_lib.model.dsin import DSIN
from dsin_lib.paths import run_dir, store_dir
from dsin_lib.training.frozen import without_frozen
from dsin_lib.training.modules import load_filters, load_weights, make_modules
from dsin_lib.training.provenance import provenance
from dsin_lib.training.runs import PARTS, subject_split
from dsin_lib.training.saved import Run, write_run
from dsin_lib.training.stages import ALGORITHM_1, run_step, trainings


def train(
    config: Config, row: Row, fold: int, seed: int, starts: list[Run], filters: list[Run]
) -> None:
    """Trains a row's steps and writes its folder in one move.

    Args:
        config: The profile.
        row: The row.
        fold: Of the three.
        seed: Of the initial weights, the held-out subjects and the order of the frames.
        starts: Runs whose weights it starts from.
        filters: Runs whose convolutional filters it takes, and nothing else of them.
    """
    store = Store.open(store_dir(config), config.corpus.active_from)
    own, aus = row_config(config, row), row_aus(config, row)
    patches = split_data(store, subject_split(config, store, fold, seed), row.patches, aus)
    set_seed(seed, reproducible=True)
    modules = make_modules(own, row, store)
    load_weights(modules, [start.weights() for start in starts])
    load_filters(modules["pi"], [of.weights() for of in filters])
    for module in modules.values():
        module.to(default_device())
    weights, clocks = DSIN(**modules), (time.perf_counter(), time.process_time())
    modules, data = without_frozen(row, modules, patches)
    once = (time.perf_counter() - clocks[0], time.process_time() - clocks[1])
    seen = {"train": data["train"], "valid": data[PARTS[own.training.stop_on]]}
    histories = [
        run_step(step, trained, inputs, own, seed + step.number, name)
        for name, (trained, inputs) in trainings(row, modules, seen).items()
        for step in ALGORITHM_1
        if step.number in row.steps
    ]
    model = DSIN(**modules)
    write_run(
        run_dir(config, row, fold, seed),
        spec=run_spec(config, row, fold, seed),
        history=pd.concat(histories),
        predictions=pd.concat(
            [
                _predictions(model, data[part], patches[part].frames, aus).assign(split=part)
                for part in ("valid", "test")
            ]
        ),
        weights={name: tensor.contiguous().cpu() for name, tensor in weights.state_dict().items()},
        provenance=provenance(store, patches, histories, seed, once),
    )


def _predictions(model: DSIN, data: Data, frames: pd.DataFrame, aus: list[str]) -> pd.DataFrame:
    out = predict(model, data)
    keys = frames[["subject", "sequence", "frame"]]
    columns = {"": final(out), "_label": data.y}
    if "y_hat" in out:
        fused = data.x if model.phi is None else out["f"]
        columns |= {"_fused": fused, "_chi": out["chi"].mean(1)}
    values = [
        pd.DataFrame(value.numpy(), columns=[f"{au}{suffix}" for au in aus])
        for suffix, value in columns.items()
    ]
    return pd.concat([keys, *values], axis=1)
