"""Algorithm 1 as five rows of data, and the one function that runs any of them.

Paper: Algorithm 1, Sec. 4.1.3. Frozen groups are inputs: steps 2 and 4 train on cached outputs of
the frozen modules, which never enter the trained model.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from torch import nn

from dsin_lib.config import Config
from dsin_lib.data.dataset import CachedData, Data
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import DSINLoss, balancing_weights
from dsin_lib.runs.health import DEAD, record, with_states
from dsin_lib.runs.rows import Row
from dsin_lib.training.learner import fit
from dsin_lib.training.predict import last_output, predict


@dataclass(frozen=True)
class Step:
    """One step of Algorithm 1.

    Attributes:
        number: As printed.
        frozen: Groups that stand still.
        trained: Groups that are trained.
        loss_weights: w_pi, w_phi, w_omega; none: those of the config.
        joint: Whether all that it trains was trained before: it goes on from there, and keeps the
            weights that it came with unless it finds better ones.
    """

    number: int
    frozen: tuple[str, ...]
    trained: tuple[str, ...]
    loss_weights: tuple[float, float, float] | None
    joint: bool = False


ALGORITHM_1 = (
    Step(1, (), ("pi",), (1.0, 0.0, 0.0)),
    Step(2, ("pi",), ("phi",), (0.0, 1.0, 0.0)),
    Step(3, (), ("pi", "phi"), (1.0, 1.0, 0.0), joint=True),
    Step(4, ("pi", "phi"), ("omega",), (0.0, 0.0, 1.0)),
    Step(5, (), ("pi", "phi", "omega"), None, joint=True),
)


def max_epochs(config: Config, step: int, train: Data) -> int:
    """The most epochs that a step may take before early stopping ends it.

    A step of fresh weights on cached inputs costs next to nothing, so it goes on until its held-out
    score gets no better; its bound is there for one that gets better for ever.
    """
    joint = {
        3: config.fusion.max_joint_epochs,
        5: config.structure_inference.max_joint_epochs,
    }
    if step in joint:
        return joint[step]
    cached = isinstance(train, CachedData)
    return config.training.max_cached_epochs if cached else config.patch_prediction.max_epochs


@dataclass(frozen=True)
class Trained:
    """What a step leaves behind beside its weights.

    Attributes:
        history: One line an epoch: step, epoch, train_loss, valid_loss, valid_f1, valid_auc,
            chi_mean, chi_std, kept, compiled, step_seconds, step_cpu_seconds, network.
        health: One line a network and Action Unit, of :func:`dsin_lib.runs.health.record`, and
            the step.
    """

    history: pd.DataFrame
    health: pd.DataFrame


def run_step(
    step: Step,
    modules: Mapping[str, nn.Module],
    data: Mapping[str, Data],
    config: Config,
    seed: int,
    aus: list[str],
    patches: Sequence[str],
    fed: Sequence[str] = (),
    network: str = "all",
) -> Trained:
    """Trains the step's groups in place.

    Of the epochs that could be kept, one that leaves a fed unit dead comes last: Adam gives a rare
    unit steps of full length however small its gradient is, and so can carry it to the end of the
    sigmoid where ranking hardly shows it.

    Args:
        step: A row of :data:`ALGORITHM_1`.
        modules: ``pi``, ``phi``, ``omega``, as far as the step needs them; frozen ones may be
            left out where their outputs are the data.
        data: ``train`` and ``valid``.
        config: The row's.
        seed: Of the order of the frames.
        aus: Column names of the Action Units, in the order of the labels.
        patches: Names of the patches, in the order of p.
        fed: Those of the units that had enough to learn from.
        network: Which one this is of those that are trained apart.

    Raises:
        FloatingPointError: No epoch ended with a finite score; names step and network.
    """
    started, started_cpu = time.perf_counter(), time.process_time()
    frozen = {group: modules[group] for group in step.frozen if group in modules}
    inputs = cached(DSIN(**frozen), data) if frozen else data
    model = DSIN(**{group: modules[group] for group in step.trained})

    def health() -> pd.DataFrame:
        out = predict(model, inputs["train"])
        return record(out, inputs["train"].y, aus, patches, network)

    def none_dead() -> bool:
        states = with_states(health())
        return not ((states["state"] == DEAD) & states["au"].isin(fed)).any()

    history = fit(
        model,
        inputs["train"],
        inputs["valid"],
        step_loss(step, data["train"], config),
        max_epochs=max_epochs(config, step.number, inputs["train"]),
        training=config.training,
        seed=seed,
        name=f"step {step.number}, network {network}",
        continues=step.joint,
        score="auc" if "pi" in step.trained and config.training.stop_by == "ranking" else "loss",
        sound=none_dead,
    )
    history.insert(0, "step", step.number)
    found = health().assign(step=step.number)
    history["step_seconds"] = time.perf_counter() - started
    history["step_cpu_seconds"] = time.process_time() - started_cpu
    return Trained(history.assign(network=network), found)


def trainings(
    row: Row, modules: dict[str, nn.Module], data: Mapping[str, Data], aus: list[str]
) -> dict[str, tuple[dict[str, nn.Module], dict[str, Data], list[str]]]:
    """What is trained apart, by name: all modules at once, or one network an Action Unit.

    Returns:
        Modules, data and Action Units of each.
    """
    if row.network != "one_per_au":
        return {"all": (modules, dict(data), aus)}
    return {
        au: ({"pi": net}, {part: replace(of, y=of.y[:, [j]]) for part, of in data.items()}, [au])
        for j, (au, net) in enumerate(modules["pi"].nets.items())
    }


def cached(frozen: DSIN, data: Mapping[str, Data]) -> dict[str, CachedData]:
    """The last output of frozen modules on every frame, where the frames are."""
    return {
        part: CachedData(last_output(frozen, of), of.y).to(of.y.device)
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
