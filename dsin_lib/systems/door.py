"""What a system has to do to be compared: be fitted on some people, score the frames of others.

A row of :mod:`dsin_lib.runs.rows` names its system: the name of a file of this folder, which has a
class ``System``. With that file and that row it gets through a run, tables, intervals and chapters.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from dsin_lib.data.beside import Feature
from dsin_lib.data.dataset import PatchData
from dsin_lib.data.store import Store
from dsin_lib.runs.predictions import PROBABILITY
from dsin_lib.runs.run import Run

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Left:
    """What a system leaves behind beside its scores; all of it may be missing.

    Attributes:
        history: One line an epoch, as of :class:`dsin_lib.runs.files.Files`.
        health: One line a step, network and Action Unit, as of the same.
        looks: Tables of what it shows of itself, by name.
        weights: Tensors of torch by name, which a run that starts from this one reads again.
        numbers: How many numbers it has learned.
        seconds: By step, on the clock.
        cpu_seconds: By step, of the processor.
        epochs: By step.
    """

    history: pd.DataFrame | None = None
    health: pd.DataFrame | None = None
    looks: Mapping[str, pd.DataFrame] = field(default_factory=lambda: NOTHING)
    weights: Mapping[str, Any] | None = None
    numbers: int | None = None
    seconds: Mapping[int, float] = field(default_factory=lambda: NOTHING)
    cpu_seconds: Mapping[int, float] = field(default_factory=lambda: NOTHING)
    epochs: Mapping[int, int] = field(default_factory=lambda: NOTHING)


class System(ABC):
    """A system at the door; a file of this folder has a class of this name, made of this one.

    Attributes:
        run: What is fitted: its row, fold, seed, config, Action Units, and the runs that it starts
            from or takes filters of, which are there.
        store: The prepared corpus: its landmarks too.
        point: The operating point: the score from which on a unit is called active. Probabilities
            have :data:`PROBABILITY`, in place of which a config may name another; margins have 0.
        features: What it reads beside patches and landmarks; made of the store before it is fitted.
    """

    point = PROBABILITY
    features: tuple[Feature, ...] = ()

    def __init__(self, run: Run, store: Store) -> None:
        self.run, self.store = run, store

    @abstractmethod
    def fit(self, train: PatchData, valid: PatchData) -> None:
        """Learns from some people; others may end the training, and are not learned from."""

    @abstractmethod
    def predict(self, part: PatchData) -> Float[np.ndarray, "frame au"]:
        """One score a frame and Action Unit, the higher the surer that it is active.

        Args:
            part: A whole part of the split, at once: a transductive system may look at all its
                frames. Its labels are missing.
        """

    def beside(self) -> Mapping[str, Float[np.ndarray, "frame au"]]:
        """More of each frame and unit of the part just scored, by the suffix of its columns."""
        return NOTHING

    def left(self) -> Left:
        """What it leaves behind beside its scores; asked last."""
        return Left()


def system_of(run: Run, store: Store) -> System:
    """The system that a run's row names.

    Raises:
        ValueError: Its file has no class ``System``; names row and file.
    """
    name = f"dsin_lib.systems.{run.row.system}"
    of = getattr(import_module(name), "System", None)
    if of is None or not issubclass(of, System):
        raise ValueError(f"{run.row.id}: {name}: expected a class System of the door's, got {of}")
    return of(run, store)
