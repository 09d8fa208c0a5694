"""What the paper says beside its tables, as data: sentences about curves, thresholds and labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from dsin_lib.paper.sentences import Sentence, entries


@dataclass(frozen=True, kw_only=True)
class Observation(Sentence):
    """A sentence of the paper that no table of scores can support alone.

    Attributes:
        needs: Corpora whose results it takes: ``table_3``, ``table_4``.
        margin: What is measured; above zero it supports the sentence.
        pairs: Action Units that it says are correlated, two and two.
        sign: The sign of those correlations.
        unmeasured: Why it is not measured here.
    """

    needs: tuple[str, ...]
    margin: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    sign: Literal["", "positive", "negative"] = ""
    unmeasured: str = ""


@cache
def observations() -> Mapping[str, Observation]:
    """Every observation by its id; read once."""
    return MappingProxyType(
        {entry["id"]: _observation(entry) for entry in entries("observations.yaml")}
    )


def _observation(entry: dict) -> Observation:
    pairs = tuple((one, other) for one, other in entry.get("pairs", ()))
    return Observation(**{**entry, "needs": tuple(entry["needs"]), "pairs": pairs})
