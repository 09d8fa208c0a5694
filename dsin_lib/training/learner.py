"""The one learner factory: fastai's loop around any part of DSIN.

Paper: Sec. 4.1.3: Adam, learning rate 0.001, mini-batches of 64, early stopping. fastai's own Adam
has other defaults than the paper's, which is settled here. Everything it is given is trained: what
stands still is an input (:mod:`dsin_lib.training.stages`).
"""

import contextlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import partial
from math import isfinite, nan
from typing import Literal

import pandas as pd
import torch
from fastai.basics import (
    DataLoader,
    DataLoaders,
    Learner,
    OptimWrapper,
    default_device,
    set_seed,
)
from fastai.callback.all import EarlyStoppingCallback
from torch import Tensor

from dsin_lib.config.sections import Training
from dsin_lib.data.dataset import CachedData, Data, as_input
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import DSINLoss
from dsin_lib.runs.health import is_saturated
from dsin_lib.scores.f1 import mean_auc, mean_f1
from dsin_lib.training.epochs import EpochLearner, worth_compiling
from dsin_lib.training.memory import give_back_freed_memory, keep_freed_memory
from dsin_lib.training.metrics import ChiMoment, OfValid

Score = Literal["loss", "auc"]
OUTPUTS = ("p", "f", "y_hat")
"""What a model says of each frame, as far as it goes."""


def always() -> bool:
    """Any weights may be kept."""
    return True


def fit(
    model: DSIN,
    train: Data,
    valid: Data,
    loss: DSINLoss,
    *,
    max_epochs: int,
    training: Training,
    seed: int,
    name: str = "training",
    continues: bool = False,
    score: Score = "loss",
    sound: Callable[[], bool] = always,
) -> pd.DataFrame:
    """Trains a model in place and leaves it with the weights of its best sound epoch.

    Which epoch is best ``valid`` says. Reading: early-stopping, stopping-score. Epochs count from
    1; epoch 0 is the weights that a continued training came with, which it keeps if none of its own
    is better. Whether an epoch is sound changes nothing of when the training ends.

    Args:
        model: Any part of DSIN.
        train: What it learns from.
        valid: What ends the training: subjects held out inside the training folds, or, to show
            what that is worth, those of the test fold.
        loss: Of the model's outputs.
        max_epochs: Early stopping may end it before.
        training: Learning rate, batch size, patience, threads.
        seed: Of the order of the frames.
        name: Of this training, for errors.
        continues: Whether all of the model was trained before, so that epoch 0 counts.
        score: Of ``valid``, by which epochs are compared; the loss where no unit of it is both
            active and inactive, so that there is nothing to rank.
        sound: Whether the model, as it is when this is asked, may be kept; where no epoch is sound,
            the best one is kept all the same.

    Returns:
        One line an epoch: epoch, train_loss (missing for epoch 0), valid_loss, valid_f1,
        valid_auc, chi_mean, chi_std, whether its weights were ``kept``, and whether its updates
        were ``compiled``.

    Raises:
        FloatingPointError: No epoch ended with a finite score.
    """
    torch.set_num_threads(training.threads)
    keep_freed_memory()
    score = score if _can_be_ranked(valid.y) else "loss"
    set_seed(seed, reproducible=True)
    learner = make_learner(model, train, valid, loss, training, name, max_epochs, score)
    learner.keep_best.sound = sound
    with learner.no_bar(), learner.no_logging(), contextlib.redirect_stdout(None):
        keep_best, incoming = learner.keep_best, None
        if continues:
            with learner.removed_cbs(keep_best):  # it is no epoch of a fit
                incoming = learner.validate()
            keep_best.count(incoming)
        learner.fit(max_epochs)
    give_back_freed_memory()
    return _history(learner, incoming)


