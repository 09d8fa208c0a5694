"""Trains a run: its steps of Algorithm 1, its predictions, its folder in one move."""

import time
import warnings

import pandas as pd
from fastai.basics import default_device, set_seed

from dsin_lib.data.dataset import Data, PatchData, split_data
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import constant_optimum
from dsin_lib.runs.files import write
from dsin_lib.runs.predictions import CHI, FUSED, LABEL, PARTS, SCORE, table
from dsin_lib.runs.run import Run
from dsin_lib.runs.split import split_of, store_of
from dsin_lib.training.frozen import without_frozen
from dsin_lib.training.health import dead, food
from dsin_lib.training.modules import load_filters, load_weights, make_modules
from dsin_lib.training.predict import final, predict
from dsin_lib.training.provenance import provenance
from dsin_lib.training.stages import ALGORITHM_1, run_step, trainings


def train(run: Run) -> None:
    """Trains a run's steps and writes its folder in one move.

    Args:
        run: What it starts from, and takes filters of, must be there.
    """
    store, row, config, aus = store_of(run), run.row, run.config, run.aus
    patches = split_data(store, split_of(run, store), row.patches, aus)
    set_seed(run.seed, reproducible=True)
    modules = make_modules(config, row, aus, store)
    for module in modules.values():
        module.start_at(constant_optimum(patches["train"].y))
    load_weights(modules, [start.files.weights() for start in run.starts])
    load_filters(modules["pi"], [of.files.weights() for of in run.filters])
    device = default_device()
    for module in modules.values():
        module.to(device)
    weights, clocks = DSIN(**modules), (time.perf_counter(), time.process_time())
    modules, data = without_frozen(row, modules, patches)
    data = {part: of.to(device) for part, of in data.items()}
    once = (time.perf_counter() - clocks[0], time.process_time() - clocks[1])
    seen = {"train": data["train"], "valid": data[PARTS[config.training.stop_on]]}
    steps = [
        run_step(step, trained, inputs, config, run.seed + step.number, units, row.patches, name)
        for name, (trained, inputs, units) in trainings(row, modules, seen, aus).items()
        for step in ALGORITHM_1
        if step.number in row.steps
    ]
    histories = [step.history for step in steps]
    fed = food(patches["train"].y, patches["train"].frames["subject"].to_numpy(), aus)
    health = pd.concat([step.health for step in steps]).merge(fed, on="au", how="left")
    warn_of_dead(row.id, health)
    model = DSIN(**modules)
    write(
        run.folder,
        spec=run.spec,
        history=pd.concat(histories),
        health=health,
        predictions=pd.concat(
            [
                _predictions(model, data[part], patches[part], aus).assign(split=part)
                for part in ("valid", "test")
            ]
        ),
        weights={name: tensor.contiguous().cpu() for name, tensor in weights.state_dict().items()},
        provenance=provenance(store, patches, histories, run.seed, once),
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
    values = {SCORE: final(out), LABEL: of.y}
    if "y_hat" in out:
        fused = data.x.cpu() if model.phi is None else out["f"]
        values |= {FUSED: fused, CHI: out["chi"].mean(1)}
    return table(of.frames, aus, {suffix: tensor.numpy() for suffix, tensor in values.items()})
