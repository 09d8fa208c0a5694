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
