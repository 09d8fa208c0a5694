"""Tables 2 to 6 as printed, one CSV each; averages recomputed, never trusted.

Source: the tables of arXiv:1803.05873, transcribed. An empty cell is a dash in the paper.
"""

import json
from importlib.resources import files

import pandas as pd

TABLES = ("table3", "table4", "table5", "table6")
NAMES = {"bp4d": "BP4D", "disfa": "DISFA"}
"""The paper's corpora, of both of which there are public label lists, and their names in print."""
LISTED = {"bp4d": "bp4d", "bp4d_plus": "bp4d", "disfa": "disfa"}
"""The public label lists to set beside a corpus of a layout; BP4D+ has none of its own."""
SAME_ROW = {"table4": {"DSIN": "DSIN_10"}}
"""Rows that one table prints under another name: Table 4's DSIN takes ten steps, says its caption.
"""


def published(table: str) -> pd.DataFrame:
    """A table of the paper: one line a row label, F1 in percent, ``printed_average`` last.

    Args:
        table: One of :data:`TABLES`.

    Raises:
        ValueError: It is none of them.
    """
    if table not in TABLES:
        raise ValueError(f"table: expected one of {TABLES}, got {table!r}")
    with files("dsin_lib.paper").joinpath(f"{table}.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, index_col="row").rename(index=SAME_ROW.get(table, {}))


def joined(tables: str) -> pd.DataFrame:
    """The rows of one table or of several, ``table3+table5``, without the printed averages."""
    rows = pd.concat([published(table) for table in tables.split("+")])
    return rows.drop(columns="printed_average")


def published_corpora() -> pd.DataFrame:
    """Table 2: what the paper says of its two corpora, one line a quantity."""
    with files("dsin_lib.paper").joinpath("table2.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, index_col="quantity")


def bp4d_labels() -> dict:
    """Counts and prevalence of BP4D's public label lists, with their source.

    Keys ``subjects``, ``sequences``, ``frames``, ``active_units_histogram`` (frames with 0, 1, 2
    ... active units), ``prevalence`` (column name to 0..1), ``source``. Aggregates only: no label
    of a single frame is stored here.
    """
    return json.loads(files("dsin_lib.paper").joinpath("bp4d_labels.json").read_text("utf-8"))


def bp4d_prevalence() -> pd.Series:
    """Share of BP4D's coded frames in which each Action Unit is active, 0..1."""
    return pd.Series(bp4d_labels()["prevalence"], name="prevalence")


def disfa_labels() -> dict:
    """Counts and prevalence of DISFA's public label lists, with their source.

    Keys as :func:`bp4d_labels` (the histogram over the eight units of Table 4), and
    ``active_from`` (the lowest active intensity), ``intensity_histogram`` (column name to frames
    at intensity 0..5), ``intensity_frames``, ``two_or_more_of_twelve_from_intensity_1``.
    Aggregates only: no label of a single frame is stored here.
    """
    return json.loads(files("dsin_lib.paper").joinpath("disfa_labels.json").read_text("utf-8"))


def label_lists() -> dict[str, dict]:
    """The public label lists of both corpora by name, ``bp4d`` and ``disfa``."""
    return {"bp4d": bp4d_labels(), "disfa": disfa_labels()}


def reference_phi(corpus: str) -> pd.DataFrame:
    """Correlation phi of every two labels in a corpus' public lists, both ways round, 1 with self.

    DISFA's are those of the eight units of Table 4, active from intensity 2. Aggregates only.

    Args:
        corpus: ``"bp4d"`` or ``"disfa"``.

    Raises:
        ValueError: It is neither.
    """
    if corpus not in NAMES:
        raise ValueError(f"corpus: expected one of {tuple(NAMES)}, got {corpus!r}")
    listed = json.loads(files("dsin_lib.paper").joinpath(f"{corpus}_phi.json").read_text("utf-8"))
    return pd.DataFrame(listed["phi"], index=listed["aus"])
