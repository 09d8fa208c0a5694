"""An epoch a batch: the same numbers as fastai's plain loop, whatever it is told."""

import shutil
from copy import deepcopy
from functools import partial
from itertools import pairwise

import jaxtyping
import pandas as pd
import pytest
import torch
from fastai.basics import DataLoaders, Learner, OptimWrapper, set_seed
from torch import nn

from dsin_lib.config import load_config
from dsin_lib.data.dataset import CachedData
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import DSINLoss
from dsin_lib.model.output import OutputLayer
from dsin_lib.model.patch_prediction import PatchHeads
from dsin_lib.model.structure_inference import StructureInference
from dsin_lib.scores.f1 import mean_auc, mean_f1
from dsin_lib.training import epochs, learner
from dsin_lib.training.epochs import (
    EPOCHS,
    ON_CPU,
    WORTH_COMPILING,
    EpochLearner,
    farthest,
    worth_compiling,
)
from dsin_lib.training.learner import KeepBest, _loader, make_learner
from dsin_lib.training.metrics import OfValid

SIZE, N_AU = 16, 3
TRAINING = load_config("smoke").training.model_copy(
    update={"batch_size": SIZE, "patience": 50, "patience_cached": 50, "learning_rate": 0.01}
)


def head():
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), OutputLayer(16, N_AU), nn.Sigmoid())


def omega():
    return DSIN(omega=StructureInference(N_AU, 2)), {"w_pi": 0.0, "w_phi": 0.0, "w_omega": 1.0}


def heads():
    pi = PatchHeads({"mouth": head(), "nose": head()})
    return DSIN(pi), {"w_pi": 1.0, "w_phi": 0.0, "w_omega": 0.0}


def cached(frames, seed, of):
    torch.manual_seed(seed)
    y = (torch.rand(frames, N_AU) < 0.4).float()
    x = y * 0.3 + torch.rand(frames, N_AU) * 0.7
    if of is heads:
        x = {name: torch.cat([x, torch.rand(frames, 8 - N_AU)], 1) for name in ("mouth", "nose")}
    y[torch.rand(frames, N_AU) < 0.1] = torch.nan
    return CachedData(x, y)


class Watched(DSINLoss):
    """Remembers the labels of the mini-batches that it is differentiated for."""

    def forward(self, out, y):
        if torch.is_grad_enabled():
            self.seen.append(y)
        return super().forward(out, y)


def setting(of, frames=70):
    """A model, its data and a loss that watches, all made from seeds."""
    torch.manual_seed(0)
    model, weights = of()
    loss = Watched(torch.tensor([0.5, 1.0, 1.5]), **weights)
    loss.seen = []
    return model, cached(frames, 1, of), cached(40, 2, of), loss


def by_batches(model, train, valid, loss):
    """fastai's own loop, which takes a batch at a time."""
    loaders = (_loader(train, SIZE, shuffle=True), _loader(valid, 4 * SIZE, shuffle=False))
    return Learner(
        DataLoaders(*loaders, device="cpu"),
        model,
        loss_func=loss,
        opt_func=partial(OptimWrapper, opt=torch.optim.Adam, fused=True),
        lr=TRAINING.learning_rate,
        metrics=[OfValid("valid_f1", mean_f1), OfValid("valid_auc", mean_auc)],
        cbs=[KeepBest("plain", 50)],
        train_bn=False,
    )


def by_epochs(model, train, valid, loss):
    made = make_learner(model, train, valid, loss, TRAINING)
    assert type(made) is EpochLearner
    return made


def fitted(make, of, frames=70, fits=({"n_epoch": 3},)):
    """Weights, the histories of all fits, and the mini-batches of a learner."""
    model, train, valid, loss = setting(of, frames)
    set_seed(7, reproducible=True)
    made = make(model, train, valid, loss)
    histories = []
    with made.no_bar(), made.no_logging():
        for how in fits:
            made.fit(**how)
            histories.append(learner._history(made, None).iloc[:, :4])
    return deepcopy(model.state_dict()), pd.concat(histories), loss.seen


