"""What a sentence of the paper is held against: a margin, and how sure it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dsin_lib.reporting.claims.against_paper import Held
from dsin_lib.runs.run import Run
from dsin_lib.scores.bootstrap import interval
from dsin_lib.scores.measured import Measured
from dsin_lib.scores.verdicts import UNDECIDED, verdict

NAN = float("nan")
ARITHMETIC = "arithmetic"


@dataclass(frozen=True)
class Evidence:
    """What sentences of the paper are held against.

    Attributes:
        tables: The tables, by the corpus that they are about: ``table_3``, ``table_4``.
        rows: Runs of single rows, on every fold from every seed, by the row's id.
        chi: Runs of step 4 alone, by the penalty on the correction factors.
        measured: What Table 3 is made of.
    """

    tables: Mapping[str, Held] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Run]] = field(default_factory=dict)
    chi: Mapping[float, Sequence[Run]] = field(default_factory=dict)
    measured: Measured | None = None


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


def finding(here: float, resamples: np.ndarray, paper: float = NAN) -> Finding:
    """A margin with the interval of its resamplings."""
    low, high = interval(resamples)
    return Finding(float(here), float(low), float(high), paper)


def no_interval(runs: int) -> str:
    """Why a number of a training has no interval: no resampling of subjects trains again."""
    return "one run, no interval" if runs == 1 else f"{runs} runs, no interval"
