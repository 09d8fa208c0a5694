"""What is worn on the head and moves with it: a mesh of its own."""

from dataclasses import dataclass

import numpy as np


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


def grid_triangles(rows: int, columns: int, closed: bool = False) -> np.ndarray:
    """Returns both triangles of every cell of a vertex grid (F 3).

    Args:
        rows, columns: size of the grid.
        closed: whether the last column joins the first.
    """
    index = np.arange(rows * columns).reshape(rows, columns)
    if closed:
        index = np.hstack([index, index[:, :1]])
    a, b = index[:-1, :-1].ravel(), index[:-1, 1:].ravel()
    c, d = index[1:, :-1].ravel(), index[1:, 1:].ravel()
    return np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)]).astype(np.int32)
