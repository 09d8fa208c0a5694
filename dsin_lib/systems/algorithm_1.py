"""DSIN by Algorithm 1, and the rows that its first steps train: patches, VGG-16, fusion.

Paper: Algorithm 1, Sec. 4.1.3.
"""

import time
import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd
from fastai.basics import default_device, set_seed
from jaxtyping import Float

from dsin_lib.data.dataset import Data, PatchData, on_device
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import constant_optimum
from dsin_lib.runs.health import dead, food, with_states
from dsin_lib.runs.predictions import CHI, FUSED
from dsin_lib.systems import door
from dsin_lib.training.frozen import inputs_of, without_frozen
from dsin_lib.training.looks import looks
from dsin_lib.training.modules import load_filters, load_weights, make_modules
from dsin_lib.training.predict import final, predict
from dsin_lib.training.stages import ALGORITHM_1, run_step, trainings


class System(door.System):
    """As far as a row's steps go."""

    def fit(self, train: PatchData, valid: PatchData) -> None:
        """Trains the row's steps, each on what those before it left."""
        run, row, config, aus = self.run, self.run.row, self.run.config, self.run.aus
        set_seed(run.seed, reproducible=True)
        modules = make_modules(config, row, aus, self.store)
        for module in modules.values():
            module.start_at(constant_optimum(train.y))
        load_weights(modules, [start.files.weights() for start in run.starts])
        load_filters(modules["pi"], [of.files.weights() for of in run.filters])
        device = default_device()
        for module in modules.values():
            module.to(device)
        self.whole, clocks = DSIN(**modules), (time.perf_counter(), time.process_time())
        moving, self.frozen = without_frozen(row, modules)
        data = {"train": self._inputs(train), "valid": self._inputs(valid)}
        data = on_device(data, device)
        self.once = (time.perf_counter() - clocks[0], time.process_time() - clocks[1])
        self.food = food(train.y, train.frames["subject"].to_numpy(), aus)
        fed = self.food.loc[self.food["fed"], "au"].tolist()
        self.steps = [
            run_step(
                step, trained, inputs, config, run.seed + step.number, units, row.patches, fed, name
            )
            for name, (trained, inputs, units) in trainings(row, moving, data, aus).items()
            for step in ALGORITHM_1
            if step.number in row.steps
        ]
        self.model = DSIN(**moving)

    def predict(self, part: PatchData) -> Float[np.ndarray, "frame au"]:
        """The last prediction of the trained modules."""
        inputs = self._inputs(part)
        self.out = predict(self.model, inputs)
        if self.model.omega is not None and self.model.phi is None:
            self.out["f"] = inputs.x.cpu()  # what it is given, in place of what Phi makes
        return final(self.out).numpy()

    def beside(self) -> Mapping[str, Float[np.ndarray, "frame au"]]:
        """With structure inference, f that it started from and its mean correction factors."""
        if "y_hat" not in self.out:
            return door.NOTHING
        return {FUSED: self.out["f"].numpy(), CHI: self.out["chi"].mean(1).numpy()}

    def left(self) -> door.Left:
        """Histories, health, looks and weights of every step."""
        health = pd.concat([step.health for step in self.steps])
        health = health.merge(self.food, on="au", how="left")
        warn_of_dead(self.run.row.id, with_states(health))
        tensors = {name: of.contiguous().cpu() for name, of in self.whole.state_dict().items()}
        histories = [step.history for step in self.steps]
        seconds, cpu_seconds = (
            {0: round(once, 1), **_by_step(histories, column)}
            for once, column in zip(self.once, ("step_seconds", "step_cpu_seconds"), strict=True)
        )
        history = pd.concat(histories)
        trained = history.query("epoch > 0")  # epoch 0 is what a step came with
        return door.Left(
            history=history,
            health=health,
            looks=looks(self.whole.cpu().eval(), self.out, self.run.aus),
            weights=tensors,
            numbers=sum(of.numel() for of in tensors.values()),
            seconds=seconds,
            cpu_seconds=cpu_seconds,
            epochs=trained.groupby("step").size().to_dict(),
        )

    def _inputs(self, part: PatchData) -> Data:
        """What the trained modules are given: patches, or what the frozen ones make of them."""
        return part if self.frozen is None else inputs_of(self.frozen, part)


def warn_of_dead(name: str, health: pd.DataFrame) -> None:
    """Says by name which units never learned though they had frames to learn from."""
    units = [f"{unit.au} of the network {unit.network}" for unit in dead(health).itertuples()]
    if units:
        warnings.warn(
            f"{name}: dead units: {', '.join(units)}: saturated on nearly every training "
            "frame, with positive frames to learn from; tables mark them and no claim uses them",
            stacklevel=2,
        )


def _by_step(histories: list[pd.DataFrame], column: str) -> dict[int, float]:
    """Summed over networks that were trained one after another in the same step.

    Step 0 is what it took to compute the outputs of modules that stand still in all steps, next to
    nothing where an earlier run of the same process had asked for them.
    """
    total: dict[int, float] = {}
    for one in histories:
        step = int(one["step"].iloc[0])
        total[step] = round(total.get(step, 0.0) + float(one[column].iloc[0]), 1)
    return total
