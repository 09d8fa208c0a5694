"""Furrows: the lines that an Action Unit folds into skin, drawn once a subject, shown by AU.

How deep a subject's furrows get is the subject's own (random, deeper with age, for some nearly
none), and their places differ, so that no furrow says a label by itself. Old skin keeps a part of
them at rest.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from data_prep.synth.compiled import njit
from data_prep.synth.mesh.canvas import TEXELS_PER_DM, TOP, canvas, noise
from data_prep.synth.people.identity import Identity

STROKES = {
    1: [("mid", 0.013, 0.016, [(-0.27, y - 0.03), (0, y), (0.27, y - 0.03)])
        for y in (0.38, 0.47, 0.56)],
    2: [("both", 0.012, 0.012, [(0.18, y), (0.36, y + 0.05), (0.55, y - 0.03)])
        for y in (0.38, 0.46, 0.54)],
    4: [("both", 0.013, 0.020, [(0.055, 0.07), (0.06, 0.16), (0.075, 0.27)]),
        ("both", 0.010, 0.008, [(0.10, 0.12), (0.12, 0.20)]),
        ("mid", 0.011, 0.010, [(-0.06, 0.045), (0, 0.035), (0.06, 0.045)])],
    6: [("both", 0.010, 0.010, [(0.47, -0.03), (0.62, -0.07)]),
        ("both", 0.010, 0.010, [(0.48, 0.01), (0.64, 0.02)]),
        ("both", 0.010, 0.009, [(0.47, -0.06), (0.58, -0.15)]),
        ("both", 0.012, 0.012, [(0.13, -0.10), (0.28, -0.15), (0.45, -0.11)])],
    7: [("both", 0.008, 0.008, [(0.17, -0.065), (0.29, -0.09), (0.42, -0.06)])],
    9: [("mid", 0.013, 0.026, [(-0.075, 0.025), (0, 0.012), (0.075, 0.025)]),
        ("mid", 0.011, 0.022, [(-0.065, -0.03), (0, -0.042), (0.065, -0.03)]),
        ("both", 0.011, 0.022, [(0.05, -0.07), (0.12, -0.13)]),
        ("both", 0.011, 0.020, [(0.06, -0.12), (0.14, -0.19)]),
        ("both", 0.017, 0.020, [(0.16, -0.31), (0.19, -0.38), (0.24, -0.47)])],
    10: [("both", 0.018, 0.018, [(0.17, -0.36), (0.22, -0.42), (0.28, -0.56)])],
    12: [("both", 0.018, 0.020, [(0.19, -0.40), (0.28, -0.50), (0.36, -0.68)])],
    14: [("both", 0.016, 0.022, [(0.285, -0.60), (0.305, -0.68), (0.285, -0.76)])],
    15: [("both", 0.014, 0.016, [(0.25, -0.71), (0.29, -0.78), (0.30, -0.90)])],
    17: [("mid", 0.016, 0.014, [(-0.15, -0.88), (0, -0.865), (0.15, -0.88)])],
    20: [("both", 0.013, 0.016, [(0.275, -0.61), (0.305, -0.69), (0.295, -0.77)]),
         ("both", 0.011, 0.010, [(0.345, -0.60), (0.385, -0.69), (0.375, -0.79)]),
         ("mid", 0.014, 0.008, [(-0.15, -0.845), (0, -0.84), (0.15, -0.845)])],
    23: [("both", 0.006, 0.004, [(x, y), (x * 1.05, y - 0.04)])
         for x in (0.03, 0.08, 0.13) for y in (-0.62, -0.70)],
    24: [("both", 0.012, 0.010, [(0.245, -0.66), (0.255, -0.70)]),
         ("mid", 0.014, 0.010, [(-0.12, -0.82), (0, -0.815), (0.12, -0.82)])],
}  # fmt: skip
"""AU -> furrows as (side, half width dm, depth dm, points (x, y) dm from between the eyes).

