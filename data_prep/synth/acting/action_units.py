"""FACS Action Units as weights over the head's facial units (weight 1 = intensity E)."""

from collections.abc import Mapping

import numpy as np

from data_prep.synth.acting.contact import UPPER_SHARE, sealed, touching
from data_prep.synth.mesh.asset import head
from data_prep.synth.mesh.canvas import canvas

CODED = (1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24)
"""The twelve AUs of BP4D's protocol; every other one is written as 9, not coded."""
UNILATERAL_SHARE = {12: 0.10, 14: 0.35, 10: 0.1, 2: 0.15}
"""Probability that a sequence shows the AU mostly on one side (FACS manual: 14 and 2 often do)."""

SIDED = {
    1: {"browTail": 1.0},
    2: {"browOuterUp": 0.9, "browArch": 1.12},
    4: {"browDown": 0.85, "browKnit": 1.2},
    5: {"eyeWide": 0.8},
    6: {"cheekSquint": 0.65, "eyeSquint": 0.45, "lidTense": 0.5, "cheekGather": 1.0},
    7: {"eyeSquint": 0.75, "lidTense": 1.0, "eyeBlink": 0.1},
    9: {"noseSneer": 0.9, "wingUp": 1.0, "browDown": 0.2, "mouthUpperUp": 0.2, "cheekSquint": 0.2},
    10: {"mouthUpperUp": 0.65, "wingUp": 0.3},
    12: {"mouthSmile": 0.65, "smilePull": 1.0},
    14: {"mouthDimple": 0.35, "cornerPinch": 1.0},
    15: {"mouthFrown": 0.95, "cornerBack": 0.4, "cornerSwell": 1.0},
    20: {"mouthStretch": 1.1, "cornerBack": 0.5},
    24: {"mouthPress": 0.15},
    25: {"mouthLowerDown": 0.6, "mouthUpperUp": 0.6 * UPPER_SHARE},
    43: {"eyeBlink": 0.82},
}
"""AU -> weights of the units that exist once a side (`<name>Left`, `<name>Right`)."""
MIDDLE = {
    1: {"browInnerUp": 1.0},
    8: {"mouthClose": 0.35},
    10: {"lipSquare": 1.0, "lipFollow": 1.0},
    17: {"mouthShrugLower": 1.2, "mouthShrugUpper": 0.5, "chinMound": 1.0},
    23: {"mouthPucker": 0.38, "mouthRollLower": 0.35, "mouthRollUpper": 0.2, "upperThin": 1.1,
         "lowerThin": 0.8, "lipBulge": 0.4},
    24: {"mouthRollUpper": 0.2, "mouthRollLower": 0.2, "upperThin": 1.15, "lowerThin": 1.2,
         "lipBulge": 0.7, "mouthPucker": 0.12},
    25: {"jawOpen": 0.03, "insideForward": 2.0},
    26: {"jawOpen": 0.45, "jawForward": 0.4, "mouthClose": 0.12, "insideForward": 3.0},
}  # fmt: skip
"""AU -> weights of the units that have no side. Only AU25 and AU26 part the lips (`contact`)."""

DAMPS = {
    25: {23: 0.8, 24: 0.9, 17: 0.5}, 26: {23: 0.8, 24: 0.9, 17: 0.5}, 15: {12: 0.35},
    24: {17: 0.3, 23: 0.5}, 23: {17: 0.3}, 7: {6: 0.3, 12: 0.2}, 10: {12: 0.4},
}  # fmt: skip
"""AU -> {AU that weakens it: by how much at intensity 1}. Lips that press together cannot part;
a smile and pulled-down corners share the same corners, cheek and smile have raised the lower lid
before AU7 does, and the lip that AU10 raises; of a pushed-up lip less red is left to tighten.
Damping changes what is drawn, never a label."""
THIN, FULLNESS = ("upperThin", "lowerThin"), (0.6, 2.0)
"""Units that hide the red of a lip go as far as there is red, between these shares of the mean."""
LARGEST = 1.2
"""Limit of a unit's weight: beyond it the mesh folds."""


def damped(aus: Mapping[int, float]) -> dict[int, float]:
    """Returns intensities (numbers or arrays) after the physical exclusions of `DAMPS`."""
    out = {}
    for au, intensity in aus.items():
        for other, share in DAMPS.get(au, {}).items():
            intensity = intensity * (1 - share * np.minimum(aus.get(other, 0.0), 1.0))
        out[au] = intensity
    return out


def unit_weights(left: Mapping[int, float], right: Mapping[int, float]) -> np.ndarray:
    """Returns the weights (unit) of the facial units.

    Args:
        left: AU -> intensity on the subject's left, 0..1 (1 = FACS E).
        right: the same on the subject's right.

    Raises:
        KeyError: an AU that the tables do not know.
    """
    rows = head().unit
    weights = np.zeros(len(rows), np.float32)
    for side, aus in (("Left", damped(left)), ("Right", damped(right))):
        for au, intensity in aus.items():
            if au not in SIDED and au not in MIDDLE:
                raise KeyError(f"AU{au}: expected one of {sorted({*SIDED, *MIDDLE})}")
            for name, weight in SIDED.get(au, {}).items():
                weights[rows[name + side]] += intensity * weight
            for name, weight in MIDDLE.get(au, {}).items():
                weights[rows[name]] += intensity * weight / 2
    return np.minimum(weights, LARGEST)


def _red(face: np.ndarray) -> np.ndarray:
    """Returns the height (2) of the red of the upper and of the lower lip, dm."""
    y = face[head().landmarks, 1]
    return np.array([y[51] - y[62], y[66] - y[57]])


def fullness(neutral: np.ndarray) -> np.ndarray:
    """Returns the height (2) of a face's red lips over that of the mean face's."""
    return np.clip(_red(neutral) / _red(canvas().mean_face), *FULLNESS).astype(np.float32)


def express(neutral: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns the vertices (V 3) of a face whose units (unit) weigh this; its lips meet."""
    thin = [head().unit[name] for name in THIN]
    if weights[thin].any():
        weights = weights.copy()
        weights[thin] *= fullness(neutral)
    active = np.flatnonzero(weights)
    moved = weights[active] @ head().unit_moves[active]
    return touching(sealed(neutral + moved.reshape(-1, 3), weights), neutral)
