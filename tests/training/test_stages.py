"""Algorithm 1: each step moves exactly its groups, and caching changes no number."""

from copy import deepcopy
from dataclasses import replace

import pytest
import torch

from dsin_lib.config import changed
from dsin_lib.data.dataset import split_data
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import DSINLoss
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run
from dsin_lib.runs.split import split_of, store_of
from dsin_lib.training.learner import KeepBest, fit
from dsin_lib.training.modules import make_modules
from dsin_lib.training.predict import predict
from dsin_lib.training.stages import ALGORITHM_1, cached, run_step, step_loss

ROW = replace(ROWS["dsin_10"], patches=("mouth", "nose"))
"""All five steps, on two patches: what a step moves does not depend on how many there are."""
TRAINS = {1: {"pi"}, 2: {"phi"}, 3: {"pi", "phi"}, 4: {"omega"}, 5: {"pi", "phi", "omega"}}
"""The groups that each step of Algorithm 1 trains, as the paper has it."""


@pytest.fixture
def stage(tiny):
    """Fresh modules and the split of fold 1."""
    run = Run(tiny, ROW, 1, 0)
    store = store_of(run)
    data = split_data(store, split_of(run, store), ROW.patches, run.aus)
    torch.manual_seed(0)
    return make_modules(tiny, ROW, run.aus, store), data, tiny


def trained(step, modules, data, config, seed):
    """The step's history."""
    return run_step(
        step, modules, data, config, seed, config.corpora.table_3.aus, ROW.patches
    ).history


def moved(before, after):
    """Names of the tensors, buffers included, that are not bit for bit what they were."""
    return {name for name, tensor in before.items() if not torch.equal(tensor, after[name])}


@pytest.mark.parametrize("step", ALGORITHM_1, ids=lambda step: f"step{step.number}")
def test_a_step_moves_exactly_its_groups(stage, step, monkeypatch):
    monkeypatch.setattr(KeepBest, "count", lambda *_: None)  # what it came with is not kept
    modules, data, config = stage
    before = {group: deepcopy(module.state_dict()) for group, module in modules.items()}
    trained(step, modules, data, config, seed=1)
    for group, module in modules.items():
        changes = moved(before[group], module.state_dict())
        if group in TRAINS[step.number]:
            assert changes, f"step {step.number} trains {group}"
            assert {name for name, _ in module.named_parameters()} <= changes
        else:
            assert not changes, f"step {step.number} freezes {group}"


def test_a_unit_that_is_never_coded_moves_no_weight_of_its_own(stage):
    """Code 9 through a whole training: the other units learn, and nothing turns into nan."""
    modules, data, config = stage
    for part in ("train", "valid"):
        data[part].y[:, 0] = torch.nan
    before = deepcopy(modules["pi"].state_dict())
    history = trained(ALGORITHM_1[0], modules, data, config, seed=1)
    assert history[["train_loss", "valid_loss", "valid_f1"]].notna().all(axis=None)
    own, others = [], []
    for name, tensor in modules["pi"].state_dict().items():
        assert tensor.isfinite().all(), name
        if tensor.shape[:1] == (12,):  # the last layer, one line a unit
            moves = (tensor - before[name]).reshape(12, -1).abs().amax(1)
            own.append(moves[0].item())
            others += moves[1:].tolist()
    assert own and not any(own) and all(others)


def test_step_5_takes_its_weights_from_the_config(stage):
    _, data, config = stage
    loss = step_loss(ALGORITHM_1[4], data["train"], config)
    assert (loss.w_pi, loss.w_phi, loss.w_omega) == (0.25, 0.25, 0.5)


def test_training_on_cached_outputs_equals_recomputing_them(stage):
    """Step 2 with p cached, and with Pi standing still in the trained model: the same numbers."""
    modules, data, config = stage
    config = changed(config, {"patch_prediction.max_epochs": 1, "training.max_cached_epochs": 4})
    trained(ALGORITHM_1[0], modules, data, config, seed=1)
    step = ALGORITHM_1[1]
    loss, again = step_loss(step, data["train"], config), deepcopy(modules)
    with_cache = trained(step, modules, data, config, seed=2)

    pi = again["pi"].eval().requires_grad_(False)
    pi.train = lambda mode: pi  # batch norm too, when the whole model is put into training mode
    statistics = deepcopy(pi.state_dict())
    recomputed = fit(
        DSIN(pi, again["phi"]),
        data["train"],
        data["valid"],
        loss,
        max_epochs=config.training.max_cached_epochs,
        training=config.training,
        seed=2,
    )

    assert not moved(statistics, pi.state_dict()), "batch-norm statistics included"
    for column in ("train_loss", "valid_loss", "valid_f1"):
        assert with_cache[column].tolist() == pytest.approx(recomputed[column].tolist(), rel=1e-5)
    for ours, theirs in zip(modules["phi"].parameters(), again["phi"].parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_the_cache_is_what_the_frozen_modules_say(stage):
    modules, data, _ = stage
    frozen = DSIN(modules["pi"], modules["phi"])
    cache = cached(frozen, data)
    assert torch.equal(cache["valid"].x, predict(frozen, data["valid"])["f"])
    assert set(cache) == {"train", "valid"}, "the test fold is not even looked at"


def test_the_best_epoch_is_kept_and_patience_ends_the_fit(stage):
    modules, data, config = stage
    model = DSIN(omega=modules["omega"])
    inputs = cached(DSIN(modules["pi"], modules["phi"]), data)
    loss = DSINLoss(torch.ones(12), w_pi=0.0, w_phi=0.0, w_omega=1.0)
    training = config.training.model_copy(update={"learning_rate": 0.9, "patience_cached": 3})
    history = fit(
        model, inputs["train"], inputs["valid"], loss, max_epochs=40, training=training, seed=0
    )
    best = history["valid_loss"].idxmin()
    assert len(history) == min(40, best + 1 + 3), "three epochs without a better one"
    out = predict(model, inputs["valid"])
    assert loss(out, inputs["valid"].y).item() == pytest.approx(
        history["valid_loss"][best], rel=1e-5
    )