Source: where the FACS manual describes each AU's lines and bulges, placed by eye on the mean face.
"""


@dataclass(frozen=True)
class Pebbles:
    """Rough skin: height, centre and radii of the patch, dm."""

    tall: float
    centre: tuple[float, float]
    radii: tuple[float, float]


PEBBLES = {17: Pebbles(0.0045, (0.0, -0.99), (0.14, 0.10))}
"""AU -> rough skin: the pebbled chin of AU17."""
DEPTHS = (0.4, 2.1)
"""Range of a furrow's depth between subjects, times that of the table."""

GAIN_YOUNG, GAIN_BY_AGE, GAIN_SPREAD = 0.14, 0.5, 0.2
"""Mean furrow gain at 18, its growth to 75, and its spread between subjects: at 18 a quarter of
the subjects have none at all."""
AT_REST = 0.45
"""Share of an AU's furrow that 75-year-old skin keeps without the AU; grows as age squared."""
JITTER = 0.018
"""dm by which a furrow's points move between subjects."""
FURROW_SHADE = 14.0
"""Darkening per dm of depth: occlusion inside a furrow, besides its relief."""


Box = tuple[int, int, int, int]
"""(top, bottom, left, right) on the canvas."""


@dataclass(frozen=True)
class Furrows:
    """One subject's furrows.

    Attributes:
        gain: AU -> how deep this subject's furrows get, 0..1.
        relief: AU -> (h w 3) slope across, slope up, shade; at full intensity and gain 1.
        box: AU -> (top, bottom, left, right) of the relief on the canvas.
    """

    gain: dict[int, float]
    relief: dict[int, np.ndarray]
    box: dict[int, Box]


@njit(cache=True, fastmath=True)
def _stroke(x, y, points, width, depth, out):
    """Subtracts a tapered groove along a polyline (P 2) from the height map (h w)."""
    n = points.shape[0]
    for r in range(out.shape[0]):
        for c in range(out.shape[1]):
            best, where = 1e9, 0
            for i in range(n):
                d = (x[r, c] - points[i, 0]) ** 2 + (y[r, c] - points[i, 1]) ** 2
                if d < best:
                    best, where = d, i
            taper = np.sin(np.pi * (0.06 + 0.88 * where / (n - 1))) ** 0.6
            groove = np.exp(-best / (2 * width * width))
            lip = 0.45 * np.exp(-best / (2 * (2.2 * width) ** 2))
            out[r, c] -= depth * taper * (groove - lip)


def _curve(points: np.ndarray, n: int = 28) -> np.ndarray:
    """Returns a smooth curve (n 2) through 2 or 3 points."""
    t = np.linspace(0, len(points) - 1, n)
    fit = np.polyfit(np.arange(len(points)), points, len(points) - 1)
    return np.stack([np.polyval(fit[:, k], t) for k in (0, 1)], 1).astype(np.float32)


def slopes(height: np.ndarray) -> np.ndarray:
    """Returns (h w 2): height's slope per dm along columns, and upwards."""
    across = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) / 8 * TEXELS_PER_DM
    upwards = -cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3) / 8 * TEXELS_PER_DM
    return np.stack([across, upwards], -1)


@dataclass(frozen=True)
class _Groove:
    """One furrow ready to be cut: its curve (P 2), width and depth (dm), window on the canvas."""

    curve: np.ndarray
    width: float
    depth: float
    window: Box


