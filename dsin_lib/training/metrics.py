"""What a learner says of the held-out frames after every epoch, beside their loss."""

from collections.abc import Callable

import numpy as np
import torch
from fastai.basics import Learner, Metric

from dsin_lib.training.predict import final


class OfValid(Metric):
    """A score, in 0..1, of the model's last output on all frames of an epoch.

    Args:
        name: Column of the history.
        score: Of probabilities (frame au) and labels (frame au).
    """

    def __init__(self, name: str, score: Callable[[np.ndarray, np.ndarray], float]) -> None:
        self._name, self.score = name, score

    @property
    def name(self) -> str:
        """Column of the history."""
        return self._name

    def reset(self) -> None:
        """Forgets the last epoch."""
        self.outputs, self.labels = [], []

    def accumulate(self, learn: Learner) -> None:
        """Keeps a batch's probabilities and labels."""
        self.outputs.append(final(learn.pred).detach().cpu())
        self.labels.append(learn.y.cpu())

    @property
    def value(self) -> float:
        """Of all frames of the epoch."""
        return self.score(torch.cat(self.outputs).numpy(), torch.cat(self.labels).numpy())


class ChiMoment(Metric):
    """Mean or standard deviation of the correction factors on the validation frames (Fig. 6)."""

    def __init__(self, name: str, moment) -> None:
        self._name, self.moment = name, moment

    @property
    def name(self) -> str:
        """Column of the history."""
        return self._name

    def reset(self) -> None:
        """Forgets the last epoch."""
        self.chi = []

    def accumulate(self, learn: Learner) -> None:
        """Keeps a batch's factors, if the model has any."""
        if "chi" in learn.pred:
            self.chi.append(learn.pred["chi"].detach().cpu())

    @property
    def value(self) -> float:
        """Over frames, time steps and Action Units; nan without structure inference."""
        return self.moment(torch.cat(self.chi)).item() if self.chi else float("nan")
