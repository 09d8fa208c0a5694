"""Compiled losses: the same numbers, checked gradients, and only where it is worth it."""

import shutil
import warnings
from copy import deepcopy

import jaxtyping
import pandas as pd
import pytest
import torch
from epoch_learners import TRAINING, by_batches, by_epochs, fitted, heads, omega, setting

from dsin_lib.data.dataset import CachedData
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import DSINLoss
from dsin_lib.model.structure_inference import StructureInference
from dsin_lib.training import epochs, learner
from dsin_lib.training.epochs import EPOCHS, WORTH_COMPILING, farthest, worth_compiling
from dsin_lib.training.learner import make_learner


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


def broken(of, **how):
    """A compiler whose code does not run."""

    def fails(x, y):
        raise RuntimeError("g++: internal error")

    return fails


def erring(of, **how):
    """A compiler whose losses are right, and whose gradients are not."""

    def errs(x, y):
        loss = of(x, y)
        return loss.detach() + 2 * (loss - loss.detach())

    return errs


@pytest.mark.parametrize(
    ("compiler", "why"),
    [(broken, r"g\+\+: internal error"), (erring, r"gradients are wrong by 1\.0e\+00 of the")],
)
def test_a_compiler_that_fails_or_errs_is_said_and_done_without(monkeypatch, compiler, why):
    plain, plain_history, _ = fitted(by_epochs, omega)
    monkeypatch.setattr(learner, "worth_compiling", lambda *updates: True)
    monkeypatch.setattr(torch, "compile", compiler)
    with pytest.warns(UserWarning, match=f"not compiled.*{why}"):
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
def test_gradients_that_are_compiled_are_those_of_double_precision(monkeypatch, reading):
    """With torch's own choice of what to fuse, those of the gates are wrong at T = 10.

    A compiler that cannot work where it lies (torch's does not below a folder with a space in its
    name) is done without, and nothing else is: wrong gradients would be another warning.
    """
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # dynamo cannot trace beartype
    n_iter, how = READINGS[reading]
    torch.manual_seed(0)
    f = torch.rand(64, 12)
    data = CachedData(f, (f + 0.3 * torch.randn_like(f) > 0.7).float())
    model = DSIN(omega=StructureInference(12, n_iter, **how))
    loss = DSINLoss(torch.ones(12), w_pi=0.0, w_phi=0.0, w_omega=1.0, chi_penalty=5e-3)
    exact, exact_loss = deepcopy(model).double(), deepcopy(loss).double()
    made = by_epochs(model, data, data, loss)
    made.compiled = True
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        loss_of = made._compile(lambda x, y: loss(model(x), y), data.x, data.y)
    errors = [str(one.message) for one in said if "not compiled" in str(one.message)]
    assert made.compiled or "C++ compile error" in errors[0], errors
    exact_loss(exact(f.double()), data.y.double()).backward()
    true = [p.grad for p in exact.parameters() if p.grad is not None]
    ours = [grad.double() for grad in made._gradients(loss_of, data.x, data.y)]
    assert len(ours) == len(true) and farthest(ours, true) < 1e-5


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
