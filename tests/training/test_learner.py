"""The learner alone: what becomes of a training that diverges, and which epoch it keeps."""

from copy import deepcopy

import pandas as pd
import pytest
import torch
from made import made
from tiny_nets import ALL, net, numbers
from torch import nn

from dsin_lib.config import load_config
from dsin_lib.data.dataset import CachedData
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import DSINLoss
from dsin_lib.training.learner import KeepBest, fit, make_learner
from dsin_lib.training.stages import ALGORITHM_1, run_step

CONFIG = load_config("smoke")


@pytest.fixture
def data():
    return numbers()


@pytest.fixture
def diverged(data):
    """Frames on which no loss is finite."""
    return CachedData(torch.full_like(data.x, torch.nan), data.y)


def test_a_training_that_never_has_a_finite_loss_says_so(data, diverged):
    parts = {"train": data, "valid": diverged}
    expected = r"step 1, network AU12: expected a finite valid_auc after an epoch, got nan, nan"
    with pytest.raises(FloatingPointError, match=expected):
        run_step(
            ALGORITHM_1[0], {"pi": net()}, parts, CONFIG, 0, ["AU12"], ["mouth"], network="AU12"
        )


def test_weights_of_an_earlier_fit_are_not_put_back_after_one_that_diverged(data):
    loss = DSINLoss(torch.ones(2), w_pi=1.0, w_phi=0.0, w_omega=0.0)
    model = DSIN(net())
    learner = make_learner(model, data, data, loss, CONFIG.training)
    with learner.no_bar(), learner.no_logging():
        learner.fit(1)
        nn.init.constant_(model.pi[0].weight, torch.nan)
        with pytest.raises(FloatingPointError, match="expected a finite valid_loss"):
            learner.fit(1)


TRAINING = CONFIG.training.model_copy(update={"patience_cached": 3, "learning_rate": 0.01})


@pytest.fixture
def against(data):
    """The other way round: whatever is learned from ``data`` makes this loss rise."""
    return CachedData(data.x, 1 - data.y)


def fitted(data, valid, *, continues, max_epochs=20):
    """A model, its weights before and its history."""
    torch.manual_seed(0)
    model = DSIN(net())
    before = deepcopy(model.state_dict())
    history = fit(
        model, data, valid, ALL, max_epochs=max_epochs, training=TRAINING, seed=0,
        continues=continues,
    )  # fmt: skip
    return model, before, history


def loss_of(model, data):
    with torch.no_grad():
        return ALL(model.eval()(data.x), data.y).item()


def same(one, other):
    return all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def test_a_joint_training_that_only_gets_worse_keeps_what_it_came_with(data, against):
    model, before, history = fitted(data, against, continues=True)
    assert same(before, model.state_dict())
    assert history["epoch"].tolist() == [0, 1, 2, 3], "patience counts from epoch 0"
    assert history["train_loss"].isna().tolist() == [True, False, False, False]
    assert history["valid_loss"][0] == pytest.approx(loss_of(model, against), rel=1e-6)
    assert history["valid_loss"].is_monotonic_increasing
    assert history["kept"].tolist() == [True, False, False, False]
    assert history["valid_f1"].notna().all()


def test_a_joint_training_that_gets_better_goes_on_from_its_best_epoch(data):
    model, before, history = fitted(data, data, continues=True)
    assert not same(before, model.state_dict())
    assert history["epoch"].tolist() == list(range(21))
    assert loss_of(model, data) == pytest.approx(history["valid_loss"].min(), rel=1e-6)
    assert history["valid_loss"].idxmin() > 0


def test_epoch_0_is_a_look_and_moves_no_other_epoch(data):
    model, _, history = fitted(data, data, continues=True, max_epochs=4)
    fresh, _, without = fitted(data, data, continues=False, max_epochs=4)
    assert without["epoch"].tolist() == [1, 2, 3, 4]
    later = history.iloc[1:].reset_index(drop=True)
    pd.testing.assert_frame_equal(later, without, check_exact=True)
    assert same(model.state_dict(), fresh.state_dict())


def test_fresh_weights_are_never_put_back_however_much_worse_training_makes_them(data, against):
    model, before, history = fitted(data, against, continues=False)
    assert not same(before, model.state_dict())
    assert history["epoch"].tolist() == [1, 2, 3, 4], "patience counts from the first one trained"
    assert history["valid_loss"].idxmin() == 0
    untrained = DSIN(net())
    untrained.load_state_dict(before)
    assert loss_of(untrained, against) < history["valid_loss"][0]
    assert loss_of(model, against) == pytest.approx(history["valid_loss"][0], rel=1e-6)


