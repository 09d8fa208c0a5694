"""Brows, drawn hair by hair."""

import cv2
import numpy as np

from data_prep.synth.canvas import HEIGHT, TEXELS_PER_DM, WIDTH, canvas
from data_prep.synth.identity import Identity

FINER = 3
"""Hairs are drawn this many times finer than the canvas, then averaged."""


def paint(
    albedo: np.ndarray, person: Identity, colour: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Returns the albedo (H W 3) with brows of this hair colour, darkened."""
    cover = np.zeros((HEIGHT, WIDTH), np.float32)
    shape = _shape(person, rng)
    for sign in (1, -1):
        cover = np.maximum(cover, _one_brow(shape, sign, rng))
    cover = cover[..., None] * shape["density"]
    return albedo * (1 - cover) + cover * np.clip(colour * 0.6, 0.003, 1)


def _shape(person: Identity, rng: np.random.Generator) -> dict[str, float]:
    return {
        "inner": rng.uniform(0.085, 0.13),
        "outer": rng.uniform(0.48, 0.55),
        "height": 0.150 + rng.uniform(-0.012, 0.018),
        "arch": rng.uniform(0.015, 0.055) * (0.7 if person.male else 1.0),
        "thick": rng.uniform(0.022, 0.036) * (1.2 if person.male else 0.9),
        "hairs": rng.uniform(130, 260) * (1.2 if person.male else 1.0),
        "density": rng.uniform(0.6, 0.95),
    }


def _one_brow(shape: dict[str, float], sign: int, rng: np.random.Generator) -> np.ndarray:
    """Returns how much hair covers each texel (H W), 0..1."""
    c = canvas()
    fine = np.zeros((HEIGHT // 3 * FINER, WIDTH * FINER), np.uint8)
    top = int(0.22 * HEIGHT)
    for _ in range(int(shape["hairs"])):
        u = rng.beta(1.0, 1.15)
        x = shape["inner"] + u * (shape["outer"] - shape["inner"])
        middle = shape["height"] + 2.6 * shape["arch"] * u * (1.3 - u) - 0.012 * u**3
        half = shape["thick"] * (1.0 - 0.75 * u**1.8) * (0.6 + 0.4 * min(u / 0.15, 1))
        y = middle + half * rng.normal(0, 0.55)
        lean = np.deg2rad(52 - 46 * min(u / 0.4, 1) - 16 * u + rng.normal(0, 8))
        lean -= 0.5 * (y - middle) / half * (u > 0.2)
        length = rng.uniform(0.03, 0.055) * (1 - 0.25 * u)
        ends = np.array([[x, y], [x + length * np.cos(lean), y + length * np.sin(lean)]])
        texels = [c.locate(sign * px, py) for px, py in ends]
        points = [(int(px * FINER * 16), int((py - top) * FINER * 16)) for px, py in texels]
        tone = int(rng.uniform(120, 255))
        cv2.line(fine, points[0], points[1], tone, FINER, cv2.LINE_AA, 4)
    small = cv2.resize(fine, (WIDTH, HEIGHT // 3), interpolation=cv2.INTER_AREA) / 255.0
    small = cv2.GaussianBlur(small.astype(np.float32), (0, 0), TEXELS_PER_DM * 0.004)
    out = np.zeros((HEIGHT, WIDTH), np.float32)
    out[top : top + HEIGHT // 3] = np.clip(1.25 * small, 0, 1)
    return out
