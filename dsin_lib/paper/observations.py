"""What the paper says beside its tables, as data: sentences about curves, thresholds and labels."""

from dataclasses import dataclass

from dsin_lib.paper.sentences import Sentence, entries


@dataclass(frozen=True, kw_only=True)
class Observation(Sentence):
    """A sentence of the paper that no table of scores can support alone.

    Attributes:
        needs: Corpora whose results it takes: ``bp4d`` (of Table 3), ``disfa`` (of Table 4).
        margin: What is measured; above zero it supports the sentence.
        unmeasured: Why it is not measured here.
    """

    needs: tuple[str, ...]
    margin: str = ""
    unmeasured: str = ""


def observations() -> dict[str, Observation]:
    """Every observation by its id."""
    return {
        entry["id"]: Observation(**{**entry, "needs": tuple(entry["needs"])})
        for entry in entries("observations.yaml")
    }