def assert_same(one, other):
    (weights, history, seen), (weights_, history_, seen_) = one, other
    pd.testing.assert_frame_equal(history, history_, check_exact=True)
    assert len(seen) == len(seen_)
    for y, y_ in zip(seen, seen_, strict=True):
        assert torch.equal(y.nan_to_num(2.0), y_.nan_to_num(2.0))
    assert weights.keys() == weights_.keys()
    for name, tensor in weights.items():
        assert torch.equal(tensor, weights_[name]), name


@pytest.mark.parametrize("of", [omega, heads])
@pytest.mark.parametrize("frames", [70, 64, 9], ids=lambda n: f"{n} frames")
def test_an_epoch_a_batch_is_the_plain_loop_bit_for_bit(of, frames):
    """Four mini-batches and a rest, four without, and less than one."""
    assert_same(fitted(by_epochs, of, frames), fitted(by_batches, of, frames))


def test_it_does_train_and_its_frames_come_in_another_order_every_epoch():
    weights, history, seen = fitted(by_epochs, omega)
    assert all(later < earlier for earlier, later in pairwise(history["train_loss"]))
    started = setting(omega)[0].state_dict()
    assert not any(torch.equal(tensor, started[name]) for name, tensor in weights.items())
    first, second = torch.cat(seen[:4]), torch.cat(seen[4:8])
    assert not torch.equal(first.nan_to_num(2.0), second.nan_to_num(2.0))


@pytest.mark.parametrize(
    ("frames", "sizes"), [(70, [SIZE] * 4), (64, [SIZE] * 4), (17, [SIZE]), (9, [9])]
)
def test_a_rest_is_dropped_unless_it_is_all_that_there_is(frames, sizes):
    *_, seen = fitted(by_epochs, omega, frames, ({"n_epoch": 1},))
    assert [len(y) for y in seen] == sizes


@pytest.mark.parametrize("how", [{}, {"reset_opt": True}, {"lr": 0.1}], ids=str)
def test_a_second_fit_of_the_same_learner_goes_on_as_the_plain_one_does(how):
    fits = ({"n_epoch": 2}, {"n_epoch": 2, **how})
    assert_same(fitted(by_epochs, omega, fits=fits), fitted(by_batches, omega, fits=fits))


@pytest.mark.skipif(shutil.which("g++") is None, reason="nothing to compile with")
def test_a_compiled_loss_is_the_loss(monkeypatch):
    """Adam divides by the root of a squared gradient, so rounding shows in the sixth digit."""
    plain, plain_history, _ = fitted(by_epochs, omega)
    monkeypatch.setattr(learner, "worth_compiling", lambda *updates: True)
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # dynamo cannot trace beartype
    calls, compile_ = [], torch.compile
    monkeypatch.setattr(torch, "compile", lambda of, **how: calls.append(of) or compile_(of, **how))
    found, history, _ = fitted(by_epochs, omega)
    assert len(calls) == 1, "once a learner"
    pd.testing.assert_frame_equal(history, plain_history, rtol=1e-5)
    for name, tensor in plain.items():
        torch.testing.assert_close(found[name], tensor, rtol=1e-4, atol=1e-5)


def test_a_compiler_that_does_not_work_is_said_and_done_without(monkeypatch):
    def broken(of, **how):
        def fails(x, y):
            raise RuntimeError("g++: internal error")

        return fails

    plain, plain_history, _ = fitted(by_epochs, omega)
    monkeypatch.setattr(learner, "worth_compiling", lambda *updates: True)
    monkeypatch.setattr(torch, "compile", broken)
    with pytest.warns(UserWarning, match=r"not compiled.*g\+\+: internal error"):
        found, history, _ = fitted(by_epochs, omega)
    pd.testing.assert_frame_equal(history, plain_history, check_exact=True)
    assert all(torch.equal(tensor, found[name]) for name, tensor in plain.items())


