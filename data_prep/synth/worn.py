"""What is worn on the head and moves with it: long hair, and room for glasses."""

from dataclasses import dataclass

import numpy as np

from data_prep.synth.asset import LONG_HAIR
from data_prep.synth.canvas import ANGLE, AXIS_Z, RADIUS, TEXELS_PER_DM
from data_prep.synth.hair import Hair


@dataclass(frozen=True)
class Worn:
    """A rigid addition to the head's mesh.

    Attributes:
        vertices: (V 3) dm.
        triangles: (F 3).
        region: what the triangles are.
        texel: (V 2) where a vertex lies on a canvas of strands.
    """

    vertices: np.ndarray
    triangles: np.ndarray
    region: int
    texel: np.ndarray


def grid_triangles(rows: int, columns: int) -> np.ndarray:
    """Returns both triangles of every cell of a vertex grid, seen from outside (F 3)."""
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b = index[:-1, :-1].ravel(), index[:-1, 1:].ravel()
    c, d = index[1:, :-1].ravel(), index[1:, 1:].ravel()
    return np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)]).astype(np.int32)


def curtain(neutral: np.ndarray, style: Hair, rng: np.random.Generator) -> Worn:
    """Returns long hair: a sheet around the head from the crown to the shoulders.

    Its front edges frame the face: back from the temples, over the ears, down beside the neck.

    Args:
        neutral: (V 3) the subject's face with hair volume, dm.
        style: the haircut.
        rng: the subject's stream.
    """
    rows, columns = 26, 41
    length = rng.uniform(1.2, 2.1)
    width = np.percentile(abs(neutral[:, 0][neutral[:, 1] > 0.1]), 99.5) + 0.02
    top = 0.62
    down = np.linspace(0, 1, rows)[:, None] ** 0.9
    y = top - down * (top + length)
    side = np.linspace(-1, 1, columns)[None]
    opening = np.interp(y, [-2.2, -1.0, -0.35, 0.15, 0.62], [1.15, 1.08, 1.16, 1.12, 1.05])
    opening = opening - rng.uniform(-0.04, 0.08)
    azimuth = np.sign(side) * (opening + (np.pi - opening) * (1 - abs(side)))
    azimuth = np.where(side == 0, np.pi, azimuth)
    bulge = np.interp(y, [-2.2, -1.2, -0.4, 0.2, 0.5, 0.62], [0.92, 0.96, 1.03, 1.04, 1.0, 0.93])
    wave = 1 + rng.uniform(0, 0.025) * np.sin(7 * y + rng.uniform(0, 6) + 3 * azimuth)
    locks = 1 + 0.03 * rng.standard_normal((1, columns)) * np.clip(down * 2, 0, 1)
    radius = width * bulge * wave * locks * rng.uniform(0.98, 1.08)
    x = radius * np.sin(azimuth)
    z = AXIS_Z + 0.12 + radius * 1.12 * np.cos(azimuth)
    vertices = np.stack([x, np.broadcast_to(y, x.shape), z], -1).reshape(-1, 3)
    around = np.broadcast_to(np.linspace(0, 2 * ANGLE, columns)[None], x.shape)
    texel = np.stack([around.ravel() * RADIUS, (top - vertices[:, 1])], 1) * TEXELS_PER_DM
    triangles = grid_triangles(rows, columns)
    return Worn(vertices.astype(np.float32), triangles, LONG_HAIR, texel.astype(np.float32))
