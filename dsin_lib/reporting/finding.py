"""What a sentence of the paper is held against: a margin, and how sure it is."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dsin_lib.config import Config
from dsin_lib.scores.bootstrap import interval
from dsin_lib.reporting.against_paper import Measured
from dsin_lib.reporting.verdicts import UNDECIDED, verdict

NAN = float("nan")
ARITHMETIC = "arithmetic"


@dataclass(frozen=True)
class Evidence:
    """What a profile has measured: its tables by corpus, ``bp4d`` and ``disfa``."""

    config: Config
    tables: Mapping[str, Measured]


@dataclass(frozen=True)
class Finding:
    """A margin and how sure it is.

    Attributes:
        margin: Measured here.
        low: Lower end of its interval.
        high: Upper end.
        paper: The same on the paper's printed tables, or on public label lists.
        basis: Why there is no interval; empty where there is one.
    """

    margin: float = NAN
    low: float = NAN
    high: float = NAN
    paper: float = NAN
    basis: str = ""

    @property
    def verdict(self) -> str:
        """By the interval; by the sign where the margin is arithmetic; else undecided."""
        if self.basis == ARITHMETIC:
            value = self.paper if np.isnan(self.margin) else self.margin
            return verdict(value, value)
        return verdict(self.low, self.high) if not self.basis else UNDECIDED


def finding(here: float, drawn: np.ndarray, paper: float = NAN) -> Finding:
    """A margin with the interval of its resamplings."""
    low, high = interval(drawn)
    return Finding(float(here), float(low), float(high), paper)


def no_interval(runs: int) -> str:
    """Why a number of a training has no interval: no resampling of subjects trains again."""
    return "one run, no interval" if runs == 1 else f"{runs} runs, no interval"
