"""What to look for: how each Action Unit, and each combination that occurs, is told in a face.

The table is `look_for.csv`, what its codes stand for `sources.csv`. The words are this project's
own: they say what the FACS manual asks for, and are no part of it.
"""

from collections.abc import Iterable
from importlib.resources import files

import pandas as pd
from IPython.display import HTML

from dsin_lib.facs import ACTION_UNITS, au_name
from dsin_lib.reporting.page.tables import small, worded

WORDS = ["look for", "not to be taken for", "a person's own"]
"""The columns that are sentences."""


def table() -> pd.DataFrame:
    """What to look for, one line a unit or combination: "1", "1+2"."""
    return _read("look_for.csv", "units")


def sources() -> HTML:
    """What the codes of :func:`look_for` stand for, and how much of each was read."""
    return worded(_read("sources.csv", "code").rename_axis(None))


def combinations() -> list[tuple[int, ...]]:
    """The combinations that have a line, in its order."""
    return [units for units in map(numbers, table().index) if len(units) > 1]


def look_for(units: Iterable[int | tuple[int, ...]]) -> HTML:
    """What to look for, a line each of some units or combinations."""
    wanted = [one if isinstance(one, tuple) else (one,) for one in units]
    lines = table().loc[[together(one) for one in wanted]]
    lines.index = [
        au_name(one[0]) + small(ACTION_UNITS[one[0]].name) if len(one) == 1 else together(one)
        for one in wanted
    ]
    return worded(lines, wide=WORDS)


def numbers(units: str) -> tuple[int, ...]:
    """The numbers of units written as FACS does.

    >>> numbers("6+12")
    (6, 12)
    """
    return tuple(int(unit) for unit in units.split("+"))


def together(units: Iterable[int]) -> str:
    """Units written as FACS does.

    >>> together((6, 12))
    '6+12'
    """
    return "+".join(map(str, units))


def _read(name: str, index: str) -> pd.DataFrame:
    with files(__package__).joinpath(name).open(encoding="utf-8") as file:
        return pd.read_csv(file, index_col=index, dtype=str)