def _grooves(au: int, rng: np.random.Generator) -> list[_Groove]:
    """Returns one AU's furrows on one subject."""
    c, out = canvas(), []
    for side, width, depth, points in STROKES[au]:
        own = np.array(points, float) + rng.normal(0, JITTER, (len(points), 2)) * (1, 0.7)
        deep = depth * rng.uniform(*DEPTHS)
        for sign in (1, -1) if side == "both" else (1,):
            curve = _curve(own * (sign, 1) + rng.normal(0, JITTER / 3, own.shape))
            texels = np.array([c.locate(*p) for p in curve[::3]])
            margin = 7 * width * TEXELS_PER_DM + 2
            (left, top), (right, bottom) = texels.min(0) - margin, texels.max(0) + margin
            window = (max(int(top), 0), int(bottom), max(int(left), 0), int(right))
            out.append(_Groove(curve, width * rng.uniform(0.85, 1.3), deep, window))
    return out


def _height(au: int, rng: np.random.Generator) -> tuple[np.ndarray, Box]:
    """Returns the height map (h w), dm, of one AU's furrows on one subject, and where it lies."""
    c, grooves = canvas(), _grooves(au, rng)
    windows = np.array([g.window for g in grooves])
    top, left = windows[:, [0, 2]].min(0)
    bottom, right = np.minimum(windows[:, [1, 3]].max(0), c.x.shape)
    if au in PEBBLES:
        bottom = max(bottom, int((TOP - PEBBLES[au].centre[1] + 0.2) * TEXELS_PER_DM))
    box = np.s_[top:bottom, left:right]
    height = np.zeros((bottom - top, right - left), np.float32)
    for g in grooves:
        rows, columns = slice(*g.window[:2]), slice(*g.window[2:])
        part = height[
            rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
        ]
        _stroke(c.x[rows, columns], c.y[rows, columns], g.curve, g.width, g.depth, part)
    if au in PEBBLES:
        rough = PEBBLES[au]
        away = (c.x[box] - rough.centre[0]) / rough.radii[0]
        up = (c.y[box] - rough.centre[1]) / rough.radii[1]
        height += rough.tall * noise(rng, 2.5)[box] * np.exp(-(away**2) - up**2)
    return height, (int(top), int(bottom), int(left), int(right))


def furrows(person: Identity, rng: np.random.Generator) -> Furrows:
    """Returns the furrows of one subject (about 60 ms)."""
    mean = GAIN_YOUNG + GAIN_BY_AGE * person.oldness
    own = rng.normal(0, GAIN_SPREAD * 0.7)
    gain, relief, box = {}, {}, {}
    for au in STROKES:
        gain[au] = float(np.clip(rng.normal(mean + own, GAIN_SPREAD * 0.7), 0, 0.9))
        height, box[au] = _height(au, rng)
        shade = np.clip(height * FURROW_SHADE, -0.35, 0.06)
        relief[au] = np.ascontiguousarray(np.dstack([slopes(height), shade]), np.float32)
    return Furrows(gain, relief, box)


def resting(lines: Furrows, person: Identity, rng: np.random.Generator, relief: np.ndarray) -> None:
    """Adds to `relief` (H W 3) the furrows that this subject's skin shows at rest."""
    for au, (top, bottom, left, right) in lines.box.items():
        share = AT_REST * person.oldness**1.5 * rng.uniform(0, 1.6)
        relief[top:bottom, left:right] += np.float32(min(share, 0.8)) * lines.relief[au]


@njit(cache=True, fastmath=True)
def fold(live, top, left, relief, side, on_left, on_right):
    """Adds one AU's relief to the live relief of the face, by side.

    Args:
        live: (H W 8) the skin, whose channels from 5 on are changed in place.
        top, left: where the relief lies.
        relief: (h w 3).
        side: (H W) 1 on the subject's left, 0 on the right, a soft step between.
        on_left, on_right: intensity times gain of either side.
    """
    for r in range(relief.shape[0]):
        for c in range(relief.shape[1]):
            s = side[top + r, left + c]
            weight = s * on_left + (1 - s) * on_right
            live[top + r, left + c, 5] += weight * relief[r, c, 0]
            live[top + r, left + c, 6] += weight * relief[r, c, 1]
            live[top + r, left + c, 7] += weight * relief[r, c, 2]
