"""How far an Action Unit moves the face, in millimetres, beside the ranges that it should move.

The ranges lie in `ranges.csv`, a source a line. They are of the full movement, the top of FACS
level E. At a level they go from the least excursion at its lower bound to the greatest at its upper
bound (`LEVEL_BOUNDS`); angles and ratios are the same at all levels. How they were set:

- published: a clinical mean, from one standard deviation below to one above, widened to the
  other published figures on the line. Such figures are of whole movements.
- model: [ICT], one scan-based head at full weight, has no spread. 40 % to either side, at least 1
  mm: clinical movements of the face have a coefficient of variation of 24 to 44 %.
- wording: what FACS coders must or must not see; the number is ours.

Abbreviations and the grade of every source: the project's `facs-facts.md`. They were fixed before
any outside reader was looked at, and no range was moved to fit what is drawn.

Usage:
    python -m data_prep.synth.fitting.excursions --people 5 --out table.csv
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from data_prep.synth.acting import lips
from data_prep.synth.acting.action_units import express, unit_weights
from data_prep.synth.labels.process import LEVEL_BOUNDS
from data_prep.synth.mesh.asset import SKIN, head
from data_prep.synth.mesh.canvas import canvas
from data_prep.synth.people.identity import identity
from data_prep.synth.plan.shapes import SHAPES
from dsin_lib.facs import ACTION_UNITS

RANGES = Path(__file__).with_name("ranges.csv")
PUPILS = 63.0
"""Millimetres between the pupils, to which every face is scaled."""
LEVELS = "ABCDE"
INTENSITY = dict(zip(LEVELS, np.add(LEVEL_BOUNDS[1:], LEVEL_BOUNDS[:-1]) / 2, strict=True))
"""Drawn intensity in the middle of each level."""
FULL = {lips.LIPS_PART: lips.WIDEST}
"""Intensity of the top of level E where it is not 1."""
TOGETHER = {"1+2": (1, 2)}
"""Combinations with a range of their own."""

POINTS = {
    "brow inner": (21, 22), "brow outer": (18, 25), "upper lid": (37, 44), "lower lid": (41, 46),
    "wing": (31, 35), "lip corner": (48, 54),
    "upper lip": (51,), "lower lip": (57,), "chin": (8,),
}  # fmt: skip
"""Landmark -> dlib's points on the subject's right and left, or in the middle."""
PLACES = {
    "brow middle": (0.31, 0.185), "brow tail": (0.50, 0.175), "nose side": (0.10, -0.12),
    "cheek under eye": (0.33, -0.28), "cheekbone": (0.50, -0.22), "chin boss": (0.0, -0.95),
}  # fmt: skip
"""Landmark -> place on the front of the mean face, dm from between the eyes, as `canvas` has it.
Brows are painted between |x| = .1 and .52; dlib's points 17 and 26 lie beside their tails."""
EXTENTS = {
    "mouth": ("wider %", 48, 54, 0),
    "upper red": ("taller %", 62, 51, 1),
    "lower red": ("taller %", 57, 66, 1),
}
"""Name -> axis of the table, two of dlib's points, and the coordinate that lies between them."""
EYES = (slice(36, 42), slice(42, 48))
"""dlib's points around the eyes; their mean is a pupil."""
SAME_AT_ALL_LEVELS = ("angle", "back over down")


@lru_cache(maxsize=1)
def _weights() -> dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]:
    """Returns (landmark, side) -> the vertices that carry it and their weights."""
    points = head().landmarks
    out = {}
    for name, numbers in POINTS.items():
        sides = ("right", "left") if len(numbers) == 2 else ("middle",)
        for side, number in zip(sides, numbers, strict=True):
            out[name, side] = points[[number]], np.ones(1)
    for name, (x, y) in PLACES.items():
        for side, sign in (("right", -1), ("left", 1)) if x else (("middle", 1),):
            out[name, side] = _on_skin(sign * x, y)
    return out


