"""Hair that has a mesh of its own: it hangs to the shoulders, is tied, or stands off loosely."""

import cv2
import numpy as np

from data_prep.synth.mesh import raster
from data_prep.synth.mesh.asset import LONG_HAIR, SKIN, STRAY_HAIR, head
from data_prep.synth.mesh.canvas import AXIS_Z, TEXELS_PER_DM
from data_prep.synth.people.hair import Hair
from data_prep.synth.people.worn import Worn, grid_triangles

MAP_ROWS, MAP_COLUMNS = 96, 160
MAP_TOP, MAP_BOTTOM = 1.3, -2.5


def head_radius(vertices: np.ndarray) -> np.ndarray:
    """Returns the outermost radius (MAP_ROWS MAP_COLUMNS) of the head around its axis, dm.

    Columns run over azimuth -pi..pi, rows from MAP_TOP down to MAP_BOTTOM.
    """
    h = head()
    azimuth = np.arctan2(vertices[:, 0], vertices[:, 2] - AXIS_Z)
    column = (azimuth / (2 * np.pi) + 0.5) * MAP_COLUMNS
    row = (MAP_TOP - vertices[:, 1]) / (MAP_TOP - MAP_BOTTOM) * MAP_ROWS
    radius = np.hypot(vertices[:, 0], vertices[:, 2] - AXIS_Z)
    points = np.column_stack([column, row, radius]).astype(np.float32)
    across = np.ptp(column[h.triangles], axis=1) > MAP_COLUMNS / 2
    depth = np.empty((MAP_ROWS, MAP_COLUMNS), np.float32)
    seen = np.empty(depth.shape, np.int32)
    ear = (h.ears[h.triangles] > 0.3).any(1)
    raster.visible(points, h.triangles, (h.region != SKIN) | across | ear, depth, seen)
    depth = np.where(seen < 0, 0, depth)
    wide = cv2.dilate(np.hstack([depth[:, -8:], depth, depth[:, :8]]), np.ones((1, 7), np.uint8))
    return cv2.GaussianBlur(wide, (0, 0), 1.2)[:, 8:-8]


