"""A learner whose batch is a whole epoch, for steps whose inputs are there as tensors already.

Steps 2 and 4 of Algorithm 1 train a handful of numbers a unit on cached rows of twelve. Their
arithmetic is next to nothing; what takes time is to go through Python for every mini-batch. Here
fastai's loop goes round once an epoch, and inside it the mini-batches follow each other without
callbacks: compiled where a C++ compiler is, on a GPU captured as a CUDA graph and replayed. Order,
mini-batches and updates are those of the plain learner.
"""

import shutil
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import torch
from fastai.basics import Learner
from torch import Tensor

from dsin_lib.data.dataset import Inputs

LossOf = Callable[[Inputs, Tensor], Tensor]
Update = Callable[[Inputs, Tensor], Tensor]
"""One step of the optimiser on a mini-batch; its loss."""

EPOCHS, WORTH_COMPILING = 250, 8000
"""How long step 4 takes until its held-out loss rises, and updates from which on compiling pays.

It saves 3 ms an update on a CPU and takes some 8 s a training, 30 the first time on a machine: it
pays from 2,700 updates on, or from 10,000. The bound lies near the second, so that a machine's
first training loses little.
"""


ON_CPU, ALIKE = {"max_fusion_size": 1}, 1e-3
"""How it compiles for a processor, and from where on gradients are wrong: single precision is good
to 1e-6.

With its own choice of what to fuse, torch 2.11 and 2.13 compile for processors gradients of
structure inference that are wrong by more than the largest of them (T = 8 and more, and T = 2 where
no node hears itself), while losses and predictions are right. Kernels that are not fused are right,
and so is a GPU's code.
"""


NOTHING = 1e-6
"""Of the largest gradient of all: rounding."""


class EpochLearner(Learner):
    """A learner that is given an epoch at a time and takes its mini-batches itself.

    Args:
        batch_size: Frames of a mini-batch.
        compiled: Whether the loss is worth compiling (:func:`worth_compiling`).
        of_learner: As of fastai's Learner.
    """

    def __init__(self, *of_learner, batch_size: int, compiled: bool, **by_name) -> None:
        super().__init__(*of_learner, **by_name)
        self.batch_size, self.compiled = batch_size, compiled
        self.update: Update | None = None
        self.updates = None

    def _do_one_batch(self) -> None:
        if not self.training:
            super()._do_one_batch()
            return
        (x,), (y,) = self.xb, self.yb
        if self.updates != (now := (self.opt, self.opt.hypers)):  # the first batch of a fit
            self.updates = now
            self.update = self._make_update(*next(mini_batches(x, y, self.batch_size)))
        losses = [self.update(*batch) for batch in mini_batches(x, y, self.batch_size)]
        *earlier, last = torch.stack(losses).cpu()
        for loss in earlier:  # fastai's train_loss is a running mean over mini-batches
            self.loss = loss
            self.recorder.smooth_loss.accumulate(self)
        self.loss_grad = self.loss = last

    def _make_update(self, x: Inputs, y: Tensor) -> Update:
        def loss_of(x: Inputs, y: Tensor) -> Tensor:
            return self.loss_func(self.model(x), y)

        optimiser = self.opt.opt  # fastai wraps torch's own
        if y.device.type == "cuda":
            with one_stream():
                fast = self._compile(loss_of, x, y) if self.compiled else loss_of
                return captured(fast, self.model, optimiser, x, y)
        fast = self._compile(loss_of, x, y) if self.compiled else loss_of
        return lambda x, y: updated(fast, optimiser, x, y)

    def _compile(self, loss_of: LossOf, x: Inputs, y: Tensor) -> LossOf:
        """The loss compiled, or uncompiled and a warning where a compiler fails or errs."""
        torch._dynamo.reset()  # it gives up on a function that was compiled eight times
        fast = torch.compile(loss_of, options=None if y.device.type == "cuda" else ON_CPU)
        try:
            apart = farthest(*(self._gradients(of, x, y) for of in (fast, loss_of)))
            right = apart <= ALIKE  # neither is one that is not a number
            why = "" if right else f"its gradients are wrong by {apart:.1e} of the largest"
        except RuntimeError as error:
            why = str(error)
        if why:
            self.compiled = False
            warnings.warn(f"not compiled, which takes longer: {why}", stacklevel=2)
        return loss_of if why else fast

    def _gradients(self, loss_of: LossOf, x: Inputs, y: Tensor) -> list[Tensor]:
        """Of every parameter that has one; the next update forgets them."""
        self.model.zero_grad()
        loss_of(x, y).backward()
        found = [parameter.grad for parameter in self.model.parameters()]
        return [gradient.clone() for gradient in found if gradient is not None]


