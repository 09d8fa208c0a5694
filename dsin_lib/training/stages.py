"""Algorithm 1 as five rows of data, and the one function that runs any of them.

Paper: Algorithm 1, Sec. 4.1.3. Frozen groups are inputs: steps 2 and 4 train on cached outputs of
the frozen modules, which never enter the trained model.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd
from torch import nn

from dsin_lib.config import Config
from dsin_lib.data.dataset import CachedData, Data
from dsin_lib.evaluation.predict import predict
from dsin_lib.experiments import Row
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import DSINLoss, balancing_weights
from dsin_lib.training.learner import fit


@dataclass(frozen=True)
class Step:
    """One step: the groups that are frozen, those that are trained, and w_pi, w_phi, w_omega."""

    number: int
    frozen: tuple[str, ...]
    trained: tuple[str, ...]
    loss_weights: tuple[float, float, float] | None  # none: those of the config


ALGORITHM_1 = (
    Step(1, (), ("pi",), (1.0, 0.0, 0.0)),
    Step(2, ("pi",), ("phi",), (0.0, 1.0, 0.0)),
    Step(3, (), ("pi", "phi"), (1.0, 1.0, 0.0)),
    Step(4, ("pi", "phi"), ("omega",), (0.0, 0.0, 1.0)),
    Step(5, (), ("pi", "phi", "omega"), None),
)


def max_epochs(config: Config, step: int) -> int:
    """The most epochs that a step may take before early stopping ends it."""
    fusion, structure = config.fusion, config.structure_inference
    return {
        1: config.patch_prediction.max_epochs,
        2: fusion.max_epochs,
        3: fusion.max_joint_epochs,
        4: structure.max_epochs,
        5: structure.max_joint_epochs,
    }[step]


def run_step(
    step: Step,
    modules: Mapping[str, nn.Module],
    data: Mapping[str, Data],
    config: Config,
    seed: int,
    network: str = "all",
) -> pd.DataFrame:
    """Trains the step's groups in place.

    Args:
        step: A row of :data:`ALGORITHM_1`.
        modules: ``pi``, ``phi``, ``omega``, as far as the step needs them; frozen ones may be
            left out where their outputs are the data.
        data: ``train`` and ``valid``.
        config: The row's.
        seed: Of the order of the frames.
        network: Which one this is of those that are trained apart.

    Returns:
        One line an epoch: step, epoch, train_loss, valid_loss, valid_f1, chi_mean, chi_std,
        step_seconds, step_cpu_seconds, network.

    Raises:
        FloatingPointError: No epoch ended with a finite held-out loss; names step and network.
    """
    started, started_cpu = time.perf_counter(), time.process_time()
    frozen = {group: modules[group] for group in step.frozen if group in modules}
    inputs = cached(DSIN(**frozen), data) if frozen else data
    history = fit(
        DSIN(**{group: modules[group] for group in step.trained}),
        inputs["train"],
        inputs["valid"],
        step_loss(step, data["train"], config),
        max_epochs=max_epochs(config, step.number),
        training=config.training,
        seed=seed,
        name=f"step {step.number}, network {network}",
    )
    history.insert(0, "step", step.number)
    history["step_seconds"] = time.perf_counter() - started
    history["step_cpu_seconds"] = time.process_time() - started_cpu
    return history.assign(network=network)


def trainings(
    row: Row, modules: dict[str, nn.Module], data: Mapping[str, Data]
) -> dict[str, tuple[dict[str, nn.Module], dict[str, Data]]]:
    """What is trained apart, by name: all modules at once, or one network an Action Unit."""
    if row.network != "one_per_au":
        return {"all": (modules, dict(data))}
    return {
        au: ({"pi": net}, {part: replace(of, y=of.y[:, [j]]) for part, of in data.items()})
        for j, (au, net) in enumerate(modules["pi"].nets.items())
    }


def cached(frozen: DSIN, data: Mapping[str, Data]) -> dict[str, CachedData]:
    """The last output of frozen modules on every frame, batch norm in its trained state."""
    return {
        part: CachedData(predict(frozen, of)["f" if frozen.phi is not None else "p"], of.y)
        for part, of in data.items()
        if part in ("train", "valid")
    }


def step_loss(step: Step, train: Data, config: Config) -> DSINLoss:
    """The step's sum of losses; class weights come from the training subjects only."""
    structure = config.structure_inference
    weights = balancing_weights(train.y)
    if not config.patch_prediction.class_balancing:
        weights = weights.new_ones(weights.shape)
    w_pi, w_phi, w_omega = step.loss_weights or (
        structure.w_pi, structure.w_phi, structure.w_omega,
    )  # fmt: skip
    return DSINLoss(
        weights,
        w_pi=w_pi,
        w_phi=w_phi,
        w_omega=w_omega,
        chi_penalty=structure.chi_penalty if structure.correction_factors else 0.0,
        chi_penalty_form=structure.chi_penalty_form,
    )