def make_learner(
    model: DSIN,
    train: Data,
    valid: Data,
    loss: DSINLoss,
    training: Training,
    name: str = "training",
    max_epochs: int = 1,
    score: Score = "loss",
) -> Learner:
    """A fresh fastai learner; ``fit`` it as often as you like in a notebook.

    Args:
        model: Any part of DSIN.
        train: What it learns from; cached outputs make an :class:`EpochLearner`.
        valid: What ends the training.
        loss: Of the model's outputs.
        training: Learning rate, batch size, patience.
        name: Of this training, for errors.
        max_epochs: How many it may be asked for: few are not worth compiling for.
        score: Of ``valid``, by which epochs are compared.
    """
    device, size = default_device(), training.batch_size
    make, epoch, patience, on_gpu = Learner, size, training.patience, device.type == "cuda"
    if isinstance(train, CachedData):
        epoch = max(len(train) // size, 1) * size
        small = model.pi is None and worth_compiling(epoch // size, max_epochs)
        make = partial(EpochLearner, batch_size=size, compiled=small)
        patience = training.patience_cached
    return make(
        DataLoaders(
            _loader(train, epoch, shuffle=True),
            _loader(valid, 4 * size, shuffle=False),
            device=device,
        ),
        model.to(memory_format=torch.channels_last),
        loss_func=loss.to(device),
        opt_func=partial(OptimWrapper, opt=torch.optim.Adam, fused=True, capturable=on_gpu),
        lr=training.learning_rate,
        metrics=[
            OfValid("valid_f1", mean_f1),
            OfValid("valid_auc", mean_auc),
            ChiMoment("chi_mean", torch.mean),
            ChiMoment("chi_std", torch.std),
        ],
        cbs=[KeepBest(name, patience, score)],
        train_bn=False,
    )


class KeepBest(EarlyStoppingCallback):
    """Remembers the best epoch's weights, and puts them back when no better one comes any more.

    Args:
        of: Name of the training, for errors.
        patience: Epochs without a better one that end it.
        score: Of ``valid``: ``loss``, or ``auc``.
    """

    def __init__(self, of: str, patience: int, score: Score = "loss") -> None:
        super().__init__(monitor=f"valid_{score}", patience=patience)
        self.of, self.incoming, self.kept, self.sound = of, None, None, always

    def count(self, incoming: Sequence[float]) -> None:
        """Has the next fit keep the weights that it comes with, unless it finds better ones.

        Args:
            incoming: What the learner's ``validate`` says of them.
        """
        self.incoming = incoming

    def before_fit(self) -> None:
        """Forgets an earlier fit."""
        super().before_fit()
        self.weights = self.kept = self.kept_score = None
        self.kept_sound, self.frames = False, 0
        if self.incoming is not None and isfinite(of_them := self.incoming[self.idx - 1]):
            self.best = of_them
            self._consider(0, of_them)
        self.incoming = None

    def after_epoch(self) -> None:
        """Keeps the weights if they are the best; ends the fit if the best score is long ago."""
        score = self.recorder.values[-1][self.idx]
        if isfinite(score):
            self._consider(self.epoch + 1, score)
        super().after_epoch()

    def before_validate(self) -> None:
        """Begins to count saturated outputs."""
        self.saturated, self.frames = 0, 0

    def after_pred(self) -> None:
        """Counts the held-out frames on which each output is saturated."""
        if not self.training:
            outputs = [self.pred[name].flatten(1) for name in OUTPUTS if name in self.pred]
            self.saturated += is_saturated(torch.cat(outputs, 1)).sum(0)
            self.frames += len(outputs[0])

    def _may_be_dead(self) -> bool:
        """Whether any output is saturated on half of the held-out frames; far from dead if not."""
        return not self.frames or bool((self.saturated >= self.frames / 2).any())

    def _consider(self, epoch: int, score: float) -> None:
        """Copies the weights if they are sound and the best that were, or better than unsound ones.

        Whether they are sound is asked where it decides, and where held-out frames do not tell it
        already: it takes a pass over the training frames.
        """
        better = self.kept is None or bool(self.comp(score, self.kept_score))
        if not better and self.kept_sound:
            return
        sound = not self._may_be_dead() or self.sound()
        if sound or (better and not self.kept_sound):
            self.kept, self.kept_score, self.kept_sound = epoch, score, sound
            self.weights = deepcopy(self.model.state_dict())

    def after_fit(self) -> None:
        """Puts the best weights back.

        Raises:
            FloatingPointError: There are none, because no epoch's score was finite.
        """
        if self.weights is None:
            scores = ", ".join(f"{values[self.idx]}" for values in self.recorder.values)
            raise FloatingPointError(
                f"{self.of}: expected a finite {self.monitor} after an epoch, got {scores}"
            )
        self.model.load_state_dict(self.weights)
        super().after_fit()


def _can_be_ranked(y: Tensor) -> bool:
    return bool(((y == 1).any(0) & (y == 0).any(0)).any())


def _loader(data: Data, batch_size: int, *, shuffle: bool) -> DataLoader:
    return DataLoader(
        range(len(data)),
        bs=batch_size,
        shuffle=shuffle,
        drop_last=shuffle and len(data) > batch_size,  # batch norm cannot train on a single frame
        create_batch=lambda items: data.batch(items),  # a bound method would lose its self
        retain=lambda batch, _: batch,
        after_batch=lambda batch: (as_input(batch[0]), batch[1]),
    )


def _history(learner: Learner, incoming: Sequence[float] | None) -> pd.DataFrame:
    columns = [name for name in learner.recorder.metric_names if name not in ("epoch", "time")]
    history = pd.DataFrame([list(row) for row in learner.recorder.values], columns=columns)
    history.index += 1
    if incoming is not None:
        history.loc[0] = [nan, *incoming]
    history["kept"] = history.index == learner.keep_best.kept
    history["compiled"] = getattr(learner, "compiled", False)
    return history.sort_index().rename_axis("epoch").reset_index()
