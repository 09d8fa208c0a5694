"""Brows, drawn hair by hair inside a personal outline."""

from dataclasses import dataclass

import cv2
import numpy as np

from data_prep.synth.mesh.canvas import HEIGHT, WIDTH, canvas
from data_prep.synth.people.identity import Identity

FINER = 4
"""Hairs are drawn this many times finer than the canvas, then averaged."""
ROWS = slice(int(0.24 * HEIGHT), int(0.44 * HEIGHT))
"""Rows of the canvas that brows can reach."""


@dataclass(frozen=True)
class Brow:
    """Outline of a subject's brows; dm on the mean face.

    Attributes:
        inner, outer: |x| of the ends.
        height: y of the inner end's middle.
        arch: how far the peak, two thirds out, stands over the inner end.
        thick: half height at its fullest.
        hairs: number of hairs.
        density: opacity of a hair.
    """

    inner: float
    outer: float
    height: float
    arch: float
    thick: float
    hairs: int
    density: float

    def middle(self, u: np.ndarray) -> np.ndarray:
        """Returns the midline's y at u, 0 the inner and 1 the outer end."""
        rise = np.interp(u, [0, 0.3, 0.62, 0.85, 1.0], [0, 0.55, 1.0, 0.72, 0.25])
        return self.height + self.arch * rise

    def half(self, u: np.ndarray) -> np.ndarray:
        """Returns half the height at u."""
        shape = np.interp(u, [0, 0.08, 0.35, 0.7, 1.0], [0.45, 0.78, 1.0, 0.7, 0.18])
        return self.thick * shape


def draw(person: Identity, rng: np.random.Generator) -> Brow:
    """Returns the brows of one subject."""
    male = person.male
    return Brow(
        inner=rng.uniform(0.085, 0.125),
        outer=rng.uniform(0.49, 0.55),
        height=rng.uniform(0.150, 0.172),
        arch=rng.uniform(0.015, 0.045) + 0.02 * (1 - male) * rng.random(),
        thick=rng.uniform(0.024, 0.034) + 0.008 * male * rng.random(),
        hairs=int(rng.uniform(260, 420) * (1.15 if male else 0.9)),
        density=rng.uniform(0.6, 0.95),
    )


def paint(
    albedo: np.ndarray, person: Identity, colour: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Returns the albedo (H W 3) with brows of this hair colour, darkened."""
    brow = draw(person, rng)
    cover = np.zeros((HEIGHT, WIDTH), np.float32)
    for sign in (1, -1):
        cover[ROWS] = np.maximum(cover[ROWS], _one(brow, sign, rng))
    cover = cover[..., None] * brow.density
    return albedo * (1 - cover) + cover * np.clip(colour * 0.55, 0.003, 1)


def _one(brow: Brow, sign: int, rng: np.random.Generator) -> np.ndarray:
    """Returns how much hair covers the texels of `ROWS`, 0..1, on one side."""
    c = canvas()
    n = brow.hairs
    u = rng.uniform(0, 1, n) ** 0.95
    v = np.clip(rng.normal(0, 0.5, n), -1, 1)
    x = brow.inner + u * (brow.outer - brow.inner)
    y = brow.middle(u) + brow.half(u) * v
    lean = np.deg2rad(np.interp(u, [0, 0.2, 0.5, 1.0], [60, 32, 8, -22]) + rng.normal(0, 8, n))
    lean -= 0.35 * v * (u > 0.15)
    length = rng.uniform(0.022, 0.042, n) * np.interp(u, [0, 0.2, 1], [0.6, 1.0, 0.8])
    rise = length * np.sin(lean)
    room = brow.middle(u) + rng.uniform(1.0, 1.5, n) * brow.half(u) - y
    shorter = np.clip(room / np.maximum(rise, 1e-6), 0.35, 1)
    tip = np.stack([x + shorter * length * np.cos(lean), y + shorter * rise], 1)
    tone = rng.uniform(90, 235, n) * np.interp(u, [0, 0.16, 0.8, 1.0], [0.45, 1, 1, 0.7])
    fine = np.zeros(((ROWS.stop - ROWS.start) * FINER, WIDTH * FINER), np.uint8)
    for i in range(n):
        ends = [c.locate(sign * px, py) for px, py in ((x[i], y[i]), tip[i])]
        points = [(int(px * FINER * 16), int((py - ROWS.start) * FINER * 16)) for px, py in ends]
        cv2.line(fine, points[0], points[1], float(tone[i]), 3, cv2.LINE_AA, 4)
    small = cv2.resize(fine, (WIDTH, ROWS.stop - ROWS.start), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small.astype(np.float32) / 255, (0, 0), 0.7)
    under = cv2.GaussianBlur(soft, (0, 0), 2.0)
    return np.clip(1.15 * soft + 0.35 * under, 0, 1)
