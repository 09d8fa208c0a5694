"""The plane that skin is painted on: the face unrolled around a vertical axis inside the head.

A texel stands for one point of the mean face. Painters work with that point's position
(`Canvas.xyz`, decimetres from the point between the eyes), so a brow or a furrow is described
where it lies on a face, not in texture coordinates. The unrolling keeps cheeks, jaw and temples
free of the smear that a frontal projection has.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from data_prep.synth.mesh import asset, raster
from data_prep.synth.mesh.asset import SKIN, head

AXIS_Z = -0.85
"""Depth of the axis behind the eyes (dm): about the ear canals, so jaw and brow unroll evenly."""
RADIUS = 0.95
"""Texels per radian = RADIUS * TEXELS_PER_DM: between the jaw's and the forehead's radius."""
TEXELS_PER_DM = 150
"""A portrait has about 90 px a dm; 1.5 times that keeps hairs fine without aliasing."""
ANGLE, TOP, BOTTOM = 2.15, 1.28, -1.9
"""The part of the cylinder that is painted: +- radians, and dm above and below the eyes."""
WIDTH = int(2 * ANGLE * RADIUS * TEXELS_PER_DM)
HEIGHT = int((TOP - BOTTOM) * TEXELS_PER_DM)

FRONT = slice(int(WIDTH * 0.22), int(WIDTH * 0.78))
"""Columns in which x grows from left to right on every row of the face."""


@dataclass(frozen=True)
class Canvas:
    """Geometry of the painted plane.

    Attributes:
        xyz: (H W 3) position of each texel on the mean face, dm from between the eyes.
        lips: (H W) lip mask, 0..1.
        ears: (H W) ear mask, 0..1.
        texel: (V 2) where each vertex lies on the plane (column, row).
        tangent: (V 3) unit vector along increasing column at each vertex.
        mean_face: (V 3) the mean face, origin between the eyes.
    """

    xyz: np.ndarray
    lips: np.ndarray
    ears: np.ndarray
    texel: np.ndarray
    tangent: np.ndarray
    mean_face: np.ndarray

    @property
    def x(self) -> np.ndarray:
        """(H W) dm."""
        return self.xyz[..., 0]

    @property
    def y(self) -> np.ndarray:
        """(H W) dm."""
        return self.xyz[..., 1]

    @property
    def z(self) -> np.ndarray:
        """(H W) dm."""
        return self.xyz[..., 2]

    def locate(self, x: float, y: float) -> tuple[float, float]:
        """Returns the texel (column, row) of the front of the face at (x, y), dm."""
        row = (TOP - y) * TEXELS_PER_DM
        line = self.x[int(np.clip(row, 0, HEIGHT - 1)), FRONT]
        return float(np.interp(x, line, np.arange(FRONT.start, FRONT.stop))), float(row)


@lru_cache(maxsize=1)
def canvas() -> Canvas:
    """Returns the plane's geometry (made once a process, about 0.1 s)."""
    h = head()
    face = asset.mean_face(h)
    face = (face - asset.eye_centre(face)).astype(np.float32)
    angle = np.arctan2(face[:, 0], face[:, 2] - AXIS_Z)
    texel = np.stack([(angle + ANGLE) * RADIUS, TOP - face[:, 1]], 1) * TEXELS_PER_DM
    texel = texel.astype(np.float32)
    radius = np.hypot(face[:, 0], face[:, 2] - AXIS_Z)
    points = np.column_stack([texel, radius]).astype(np.float32)
    spread = np.ptp(texel[h.triangles][..., 0], axis=1)
    skip = (h.region != SKIN) | h.mouth_cavity | h.eye_cavity | (spread > WIDTH / 2)
    depth, seen = np.empty((HEIGHT, WIDTH), np.float32), np.empty((HEIGHT, WIDTH), np.int32)
    raster.visible(points, h.triangles, skip, depth, seen)
    empty = (seen < 0).astype(np.uint8)
    weights = raster.corner_weights(points, h.triangles, seen)[..., None]
    xyz = (face[h.triangles[seen]] * weights).sum(2)
    uv = (h.uv[seen] * weights).sum(2)
    size = h.lips_texture.shape[0]
    column, row = uv[..., 0] * size - 0.5, (1 - uv[..., 1]) * size - 0.5
    lips = cv2.remap(
        h.lips_texture, column.astype(np.float32), row.astype(np.float32), cv2.INTER_LINEAR
    )
    lips[empty > 0] = 0
    lips = cv2.morphologyEx(lips, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    ears = (h.ears[h.triangles[seen]] * weights[..., 0]).sum(2) * (1 - empty)
    return Canvas(
        xyz=_filled(xyz.astype(np.float32), empty),
        lips=cv2.GaussianBlur(lips, (0, 0), 0.8),
        ears=cv2.GaussianBlur(ears.astype(np.float32), (0, 0), 1.5),
        texel=texel,
        tangent=tangents(face),
        mean_face=face,
    )


def tangents(vertices: np.ndarray) -> np.ndarray:
    """Returns the unit vector (V 3) along increasing column at points (V 3) from the eyes."""
    angle = np.arctan2(vertices[:, 0], vertices[:, 2] - AXIS_Z)
    flat = np.stack([np.cos(angle), np.zeros_like(angle), -np.sin(angle)], 1)
    return flat.astype(np.float32)


def _filled(xyz: np.ndarray, empty: np.ndarray) -> np.ndarray:
    """Returns positions with holes (eyes, mouth, above the crown) taken from the nearest texel."""
    _, nearest = cv2.distanceTransformWithLabels(
        empty, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    known = np.zeros(nearest.max() + 1, int)
    flat = np.flatnonzero(empty.ravel() == 0)
    known[nearest.ravel()[flat]] = flat
    return xyz.reshape(-1, 3)[known[nearest]]


def smoothstep(low: float, high: float, x: np.ndarray) -> np.ndarray:
    """Returns the cubic step from 0 at `low` to 1 at `high` (or down, if `high` < `low`)."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def noise(rng: np.random.Generator, sigma: float, along: float | None = None) -> np.ndarray:
    """Returns smooth noise (H W), mean 0, s.d. 1.

    Args:
        rng: source of randomness.
        sigma: correlation length across columns, texels.
        along: correlation length down the rows; the same as `sigma` unless given.
    """
    along = sigma if along is None else along
    fx, fy = max(1, int(sigma / 2)), max(1, int(along / 2))
    coarse = rng.standard_normal((HEIGHT // fy + 2, WIDTH // fx + 2), dtype=np.float32)
    coarse = cv2.GaussianBlur(coarse, (0, 0), max(sigma / fx, 0.5), sigmaY=max(along / fy, 0.5))
    full = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return (full - full.mean()) / full.std()
