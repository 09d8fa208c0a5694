"""Our own facial units, beside the 52 of the head: smooth pulls on the skin of the mean face.

The head's units are an artist's shapes. Where they leave out part of what FACS asks (a brow that
arches before its tail, a chin that is pushed up as a mound, lip corners that go back), a unit of
`FIELDS` adds it. A unit is a sum of pulls, each of which falls off as a Gaussian of the distance.
How far each goes follows `fitting/ranges.csv` and the sources named there; the shapes are ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

DM = 1 / 105.0
"""Decimetres a millimetre of the ranges: 63 mm between the pupils of the mean face are .599 dm."""
SKIN, LASHES = 0, 6
"""Regions that are pulled (as in `asset`): never eyes, teeth and tongue."""
INSIDE = {
    3: ((0.0, -1.8, 4.0),) * 2,
    4: ((0.0, 1.2, 4.0),) * 2,
    5: ((0.0, -5.0, 6.0), (0.0, 3.0, 13.0)),
}
"""Upper teeth, lower teeth, tongue: millimetres that the hindmost and the foremost move. The head's
teeth end at the lip's rim and its tongue lies 4 cm behind it; once lips part, 1 to 2 mm of the
upper teeth show in a young adult, and the tip of the tongue rests behind the lower ones."""
DEEPER = 1.4
"""Reach of a pull in depth, times its larger reach in the picture."""
LOWER_LIP = (4.0, 14.0)
"""Millimetres that a fully open jaw lowers what hardly, and what surely, is the lower lip's."""
QUANTUM = 1e-4
"""dm; moves are rounded as the stored ones are."""


@dataclass(frozen=True)
class Pull:
    """One pull on the skin.

    Attributes:
        x, y: where it is strongest, dm from between the eyes on the front of the mean face, on the
            subject's left of sided units.
        wide: reach to either side, dm (standard deviation of the Gaussian).
        tall: reach upwards, and downwards.
        move: millimetres out, up, forward.
        lip: "upper" or "lower": only what hangs on that jaw follows.
    """

    x: float
    y: float
    wide: float
    tall: tuple[float, float]
    move: tuple[float, float, float]
    lip: str = ""


SIDED: dict[str, tuple[Pull, ...]] = {
    "browArch": (
        Pull(0.33, 0.19, 0.13, (0.16, 0.07), (0.0, 4.6, 0.3)),
        Pull(0.16, 0.20, 0.09, (0.16, 0.07), (0.0, 1.7, 0.0)),
    ),
    "browTail": (
        Pull(0.51, 0.17, 0.08, (0.15, 0.08), (0.0, 0.8, 0.0)),
        Pull(0.33, 0.19, 0.10, (0.12, 0.06), (0.0, -2.0, 0.0)),
        Pull(0.09, 0.18, 0.05, (0.12, 0.07), (0.0, 3.0, 0.2)),
        Pull(0.20, 0.06, 0.05, (0.03, 0.03), (0.0, 0.8, 0.0)),
    ),
    "browKnit": (
        Pull(0.30, 0.18, 0.10, (0.07, 0.07), (-2.2, 0.0, 1.6)),
        Pull(0.11, 0.17, 0.05, (0.08, 0.08), (-0.3, 0.0, 0.9)),
    ),
    "cheekGather": (
        Pull(0.50, -0.20, 0.10, (0.10, 0.10), (-0.5, 1.2, 0.6)),
        Pull(0.52, -0.02, 0.07, (0.08, 0.08), (-1.6, 0.3, 0.5)),
        Pull(0.33, -0.26, 0.09, (0.05, 0.10), (0.0, 0.9, 1.5)),
    ),
    "lidTense": (
        Pull(0.30, -0.085, 0.09, (0.03, 0.04), (0.0, 0.9, 0.8)),
        Pull(0.18, -0.07, 0.05, (0.03, 0.05), (0.0, 0.8, 0.3)),
    ),
    "wingUp": (
        Pull(0.13, -0.42, 0.06, (0.12, 0.06), (-0.9, 4.6, 0.3)),
        Pull(0.09, -0.22, 0.06, (0.10, 0.10), (0.0, 1.6, 0.5)),
        Pull(0.22, -0.38, 0.08, (0.08, 0.08), (0.0, 1.2, 0.7)),
        Pull(0.03, -0.37, 0.05, (0.08, 0.08), (0.0, 1.2, 0.0)),
    ),
    "cornerBack": (
        Pull(0.22, -0.68, 0.11, (0.11, 0.10), (1.4, -0.4, -3.6)),
    ),
    "smilePull": (
        Pull(0.24, -0.67, 0.15, (0.13, 0.12), (1.6, 0.9, -3.8)),
        Pull(0.36, -0.42, 0.11, (0.08, 0.10), (0.4, 1.3, 2.5)),
        Pull(0.42, -0.58, 0.08, (0.07, 0.12), (0.2, 0.0, -1.6)),
        Pull(0.08, -0.455, 0.06, (0.06, 0.04), (0.1, 1.9, 0.3)),
    ),
    "cornerPinch": (
        Pull(0.215, -0.677, 0.07, (0.08, 0.08), (-1.2, 1.3, -4.6)),
        Pull(0.32, -0.66, 0.06, (0.10, 0.10), (-1.4, 0.0, 1.9)),
    ),
    "cornerSwell": (
        Pull(0.21, -0.80, 0.06, (0.05, 0.06), (0.2, -0.6, 1.6)),
    ),
}  # fmt: skip
"""Name -> pulls of the subject's left; its mirror image is the right."""
MIDDLE: dict[str, tuple[Pull, ...]] = {
    "chinMound": (
        Pull(0.0, -0.95, 0.11, (0.09, 0.12), (0.0, 6.6, 1.4)),
    ),
    "lipSquare": (
        Pull(0.08, -0.57, 0.08, (0.18, 0.09), (0.0, 2.2, 0.6), "upper"),
        Pull(-0.08, -0.57, 0.08, (0.18, 0.09), (0.0, 2.2, 0.6), "upper"),
    ),
    "lipFollow": (
        Pull(0.0, -0.76, 0.14, (0.10, 0.10), (0.0, 2.6, 0.3), "lower"),
    ),
    "upperThin": (
        Pull(0.0, -0.555, 0.13, (0.06, 0.055), (0.0, -2.6, 0.4), "upper"),
    ),
    "lowerThin": (
        Pull(0.0, -0.84, 0.13, (0.055, 0.06), (0.0, 3.2, 0.4), "lower"),
    ),
    "lipBulge": (
        Pull(0.0, -0.53, 0.14, (0.05, 0.05), (0.0, 0.0, 1.6), "upper"),
        Pull(0.0, -0.86, 0.13, (0.05, 0.05), (0.0, 0.0, 1.6), "lower"),
    ),
}  # fmt: skip
"""Name -> pulls of the units that have no side."""


