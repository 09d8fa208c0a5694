"""Glasses: a frame of thin tubes, its lenses, and the shade that it casts on the skin."""

from collections.abc import Callable

import cv2
import numpy as np

from data_prep.synth.mesh.asset import GLASSES, LENSES, SKIN, head
from data_prep.synth.mesh.canvas import HEIGHT, TEXELS_PER_DM, TOP, WIDTH, canvas
from data_prep.synth.people.worn import Worn, grid_triangles

GLASSES_SHARE = 0.15
"""Share of subjects with glasses (BP4D's participants mostly went without)."""


LENS_BULGE = 0.012
"""dm by which a lens stands out in its middle: more would mirror lamps all over the eye."""
TILT = 0.16
"""Rise of a frame's depth with height (9 degrees; spectacles are fitted at 8 to 12): a lens that
faces downwards mirrors the dark floor, not the lamps."""


def glasses(vertices: np.ndarray, rng: np.random.Generator) -> tuple[Worn, Worn]:
    """Returns a frame of thin tubes (two rims, a bridge, two temples) and its lenses.

    Args:
        vertices: (V 3) the subject's face, dm.
        rng: the subject's stream.
    """
    points = vertices[head().landmarks]
    eyes = [points[36:42].mean(0), points[42:48].mean(0)]
    front = points[27, 2] + 0.09
    half_width, half_height = rng.uniform(0.22, 0.26), rng.uniform(0.14, 0.20)
    roundness = rng.uniform(2.0, 3.5)
    thick = rng.uniform(0.010, 0.022)
    turn = np.linspace(0, 2 * np.pi, 33)
    c, s = np.cos(turn), np.sin(turn)
    loops = []
    for eye in eyes:
        x = eye[0] * 1.04 + half_width * np.sign(c) * abs(c) ** (2 / roundness)
        y = eye[1] - 0.02 + half_height * np.sign(s) * abs(s) ** (2 / roundness)
        loops.append(np.stack([x, y, front - 0.55 * x**2 + TILT * (y - eye[1] + 0.14)], 1))
    lenses = _lenses(loops)
    inner = abs(eyes[0][0] * 1.04) - half_width
    t = np.linspace(-1, 1, 7)
    arch = eyes[0][1] + 0.045 - 0.03 * t**2
    loops.append(np.stack([inner * t, arch, np.full(7, front)], 1))
    outer = abs(eyes[0][0] * 1.04) + half_width
    ear = abs(points[16, 0]) + 0.06
    wide = _temples(vertices, eyes[0][1] + 0.05)
    for sign in (-1, 1):
        u = np.linspace(0, 1, 9)
        hinge = front - 0.55 * outer**2 + TILT * 0.19
        y, z = eyes[0][1] + 0.05 + 0 * u, hinge + (-0.95 - hinge) * u
        x = np.maximum(outer + (ear - outer) * np.sin(u * np.pi / 2), wide(z) + thick)
        x[0] = outer
        loops.append(np.stack([sign * x, y, z], 1))
    return _tubes(loops, thick), lenses


def _temples(vertices: np.ndarray, height: float) -> Callable[[np.ndarray], np.ndarray]:
    """Returns half the head's width (dm, without ears) at a height, by depth: arms lie on it."""
    h = head()
    near = (h.vertex_region == SKIN) & (h.ears < 0.1) & (abs(vertices[:, 1] - height) < 0.08)
    x, z = abs(vertices[near, 0]), vertices[near, 2]
    depths = np.linspace(-1.0, 0.0, 11)
    widths = [x[abs(z - depth) < 0.1].max(initial=0) for depth in depths]
    return lambda depth: np.interp(depth, depths, widths)


def _lenses(rims: list[np.ndarray], rings: int = 5) -> Worn:
    """Returns bulging panes inside closed paths (P 3)."""
    share = np.linspace(1, 0.02, rings)[:, None, None]
    panes = []
    for rim in rims:
        middle = rim[:-1].mean(0)
        bulge = LENS_BULGE * (1 - share**2) * [0, 0, 1]
        panes.append((middle + share * (rim - middle) + bulge).reshape(-1, 3))
    cells = grid_triangles(rings, len(rims[0]))[:, ::-1]
    triangles = np.concatenate([cells + k * len(panes[0]) for k in range(len(panes))])
    points = np.concatenate(panes).astype(np.float32)
    return Worn(points, triangles.astype(np.int32), LENSES, np.zeros((len(points), 2), np.float32))


FRAME_SHADE, FRAME_DROP = 0.4, 0.055
"""Darkening of the skin under a frame, and how far below it, dm: a room is lit from above."""


def shade_of(frame: Worn) -> np.ndarray:
    """Returns the shade (H W) that a frame of glasses casts on the skin behind it."""
    c, mask = canvas(), np.zeros((HEIGHT, WIDTH), np.uint8)
    face = c.z[int(TOP * TEXELS_PER_DM), WIDTH // 2]
    near = frame.vertices[:, 2] > face - 0.35
    for x, y, _ in frame.vertices[near]:
        column, row = c.locate(x, y - FRAME_DROP)
        cv2.circle(mask, (round(column), round(row)), 2, 255, -1)
    return -FRAME_SHADE * cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), 2.2)


def _tubes(paths: list[np.ndarray], radius: float, sides: int = 5) -> Worn:
    """Returns round tubes (radius dm) along paths (P 3)."""
    vertices, triangles, n = [], [], 0
    for path in paths:
        along = np.gradient(path, axis=0)
        along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
        a = np.cross(along, [0.3, 0.2, 1.0])
        a /= np.linalg.norm(a, axis=1, keepdims=True) + 1e-9
        b = np.cross(along, a)
        turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)[None, :, None]
        ring = path[:, None] + radius * (np.cos(turn) * a[:, None] + np.sin(turn) * b[:, None])
        cells = grid_triangles(len(path), sides, closed=True)
        triangles += [cells + n]
        vertices.append(ring.reshape(-1, 3))
        n += len(path) * sides
    points = np.concatenate(vertices).astype(np.float32)
    texel = np.zeros((len(points), 2), np.float32)
    return Worn(points, np.concatenate(triangles), GLASSES, texel)
