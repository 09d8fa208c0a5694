"""Which triangle does a pixel see? A z-buffer on the CPU, compiled by numba.

Convention: a projected point is (x, y, depth) in pixels of the sample grid, y down, pixel centres
at +0.5; a larger depth is nearer; triangles that face away are skipped.
"""

import math

import numpy as np

from data_prep.synth.compiled import njit

FLAT = 1e-9
"""Smallest slope of a weight per pixel: a flatter one counts as this."""
SLIVER = 1e-9
"""Twice the area (square pixels) under which a triangle is left out."""
OVERLAP = 1e-3
"""Pixels by which spans overlap, so that rounding tears no seam between neighbours."""


@njit(cache=True, fastmath=True)
def normals(vertices, triangles, out):
    """Writes the area-weighted unit normal of every vertex to `out` (V 3)."""
    out[:] = 0
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ux = vertices[b, 0] - vertices[a, 0]
        uy = vertices[b, 1] - vertices[a, 1]
        uz = vertices[b, 2] - vertices[a, 2]
        wx = vertices[c, 0] - vertices[a, 0]
        wy = vertices[c, 1] - vertices[a, 1]
        wz = vertices[c, 2] - vertices[a, 2]
        nx = uy * wz - uz * wy
        ny = uz * wx - ux * wz
        nz = ux * wy - uy * wx
        for k in (a, b, c):
            out[k, 0] += nx
            out[k, 1] += ny
            out[k, 2] += nz
    for i in range(out.shape[0]):
        length = math.sqrt(out[i, 0] ** 2 + out[i, 1] ** 2 + out[i, 2] ** 2) + 1e-12
        out[i, 0] /= length
        out[i, 1] /= length
        out[i, 2] /= length


@njit(cache=True, fastmath=True)
def _planes(points, i, j, k):
    """Returns twice the signed area, and the weights of corners 1 and 2 as planes.

    A plane (c, x, y) stands for c + x * column + y * row, at pixel centres.
    """
    x0, y0 = points[i, 0], points[i, 1]
    x1, y1 = points[j, 0] - x0, points[j, 1] - y0
    x2, y2 = points[k, 0] - x0, points[k, 1] - y0
    area = x1 * y2 - x2 * y1
    inverse = np.float32(1.0) / area if area != 0 else np.float32(0.0)
    x0, y0 = x0 - np.float32(0.5), y0 - np.float32(0.5)
    second = ((y0 * x2 - x0 * y2) * inverse, y2 * inverse, -x2 * inverse)
    third = ((x0 * y1 - y0 * x1) * inverse, -y1 * inverse, x1 * inverse)
    return area, second, third


@njit(cache=True, fastmath=True)
def _rows(points, i, j, k, height):
    """Returns the first and the last row of a triangle inside the grid."""
    y0, y1, y2 = points[i, 1], points[j, 1], points[k, 1]
    top = max(0, math.ceil(min(y0, y1, y2) - 0.5))
    return top, min(height - 1, math.floor(max(y0, y1, y2) - 0.5))


@njit(cache=True, fastmath=True)
def _steepness(slope):
    """Returns minus the columns in which a weight of this slope falls by 1."""
    return -1.0 / (FLAT if abs(slope) < FLAT else slope)


@njit(cache=True, fastmath=True)
def _span(a, b, steep_a, steep_b, steep_c, width):
    """Returns the first and the last column where weights a, b and 1 - a - b are not negative.

    Args:
        a, b: the weights at column 0.
        steep_a, steep_b, steep_c: `_steepness` of the three weights.
        width: columns.
    """
    low, high = 0.0, width - 1.0
    zero = a * steep_a
    if steep_a < 0:
        low = max(low, zero - OVERLAP)
    else:
        high = min(high, zero + OVERLAP)
    zero = b * steep_b
    if steep_b < 0:
        low = max(low, zero - OVERLAP)
    else:
        high = min(high, zero + OVERLAP)
    zero = (1.0 - a - b) * steep_c
    if steep_c < 0:
        low = max(low, zero - OVERLAP)
    else:
        high = min(high, zero + OVERLAP)
    if low > high:
        return 1, 0
    return int(low + 0.999999), int(high)