def farthest(some: Iterable[Tensor], others: Iterable[Tensor]) -> float:
    """The largest difference of gradients, as a share of the largest of the same parameter.

    A parameter whose gradients are next to nothing is held against the others'.
    """
    some, others = list(some), list(others)
    largest = torch.stack([of.abs().max() for of in others])
    apart = torch.stack([(a - b).abs().max() for a, b in zip(some, others, strict=True)])
    return (apart / largest.clamp(min=NOTHING * largest.max())).max().item()


def updated(loss_of: LossOf, optimiser: torch.optim.Optimizer, x: Inputs, y: Tensor) -> Tensor:
    """Takes one step of the optimiser; the loss before it."""
    optimiser.zero_grad()
    loss = loss_of(x, y)
    loss.backward()
    optimiser.step()
    return loss.detach()


@contextmanager
def one_stream() -> Iterator[torch.cuda.Stream]:
    """A stream of a GPU on which all is done inside, that of an outer one if there is.

    What compiles, warms up and is captured shares one: gradients are accumulated on the stream that
    first asked for them, and a graph may wait for no other.
    """
    current = torch.cuda.current_stream()
    if current != torch.cuda.default_stream():
        yield current
        return
    aside = torch.cuda.Stream()
    aside.wait_stream(current)
    with torch.cuda.stream(aside):
        yield aside
    current.wait_stream(aside)


def captured(
    loss_of: LossOf,
    model: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    x: Inputs,
    y: Tensor,
) -> Update:
    """:func:`updated` as one CUDA graph, which is replayed on every mini-batch of that shape.

    Source: PyTorch's notes on CUDA graphs, "Whole-network capture". The steps that warm it up are
    taken back: weights and the optimiser's state are as they came.
    """
    with one_stream() as stream:
        fixed_x, fixed_y = _each(torch.clone, x), y.clone()
        before = {name: value.clone() for name, value in model.state_dict().items()}
        for _ in range(3):
            updated(loss_of, optimiser, fixed_x, fixed_y)
        optimiser.zero_grad()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=stream):
            fixed_loss = updated(loss_of, optimiser, fixed_x, fixed_y)
        model.load_state_dict(before)
        for state in optimiser.state.values():
            for value in state.values():
                value.zero_()  # step, exp_avg, exp_avg_sq: Adam begins with all of them at zero

    def replay(x: Inputs, y: Tensor) -> Tensor:
        _copy(fixed_x, x)
        fixed_y.copy_(y)
        graph.replay()
        return fixed_loss.clone()

    replay.of = loss_of, model, optimiser  # kept: the graph reads and writes their memory
    return replay


def mini_batches(x: Inputs, y: Tensor, size: int) -> Iterator[tuple[Inputs, Tensor]]:
    """Consecutive mini-batches of an epoch; the last may be smaller if it is the only one."""
    for start in range(0, len(y), size):
        part = slice(start, start + size)
        yield _each(lambda of: of[part], x), y[part]  # noqa: B023


def worth_compiling(batches: int, max_epochs: int) -> bool:
    """Whether a training repays compiling, and something is there to compile with.

    Args:
        batches: Mini-batches of an epoch.
        max_epochs: How many epochs there may be.
    """
    updates = batches * min(max_epochs, EPOCHS)
    return updates >= WORTH_COMPILING and (
        torch.cuda.is_available() or shutil.which("g++") is not None
    )


def _each(change: Callable[[Tensor], Tensor], x: Inputs) -> Inputs:
    return {name: change(of) for name, of in x.items()} if isinstance(x, dict) else change(x)


def _copy(to: Inputs, x: Inputs) -> None:
    if isinstance(x, dict):
        for name, of in x.items():
            to[name].copy_(of)
    else:
        to.copy_(x)
