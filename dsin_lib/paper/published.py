"""Tables 3 to 6 as printed, one CSV each; averages recomputed, never trusted.

Source: the tables of arXiv:1803.05873, transcribed. An empty cell is a dash in the paper.
"""

from importlib.resources import files

import pandas as pd

TABLES = ("table3", "table4", "table5", "table6")


def published(table: str) -> pd.DataFrame:
    """A table of the paper: one line a row label, F1 in percent, ``printed_average`` last.

    Raises:
        ValueError: Not one of :data:`TABLES`.
    """
    if table not in TABLES:
        raise ValueError(f"table: expected one of {TABLES}, got {table!r}")
    with files("dsin_lib.paper").joinpath(f"{table}.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, index_col="row")


def bp4d_prevalence() -> pd.Series:
    """Share of BP4D's 146,847 coded frames in which each Action Unit is active, 0..1.

    Source: aggregate of the public fold lists of CVI-SZU/MDHR (commit 3497bed); no label of a
    single frame is stored here.
    """
    with files("dsin_lib.paper").joinpath("bp4d_prevalence.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, index_col="au")["prevalence"]
