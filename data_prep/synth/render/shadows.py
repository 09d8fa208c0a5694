"""What does a light not reach? Shadow maps, gathered softly by vertex."""

import numpy as np

from data_prep.synth.compiled import njit
from data_prep.synth.mesh import raster

SIZE = 128
"""Shadow map's side, pixels."""
SPAN = 3.2
"""What it covers, dm: the head with its hair, and the throat."""
BIAS = 0.045
"""dm a surface must lie behind the nearest one to be in shadow: about twice a map pixel."""


@njit(cache=True, fastmath=True)
def _gather(points, depth, bias, step, out):
    """Writes the share of 5 x 5 shadow map pixels that a vertex lies in front of."""
    size = depth.shape[0]
    for i in range(points.shape[0]):
        behind = 0
        limit = points[i, 2] + bias
        for a in range(-2, 3):
            y = int(points[i, 1] + a * step)
            for b in range(-2, 3):
                x = int(points[i, 0] + b * step)
                if x >= 0 and y >= 0 and x < size and y < size and limit <= depth[y, x]:
                    behind += 1
        out[i] = 1 - behind / 25.0


def visibility(
    vertices: np.ndarray,
    triangles: np.ndarray,
    direction: np.ndarray,
    size: int = SIZE,
    softness: float = 1.0,
    bias: float = BIAS,
) -> np.ndarray:
    """Returns how much of a distant light each vertex sees (V), 0..1.

    Args:
        vertices: (V 3) dm, origin near the eyes.
        triangles: (F 3) of what casts shadows.
        direction: (3) unit vector towards the light.
        size: side of the shadow map, pixels.
        softness: distance between the gathered pixels.
        bias: dm.
    """
    right = np.cross((0.0, 1.0, 1e-3), direction)
    right /= np.linalg.norm(right)
    up = np.cross(direction, right)
    frame = np.stack([right, -up, direction]).astype(np.float32)
    points = (vertices + np.float32([0, 0.15, 0.45])) @ frame.T
    points[:, :2] = points[:, :2] * (size / SPAN) + size / 2
    depth, seen = np.empty((size, size), np.float32), np.empty((size, size), np.int32)
    raster.visible(points, triangles, np.zeros(len(triangles), np.bool_), depth, seen)
    out = np.empty(len(vertices), np.float32)
    _gather(points, depth, bias, softness, out)
    return out


def ambient_occlusion(
    vertices: np.ndarray, normals: np.ndarray, triangles: np.ndarray, n_directions: int = 64
) -> np.ndarray:
    """Returns the share of the sky that each vertex sees (V), weighted by the cosine, 0..1."""
    i = np.arange(n_directions) + 0.5
    z = 1 - 2 * i / n_directions
    turn = np.pi * (1 + 5**0.5) * i
    ring = np.sqrt(1 - z * z)
    sky = np.stack([ring * np.cos(turn), z, ring * np.sin(turn)], 1).astype(np.float32)
    seen, total = np.zeros(len(vertices), np.float32), np.zeros(len(vertices), np.float32)
    for direction in sky:
        weight = np.maximum(normals @ direction, 0)
        seen += weight * visibility(vertices, triangles, direction, 96, 0.8, 0.05)
        total += weight
    return seen / np.maximum(total, 1e-6)
