"""Tables as the book prints them: one decimal, a dash for what is missing, notes in small print."""

from collections.abc import Iterable
from html import escape

import numpy as np
import pandas as pd
from IPython.display import HTML

from dsin_lib.scores.bootstrap import LEVEL

INTERVAL = f"{100 * LEVEL:.0f} % interval"
DAGGER = "†"
LEGEND = (
    f"{DAGGER} a unit of a network of this row never learned though it had frames to learn from"
)


def plain(table: pd.DataFrame, digits: int = 1, words: Iterable[str] = ()) -> HTML:
    """A table as it is; columns of words are read from the left."""
    return styled(table.map(lambda value: number(value, digits)) + marks(table), words=words)


def number(value: object, digits: int = 1) -> str:
    """A cell as the book prints it: a dash where it is missing."""
    if pd.isna(value):
        return "–"
    if isinstance(value, str):
        return value
    return f"{round(value, digits) + 0.0:.{digits}f}"  # no minus before a zero


def small(value: object) -> str:
    """A number or words in small print on a line of their own; nothing for what is missing."""
    words = "" if pd.isna(value) else number(value)
    return words and f'<br><span class="paper">{words}</span>'


def ends(intervals: pd.DataFrame, digits: int = 1) -> pd.Series:
    """The columns ``low`` and ``high`` of an interval as words."""
    low, high = ([number(x, digits) for x in intervals[end]] for end in ("low", "high"))
    words = [f"{one} to {other}" for one, other in zip(low, high, strict=True)]
    return pd.Series(words, intervals.index).where(intervals["low"].notna(), number(np.nan))


def marks(table: pd.DataFrame) -> pd.DataFrame:
    """A dagger for each cell that ``table.attrs`` calls dead, nothing for others; same shape."""
    spoiled = set(table.attrs.get("dead", ()))
    signs = [[DAGGER if (row, c) in spoiled else "" for c in table.columns] for row in table.index]
    return pd.DataFrame(signs, table.index, table.columns)


def sound(table: pd.DataFrame) -> pd.DataFrame:
    """A table without the values of cells with a dead unit behind them."""
    return table.where(marks(table) == "")


def legend(table: pd.DataFrame) -> str:
    """The line below a table with a dagger, as HTML; nothing below others."""
    some = (marks(table) != "").any(axis=None)
    return f'<p class="provenance">{LEGEND}</p>' if some else ""


def worded(table: pd.DataFrame, wide: Iterable[str] = ()) -> HTML:
    """A table of words: flush left, some columns wide enough to be read."""
    style = table.style.set_properties(**{"text-align": "left"})
    style = style.set_properties(subset=list(wide), **{"min-width": "7rem"})
    style = style.set_table_styles([{"selector": "th", "props": "text-align: left"}])
    return HTML(f'<div class="table-scroll">{style.to_html()}</div>')


def styled(cells: pd.DataFrame, bold: pd.Series | None = None, words: Iterable[str] = ()) -> HTML:
    """Cells of text as HTML that scrolls on a phone.

    Args:
        cells: Text; ``attrs["notes"]`` gives some rows a line in small print.
        bold: By column, the row whose cell is bold.
        words: Columns that are read from the left.
    """
    notes = cells.attrs.get("notes", {})
    style = cells.style.format_index(lambda name: name + small(escape(notes.get(name, ""))))
    if bold is not None:
        weights = pd.DataFrame("", index=cells.index, columns=cells.columns)
        for column, row in bold.items():
            weights.loc[row, column] = "font-weight: 700"
        style = style.apply(lambda _: weights, axis=None)
    if words := list(words):
        left = {"selector": "th, td", "props": "text-align: left"}
        style = style.set_table_styles({name: [left] for name in words})
    return HTML(f'<div class="table-scroll">{style.to_html()}</div>{legend(cells)}')