def _on_skin(x: float, y: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns the corners (3) of the foremost skin triangle at (x, y), dm, and their weights."""
    h, face = head(), canvas().mean_face
    corners = h.triangles[(h.region == SKIN) & ~h.mouth_cavity & ~h.eye_cavity]
    a, b, c = (face[corners[:, i], :2] for i in range(3))
    here, area = np.array([x, y]), _turn(b - a, c - a)
    with np.errstate(divide="ignore", invalid="ignore"):
        u, v = _turn(c - b, here - b) / area, _turn(a - c, here - c) / area
    shares = np.stack([u, v, 1 - u - v], 1)
    inside = (shares >= -1e-6).all(1) & (area > 0)
    depth = np.where(inside, (shares * face[corners][..., 2]).sum(1), -np.inf)
    if not inside.any():
        raise ValueError(f"({x}, {y}): expected a place on the face, found no skin there")
    return corners[depth.argmax()], shares[depth.argmax()]


def _turn(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Returns twice the signed area (n) between vectors (n 2)."""
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def millimetres(vertices: np.ndarray) -> float:
    """Returns the millimetres a dm of this neutral face (V 3): 63 are between the pupils."""
    points = vertices[head().landmarks]
    right, left = (points[eye].mean(0) for eye in EYES)
    return PUPILS / float(np.linalg.norm(left - right))


def shown(neutral: np.ndarray, left: Mapping[int, float], right: Mapping[int, float]) -> np.ndarray:
    """Returns the face (V 3) that is drawn with these intensities on either side."""
    return express(neutral, unit_weights(left, right))


def excursions(
    subject: str, left: Mapping[int, float], right: Mapping[int, float], seed: int = 0
) -> pd.Series:
    """Returns how far every landmark of one subject moves, by landmark, side and axis.

    Args:
        subject: name of one corpus.
        left, right: AU -> intensity on the subject's own sides, 1 the top of level E.
        seed: corpus seed.

    Returns:
        Millimetres `out` (away from the middle of the face), `up`, `forward` and `length` (in
        space); `angle`, degrees above the horizontal as seen from the front; `back over down`;
        of the mouth `wider %`, of its red parts `taller %` as seen from the front, and the lips'
        `gap`, millimetres.
    """
    neutral = identity(subject, seed).vertices
    face, scale = shown(neutral, left, right), millimetres(neutral)
    out = {}
    for (name, side), (corners, shares) in _weights().items():
        x, y, z = shares @ (face[corners] - neutral[corners]) * scale
        aside = {"right": -x, "left": x, "middle": x}[side]
        values = (aside, y, z, np.sqrt(x * x + y * y + z * z), np.rad2deg(np.arctan2(y, aside)))
        axes = ("out", "up", "forward", "length", "angle")
        out |= {(name, side, axis): v for axis, v in zip(axes, values, strict=True)}
        out[name, side, "back over down"] = z / y if abs(y) > 0.01 else np.nan
    for name, (axis, first, second, along) in EXTENTS.items():
        pair = head().landmarks[[first, second]]
        before, after = (abs(np.diff(v[pair, along])).item() for v in (neutral, face))
        out[name, "middle", axis] = 100 * (after / before - 1)
    out["lips", "middle", "gap"] = max(lips.signed_gap(face), 0.0) * scale
    return pd.Series(out).rename_axis(["landmark", "side", "axis"])


def people(n: int) -> list[str]:
    """Returns n of SynAU-B's names, evenly spread over its list."""
    names = SHAPES["synau_b"].subjects
    if not 1 <= n <= len(names):
        raise ValueError(f"people: expected 1 to {len(names)}, found {n}")
    last = len(names) - 1
    return [names[round(i)] for i in np.linspace(last / n / 2, last, n)]


def ranges() -> pd.DataFrame:
    """Returns the ranges of every unit at every level: `low`, `high`, `kind` and `source`."""
    full = pd.read_csv(RANGES, dtype={"unit": str})
    parts = []
    for level, least, most in zip(LEVELS, LEVEL_BOUNDS, LEVEL_BOUNDS[1:], strict=False):
        low, high = full["low"], full["high"]
        fixed = full["axis"].isin(SAME_AT_ALL_LEVELS)
        low = low.where(fixed, low * np.where(low > 0, least, most))
        high = high.where(fixed, high * np.where(high > 0, most, least))
        parts.append(full.assign(level=level, low=low, high=high))
    return pd.concat(parts, ignore_index=True)


def units() -> dict[str, tuple[int, ...]]:
    """Returns every unit and combination that is measured, by name."""
    return {str(au): (au,) for au in ACTION_UNITS} | TOGETHER


def measured(subjects: Sequence[str], seed: int = 0) -> pd.DataFrame:
    """Returns how far every landmark moves by unit and level: mean and spread over people."""
    lines = list(_measured(subjects, seed))
    keys = ["unit", "level", "landmark", "side", "axis"]
    table = pd.concat(lines).groupby(keys, sort=False)["value"].agg(["mean", "std"])
    return table.reset_index()


def _measured(subjects: Sequence[str], seed: int) -> Iterator[pd.DataFrame]:
    for name, aus in units().items():
        for level, intensity in INTENSITY.items():
            show = {au: intensity * FULL.get(au, 1.0) for au in aus}
            for subject in subjects:
                found = excursions(subject, show, show, seed).rename("value").reset_index()
                yield found.assign(unit=name, level=level, subject=subject)


def compare(subjects: Sequence[str], seed: int = 0) -> pd.DataFrame:
    """Returns the measured excursions that have a range, and whether they are inside.

    `verdict` is "inside", "too little" or "too much"; a movement downwards or inwards is negative.
    """
    keys = ["unit", "level", "landmark", "axis"]
    table = ranges().merge(measured(subjects, seed), on=keys, how="left", validate="1:m")
    table["verdict"] = _verdicts(table["mean"], table["low"], table["high"])
    order = {name: i for i, name in enumerate(units())}
    table = table.sort_values("unit", key=lambda u: u.map(order), kind="stable")
    names = ["unit", "level", "landmark", "side", "axis", "mean", "std", "low", "high", "verdict"]
    return table[[*names, "kind", "source"]].reset_index(drop=True)


def _verdicts(found: pd.Series, low: pd.Series, high: pd.Series) -> np.ndarray:
    """Returns what to say of each excursion; to one decimal, as the ranges are given."""
    short, far = found < low - 0.05, found > high + 0.05
    little = (short & (low > 0)) | (far & (high < 0))
    return np.select([found.isna(), little, short | far],
                     ["unknown", "too little", "too much"], "inside")  # fmt: skip


def main() -> None:
    """Writes the whole table and prints what lies outside at level E."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("table.csv"))
    asked = parser.parse_args()
    table = compare(people(asked.people), asked.seed)
    table.round(2).to_csv(asked.out, index=False)
    outside = table[table["verdict"] != "inside"]
    with pd.option_context("display.max_rows", None, "display.width", 160):
        print(outside[outside["level"] == "E"].drop(columns="source").round(1).to_string())
    print(f"{len(outside)} of {len(table)} lines lie outside; all of them: {asked.out}")


if __name__ == "__main__":
    main()
