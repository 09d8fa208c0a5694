"""What the paper says beside its tables, as data: sentences about curves, thresholds and labels."""

from dataclasses import dataclass
from importlib.resources import files

import yaml


@dataclass(frozen=True)
class Observation:
    """A sentence of the paper that no table of scores can support alone.

    Attributes:
        id: Its name.
        section: Where the paper says it.
        says: What it says, in a few words.
        needs: Corpora whose results it takes: ``bp4d`` (of Table 3), ``disfa`` (of Table 4).
        margin: What is measured; above zero it supports the sentence.
        reads: How words without numbers were read.
        unmeasured: Why it is not measured here.
    """

    id: str
    section: str
    says: str
    needs: tuple[str, ...]
    margin: str = ""
    reads: str = ""
    unmeasured: str = ""


def observations() -> dict[str, Observation]:
    """Every observation by its id."""
    text = files("dsin_lib.paper").joinpath("observations.yaml").read_text(encoding="utf-8")
    return {
        entry["id"]: Observation(**{**entry, "needs": tuple(entry["needs"])})
        for entry in yaml.safe_load(text)
    }
