"""What a patch network is made of, and which half of the face its units move. Paper: Sec. 3.1."""

import pandas as pd
from IPython.display import HTML

from dsin_lib.facs import ACTION_UNITS, au_name
from dsin_lib.reporting.page.tables import plain
from dsin_lib.runs.files import LAYERS
from dsin_lib.runs.run import Run

REGION = {au_name(number): unit.region for number, unit in ACTION_UNITS.items()}
"""Column name of an Action Unit to the half of the face that it moves."""


def layers(patch: Run, face: Run) -> HTML:
    """Output sizes of each layer of a patch network and of the face network, and parameters."""
    tables = {}
    for name, run in (("patch", patch), ("face", face)):
        sizes = run.files.look(LAYERS)["size"]
        tables[f"{name}, {sizes['input'].split(' x ')[0]} px"] = sizes
    deepest = max(tables.values(), key=len)
    return plain(pd.DataFrame(tables).loc[list(deepest.index)].fillna(""), 0)


def halves(aus: list[str]) -> dict[str, str]:
    """Action Units by the half of the face that they move, in words."""
    units = pd.Series(aus)
    return {half: ", ".join(of) for half, of in units.groupby(units.map(REGION))}


def regions(table: pd.DataFrame) -> pd.DataFrame:
    """Mean F1 over the upper-face and over the lower-face Action Units."""
    aus = table.drop(columns="average")
    halves = aus.T.groupby(aus.columns.map(REGION)).mean().T[["upper", "lower"]]
    dead = table.attrs.get("dead", ())
    halves.attrs["dead"] = [(row, REGION[au]) for row, au in dead if au in REGION]
    return halves
