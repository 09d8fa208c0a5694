"""What the ledger is made of: sentences of the paper as data, in YAML files beside this one."""

from dataclasses import dataclass
from importlib.resources import files

import yaml


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence of the paper that can be held against numbers.

    Attributes:
        id: Its name.
        section: Where the paper says it.
        says: What it says, in a few words.
        reads: How words without numbers were read.
    """

    id: str
    section: str
    says: str
    reads: str = ""


def entries(file: str) -> list[dict]:
    """The entries of a YAML file of this folder; sections as text."""
    text = files("dsin_lib.paper").joinpath(file).read_text(encoding="utf-8")
    return [{**entry, "section": str(entry["section"])} for entry in yaml.safe_load(text)]
