"""The Action Units as a table and as an atlas."""

import numpy as np
from IPython.display import HTML
from jaxtyping import UInt8
from matplotlib.figure import Figure
from pandas import DataFrame

from dsin_lib.facs import ACTION_UNITS, BP4D_AUS, DISFA_AUS, DISFA_REPORTED_AUS, au_name
from dsin_lib.reporting.chapters.faces_and_facs.look_for import together
from dsin_lib.reporting.page.faces import grid
from dsin_lib.reporting.page.tables import plain

UPPER, LOWER = (
    [number for number, unit in ACTION_UNITS.items() if unit.region == half]
    for half in ("upper", "lower")
)
LEVELS = ["neutral", *"ABCDE"]
"""The columns of an atlas: FACS levels from a trace (A) to the maximum (E)."""
CODED = {"BP4D": BP4D_AUS, "DISFA": DISFA_AUS, "Table 4": DISFA_REPORTED_AUS}


def units() -> HTML:
    """Name, muscle and half of the face of every unit, and which corpus codes it."""
    lines = {
        au_name(number): {
            "name": unit.name,
            "muscle": unit.muscle,
            "face": unit.region,
            **{corpus: "●" if number in coded else "" for corpus, coded in CODED.items()},
        }
        for number, unit in ACTION_UNITS.items()
    }
    return plain(DataFrame(lines).T, words=("name", "muscle", "face"))


def combinations(
    pictures: UInt8[np.ndarray, "subject column height width 3"],
    subjects: list[str],
    shown: list[tuple[int, ...]],
) -> Figure:
    """One line a subject, neutral and each combination."""
    return grid(pictures, subjects, ["neutral", *map(together, shown)], inches=1.7)


def atlas(pictures: UInt8[np.ndarray, "au 6 height width 3"], aus: list[int]) -> Figure:
    """One line a unit, neutral and the five levels."""
    return grid(pictures, [au_name(number) for number in aus], LEVELS, dpi=130)