@njit(cache=True, fastmath=True)
def visible(points, triangles, skip, depth, seen):
    """Fills the z-buffer.

    Args:
        points: (V 3) projected vertices.
        triangles: (F 3).
        skip: (F) bool, triangles to leave out.
        depth: (H W) written: nearest depth.
        seen: (H W) int32 written: triangle index, -1 where there is none.
    """
    height, width = depth.shape
    depth[:] = -1e30
    seen[:] = -1
    for t in range(triangles.shape[0]):
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        area, (a, ax, ay), (b, bx, by) = _planes(points, i, j, k)
        if area > -SLIVER or skip[t]:
            continue
        z0, z1, z2 = points[i, 2], points[j, 2], points[k, 2]
        top, bottom = _rows(points, i, j, k, height)
        zx = np.float32(ax * (z1 - z0) + bx * (z2 - z0))
        steep_a, steep_b, steep_c = _steepness(ax), _steepness(bx), _steepness(-ax - bx)
        for y in range(top, bottom + 1):
            first, last = _span(a + ay * y, b + by * y, steep_a, steep_b, steep_c, width)
            z = z0 + (a + ay * y) * (z1 - z0) + (b + by * y) * (z2 - z0)
            here = np.float32(z + zx * first)
            for x in range(np.uint32(first), np.uint32(last + 1)):
                if here > depth[np.uint32(y), x]:
                    depth[np.uint32(y), x] = here
                    seen[np.uint32(y), x] = t
                here += zx


@njit(cache=True, fastmath=True)
def weights(points, triangles, t, y, x):
    """Returns the weights of the three corners of triangle `t` at the middle of a pixel."""
    i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
    _, (a, ax, ay), (b, bx, by) = _planes(points, i, j, k)
    v, w = a + ax * x + ay * y, b + bx * x + by * y
    return np.float32(1.0 - v - w), np.float32(v), np.float32(w)


@njit(cache=True, fastmath=True)
def veil(points, triangles, opacity, depth, slack, out):
    """Adds thin, partly transparent triangles (lashes, stray hair) in front of what is seen.

    Args:
        points: (V 3) projected vertices.
        triangles: (F 3), drawn from either side.
        opacity: (F 3) at the corners, 0..1.
        depth: (H W) the filled z-buffer.
        slack: depth by which a veil may lie behind a surface and still show.
        out: (H W) float32 written: opacity of what lies in front.
    """
    height, width = depth.shape
    out[:] = 0
    for t in range(triangles.shape[0]):
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        area, (a, ax, ay), (b, bx, by) = _planes(points, i, j, k)
        if abs(area) < SLIVER:
            continue
        top, bottom = _rows(points, i, j, k, height)
        steep_a, steep_b, steep_c = _steepness(ax), _steepness(bx), _steepness(-ax - bx)
        for y in range(top, bottom + 1):
            first, last = _span(a + ay * y, b + by * y, steep_a, steep_b, steep_c, width)
            for x in range(first, last + 1):
                v, w = a + ax * x + ay * y, b + bx * x + by * y
                u = 1 - v - w
                if u * points[i, 2] + v * points[j, 2] + w * points[k, 2] > depth[y, x] - slack:
                    cover = u * opacity[t, 0] + v * opacity[t, 1] + w * opacity[t, 2]
                    out[y, x] = max(out[y, x], np.float32(cover))


@njit(cache=True)
def corner_weights(points, triangles, seen):
    """Returns the weights (H W 3) of the corners of what `visible` saw; 1, 0, 0 elsewhere."""
    out = np.zeros((*seen.shape, 3), np.float32)
    for y in range(seen.shape[0]):
        for x in range(seen.shape[1]):
            out[y, x, 0] = 1
            if seen[y, x] >= 0:
                out[y, x] = weights(points, triangles, seen[y, x], y, x)
    return out
