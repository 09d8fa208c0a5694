"""The claims ledger: each claim as data, and the arithmetic that supports it or does not.

A claim is a margin, a number computed from a table of scores, supported where it is above zero.
The same margin is taken of the paper's printed tables, of ours, and of every resampling of ours.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

import numpy as np
import pandas as pd
from jaxtyping import Float

from dsin_lib.facs import ACTION_UNITS, au_name
from dsin_lib.paper.sentences import Sentence, entries

Margins = np.ndarray | np.generic | float
"""One margin, or one for each of a batch of tables."""
HALVES = {
    half: [au_name(n) for n, unit in ACTION_UNITS.items() if unit.region == half]
    for half in ("upper", "lower")
}
"""Names that stand for a list of Action Units."""
MEASURED_ON = {"table3": "table_3", "table4": "table_4", "table5": "table_3", "table6": "table_4"}
"""The corpus, by its place in the paper, that each table of the paper is about."""
PAPERS_CORPUS = {"table3": "bp4d", "table4": "disfa"}
"""The name of that corpus in the paper: whose public label lists stand beside a table."""


@dataclass(frozen=True, kw_only=True)
class Claim(Sentence):
    """A sentence of the paper that a table of scores can support.

    Attributes:
        tables: The paper's tables that it is about; ``a+b`` are two joined row by row.
        margin: A key of :data:`MARGINS`.
        row: The row that is said to lead, named as printed.
        over: The rows that it is compared with; of a lead, the best of them counts.
        aus: Action Units that it is about: a list, ``upper``, ``lower``, or all.
        by: F1 points (percent, where the margin is ``relative``) that the lead must exceed.
        at_least: Action Units on which the row must have its place.
        exactly: Action Units on which the row is said to have it, no more and no fewer.
        place: Which place, where units are counted: 1 is best.
        ours: Rows of our table for ``row`` and ``over``, where it names them otherwise.
    """

    tables: tuple[str, ...]
    margin: str
    row: str
    over: tuple[str, ...]
    aus: tuple[str, ...] | None = None
    by: int | float = 0
    at_least: int | None = None
    exactly: int | None = None
    place: int = 1
    ours: tuple[str, ...] | None = None


@cache
def claims() -> Mapping[str, Claim]:
    """Every claim of the ledger by its id; read once."""
    return MappingProxyType({entry["id"]: _claim(entry) for entry in entries("claims.yaml")})


def margin(claim: Claim, scores: pd.DataFrame) -> float:
    """By how much a table supports a claim: above zero it does.

    Args:
        claim: The claim.
        scores: F1 in percent, one line a row as printed, one column an Action Unit.

    Raises:
        KeyError: The table lacks a row of the claim.
    """
    return float(margins(claim, scores.to_numpy(float), list(scores.index), list(scores.columns)))


def margins(
    claim: Claim, scores: Float[np.ndarray, "*batch row au"], rows: list[str], aus: list[str]
) -> Margins:
    """:func:`margin` of many tables at once, such as resamplings of one.

    Args:
        claim: The claim.
        scores: F1 in percent; nan where a row has no score for a unit.
        rows: Names of the rows, as printed.
        aus: Column names of the units.

    Raises:
        KeyError: A row of the claim is missing.
    """
    if missing := [row for row in rows_of(claim) if row not in rows]:
        raise KeyError(
            f"{claim.id}: expected the rows {rows_of(claim)}, found none named {missing}"
        )
    compared = scores[..., [rows.index(row) for row in rows_of(claim)], :]
    common = ~np.isnan(compared).any(axis=tuple(range(compared.ndim - 1)))
    named = common & np.isin(aus, aus if claim.aus is None else claim.aus)
    return MARGINS[claim.margin](claim, compared, named, common & ~named)


def rows_of(claim: Claim) -> tuple[str, ...]:
    """The rows that a claim compares, as printed."""
    return (claim.row, *claim.over)


def as_ours(claim: Claim) -> Claim:
    """The claim about our tables: the same, but for rows that they name otherwise."""
    return replace(claim, row=claim.ours[0], over=claim.ours[1:]) if claim.ours else claim


def measured_on(tables: str) -> str:
    """The corpus that a table, or several joined by ``+``, is about, by its place in the paper."""
    return MEASURED_ON[tables.split("+")[0]]


def arithmetic(margin: float, rounding: float = 0) -> str:
    """What the paper's own printed numbers say of a claim; no chance is in them.

    Args:
        margin: By how much they exceed what was said.
        rounding: How far rounding of what is printed can have moved it.
    """
    if abs(margin) < rounding:
        return "within rounding"
    return "holds" if margin > 0 else "does not"


def _claim(entry: dict) -> Claim:
    lists = {name: tuple(entry[name]) for name in ("tables", "over")}
    aus = entry.get("aus")
    chosen = HALVES.get(aus, aus) if isinstance(aus, str) else aus
    lists |= {"aus": _tuple(chosen), "ours": _tuple(entry.get("ours"))}
    return Claim(**{**entry, **lists})


def _tuple(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _lead(claim: Claim, scores: np.ndarray, named: np.ndarray, others: np.ndarray) -> Margins:
    """Mean over the named units of the row, less the best mean of the other rows."""
    means = scores[..., named].mean(-1)
    return means[..., 0] - means[..., 1:].max(-1) - claim.by


def _contrast(claim: Claim, scores: np.ndarray, named: np.ndarray, others: np.ndarray) -> Margins:
    """Mean gain on the named units, less the mean gain on the others."""
    gain = scores[..., 0, :] - scores[..., 1, :]
    return gain[..., named].mean(-1) - gain[..., others].mean(-1) - claim.by


def _trail(claim: Claim, scores: np.ndarray, named: np.ndarray, others: np.ndarray) -> Margins:
    """The worst mean of the other rows over the named units, less the mean of the row."""
    means = scores[..., named].mean(-1)
    return means[..., 1:].min(-1) - means[..., 0] - claim.by


def _relative(claim: Claim, scores: np.ndarray, named: np.ndarray, others: np.ndarray) -> Margins:
    """Percent by which the row's mean over the named units exceeds the best of the other rows."""
    means = scores[..., named].mean(-1)
    return 100 * (means[..., 0] / means[..., 1:].max(-1) - 1) - claim.by


def _best_on(claim: Claim, scores: np.ndarray, named: np.ndarray, others: np.ndarray) -> Margins:
    """On how many units the row has its place among all rows, against the number that was said.

    A rival stands before the row unless the row exceeds it by more than ``by``.
    """
    units = scores[..., named]
    before = (units[..., 1:, :] + claim.by >= units[..., :1, :]).sum(-2)
    placed = (before == claim.place - 1).sum(-1)
    if claim.exactly is not None:
        return 0.5 - abs(placed - claim.exactly)
    return placed - (claim.at_least - 0.5)


MARGINS: dict[str, Callable[..., Margins]] = {
    "lead": _lead,
    "trail": _trail,
    "relative": _relative,
    "contrast": _contrast,
    "best_on": _best_on,
}
"""From the claim's rows (the leading one first) and its units to the margin."""
ROUNDING = {"lead": 0.1, "trail": 0.1, "relative": 0.2, "contrast": 0.2, "best_on": 0.0}
"""How far a margin can be moved by the rounding of printed cells to one decimal.

Every average by half a digit: 0.05 points, of about 50. Units are counted whole.
"""
