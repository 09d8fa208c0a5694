"""Trains a run: its steps of Algorithm 1, its predictions, its folder in one move."""

import time
import warnings

import pandas as pd
from fastai.basics import default_device, set_seed
from torch import Tensor

from dsin_lib.data.dataset import Data, PatchData, on_device, split_data
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import constant_optimum
from dsin_lib.runs.files import write
from dsin_lib.runs.health import dead, food, with_states
from dsin_lib.runs.predictions import CHI, FUSED, LABEL, PARTS, SCORE, table
from dsin_lib.runs.run import Run
from dsin_lib.runs.split import split_of, store_of
from dsin_lib.training.frozen import without_frozen
from dsin_lib.training.looks import looks
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
    data = on_device(data, device)
    once = (time.perf_counter() - clocks[0], time.process_time() - clocks[1])
    fed = food(patches["train"].y, patches["train"].frames["subject"].to_numpy(), aus)
    full = fed.loc[fed["fed"], "au"].tolist()
    seen = {"train": data["train"], "valid": data[PARTS[config.training.stop_on]]}
    steps = [
        run_step(
            step, trained, inputs, config, run.seed + step.number, units, row.patches, full, name
        )
        for name, (trained, inputs, units) in trainings(row, modules, seen, aus).items()
        for step in ALGORITHM_1
        if step.number in row.steps
    ]
    histories = [step.history for step in steps]
    health = pd.concat([step.health for step in steps]).merge(fed, on="au", how="left")
    warn_of_dead(row.id, with_states(health))
    model, predictions, out = DSIN(**modules), [], {}
    for part in ("valid", "test"):
        out = predict(model, data[part])
        fused = _fused(model, data[part], out)
        predictions.append(_predictions(out, fused, patches[part], aus).assign(split=part))
    tensors = {name: of.contiguous().cpu() for name, of in weights.state_dict().items()}
    numbers = sum(of.numel() for of in tensors.values())
    write(
        run.folder,
        spec=run.spec,
        history=pd.concat(histories),
        health=health,
        predictions=pd.concat(predictions),
        looks=looks(weights.cpu().eval(), out, fused, aus),
        weights=tensors,
        provenance=provenance(store, patches, histories, run.seed, once, aus, numbers),
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


def _fused(model: DSIN, data: Data, out: dict[str, Tensor]) -> Tensor | None:
    """What structure inference starts from: f that the model makes, or that it is given."""
    if model.omega is None:
        return None
    return data.x.cpu() if model.phi is None else out["f"]


def _predictions(
    out: dict[str, Tensor], fused: Tensor | None, of: PatchData, aus: list[str]
) -> pd.DataFrame:
    values = {SCORE: final(out), LABEL: of.y}
    if fused is not None:
        values |= {FUSED: fused, CHI: out["chi"].mean(1)}
    return table(of.frames, aus, {suffix: tensor.numpy() for suffix, tensor in values.items()})
