"""The paper held against its own tables: averages, sentences, and one number in two places.

Nothing here needs a face: it is arithmetic on what is printed, and on public label lists.
"""

import numpy as np
import pandas as pd

from dsin_lib.paper.claims import ROUNDING, arithmetic, claims, margin
from dsin_lib.paper.published import TABLES, bp4d_prevalence, joined, published

HALF = 0.0501
"""Half of the last digit in print: an average that differs by more is another number."""
BOTH = 2 * HALF
"""The most that rounding alone can put between a printed average and the mean of its cells."""
TWICE = (
    ("table3", "DSIN_10", "table5", "DSIN"),
    ("table3", "DSIN_10^ft", "table5", "DSIN^tt"),
    ("table4", "DSIN_10", "table6", "DSIN"),
)
"""Systems that two tables print."""
RARE = 0.3
RARE_AS_PRINTED = ("AU01", "AU02", "AU04", "AU17", "AU24")
"""Sec. 4.2.1: the classes of BP4D with less than 30 % of positives."""


def averages() -> pd.DataFrame:
    """Every printed average beside the average of the printed columns; mismatches first."""
    lines = []
    for table in TABLES:
        rows = published(table).dropna()
        recomputed = rows.drop(columns="printed_average").mean(axis=1)
        for row, printed in rows["printed_average"].items():
            lines.append((table.replace("table", "Table "), row, printed, recomputed[row]))
    checked = pd.DataFrame(lines, columns=["table", "row", "printed", "recomputed"])
    checked["difference"] = checked["printed"] - checked["recomputed"]
    return checked.sort_values("difference", key=lambda d: -d.abs(), ignore_index=True)


def mismatches() -> pd.DataFrame:
    """The averages that are not their columns' rounded mean, and whether rounding can be why."""
    checked = averages()
    away = checked["difference"].abs()
    checked["rounding"] = np.where(away > BOTH, "cannot explain it", "can explain it")
    wrong = checked[away > HALF]
    return wrong.set_index(wrong["table"] + ", " + wrong["row"]).drop(columns=["table", "row"])


def printed_twice() -> pd.DataFrame:
    """Cells that two tables print differently for the same system."""
    lines = {}
    for one, row, other, same in TWICE:
        first, second = published(one).loc[row], published(other).loc[same]
        for column in first.index[first != second]:
            lines[f"{row}, {column}"] = {one: first[column], other: second[column]}
    return pd.DataFrame(lines).T.rename(columns=lambda name: name.replace("table", "Table "))


def sentences() -> pd.DataFrame:
    """Every claim of the ledger against the paper's own tables: the margin, and what it says."""
    lines = [
        {
            "section": claim.section,
            "claim": claim.says + (f" ({claim.reads})" if claim.reads else ""),
            "table": table.replace("table", "").replace("+", " and "),
            "margin": (printed := margin(claim, joined(table))),
            "verdict": arithmetic(printed, ROUNDING[claim.margin]),
        }
        for claim in claims().values()
        for table in claim.tables
    ]
    return pd.DataFrame(lines)


def rare() -> dict[str, list[str]]:
    """Classes with less than 30 % of positives: as the paper lists them, and by public lists."""
    prevalence = bp4d_prevalence()
    return {"paper": list(RARE_AS_PRINTED), "lists": list(prevalence.index[prevalence < RARE])}
