"""Steps on cached inputs: fusion and structure inference as they were written, and as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from benchmarks.training.measuring import (
    DEVICE,
    MANY_EPOCHS,
    ON_GPU,
    Call,
    adam,
    fit,
    labels,
    learner_of,
    loss_of,
    medians,
    ms,
    step,
)
from benchmarks.training.process import BATCH, N_AU
from dsin_lib.data.dataset import Batch, CachedData
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.fusion import Fusion
from dsin_lib.model.patch_prediction import PatchPrediction
from dsin_lib.model.structure_inference import INITIAL_STATES, StructureInference
from dsin_lib.shapes import PATCHES
from dsin_lib.training.epochs import WORTH_COMPILING, captured, updated, worth_compiling

ROWS = 7_000
"""Frames of a fold's training part."""
N_ITER = 10
ALIKE = 1e-6


def cached() -> None:
    """Step 2 on cached p, against patch networks that stand still and yet compute it."""
    px = {patch: 112 if patch == "face" else 56 for patch in PATCHES}
    x = {patch: torch.rand(BATCH, 3, side, side, device=DEVICE) for patch, side in px.items()}
    x = {patch: of.to(memory_format=torch.channels_last) for patch, of in x.items()}
    pi = PatchPrediction(N_AU, px).to(DEVICE, memory_format=torch.channels_last)
    pi.eval().requires_grad_(False)
    phi, y = Fusion(N_AU, len(px)).to(DEVICE), labels(BATCH)
    recomputed, from_cache = medians(
        step(DSIN(pi, phi), "phi", x, y), step(DSIN(phi=phi), "phi", pi(x), y)
    )
    print(f"step 2, a mini-batch: {ms(recomputed)} if p is recomputed, {ms(from_cache)} from the "
          f"cache: {recomputed / from_cache:.0f} x")  # fmt: skip


class Stacked(StructureInference):
    """Structure inference as it was written first: inputs stacked, one layer an equation."""

    def forward(self, f: Tensor) -> dict[str, Tensor]:
        m = y_hat = INITIAL_STATES[self.initial_state](f)
        chi_steps = []
        for _ in range(self.n_iter):
            m = self.message(torch.stack([mean_of(m), f, y_hat], -1)).sigmoid()  # Eq. 7
            chi = self.gate(torch.stack([mean_of(m), f, y_hat], -1)).sigmoid()  # Eq. 8
            received = (chi * mean_of(m) + mean_of(chi * m)) / 2  # Eq. 9
            y_hat = self.predict(torch.stack([received, f], -1)).sigmoid()  # Eq. 10
            chi_steps.append(chi)
        return {"y_hat": y_hat, "chi": torch.stack(chi_steps, 1)}


def mean_of(x: Tensor) -> Tensor:
    return x.mean(-1, keepdim=True).expand_as(x)


def omega() -> None:
    """A step of structure inference, and an epoch of step 4, as they were and as they are."""
    f, y = torch.rand(BATCH, N_AU, device=DEVICE), labels(BATCH)
    weights = StructureInference(N_AU, N_ITER).state_dict()
    variants = {
        "stacked": omega_step(Stacked, weights, f, y),
        "broadcasts": omega_step(StructureInference, weights, f, y),
    }
    if worth_compiling(WORTH_COMPILING, MANY_EPOCHS):
        new = partial(omega_step, StructureInference, weights, f, y, compiled=True)
        variants["broadcasts, compiled"] = new()
        if ON_GPU:
            variants["broadcasts, compiled, captured"] = new(graph=True)
    calls, y_hats = zip(*variants.values(), strict=True)
    times = medians(*calls, repeats=50)
    for name, time in zip(variants, times, strict=True):
        print(f"T = {N_ITER}, a step, {name}: {ms(time)}, {times[0] / time:.1f} x")
    apart = max((y_hat - y_hats[0]).abs().max().item() for y_hat in y_hats)
    print(f"before the first step their y_hat are within {apart:.0e} of each other")
    if not apart <= ALIKE:
        raise ArithmeticError(f"y_hat: expected the same to {ALIKE:.0e}, got {apart:.0e}")
    x = torch.rand(ROWS, N_AU, device=DEVICE)
    models = [DSIN(omega=of(N_AU, N_ITER).to(DEVICE)) for of in (Stacked, StructureInference)]
    print_epochs("step 4, stacked as it was", *models, "omega", x)


def omega_step(
    make: type[StructureInference], weights: dict[str, Tensor], f: Tensor, y: Tensor, *,
    compiled: bool = False, graph: bool = False,
) -> tuple[Call, Tensor]:  # fmt: skip
    """A call that takes one step, and y_hat before the first."""
    model, loss = make(N_AU, N_ITER).to(DEVICE), loss_of("omega")
    model.load_state_dict(weights)

    def forward(f: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        out = model(f)
        return loss(out, y), out["y_hat"].detach()

    if compiled:
        forward = torch.compile(forward)
    with torch.no_grad():  # a graph that is kept would tie its gradients to another stream
        _, y_hat = forward(f, y)
    optimiser, only_loss = adam(model), lambda f, y: forward(f, y)[0]
    if graph:
        update = captured(only_loss, model, optimiser, f, y)
        return lambda: update(f, y), y_hat.clone()
    return lambda: updated(only_loss, optimiser, f, y), y_hat.clone()


def fusion() -> None:
    """An epoch of step 2, the mini-batches through fastai's loop or inside one of its batches."""
    x = torch.rand(ROWS, len(PATCHES), N_AU, device=DEVICE)
    models = [DSIN(phi=Fusion(N_AU, len(PATCHES)).to(DEVICE)) for _ in range(2)]
    print_epochs("step 2", *models, "phi", x)


@dataclass(frozen=True)
class NotKnownAsCached:
    """Cached rows that the learner takes for patches: it goes through fastai for each mini-batch.

    Attributes:
        rows: What they are.
    """

    rows: CachedData

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, items: Sequence[int]) -> Batch:
        return self.rows.batch(items)


def print_epochs(name: str, before: DSIN, now: DSIN, group: str, x: Tensor) -> None:
    """Prints the seconds of an epoch by fastai's plain learner and by the project's."""
    train, valid = CachedData(x, labels(len(x))), CachedData(x[:1_500], labels(1_500))
    plain = learner_of(before, group, NotKnownAsCached(train), NotKnownAsCached(valid))
    whole, epochs = learner_of(now, group, train, valid), 5
    slow, fast = medians(partial(fit, plain), partial(fit, whole, epochs))
    fast /= epochs
    how = "compiled" if whole.compiled else "not compiled"
    print(f"{name}, an epoch of {len(x):,} rows: plain learner {slow:.3f} s, "
          f"EpochLearner ({how}) {fast:.3f} s: {slow / fast:.1f} x")  # fmt: skip