def test_a_compiler_that_errs_is_said_and_done_without(monkeypatch):
    """Its losses are right, and its gradients are not."""

    def erring(of, **how):
        def errs(x, y):
            loss = of(x, y)
            return loss.detach() + 2 * (loss - loss.detach())

        return errs

    plain, plain_history, _ = fitted(by_epochs, omega)
    monkeypatch.setattr(learner, "worth_compiling", lambda *updates: True)
    monkeypatch.setattr(torch, "compile", erring)
    with pytest.warns(UserWarning, match=r"not compiled.*gradients are wrong by 1\.0e\+00 of the"):
        found, history, _ = fitted(by_epochs, omega)
    pd.testing.assert_frame_equal(history, plain_history, check_exact=True)
    assert all(torch.equal(tensor, found[name]) for name, tensor in plain.items())


READINGS = {
    "T = 2": (2, {}),
    "T = 10": (10, {}),
    "without correction factors": (10, {"correction_factors": False}),
    "without its own": (10, {"include_self": False}),
    "T = 2, without its own": (2, {"include_self": False}),
    "from 0.5": (10, {"initial_state": "half"}),
    "from 0": (10, {"initial_state": "zero"}),
}


@pytest.mark.skipif(shutil.which("g++") is None, reason="nothing to compile with")
@pytest.mark.parametrize("reading", READINGS)
def test_compiled_gradients_of_structure_inference_are_those_of_double_precision(
    monkeypatch, reading
):
    """With torch's own choice of what to fuse, those of the gates are wrong at T = 10."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # dynamo cannot trace beartype
    n_iter, how = READINGS[reading]
    torch.manual_seed(0)
    f = torch.rand(64, 12)
    y = (f + 0.3 * torch.randn_like(f) > 0.7).float()
    model = DSIN(omega=StructureInference(12, n_iter, **how))
    loss = DSINLoss(torch.ones(12), w_pi=0.0, w_phi=0.0, w_omega=1.0, chi_penalty=5e-3)
    exact, exact_loss = deepcopy(model).double(), deepcopy(loss).double()
    torch._dynamo.reset()
    try:
        torch.compile(lambda f, y: loss(model(f), y), options=ON_CPU)(f, y).backward()
    except torch._dynamo.exc.BackendCompilerFailed as error:  # such as a space in torch's path
        pytest.skip(f"no compiler works here: {str(error)[:200]}")
    exact_loss(exact(f.double()), y.double()).backward()
    grads = [[p.grad.double() for p in of.parameters() if p.grad is not None]
             for of in (model, exact)]  # fmt: skip
    assert len(grads[0]) == len(grads[1]) and farthest(*grads) < 1e-5


def test_a_history_says_whether_its_updates_were_compiled(monkeypatch):
    monkeypatch.setattr(learner, "worth_compiling", lambda *updates: True)
    monkeypatch.setattr(torch, "compile", lambda of, **how: of)  # a compiler that changes nothing
    made = by_epochs(*setting(omega))
    with made.no_bar(), made.no_logging():
        made.fit(2)
    assert learner._history(made, None)["compiled"].tolist() == [True, True]
    plain = by_batches(*setting(omega))
    with plain.no_bar(), plain.no_logging():
        plain.fit(1)
    assert learner._history(plain, None)["compiled"].tolist() == [False]


@pytest.mark.parametrize(
    ("cuda", "compiler", "expected"),
    [(False, "g++", True), (True, None, True), (False, None, False)],
)
def test_compiling_is_worth_it_from_so_many_updates_on_and_where_it_can_be_done(
    monkeypatch, cuda, compiler, expected
):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(epochs.shutil, "which", lambda name: compiler)
    batches = -(-WORTH_COMPILING // EPOCHS)
    assert worth_compiling(batches, EPOCHS) is worth_compiling(batches, 9 * EPOCHS) is expected
    assert worth_compiling(batches, EPOCHS - 1) is worth_compiling(batches - 1, EPOCHS) is False


def test_networks_of_patches_are_not_compiled_and_updates_are_counted_in_whole_batches(monkeypatch):
    asked = []
    monkeypatch.setattr(learner, "worth_compiling", lambda *of: asked.append(of) or True)
    for of, frames in ((omega, 70), (omega, 9), (heads, 70)):
        model, train, valid, loss = setting(of, frames)
        made = make_learner(model, train, valid, loss, TRAINING, max_epochs=5)
        assert made.compiled == (of is omega)
    assert asked == [(4, 5), (1, 5)]