def _radius_at(radius: np.ndarray, azimuth: np.ndarray, y: np.ndarray) -> np.ndarray:
    column = ((azimuth / (2 * np.pi) + 0.5) * MAP_COLUMNS - 0.5) % MAP_COLUMNS
    row = (MAP_TOP - y) / (MAP_TOP - MAP_BOTTOM) * MAP_ROWS - 0.5
    shape = np.broadcast_shapes(column.shape, row.shape)
    column, row = (np.broadcast_to(v, shape).astype(np.float32) for v in (column, row))
    return cv2.remap(radius, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


COVERING = ((1.05, 0.50), (0.75, 0.60), (0.45, 0.69), (0.1, 0.68), (-0.4, 0.67), (-1.0, 0.78),
            (-2.2, 0.92))  # fmt: skip
TUCKED = ((1.05, 0.95), (0.75, 1.15), (0.45, 1.45), (0.1, 1.85), (-0.4, 1.80), (-1.0, 1.25),
          (-2.2, 1.00))  # fmt: skip
"""(height dm, azimuth) of long hair's front edge: from the temple over the ear, or behind it, and
down the neck."""
BEHIND_EARS = 0.03
"""Draw of the opening (-0.05 to 0.14) from which on hair is tucked behind the ears."""
SHEET = 0.012
"""dm between the outside of long hair and its inside, which shows beside the neck."""
UNEVEN_ENDS = 0.018
"""dm (s.d.) by which locks differ in length."""
LOCKS = 49
"""Locks that hang each for itself."""
OVER_EAR = 0.09
"""dm that hair over an ear lies off the head's side."""
FRONT_LOCKS = 1.25
"""dm under the eyes that hair beside the face reaches at most: over the shoulders' slope."""


def curtain(vertices: np.ndarray, style: Hair, rng: np.random.Generator) -> Worn:
    """Returns long hair: a sheet that lies on the scalp and hangs from the head's widest line.

    Args:
        vertices: (V 3) the subject's face with hair volume, dm.
        style: the haircut.
        rng: the subject's stream.
    """
    rows, columns = 34, 49
    top, length = 1.0, rng.uniform(1.0, 2.0)
    side = np.linspace(-1, 1, columns)[None]
    front = np.clip((abs(side) - 0.55) / 0.4, 0, 1)
    reach = length - front * max(length - FRONT_LOCKS, 0)
    y = top - np.linspace(0, 1, rows)[:, None] ** 0.95 * (top + reach)
    drawn = rng.uniform(-0.05, 0.14)
    tucked = drawn > BEHIND_EARS
    knots = np.array(TUCKED if tucked else COVERING)[::-1]
    opening = np.interp(y, knots[:, 0], knots[:, 1]) + 0.5 * drawn
    azimuth = np.where(side < 0, -1, 1) * (opening + (np.pi - opening) * (1 - abs(side)))
    lying = _radius_at(head_radius(vertices), azimuth, y)
    below = np.clip((0.15 - y) / 0.5, 0, 1)
    sway = 1 + 0.02 * np.sin(5 * y + rng.uniform(0, 6)) * below
    hanging = np.maximum.accumulate(np.where(y > -0.2, lying, 0), axis=0).astype(np.float32)
    hanging = cv2.GaussianBlur(hanging, (0, 0), sigmaX=0.8, sigmaY=2.2) * sway
    hanging *= np.interp(y, [-2.2, -1.0, -0.3, 0.2], [0.94, 0.97, 1.0, 1.0])
    hangs = np.clip((0.75 - y) / 0.5, 0, 1)
    ear = np.exp(-(((abs(azimuth) - 1.5) / 0.5) ** 2) - ((y + 0.15) / 0.55) ** 2)
    off = np.interp(y, [0.0, 0.6, 0.9, 1.0], [0.05, 0.03, -0.02, -0.14]) * (1 + style.sides * 4)
    locks = np.interp(side[0], np.linspace(-1, 1, LOCKS), rng.standard_normal(LOCKS))
    radius = np.maximum(lying * (1 - hangs) + hanging * hangs, np.where(y > -0.9, lying, 0))
    cheek = radius + np.minimum(off, 0.02)
    radius = radius + off + OVER_EAR * ear * (not tucked) + 0.016 * locks * below
    edge = np.clip((1 - abs(side)) * 6, 0, 1)
    radius = np.where(tucked, radius - 0.05 * (1 - edge), radius * edge + cheek * (1 - edge))
    ends = np.clip(1 - (y + reach) / 0.3, 0, 1)
    radius = radius * (1 - 0.06 * ends)
    y = y + UNEVEN_ENDS * locks * ends
    azimuth, radius = np.stack([azimuth] * 2), np.stack([radius, radius - SHEET * edge])
    x, z = radius * np.sin(azimuth), AXIS_Z + radius * np.cos(azimuth)
    points = np.stack([x, np.stack([y] * 2), z], -1).reshape(-1, 3)
    texel = np.stack([azimuth.ravel() * 0.9 + np.pi, top - points[:, 1]], 1) * TEXELS_PER_DM
    inside = grid_triangles(rows, columns) + rows * columns
    triangles = np.concatenate([grid_triangles(rows, columns)[:, ::-1], inside]).astype(np.int32)
    return Worn(points.astype(np.float32), triangles, LONG_HAIR, texel.astype(np.float32))


def bun(vertices: np.ndarray, rng: np.random.Generator) -> Worn:
    """Returns tied hair: a knot at the back of the head, higher on some.

    Args:
        vertices: (V 3) the subject's face with hair volume, dm.
        rng: the subject's stream.
    """
    lift, size = rng.uniform(0.3, 1.25), rng.uniform(0.26, 0.36)
    way = np.array([0, np.sin(lift), -np.cos(lift)])
    middle = np.array([0, 0.25, AXIS_Z])
    scalp = vertices[(head().vertex_region == SKIN) & (abs(vertices[:, 0]) < 0.3)] - middle
    across = np.linalg.norm(scalp - np.outer(scalp @ way, way), axis=1)
    middle = middle + ((scalp @ way)[across < 0.3].max() + 0.3 * size) * way
    rows, columns = 13, 25
    polar = np.linspace(0, np.pi, rows)[:, None]
    round_ = np.linspace(0, 2 * np.pi, columns)[None]
    lumpy = size * (1 + 0.05 * np.sin(3 * round_ + 4 * polar))
    ball = [
        np.sin(polar) * np.sin(round_),
        np.cos(polar) + 0 * round_,
        np.sin(polar) * np.cos(round_),
    ]
    points = middle + np.stack(ball, -1) * lumpy[..., None] * [1.15, 0.85, 0.85]
    texel = np.stack(np.broadcast_arrays(round_ * 0.4 + polar * 0.3, polar * 0.3), -1)
    texel = texel.reshape(-1, 2) * TEXELS_PER_DM
    points = points.reshape(-1, 3).astype(np.float32)
    return Worn(points, grid_triangles(rows, columns), LONG_HAIR, texel.astype(np.float32))


STRAYS = {"curly": (1100, 0.07), "full": (500, 0.05), "short": (450, 0.03), "tied": (220, 0.04),
          "long": (300, 0.05), "buzz": (0, 0.0), "bald": (0, 0.0)}  # fmt: skip
"""Style -> number of loose hairs drawn over the outline, and their length, dm."""


def strays(vertices: np.ndarray, hairy: np.ndarray, style: Hair, rng: np.random.Generator) -> Worn:
    """Returns loose hairs as slender triangles: an outline of hair is never a clean edge.

    Args:
        vertices: (V 3) the subject's face with hair volume, dm.
        hairy: (V) whether hair grows there.
        style: the haircut.
        rng: the subject's stream.
    """
    n, length = STRAYS[style.style]
    h = head()
    normal = np.empty_like(vertices)
    raster.normals(vertices, h.triangles[h.region == SKIN], normal)
    scalp = h.triangles[(h.region == SKIN) & hairy[h.triangles].all(1)]
    if n == 0 or len(scalp) == 0:
        scalp, n = h.triangles[:1], 0
    sides = np.cross(
        vertices[scalp[:, 1]] - vertices[scalp[:, 0]], vertices[scalp[:, 2]] - vertices[scalp[:, 0]]
    )
    area = np.linalg.norm(sides, axis=1)
    chosen = scalp[rng.choice(len(scalp), n, p=area / area.sum())]
    weight = rng.dirichlet([1, 1, 1], n)[..., None]
    root = (vertices[chosen] * weight).sum(1)
    out = (normal[chosen] * weight).sum(1) * rng.uniform(0.3, 1.1, (n, 1))
    way = out + rng.normal(0, 0.55, (n, 3)) + [0, -0.35, 0]
    way *= length * rng.uniform(0.3, 1.2, (n, 1)) / (np.linalg.norm(way, axis=1)[:, None] + 1e-9)
    across = rng.normal(0, 1, (n, 3))
    across *= 0.005 / (np.linalg.norm(across, axis=1)[:, None] + 1e-9)
    points = np.stack([root - across, root + across, root + way], 1).reshape(-1, 3)
    triangles = np.arange(3 * n, dtype=np.int32).reshape(-1, 3)
    texel = np.zeros((3 * n, 2), np.float32)
    return Worn(points.astype(np.float32), triangles, STRAY_HAIR, texel)
