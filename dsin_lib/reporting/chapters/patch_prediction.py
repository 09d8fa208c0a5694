"""What a patch network is made of, and which half of the face its units move. Paper: Sec. 3.1."""

import pandas as pd
from IPython.display import HTML

from dsin_lib.facs import ACTION_UNITS, au_name
from dsin_lib.reporting.page.tables import plain
from dsin_lib.runs.files import LAYERS
from dsin_lib.runs.run import Run


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
    region = {au_name(number): unit.region for number, unit in ACTION_UNITS.items()}
    units = pd.Series(aus)
    return {half: ", ".join(of) for half, of in units.groupby(units.map(region))}
