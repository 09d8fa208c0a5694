"""The ambiguity register: choices that the paper leaves open, their readings, the default here."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from dsin_lib.paper.sentences import entries


@dataclass(frozen=True)
class Choice:
    """Something that the paper leaves open.

    Attributes:
        id: What ``Reading:`` in a docstring points to.
        section: Where the paper says it, or should.
        says: What it says.
        silent: What it leaves out.
        parameter: The config parameter that chooses a reading, if there is one.
        readings: The readings that the code supports.
        default: The one it takes.
        evidence: What speaks for the default.
        measured_on: Id of the row on which the other readings are measured.
        compared: Id of the row that is the other reading, where no parameter chooses it.
        unmeasured: Why it is not measured.
    """

    id: str
    section: str
    says: str
    silent: str
    parameter: str | None
    readings: tuple
    default: object
    evidence: str
    measured_on: str | None = None
    compared: str | None = None
    unmeasured: str = ""


@cache
def readings() -> Mapping[str, Choice]:
    """Every entry of the register by its id; read once."""
    return MappingProxyType(
        {
            entry["id"]: Choice(**{**entry, "readings": tuple(entry["readings"])})
            for entry in entries("readings.yaml")
        }
    )