def jaw_share(jaw_open: np.ndarray) -> np.ndarray:
    """Returns what belongs to the lower jaw (V): 0 to 1, from the moves (V 3) of its opening."""
    least, most = LOWER_LIP
    return np.clip((-jaw_open[:, 1] / DM - least) / (most - least), 0, 1)


def _depth(face: np.ndarray, pulled: np.ndarray, x: float, y: float) -> float:
    """Returns the depth of the front of the face (dm) near (x, y)."""
    reach = np.hypot(face[:, 0] - x, face[:, 1] - y)
    near = np.flatnonzero(pulled & (reach < 0.06))
    return float(np.quantile(face[near, 2], 0.8))


def _pulled(face: np.ndarray, skin: np.ndarray, lips: dict[str, np.ndarray], by: Pull, side: int):
    x, y, z = (face - [side * by.x, by.y, _depth(face, skin, side * by.x, by.y)]).T
    tall = np.where(y > 0, *by.tall)
    deep = DEEPER * max(by.wide, *by.tall)
    share = np.exp(-((x / by.wide) ** 2 + (y / tall) ** 2 + (z / deep) ** 2) / 2)
    share *= lips[by.lip] * (share > 0.01)
    return share[:, None] * np.multiply(by.move, [side * DM, DM, DM])


def own_units(
    face: np.ndarray, region: np.ndarray, jaw_open: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    """Yields the name and the moves (V 3), dm, of every unit.

    Args:
        face: (V 3) the mean face, dm from between the eyes.
        region: (V) what a vertex belongs to.
        jaw_open: (V 3) what the head's own unit of an open jaw moves, dm.
    """
    skin, face = np.isin(region, (SKIN, LASHES)), face.astype(float)
    lower = jaw_share(jaw_open)
    lips = {"": skin, "lower": skin * lower, "upper": skin * (1 - lower)}
    for name, pulls in SIDED.items():
        for side, sign in (("Left", 1), ("Right", -1)):
            yield name + side, _rounded(sum(_pulled(face, skin, lips, p, sign) for p in pulls))
    for name, pulls in MIDDLE.items():
        yield name, _rounded(sum(_pulled(face, skin, lips, p, 1) for p in pulls))

    yield "insideForward", _rounded(_inside(face, region))


def _inside(face: np.ndarray, region: np.ndarray) -> np.ndarray:
    moves = np.zeros_like(face)
    for part, (back, front) in INSIDE.items():
        at = np.flatnonzero(region == part)
        deep = face[at, 2]
        share = ((deep - deep.min()) / max(np.ptp(deep), DM))[:, None]
        moves[at] = DM * ((1 - share) * np.array(back) + share * front)
    return moves


def _rounded(moves: np.ndarray) -> np.ndarray:
    return (np.round(moves / QUANTUM) * QUANTUM).astype(np.float32)
