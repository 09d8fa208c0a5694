"""Is a face still a face? Folded skin, lips through lips and vanished lips, by combination.

Usage:
    python -m data_prep.synth.fitting.soundness --people 8 --out table.csv
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from data_prep.synth.acting import contact
from data_prep.synth.fitting.excursions import EXTENTS, millimetres, people, shown, units
from data_prep.synth.mesh.asset import SKIN, head
from data_prep.synth.people.identity import identity

TOGETHER = (
    (1, 2), (1, 4), (6, 12), (6, 7, 12), (12, 25), (12, 15), (15, 17), (17, 23), (17, 24),
    (23, 24), (10, 25), (9, 10), (25, 26), (17, 23, 24), (10, 12), (6, 7, 10, 12),
)  # fmt: skip
"""Combinations that occur, or that once went wrong."""
TURNED = 100.0
"""Degrees by which a piece of skin turns against the face at rest when it is folded: a smiling
cheek turns by up to 100, and a lid that closes is no part of this."""
BOUNDS = {"folded": 15.0, "crossed": 0.6, "upper red": 45.0, "lower red": 45.0}
"""Worst that is let pass at intensity 1: mm2 of folded skin (1.0.0 folded up to 170 of 6+7+12; what
is left of 6+7 lies at the outer corners of the eyes, where lids crease; other units: under 5),
mm by which lips pass through each other further than at rest, and % of the red's height left.
Of 16 people one is beyond: F023, of a short upper lip, folds up to 30 mm2, most below the nose."""


def _outside() -> np.ndarray:
    """Returns the triangles (F 3) of skin that is seen."""
    h = head()
    skin = h.triangles[(h.region == SKIN) & ~h.mouth_cavity & ~h.eye_cavity]
    return skin[h.inner_mouth[skin].max(1) <= 0.3]


def folded(neutral: np.ndarray, face: np.ndarray) -> float:
    """Returns how much skin (mm2, of the face at rest) has turned by more than `TURNED`."""
    before, after = (
        np.cross(v[t[:, 1]] - v[t[:, 0]], v[t[:, 2]] - v[t[:, 0]])
        for t in [_outside()]
        for v in (neutral, face)
    )
    area, length = np.linalg.norm(before, axis=1), np.linalg.norm(after, axis=1)
    turned = (before * after).sum(1) < np.cos(np.deg2rad(TURNED)) * area * length
    return float(area[turned].sum() / 2 * millimetres(neutral) ** 2)


def crossed(neutral: np.ndarray, face: np.ndarray) -> float:
    """Returns how far (mm) the lips pass through each other, beyond what they do at rest."""
    rest = np.maximum(contact.crossing(neutral), 0)
    return float((contact.crossing(face) - rest).max() * millimetres(neutral))


def red_left(neutral: np.ndarray, face: np.ndarray) -> dict[str, float]:
    """Returns what is left (%) of the height of the red of either lip, seen from the front."""
    out = {}
    for name in ("upper red", "lower red"):
        _, first, second, along = EXTENTS[name]
        pair = head().landmarks[[first, second]]
        before, after = (np.diff(v[pair, along]).item() for v in (neutral, face))
        out[name] = 100 * after / before
    return out


def measured(subjects: Sequence[str], seed: int = 0) -> pd.DataFrame:
    """Returns the measures of every unit and combination at intensity 1, a line a subject."""
    together = {"+".join(map(str, aus)): aus for aus in TOGETHER}
    lines = []
    for name, aus in {**units(), **together}.items():
        show = dict.fromkeys(aus, 1.0)
        for subject in subjects:
            neutral = identity(subject, seed).vertices
            face = shown(neutral, show, show)
            found = {"folded": folded(neutral, face), "crossed": crossed(neutral, face)}
            lines.append({"unit": name, "subject": subject, **found, **red_left(neutral, face)})
    return pd.DataFrame(lines)


def unsound(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the lines beyond `BOUNDS`."""
    much = (table[["folded", "crossed"]] > [BOUNDS["folded"], BOUNDS["crossed"]]).any(axis=1)
    little = table[["upper red", "lower red"]] < [BOUNDS["upper red"], BOUNDS["lower red"]]
    return table[much | little.any(axis=1)]


def main() -> None:
    """Writes the table and prints the worst of every combination."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("table.csv"))
    asked = parser.parse_args()
    table = measured(people(asked.people), asked.seed)
    table.round(2).to_csv(asked.out, index=False)
    worst = {"folded": "max", "crossed": "max", "upper red": "min", "lower red": "min"}
    print(table.groupby("unit", sort=False).agg(worst).round(1).to_string())
    print(f"{len(unsound(table))} of {len(table)} lines are beyond {BOUNDS}")


if __name__ == "__main__":
    main()
