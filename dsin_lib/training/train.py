"""Train a row on a fold: its steps of Algorithm 1, its predictions, its folder in one move."""

import time
import warnings

import pandas as pd
from fastai.basics import default_device, set_seed

from dsin_lib.config import Config
from dsin_lib.data.dataset import Data, PatchData, on_device, split_data
from dsin_lib.data.store import Store
from dsin_lib.evaluation.predict import final, predict
from dsin_lib.experiments import Row, row_aus, row_config, run_spec
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import constant_optimum
from dsin_lib.paths import run_dir, store_dir
from dsin_lib.training.frozen import without_frozen
from dsin_lib.training.health import dead, food, with_states
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
    for module in modules.values():
        module.start_at(constant_optimum(patches["train"].y))
    load_weights(modules, [start.weights() for start in starts])
    load_filters(modules["pi"], [of.weights() for of in filters])
    device = default_device()
    for module in modules.values():
        module.to(device)
    weights, clocks = DSIN(**modules), (time.perf_counter(), time.process_time())
    modules, data = without_frozen(row, modules, patches)
    data = on_device(data, device)
    once = (time.perf_counter() - clocks[0], time.process_time() - clocks[1])
    fed = food(patches["train"].y, patches["train"].frames["subject"].to_numpy(), aus)
    full = fed.loc[fed["fed"], "au"].tolist()
    seen = {"train": data["train"], "valid": data[PARTS[own.training.stop_on]]}
    steps = [
        run_step(step, trained, inputs, own, seed + step.number, units, row.patches, full, name)
        for name, (trained, inputs, units) in trainings(row, modules, seen, aus).items()
        for step in ALGORITHM_1
        if step.number in row.steps
    ]
    histories = [step.history for step in steps]
    health = pd.concat([step.health for step in steps]).merge(fed, on="au", how="left")
    warn_of_dead(row.id, with_states(health))
    model = DSIN(**modules)
    write_run(
        run_dir(config, row, fold, seed),
        spec=run_spec(config, row, fold, seed),
        history=pd.concat(histories),
        health=health,
        predictions=pd.concat(
            [
                _predictions(model, data[part], patches[part], aus).assign(split=part)
                for part in ("valid", "test")
            ]
        ),
        weights={name: tensor.contiguous().cpu() for name, tensor in weights.state_dict().items()},
        provenance=provenance(store, patches, histories, seed, once),
    )


def warn_of_dead(name: str, health: pd.DataFrame) -> None:
    """Says by name which units never learned though they had frames to learn from."""
    found = [f"{unit.au} of the network {unit.network}" for unit in dead(health).itertuples()]
    if found:
        warnings.warn(
            f"{name}: dead units: {', '.join(found)}: saturated on nearly every training "
            "frame, with positive frames to learn from; tables mark them and no claim uses them",
            stacklevel=2,
        )


def _predictions(model: DSIN, data: Data, of: PatchData, aus: list[str]) -> pd.DataFrame:
    out = predict(model, data)
    keys = of.frames[["subject", "sequence", "frame"]]
    columns = {"": final(out), "_label": of.y}
    if "y_hat" in out:
        fused = data.x.cpu() if model.phi is None else out["f"]
        columns |= {"_fused": fused, "_chi": out["chi"].mean(1)}
    values = [
        pd.DataFrame(value.numpy(), columns=[f"{au}{suffix}" for au in aus])
        for suffix, value in columns.items()
    ]
    return pd.concat([keys, *values], axis=1)