def test_weights_that_a_step_came_with_are_of_one_fit_only(data, against):
    """A second fit of a learner, as in a notebook, does not go back to before the first."""
    torch.manual_seed(0)
    model = DSIN(net())
    learner = make_learner(model, data, against, ALL, TRAINING)
    learner.keep_best.count([0.0])
    before = deepcopy(model.state_dict())
    with learner.no_bar(), learner.no_logging():
        learner.fit(1)
        assert same(before, model.state_dict())
        learner.fit(1)
    assert not same(before, model.state_dict())


def test_weights_without_a_finite_loss_are_not_worth_keeping(data):
    torch.manual_seed(0)
    learner = make_learner(DSIN(net()), data, data, ALL, TRAINING)
    learner.keep_best.count([torch.inf])
    before = deepcopy(learner.model.state_dict())
    with learner.no_bar(), learner.no_logging():
        learner.fit(1)
    assert not same(before, learner.model.state_dict())
    learner.keep_best.count([torch.nan])
    with learner.no_bar(), learner.no_logging():
        learner.fit(1)
    assert learner.keep_best.best == learner.recorder.values[-1][1]


def kept_of(model, data, sound=None):
    """The history of a training, its kept epoch, and the weights that it left."""
    how = {} if sound is None else {"sound": lambda: sound(own)}
    own = deepcopy(model)
    patient = TRAINING.model_copy(update={"patience_cached": 9})
    history = fit(own, data, data, ALL, max_epochs=6, training=patient, seed=0, **how)
    (kept,) = history.loc[history["kept"], "epoch"]
    return history.drop(columns="kept"), kept, own.state_dict()


@pytest.fixture
def asked_always(monkeypatch):
    """Whether weights are sound is asked of every epoch that could be kept."""
    monkeypatch.setattr(KeepBest, "_may_be_dead", lambda self: True)


@pytest.mark.parametrize(("bias", "asked"), [(0.0, 0), (-12.0, 6)])
def test_soundness_is_asked_only_where_held_out_frames_are_saturated(data, bias, asked):
    torch.manual_seed(0)
    model, calls = DSIN(net()), []
    nn.init.constant_(model.pi[0].bias, bias)
    kept_of(model, data, lambda own: calls.append(own) or True)
    assert len(calls) == asked, "each epoch is better than the last"


def test_a_best_epoch_that_is_not_sound_is_not_kept_and_ends_nothing(data, asked_always):
    torch.manual_seed(0)
    model = DSIN(net())
    history, best, weights = kept_of(model, data)
    again, other, found = kept_of(model, data, lambda own: not same(own.state_dict(), weights))
    assert best == 6 and other == 5 and not same(found, weights)
    pd.testing.assert_frame_equal(again, history, check_exact=True)


def test_a_sound_epoch_is_kept_before_better_ones_that_are_not(data, asked_always):
    torch.manual_seed(0)
    model, asked = DSIN(net()), []
    _, kept, _ = kept_of(model, data, lambda own: asked.append(own) or len(asked) == 2)
    assert kept == 2 and len(asked) == 6, "each was the best so far"


def test_where_no_epoch_is_sound_the_best_is_kept_all_the_same(data, asked_always):
    torch.manual_seed(0)
    model = DSIN(net())
    history, best, weights = kept_of(model, data)
    again, other, found = kept_of(model, data, lambda own: False)
    assert other == best and same(found, weights)
    pd.testing.assert_frame_equal(again, history, check_exact=True)


@pytest.mark.parametrize(
    ("row", "steps"), [("pp_mouth", [1]), ("pp_f", [2, 3]), ("dsin_10", [4, 5])]
)
def test_steps_of_fresh_weights_have_no_epoch_0_and_joint_ones_have(tiny, row, steps):
    found = made(tiny, row)
    first = found.history.groupby("step")["epoch"].min().to_dict()
    assert first == {step: 0 if step in (3, 5) else 1 for step in steps}
    assert found.history["train_loss"].isna().equals(found.history["epoch"] == 0)
    counted = found.history[found.history["epoch"] > 0].groupby("step").size()
    assert found.provenance["epochs"] == {str(step): counted[step] for step in steps}
